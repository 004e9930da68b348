"""Metamorphic: what takes away a reason to show, or adds one not to, never shows a record more."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.consent.random_worlds import Grower
from tests.properties.deciding import AT, WORLDS, asked, changed, released, without
from tests.properties.wider_worlds import EVERY_CATEGORY, wider_worlds, worlds_with

Json = dict[str, Any]
YESTERDAY: Final = "2026-03-01"
SUPERVISION: Final = ("supervision-order", "provisional-supervision-order")

# Each of these takes away, for one entry of its section. Not among them: ending somebody's authority or a finding of
# incapacity, for then fewer, or others, must say yes; ending an order for compulsory care, for it says which law rules.
LESS: Final[Mapping[str, tuple[str, Json]]] = {
    "a withdrawal": ("consents", {"withdrawn_on": AT}),
    "an end of a consent": ("consents", {"until": AT}),
    "a consent not freely given": ("consents", {"free": False}),
    "a consent of nobody known": ("consents", {"identity_verified": False}),
    "a consent that is not express": ("consents", {"express": False}),
    "a consent to anybody": ("consents", {"recipients": "any"}),
    "an objection to help": ("involvements", {"objection_on": AT}),
    "an end of help or of a replacement": ("involvements", {"until": AT}),
    "help that the client does not know of": ("involvements", {"client_informed": False}),
    "an objection to feedback": ("referrals", {"objection_on": AT}),
    "a referral that the client does not know of": ("referrals", {"client_informed": False}),
    "an end of an assignment": ("assignments", {"until": AT}),
    "a suspension of a mandate": ("mandates", {"suspended_on": AT}),
    "a youth who withdraws": ("mandates", {"youth_withdrew_on": AT}),
    "a mandate whose mentor nobody checked": ("mandates", {"identity_verified_on": None}),
    "a mandate without a statement": ("mandates", {"confidentiality_statement_on": None}),
    "a mandate that nobody chose": ("mandates", {"youth_chose_on": None}),
    "a mandate without the parents": ("mandates", {"parent_agreements": None}),
    "a dispute about authority": ("authority", {"disputed": True}),
    "authority that nobody verified": ("authority", {"verified_on": None}),
    "authority whose holder nobody sought": ("authority", {"unreachable_attempts": None}),
    "an order that nobody verified": ("orders", {"verified_on": None}),
    "an order with other workers": ("orders", {"workers": ["joost"]}),
    "a member of the family who lives elsewhere": ("family", {"lives_with": None}),
    "a parent who may have no contact": ("family", {"contact_denied": True}),
    "an untrusted login": ("professionals", {"trusted": False}),
    "a holder that did not opt in": ("organisations", {"emergency_opt_in": False}),
    "something told in confidence": ("records", {"told_in_confidence": True}),
    "a veto of good care": ("records", {"good_care_veto": True}),
    "a restriction": ("records", {"restricted": True}),
    "an informant": ("records", {"source": "third-party"}),
    "a record kept from everybody": ("records", {"confidential_from": ["sem", "moeder", "vader", "luus", "zus"]}),
    "a record under nobody knows which law": ("records", {"regime": None}),
    "working notes": ("records", {"category": "working-notes"}),
}


def put(entry: Json, more: Json) -> Json:
    """The same entry with more said, a key with None not at all; only what an entry of its kind can have."""
    if entry.get("kind") == "replacement":
        more = {key: value for key, value in more.items() if key == "until"}
    if "since" in entry and str(more.get("until", AT)) < str(entry["since"]):
        return entry
    if more.get("source") == "third-party":
        entry = {key: value for key, value in entry.items() if key != "told_in_confidence"}
    if more.get("told_in_confidence") and entry.get("source") in {"third-party", "parent"}:
        return entry
    return {key: value for key, value in (entry | more).items() if value is not None or key == "regime"}


@pytest.mark.parametrize(("section", "more"), LESS.values(), ids=LESS.keys())
@WORLDS
@given(st.data())
def test_this_never_releases_more(section: str, more: Json, data: st.DataObject) -> None:
    world = data.draw(worlds_with(section))
    found = world.get(section, [])
    assume(found)
    chosen = data.draw(st.sets(st.sampled_from(range(len(found))), min_size=1)) | (
        {0} if section == "records" else set()
    )
    less = copy.deepcopy(world)
    less[section] = [put(one, more) if place in chosen else one for place, one in enumerate(less[section])]
    assert released(less).keys() <= released(world).keys()


def refusal_of(giver: str) -> Json:
    return {"id": "no", "about": "sem", "given_by": giver, "on": AT}


MORE: Final[Mapping[str, Callable[[Json], Json]]] = {
    f"{giver} says no to all": lambda world, giver=giver: (
        world | {"refusals": [*world.get("refusals", []), refusal_of(giver)]}
    )
    for giver in ("sem", "moeder", "vader", "luus", "zus", "jan", "agent")
} | {
    "every order of supervision ends": lambda world: changed(
        world, "orders", lambda one: one | {"ended_on": AT} if one["kind"] in SUPERVISION else one
    ),
    "every consent goes": lambda world: world | {"consents": []},
    "all help goes": lambda world: world | {"involvements": []},
    "every referral goes": lambda world: world | {"referrals": []},
    "every mandate goes": lambda world: world | {"mandates": []},
    "every assignment goes": lambda world: world | {"assignments": []},
    "every order of supervision goes": lambda world: without(
        without(world, "assignments", bool), "orders", lambda one: one["kind"] in SUPERVISION
    ),
    "every wish goes": lambda world: world | {"considered_wishes": []},
    "every holder refuses": lambda world: asked(
        world,
        holder_decisions=[
            {"holder": holder, "by": by, "on": AT, "approved": False, "reason": "nee"}
            for holder, by in (("ggz", "chris"), ("zorg", "zoe"), ("gi", "jan"))
        ]
        + world["request"].get("holder_decisions", []),
    ),
    "no holder has decided": lambda world: _without_keys(world, "holder_decisions"),
    "the question goes": lambda world: _without_keys(world, "question"),
    "the matter goes": lambda world: _without_keys(world, "matter"),
    "there is no emergency": lambda world: _without_keys(world, "emergency"),
    "somebody else is in every record": lambda world: (
        changed(world, "records", lambda one: one | {"about": sorted({*one["about"], "oom"})})
        | {"persons": [*world["persons"], {"id": "oom", "born": "1970-01-01"}]}
    ),
}


def _without_keys(world: Json, key: str) -> Json:
    return world | {"request": {name: value for name, value in world["request"].items() if name != key}}


@pytest.mark.parametrize("change", MORE.values(), ids=MORE.keys())
@WORLDS
@given(wider_worlds())
def test_this_never_releases_more_either(change: Callable[[Json], Json], world: Json) -> None:
    assert released(change(world)).keys() <= released(world).keys()


@WORLDS
@given(wider_worlds(), st.sets(st.sampled_from(EVERY_CATEGORY), min_size=1))
def test_asking_for_less_changes_nothing_about_the_rest(world: Json, kept: set[str]) -> None:
    before = released(world)
    asks = world["request"]["categories"]
    assume(asks != "all" and kept & set(asks))
    less = released(asked(world, categories=sorted(kept & set(asks))))
    of = {one["id"]: one["category"] for one in world["records"]}
    assert less == {name: one for name, one in before.items() if of[name] in kept}


@WORLDS
@given(worlds_with("consents"), st.integers(0, 2**32 - 1))
def test_a_consent_more_never_releases_less(world: Json, seed: int) -> None:
    """Of somebody at random, or of one who said yes already: then what he says now may be worth less."""
    grower = Grower(seed)
    said = grower.consent() | grower.one(
        {}, *({key: one[key] for key in ("about", "given_by")} for one in world["consents"])
    )
    [asker] = world["request"]["requester"].values()
    said |= {"id": "more", "purposes": [world["request"]["purpose"]], "holders": "any", "recipients": [asker]}
    more = world | {"consents": [*world["consents"], said | {"categories": list(EVERY_CATEGORY)}]}
    assert released(world).keys() <= released(more).keys()


ELSEWHERE: Final = ("school", "police", "other", "debt-counselling", "counsellor-service")


@pytest.mark.parametrize("kind", ELSEWHERE)
@WORLDS
@given(wider_worlds())
def test_a_school_or_the_police_never_gets_more_than_a_provider(kind: str, world: Json) -> None:
    """E.3, 15. The requester's own records are left out: LB-10 looks at the kind of the holder."""
    asker = world["request"]["requester"].get("professional")
    assume(asker is not None)
    [home] = [one["organisation"] for one in world["professionals"] if one["id"] == asker]
    world = without(world, "records", lambda one: one["holder"] == home)
    moved = changed(world, "organisations", lambda one: one | {"kind": kind} if one["id"] == home else one)
    moved = changed(moved, "professionals", lambda one: one | {"role": "teacher"} if one["id"] == asker else one)
    assert released(moved).keys() <= released(world).keys()
