"""What holds in every world: taking a yes away, adding a no or a flag never shows more; order says nothing."""

import copy
from collections.abc import Iterable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consent.decide import decide, prepare
from consent.decision import Decision
from consent.world.file import world_of
from schemas.canonical_json import canonical
from schemas.words import Category, Result
from tests.consent.asking import may_ask
from tests.consent.random_worlds import refusals, worlds
from tests.thoroughness import examples

WORLDS = settings(max_examples=examples(200), deadline=None)
# Of these the order in the file says something: the latest finding of a day, the first on a level, names in evidence.
ORDERED = {"persons", "capacity", "family"}


def decided(world: dict[str, Any]) -> Decision:
    found = world_of(world)
    [request] = found.requests
    return decide(request, found.facts, request.at)


def released(decision: Decision) -> set[str]:
    return {name for name, one in decision.elements.items() if one.result is Result.RELEASE}


@WORLDS
@given(worlds(), st.data())
def test_withdrawing_a_consent_never_releases_more(world: dict[str, Any], data: st.DataObject) -> None:
    assume(world["consents"])
    fewer = copy.deepcopy(world)
    chosen = data.draw(st.sampled_from(fewer["consents"]))
    chosen["withdrawn_on"] = "2026-03-02T10:00:00+01:00"
    assert released(decided(fewer)) <= released(decided(world))


@WORLDS
@given(worlds(), st.data())
def test_taking_a_fact_away_that_opens_never_releases_more(world: dict[str, Any], data: st.DataObject) -> None:
    section = data.draw(st.sampled_from(["consents", "involvements", "referrals", "mandates", "considered_wishes"]))
    assume(world[section])
    fewer = copy.deepcopy(world)
    fewer[section].pop(data.draw(st.integers(0, len(world[section]) - 1)))
    assert released(decided(fewer)) <= released(decided(world))


@WORLDS
@given(worlds(), refusals())
def test_a_refusal_never_releases_more(world: dict[str, Any], refusal: dict[str, Any]) -> None:
    more = world | {"refusals": [*world["refusals"], refusal | {"id": "new"}]}
    assert released(decided(more)) <= released(decided(world))


@WORLDS
@given(worlds(), st.sampled_from(["told_in_confidence", "good_care_veto", "restricted"]))
def test_a_flag_on_records_never_releases_more(world: dict[str, Any], flag: str) -> None:
    flagged = world | {"records": [record | {flag: True} for record in world["records"]]}
    assert released(decided(flagged)) <= released(decided(world))


@WORLDS
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(world: dict[str, Any], random: Any) -> None:
    shuffled = copy.deepcopy(world)
    for name, section in shuffled.items():
        if isinstance(section, list) and name not in ORDERED:
            random.shuffle(section)
    assert _without_digest(decided(shuffled)) == _without_digest(decided(world))


@WORLDS
@given(worlds())
def test_the_same_input_gives_the_same_bytes(world: dict[str, Any]) -> None:
    first, second = decided(world), decided(copy.deepcopy(world))
    assert canonical(first.as_json()) == canonical(second.as_json())


@WORLDS
@given(worlds())
def test_each_record_is_judged_alone(world: dict[str, Any]) -> None:
    found = world_of(world)
    [request] = found.requests
    together = decide(request, found.facts, request.at).elements
    alone = {
        name: one
        for record in found.facts.records
        for name, one in prepare(request, found.facts, request.at).decide([record]).elements.items()
    }
    assert together == alone


@WORLDS
@given(worlds())
def test_whatever_is_released_might_be_asked_for(world: dict[str, Any]) -> None:
    found = world_of(world)
    [request] = found.requests
    case = prepare(request, found.facts, request.at)
    asked = may_ask(case, _holders(world["records"]), Category)
    names = released(case.decide(found.facts.records))
    assert {(one.holder, one.category) for one in found.facts.records if one.id in names} <= asked


@WORLDS
@given(worlds())
def test_a_release_ends_after_it_began(world: dict[str, Any]) -> None:
    found = world_of(world)
    [request] = found.requests
    for one in decide(request, found.facts, request.at).elements.values():
        assert one.expires_at is None or one.expires_at > request.at


def _holders(records: Iterable[dict[str, Any]]) -> set[str]:
    return {str(record["holder"]) for record in records}


def _without_digest(decision: Decision) -> dict[str, Any]:
    told = decision.as_json()
    del told["facts_digest"]
    return told
