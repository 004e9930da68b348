"""What `law.md` E.3 says of every decision, as far as the contract has the rule; numbers are the list's.

Elsewhere: 7 (one answer to all who ask) and 8 (recorded before released) are promises of the gateway, 10 and 15 stand
beside the other changes that change nothing or open nothing.
"""

from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from schemas.words import Category, OrganisationKind, Result
from tests.consent.make import BORN
from tests.properties.contract_tables import BASES, CATEGORIES, HAVE_BSN, OBLIGATIONS, OPEN_JUSTICE
from tests.properties.deciding import AT, WORLDS, asked, changed, elements, instant, released, without
from tests.properties.every_basis import WORLDS as OF_BASES
from tests.properties.wider_worlds import WiderGrower, of_every_category, wider_worlds, worlds_with

Json = dict[str, Any]
CONSENT: Final = frozenset({"LB-01", "LB-02"})
ON_ORDERS: Final = frozenset({"LB-07", "LB-08", "LB-11"})
BY_DUTY: Final = frozenset({"LB-07", "LB-08", "LB-12", "LB-13", "LB-23"})
SUPERVISION: Final = frozenset({"supervision-order", "provisional-supervision-order"})
PARENTS: Final = frozenset({"moeder", "vader"})
orders_worlds = wider_worlds("LB-07", "LB-08", "LB-11")
consent_worlds = wider_worlds("LB-01", "LB-01", "LB-02", "LB-06")


def aged(world: Json, *ages: int, able: bool = True) -> Json:
    """The same world, in which the youth has another age, and no finding about him if he is able."""
    born = BORN[ages[len(str(world)) % len(ages)]]
    world = changed(world, "persons", lambda one: one | ({"born": born} if one["id"] == "sem" else {}))
    return without(world, "capacity", lambda one: able and one["person"] == "sem")


def record_of(world: Json, name: str) -> Json:
    [found] = [one for one in world["records"] if one["id"] == name]
    return dict(found)


@WORLDS
@given(orders_worlds, st.sampled_from([AT, "2026-03-01", "2026-03-03", "2026-06-01", "2027-01-01"]))
def test_1_no_release_rests_on_an_order_that_is_over_or_not_begun(world: Json, at: str) -> None:
    orders = {one["id"]: one for one in world["orders"]}
    for one in released(world, instant(at)).values():
        for name in orders.keys() & set(one.evidence):
            begins, ends = orders[name]["since"], [orders[name]["until"], orders[name].get("ended_on")]
            assert instant(begins) <= instant(at)
            assert all(end is None or instant(at) < instant(end) for end in ends)


@WORLDS
@given(orders_worlds)
def test_1_at_18_supervision_is_over(world: Json) -> None:
    bases = {one.basis for one in released(aged(world, 19, able=False)).values()}
    assert not bases & ON_ORDERS


@WORLDS
@given(consent_worlds)
def test_2_at_16_and_17_nothing_of_a_capable_youth_depends_on_what_parents_say(world: Json) -> None:
    world = changed(aged(world, 16, 17), "records", lambda one: one | {"about": ["sem"]})
    silent = world
    for section in ("consents", "refusals"):
        silent = without(silent, section, lambda one: one["given_by"] in PARENTS)
    # Line 1 and 4 of 5.3 hear anybody, so a reason may change; a result may not.
    assert released(silent).keys() == released(world).keys()


@WORLDS
@given(wider_worlds("LB-06", "LB-09", "LB-19", "LB-38", "LB-25", "LB-01"))
def test_2_at_16_and_17_no_parent_receives_without_the_youths_consent(world: Json) -> None:
    world = asked(aged(world, 16, 17), requester={"person": "moeder"})
    own = {one["id"] for one in world.get("consents", []) if one["given_by"] == one["about"] == "sem"}
    for one in released(world).values():
        assert own & set(one.evidence) or one.basis == "LB-23"


@WORLDS
@given(consent_worlds, st.sampled_from(sorted(PARENTS)))
def test_3_under_12_consent_needs_every_holder_of_authority(world: Json, parent: str) -> None:
    world = aged(world, 7, 11)
    holds = {"id": "h", "holder": parent, "over": "sem", "kind": "parental", "since": "2019-01-01"}
    world = world | {"authority": [*world.get("authority", []), holds | {"verified_on": "2026-02-20"}]}
    silent = without(world, "consents", lambda one: one["given_by"] == parent)
    assert not any(one.basis in CONSENT for one in released(silent).values())


@WORLDS
@given(consent_worlds)
def test_4_at_12_to_15_nothing_goes_on_consent_against_the_youth(world: Json) -> None:
    no = {"id": "no", "about": "sem", "given_by": "sem", "on": AT}
    world = aged(world, 13, 15) | {"refusals": [*world.get("refusals", []), no]}
    assert not any(one.basis in CONSENT for one in released(world).values())


