"""Each basis against the contract's tables: every category, every flag, every kind of organisation, one by one."""

from typing import Any, Final

import pytest

from consent.decide import decide
from consent.world.file import world_of
from schemas.words import Category, OrganisationKind, Result
from tests.consent.make import authority, element, told
from tests.properties.contract_tables import (
    BASES,
    CATEGORIES,
    DUTIES,
    HAVE_BSN,
    OBLIGATIONS,
    OPEN_JUSTICE,
    OPEN_RESTRICTED,
)
from tests.properties.deciding import asked, changed
from tests.properties.every_basis import WORLDS, world_of_basis

Json = dict[str, Any]
each_basis: Final = pytest.mark.parametrize("basis", WORLDS)
GUARDIAN: Final = authority("moeder", kind="guardianship")
NEVER_RELEASES: Final = frozenset({"LB-17"})


def test_there_is_a_world_for_every_basis_that_can_release() -> None:
    assert {basis for bases in BASES.values() for basis in bases} - NEVER_RELEASES == set(WORLDS)


@each_basis
def test_it_releases_with_the_obligations_of_the_contract(basis: str) -> None:
    found = element(world_of_basis(basis))
    more = {"OB-YOUTH1"} if basis in {"LB-06", "LB-09"} else set[str]()
    assert (found.result, found.basis) == (Result.RELEASE, basis)
    assert set(found.obligations) == {*OBLIGATIONS[basis].split(), *more}
    assert set(decided_obligations(basis)) == set(found.obligations)
    assert found.rules == {"LB-01": ("CV-09", "G-06"), "LB-02": ("CV-14", "G-06")}.get(basis, ("G-06", basis))


def decided_obligations(basis: str) -> tuple[str, ...]:
    world = world_of(world_of_basis(basis))
    [request] = world.requests
    return decide(request, world.facts, request.at).obligations


def every_category(basis: str) -> Json:
    """The world of a basis with a record of each category, every consent, decision and mandate about all of them."""
    names = sorted(str(category) for category in Category)
    world = world_of_basis(basis)
    [plain] = world["records"]
    records = [plain | {"id": name, "category": name} for name in names]
    world = asked(world | {"records": records}, categories=names)
    for decision in world["request"].get("holder_decisions", []):
        decision["categories"] = names
    for section in ("consents", "mandates"):
        world = changed(world, section, lambda one: one | {"categories": names})
    return world


def opened(world: Json, basis: str) -> set[str]:
    found = world_of(world)
    [request] = found.requests
    told = decide(request, found.facts, request.at).elements
    return {name for name, one in told.items() if one.result is Result.RELEASE and one.basis == basis}


@each_basis
def test_it_opens_the_categories_of_the_contract_and_no_other(basis: str) -> None:
    expected = set(CATEGORIES[basis])
    asker = element_of_asker(basis)
    if basis not in OPEN_JUSTICE:
        expected -= {"justice"}
    if basis != "LB-20" and asker not in HAVE_BSN:
        expected -= {"bsn"}
    if basis == "LB-10":
        expected -= {"school"}  # the authority in this world is a medical one
    assert opened(every_category(basis), basis) == expected


def element_of_asker(basis: str) -> str | None:
    """The kind of the organisation that the requester belongs to, if he asks as a professional."""
    world = world_of_basis(basis)
    asker = world["request"]["requester"].get("professional")
    homes = {one["id"]: one["organisation"] for one in world["professionals"]}
    kinds = {one["id"]: one["kind"] for one in world["organisations"]}
    return None if asker is None else str(kinds[homes[asker]])


@pytest.mark.parametrize("kind", [str(kind) for kind in OrganisationKind])
def test_a_citizen_service_number_goes_to_those_the_contract_names(kind: str) -> None:
    world = changed(
        every_category("LB-04"), "organisations", lambda one: one | ({"kind": kind} if one["id"] == "team" else {})
    )
    assert ("bsn" in opened(world, "LB-04")) == (kind in HAVE_BSN)


@each_basis
def test_a_restricted_record_goes_on_the_bases_of_the_contract_alone(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"restricted": True})
    expected = f"release {basis}" if basis in OPEN_RESTRICTED else "withhold RESTRICTED"
    assert told(world) == expected


@each_basis
def test_a_veto_of_good_care_holds_and_against_a_duty_is_looked_at(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"good_care_veto": True})
    assert told(world) == ("review GOOD_CARE_VETO" if basis in DUTIES else "withhold GOOD_CARE_VETO")


