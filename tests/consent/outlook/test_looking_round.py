"""Who might see what: it is what `decide` says, for everybody who could ask, and for nobody else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.decide import decide
from consent.decided import Decided
from consent.decision import ElementDecision
from consent.entries import Organisation, Professional, Record
from consent.entry import EVERYTHING
from consent.facts import Facts
from consent.initiative import who_began
from consent.known.lone_word import Lone
from consent.outlook.lookers import Looker, alike
from consent.outlook.looking_round import CATEGORIES, REGIMES, Round, Sight, look_round
from consent.request import Emergency, Request, Requester
from consent.situation import UnknownPersonError
from schemas.calendar import parse_moment
from schemas.words import Category, OrganisationKind, Purpose, Regime, Result, Role
from tests.consent.make import AT, authority, mandate, order, world
from tests.consent.make import read as read_world
from tests.consent.random_worlds import Grower
from tests.thoroughness import examples

NOW = parse_moment(AT)
ROLES = {
    OrganisationKind.LOCAL_TEAM: {Role.YOUTH_PROFESSIONAL},
    OrganisationKind.CERTIFIED_INSTITUTION: {Role.FAMILY_GUARDIAN},
    OrganisationKind.MUNICIPALITY: {Role.BILLING_CLERK, Role.ACCESS_OFFICER},
    OrganisationKind.CRISIS_SERVICE: {Role.CRISIS_WORKER},
}
ON_RECORD = {"anna", "chris", "jan"}
SAMPLE = 150
WORLDS = max(3, examples(100) // 10)
"""Each takes a second or two: everybody is looked at."""
SAYS_DANGER = Emergency(reason_code="x", text="y" * 40, live_contact=True, cannot_consent=True, holder_unreachable=True)


def whole(facts: Facts) -> Facts:
    """Fewer people on record, and more organisations that nothing names."""
    more = (Organisation(id=f"{kind}-2", kind=kind) for kind in (*ROLES, OrganisationKind.SCHOOL))
    return replace(
        facts,
        professionals=tuple(one for one in facts.professionals if one.id in ON_RECORD),
        organisations=(
            *facts.organisations,
            *more,
            Organisation(id="klaar", kind=OrganisationKind.SCHOOL, emergency_opt_in=True),
        ),
    )


def few(value: dict[str, Any]) -> Facts:
    """The facts of a world with fewer people on record: each is looked at, for every purpose."""
    facts = read_world(value).facts
    return replace(facts, professionals=tuple(one for one in facts.professionals if one.id in ON_RECORD))


def look(facts: Facts, *, at: datetime = NOW, **more: Any) -> Round:
    return look_round("sem", facts, at, holders=facts.organisation_by_id, roles=ROLES, **more)


def put(facts: Facts, looker: Looker, organisation: str | None, probe: Record, purpose: Purpose, **asked: Any) -> Any:
    """Ask for one record through `decide`, as somebody whom only this test knows."""
    requester = looker.requester
    if looker.made_up is not None and organisation is not None and looker.role is not None:
        requester = Requester(form="professional", id="iemand")
        somebody = Professional(id="iemand", organisation=organisation, role=looker.role)
        facts = replace(facts, professionals=(*facts.professionals, somebody))
    request = Request(
        at=NOW,
        requester=requester,
        about="sem",
        purpose=purpose,
        categories=frozenset({probe.category}),
        records=EVERYTHING,
        emergency=SAYS_DANGER,
        **{"question": "wat en waarom", "justification": "daarom", **asked},
    )
    return decide(request, facts.with_records([probe]), NOW).elements["r"]


def plain(holder: str, category: Category, regime: Regime) -> Record:
    return Record(id="r", holder=holder, about=frozenset({"sem"}), category=category, regime=regime, created_on=NOW)


def sampled(found: Round, random: Random) -> Iterator[tuple[Sight, Looker, str | None, Record]]:
    open_ones = [one for one in found.sights if one.told.result is Result.RELEASE]
    for sight in (*open_ones, *random.choices(found.sights, k=SAMPLE)):
        looker = random.choice(sight.lookers)
        organisation = random.choice(looker.organisations) if looker.organisations else None
        holder, category = random.choice(sight.holders), random.choice(sight.categories)
        yield sight, looker, organisation, plain(holder, category, random.choice(sight.regimes))


@settings(max_examples=WORLDS, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_would_be_released_is_what_decide_releases(seed: int) -> None:
    facts = whole(read_world(Grower(seed).world()).facts)
    found = look(facts)
    for sight, looker, organisation, probe in sampled(found, Random(seed)):  # noqa: S311 - examples, no secrets
        told = put(facts, looker, organisation, probe, sight.purpose)
        if sight.told.result is Result.RELEASE:
            assert told == sight.told
        else:
            assert told.result is not Result.RELEASE
            if probe.regime is Regime.JEUGDWET:
                assert told.reason == sight.told.reason


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_everybody_every_purpose_every_holder_and_every_category_is_told_once(seed: int) -> None:
    facts = whole(read_world(Grower(seed).world()).facts)
    seen: dict[tuple[Requester, Purpose], int] = {}
    found = look(facts)
    for one in found.sights:
        for looker in one.lookers:
            key = (looker.requester, one.purpose)
            seen[key] = seen.get(key, 0) + len(one.holders) * len(one.categories) * len(one.regimes)
    assert set(seen.values()) == {len(facts.organisations) * len(CATEGORIES) * len(REGIMES)}
    asking = {(requester.form, requester.id) for requester, _ in seen if requester.form != "professional"}
    assert asking == {("person", each.id) for each in facts.persons} | {
        ("mentor", each.mentor) for each in facts.mandates
    }
    everybody = {looker for sight in found.sights for looker in sight.lookers}
    assert {place for each in everybody for place in each.organisations} == set(facts.organisation_by_id)


def test_an_order_on_one_word_shows_nobody_as_who_might_see_by_it() -> None:
    def waits(**more: Any) -> set[tuple[str, ...]]:
        return {
            looker.organisations
            for sight in look(facts, **more).sights
            if (sight.purpose, sight.told.result) == (Purpose.COMPULSORY_CARE, Result.REVIEW)
            for looker in sight.lookers
        }

    facts = few(world(orders=[order(kind="crisis-measure")]))
    assert waits() - waits(lone=Lone(orders=frozenset({"ots"}))) == {("gi",)}


def test_what_is_alike_stands_together() -> None:
    facts = whole(read_world(world()).facts)
    sights = look(facts).sights
    rows = [(one.lookers, one.purpose, one.categories, one.regimes, one.told) for one in sights]
    assert len(set(rows)) == len(rows)
    assert all(list(one.categories) == sorted(one.categories) for one in sights)


def opened(found: Round, name: str, purpose: Purpose) -> dict[tuple[str, Category], ElementDecision]:
    return {
        (holder, category): one.told
        for one in found.sights
        if one.purpose is purpose and one.told.result is Result.RELEASE
        for looker in one.lookers
        if name in {looker.requester.id, *looker.organisations}
        for holder in one.holders
        for category in one.categories
    }


def test_organisations_that_nothing_names_are_looked_at_together_and_told_each() -> None:
    facts = whole(read_world(world()).facts)
    assert ("school", "school-2") in alike(facts, facts.organisation_by_id, ())
    assert ("klaar",) in alike(facts, facts.organisation_by_id, ())
    crisis = opened(look(facts), "crisis-service-2", Purpose.EMERGENCY)
    assert {holder for holder, _ in crisis} == {"klaar"}
    assert {told.basis for told in crisis.values()} == {"LB-24"}


@pytest.mark.parametrize("section", [{"consents": []}, {"orders": [order(executor="school-2")]}])
def test_an_organisation_that_a_fact_names_stands_alone(section: dict[str, Any]) -> None:
    value = world(**section)
    value["organisations"].append({"id": "school-2", "kind": "school"})
    facts = replace(read_world(value).facts, professionals=())
    together = ("school", "school-2") in alike(facts, facts.organisation_by_id, ())
    assert together == ("orders" not in section)


def test_a_special_representative_is_looked_at_in_his_own_matter() -> None:
    special = authority("luus", kind="special-representative", matter="het geld")
    facts = few(world(authority=[special]))
    found = opened(look(facts), "luus", Purpose.EXERCISE_AUTHORITY)
    assert {told.basis for told in found.values()} == {"LB-38"}
    assert found[("ggz", Category.GOALS)] == put(
        facts,
        Looker(Requester(form="person", id="luus")),
        None,
        plain("ggz", Category.GOALS, Regime.JEUGDWET),
        Purpose.EXERCISE_AUTHORITY,
        matter="het geld",
    )


def decision(**more: Any) -> Decided:
    told = {"holder": "ggz", "by": "chris", "on": "2026-03-01", "approved": True, "reason": "nodig"}
    return Decided(
        source=told,
        id="d1",
        about="sem",
        holder="ggz",
        by="chris",
        on=parse_moment("2026-03-01"),
        approved=True,
        reason="nodig",
        asked_as="professional",
        **{"asker": "raad", "purpose": Purpose.CHILD_PROTECTION_INQUIRY, **more},
    )


def test_what_a_holder_decided_counts_for_whom_he_decided_it() -> None:
    facts = few(world())
    assert opened(look(facts), "raad", Purpose.CHILD_PROTECTION_INQUIRY) == {}
    found = opened(look(facts, decided=[decision()]), "raad", Purpose.CHILD_PROTECTION_INQUIRY)
    assert {holder for holder, _ in found} == {"ggz"}
    assert {told.basis for told in found.values()} == {"LB-12"}
    assert opened(look(facts, decided=[decision()]), "vt", Purpose.SAFETY_INQUIRY) == {}


def test_an_answer_to_a_question_counts_where_that_question_is_asked_again() -> None:
    facts = few(world())
    answered = decision(answers="q1", question="Waar werkt hij aan?")
    found = opened(look(facts, decided=[answered]), "raad", Purpose.CHILD_PROTECTION_INQUIRY)
    assert {holder for holder, _ in found} == {"ggz"}


def test_what_a_holder_tells_of_his_own_accord_is_seen_by_whom_he_tells_alone() -> None:
    facts = few(world())
    long = "Hij zei dat hij zijn zus deze week iets aandoet; een collega is geraadpleegd."
    told = replace(
        decision(purpose=Purpose.AVERT_HARM, asker="team", categories=frozenset({Category.RISK})), reason=long
    )
    told = replace(told, source={**told.source, "reason": long, "categories": ["risk"]})
    found = opened(look(facts, decided=[told]), "team", Purpose.AVERT_HARM)
    assert {told.basis for told in found.values()} == {"LB-23"}
    assert opened(look(facts, decided=[told]), "raad", Purpose.AVERT_HARM) == {}


def test_the_holder_began_only_where_a_purpose_knows_nothing_else() -> None:
    own, refused, answer = decision(), replace(decision(), approved=False), decision(answers="q1")
    assert who_began(Purpose.AVERT_HARM, [own]) == "holder"
    assert who_began(Purpose.AVERT_HARM, [refused, answer]) is None
    assert [each for each in Purpose if who_began(each, [own])] == [Purpose.AVERT_HARM]


def test_compulsory_care_is_looked_at_under_each_order() -> None:
    wvggz = order(id="wvggz", kind="compulsory-mental-health", executor="ggz")
    wzd = order(id="wzd", kind="compulsory-disability-care", executor="zorg")
    facts = few(world(orders=[wvggz, wzd]))
    approved = decision(asker="zorg", purpose=Purpose.COMPULSORY_CARE)
    found = opened(look(facts, decided=[approved]), "zorg", Purpose.COMPULSORY_CARE)
    assert {told.basis for told in found.values()} == {"LB-29"}


def test_the_mentor_is_looked_at_as_a_mentor() -> None:
    both = [authority("moeder"), authority("vader")]
    agreed = [{"by": name, "on": "2026-01-16"} for name in ("moeder", "vader")]
    facts = few(world(authority=both, mandates=[mandate(parent_agreements=agreed)]))
    found = opened(look(facts), "luus", Purpose.MENTOR_SUPPORT)
    assert {category for _, category in found} == {Category.GOALS, Category.APPOINTMENTS}


def test_what_only_medical_records_open_is_told_of_those_alone() -> None:
    referral = {"id": "v1", "about": "sem", "by": "team", "to": "ggz", "on": "2026-01-08", "client_informed": True}
    found = look(few(world(referrals=[referral])))
    told = [one for one in found.sights if one.told.basis == "LB-26" and one.told.result is Result.RELEASE]
    assert {(one.holders, one.categories, one.regimes) for one in told} == {
        (("ggz",), (Category.EVALUATION, Category.HELP_STATUS), (Regime.WGBO,))
    }


def test_who_comes_too_late_for_the_bound_is_named() -> None:
    facts = few(world())
    found = look(facts, most=1)
    assert [one.requester.id for one in {looker for sight in found.sights for looker in sight.lookers}] == ["sem"]
    assert len(found.left_out) > len(facts.professionals)


def test_an_unconfirmed_rule_set_opens_nothing_where_it_must_be_confirmed() -> None:
    facts = few(world())
    later = parse_moment("2027-01-02")
    assert any(one.told.result is Result.RELEASE for one in look(facts, at=later).sights)
    refused = look(facts, at=later, require_confirmed_rules=True)
    assert {one.told.result for one in refused.sights} == {Result.WITHHOLD}


def test_of_who_is_unknown_nothing_is_told() -> None:
    with pytest.raises(UnknownPersonError):
        look_round("niemand", read_world(world()).facts, NOW, holders=["ggz"], roles=ROLES)