@WORLDS
@given(wider_worlds())
def test_5_nobody_is_shown_on_the_consent_of_another(world: Json) -> None:
    [asker] = world["request"]["requester"].values()
    for name in released(world):
        for person in set(record_of(world, name)["about"]) - {"sem", asker}:
            others = [said for said in world.get("consents", []) if said["about"] != person]
            left = released(world | {"consents": others}).get(name)
            assert left is None or left.basis in BY_DUTY


@WORLDS
@given(wider_worlds("LB-27"))
def test_6_a_mentor_sees_his_four_categories_and_after_withdrawal_nothing(world: Json) -> None:
    world = of_every_category(world)
    seen = {record_of(world, name)["category"] for name in released(world)}
    assert seen <= CATEGORIES["LB-27"]
    withdrawn = changed(world, "mandates", lambda one: one | {"youth_withdrew_on": AT})
    assert released(withdrawn) == {}


@WORLDS
@given(orders_worlds)
def test_9_without_an_order_nothing_goes_as_if_there_were_one(world: Json) -> None:
    """Drang has no key in the contract: whatever else is said, there is an order or there is not."""
    without_orders = without(without(world, "assignments", bool), "orders", bool)
    assert not any(one.basis in ON_ORDERS | {"LB-28", "LB-29"} for one in released(without_orders).values())


@WORLDS
@given(wider_worlds("LB-23", "LB-24"))
def test_11_an_emergency_opens_the_crisis_set_and_averting_harm_what_is_named(world: Json) -> None:
    world = of_every_category(world)
    decisions = world["request"].get("holder_decisions", [])
    named = any("categories" in one for one in decisions)
    four = {"identity", "safety-plan", "risk", "medication"}
    for name, one in released(world).items():
        category = record_of(world, name)["category"]
        assert one.basis != "LB-24" or category in CATEGORIES["LB-24"]
        assert one.basis != "LB-23" or named or category in four


@WORLDS
@given(wider_worlds(), st.sampled_from([str(kind) for kind in OrganisationKind]))
def test_12_and_13_some_categories_go_to_few_or_to_nobody(world: Json, kind: str) -> None:
    asks = world["request"]["requester"].get("professional")
    home = {one["id"]: one["organisation"] for one in world["professionals"]}.get(asks)
    world = changed(world, "organisations", lambda one: one | ({"kind": kind} if one["id"] == home else {}))
    world = of_every_category(world)
    kinds = {one["id"]: one["kind"] for one in world["organisations"]}
    homes = {one["id"]: kinds[one["organisation"]] for one in world["professionals"]}
    asker = homes.get(world["request"]["requester"].get("professional"))
    for name, one in released(world).items():
        category = record_of(world, name)["category"]
        assert category != "working-notes"
        assert category != "bsn" or asker in HAVE_BSN or one.basis == "LB-20"
        assert category != "justice" or one.basis in OPEN_JUSTICE


@WORLDS
@given(worlds_with("consents"), st.data())
def test_14_a_withdrawal_never_opens(world: Json, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(world["consents"]) - 1))
    said = [one | ({"withdrawn_on": AT} if n == place else {}) for n, one in enumerate(world["consents"])]
    assert released(world | {"consents": said}).keys() <= released(world).keys()


# `style.md` 2.11.


@WORLDS
@given(wider_worlds(), st.sampled_from([None, *BASES]))
def test_a_release_stays_within_the_request_and_the_rules(world: Json, purpose: str | None) -> None:
    world = of_every_category(world if purpose is None else asked(world, purpose=purpose))
    asks = world["request"]["categories"]
    for name, one in elements(world).items():
        record = record_of(world, name)
        assert asks == "all" or record["category"] in asks
        if one.result is Result.RELEASE:
            assert one.basis in BASES[world["request"]["purpose"]]
            assert record["category"] in CATEGORIES[str(one.basis)]
            assert set(one.obligations) - {"OB-YOUTH1"} == set(OBLIGATIONS[str(one.basis)].split())


@WORLDS
@given(wider_worlds())
def test_it_is_released_only_on_what_somebody_said_or_did(world: Json) -> None:
    """Of bare persons nothing is shown but to themselves, and a municipality that pays may know what for."""
    kept = {"schakel", "organisations", "professionals", "persons", "records", "request"}
    bare = {section: found for section, found in world.items() if section in kept}
    bare["request"] = {
        key: value for key, value in world["request"].items() if key not in {"holder_decisions", "emergency"}
    }
    assert {one.basis for one in released(bare).values()} <= {"LB-15", "LB-20"}


@WORLDS
@given(wider_worlds())
def test_a_purpose_without_a_rule_opens_nothing(world: Json) -> None:
    assert released(asked(world, purpose="research")) == {}


@WORLDS
@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(OF_BASES)))
def test_a_reason_is_told_with_its_rule(seed: int, basis: str) -> None:
    """Every answer names a rule; what is withheld or looked at has a reason, what is released a basis and no reason."""
    for one in elements(asked(WiderGrower(seed).world([basis]), categories=sorted(map(str, Category)))).values():
        assert (one.reason is None) == (one.result is Result.RELEASE)
        assert (one.basis is None) == (one.result is Result.WITHHOLD) or one.result is Result.REVIEW
        assert list(one.rules) == sorted(set(one.rules))