@each_basis
def test_what_an_informant_told_stays_but_under_supervision(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"source": "third-party"})
    assert told(world) == ("release LB-07" if basis == "LB-07" else "withhold THIRD_PARTY_PRIVACY")


@each_basis
def test_a_record_under_nobody_knows_which_law_is_looked_at(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"regime": None})
    medical = {"LB-02": "review REGIME_UNKNOWN", "LB-26": "withhold NO_BASIS"}
    assert told(world) == medical.get(basis, "review REGIME_UNKNOWN")


@each_basis
def test_a_record_with_a_stranger_in_it_needs_cover(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"about": ["sem", "zus"]})
    supervised = basis in {"LB-07", "LB-08"}
    assert told(world) == ("review SUBJECT_NOT_COVERED" if supervised else "withhold THIRD_PARTY_PRIVACY")


@each_basis
def test_a_sibling_in_a_record_is_withheld_everywhere(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"about": ["sem", "zus"]})
    sibling = {"person": "zus", "of": "sem", "relation": "sibling"}
    found = told(world | {"family": [*world.get("family", []), sibling]})
    assert found == f"withhold {'SUBJECT_NOT_COVERED' if basis in {'LB-07', 'LB-08'} else 'THIRD_PARTY_PRIVACY'}"


@each_basis
def test_who_lives_in_the_house_is_covered_where_safety_is_at_stake(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"about": ["sem", "zus"]})
    sister = {"person": "zus", "of": "sem", "relation": "other", "lives_with": True}
    found = told(world | {"family": [*world.get("family", []), sister]})
    assert found.startswith("release") == (basis in {"LB-12", "LB-13", "LB-23"})


@each_basis
def test_a_holder_of_authority_is_covered_under_supervision(basis: str) -> None:
    world = changed(world_of_basis(basis), "records", lambda one: one | {"about": ["sem", "zus"]})
    title = {"id": "z", "holder": "zus", "over": "sem", "kind": "guardianship", "since": "2020-01-01"}
    found = told(world | {"authority": [*world.get("authority", []), title]})
    assert found.startswith("release") == (basis in {"LB-07", "LB-08"})


@each_basis
@pytest.mark.parametrize("purpose", BASES)
def test_it_opens_nothing_for_a_purpose_that_does_not_know_it(basis: str, purpose: str) -> None:
    found = element(asked(world_of_basis(basis), purpose=purpose))
    assert found.basis is None or found.basis in {*BASES[purpose], "NB-04"}
    if basis not in BASES[purpose]:
        assert found.result is not Result.RELEASE or found.basis != basis


@each_basis
def test_an_untrusted_login_opens_nothing(basis: str) -> None:
    world = changed(world_of_basis(basis), "professionals", lambda one: one | {"trusted": False})
    by_a_professional = "professional" in world["request"]["requester"]
    assert told(world) == ("withhold REQUESTER_UNTRUSTED" if by_a_professional else f"release {basis}")


@each_basis
def test_before_confirmation_no_rule_opens_anything_where_that_is_required(basis: str) -> None:
    world = world_of(asked(world_of_basis(basis), at="2027-01-01"))
    [request] = world.requests
    found = decide(request, world.facts, request.at, require_confirmed_rules=True).elements["r1"]
    assert (str(found.result), str(found.reason)) == ("withhold", "RULE_SET_UNCONFIRMED")


FORMS: Final = (
    {"person": "luus"},
    {"mentor": "luus"},
    {"mentor": "moeder"},
    {"mentor": "vader"},
    {"professional": "juf"},
)


@each_basis
@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(*form.items()))
def test_it_opens_for_nobody_who_has_no_place_in_it(basis: str, form: dict[str, str]) -> None:
    world = world_of_basis(basis)
    own = world["request"]["requester"]
    found = told(asked(world, requester=form))
    # The row of LB-23 says nothing of who is told: the holder decides.
    assert found.startswith("release") == (form == own or basis == "LB-23")


def test_who_has_a_place_of_his_own_has_none_as_a_mentor() -> None:
    worlds = {basis: world_of_basis(basis) for basis in WORLDS}
    worlds["LB-09"] = world_of_basis("LB-09", by={"person": "moeder"}, authority=[GUARDIAN])
    for basis, world in worlds.items():
        own = world["request"]["requester"]
        if "person" in own:
            assert told(world) == f"release {basis}"
            assert not told(asked(world, requester={"mentor": own["person"]})).startswith("release"), basis
