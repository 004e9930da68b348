"""Metamorphic: what has nothing to do with the request, and how the file was written, changes nothing at all."""

import copy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from consent.decide import decide, prepare
from consent.decision import ElementDecision
from consent.world.file import world_of
from schemas.calendar import AMSTERDAM
from schemas.words import Category, Regime
from tests.consent.asking import may_ask
from tests.properties.deciding import WORLDS, asked, elements, instant, released, without
from tests.properties.wider_worlds import wider_worlds

Json = dict[str, Any]
FAMILY: Final = ("sem", "zus", "moeder", "vader", "luus")


def of_strangers(world: Json) -> Json:
    """The facts of a world about a family of others, whose members bear other names."""
    moved = {section: [_moved(one) for one in found] for section, found in world.items() if isinstance(found, list)}
    del moved["organisations"], moved["professionals"]
    return moved


def _moved(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: f"u{one}" if key == "id" and one not in FAMILY else _moved(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one) for one in value]
    return f"u{value}" if value in FAMILY or value in {"ots", "dwang"} or _is_id_of_order(value) else value


def _is_id_of_order(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("xo")


@WORLDS
@given(wider_worlds(), wider_worlds())
def test_another_family_changes_nothing(world: Json, other: Json) -> None:
    alone = elements(world)
    strangers = of_strangers(other)
    beside = world | {section: [*world.get(section, []), *found] for section, found in strangers.items()}
    assert {name: one for name, one in elements(beside).items() if name in alone} == alone


def result(one: ElementDecision) -> tuple[object, ...]:
    """Return all of a decision but the names of its evidence, among which positions in the file are."""
    return (one.result, one.basis, one.reason, one.rules, one.obligations, one.expires_at)


def results(world: Json) -> dict[str, tuple[object, ...]]:
    return {name: result(one) for name, one in elements(world).items()}


@WORLDS
@given(wider_worlds(), st.randoms(use_true_random=False))
def test_the_order_of_lists_changes_nothing(world: Json, random: Random) -> None:
    # Of findings of one day the last in the file counts, so those keep their order; persons keep theirs (5.4).
    before = results(world)
    shuffled = copy.deepcopy(world)
    for section, found in shuffled.items():
        if isinstance(found, list) and section != "persons":
            random.shuffle(found)
    shuffled["capacity"] = sorted(world.get("capacity", []), key=lambda one: str(one["on"]), reverse=True)
    for section in ("records", "consents", "refusals", "involvements", "mandates", "considered_wishes"):
        for entry in shuffled.get(section, []):
            _shuffle_within(entry, random)
    _shuffle_within(shuffled["request"], random)
    assert results(shuffled) == before


def _shuffle_within(entry: Json, random: Random) -> None:
    for found in entry.values():
        if isinstance(found, list):
            random.shuffle(found)


@WORLDS
@given(wider_worlds(), wider_worlds())
def test_requests_in_one_world_do_not_know_each_other(world: Json, other: Json) -> None:
    first, second = world["request"], other["request"] | {"holder_decisions": world["request"].get("holder_decisions")}
    requests = [first, {key: value for key, value in second.items() if value is not None}]
    facts = world_of({key: value for key, value in world.items() if key != "request"} | {"requests": requests})
    together = [dict(decide(one, facts.facts, one.at).elements) for one in facts.requests]
    assert together == [elements(world | {"request": one}) for one in requests]


@WORLDS
@given(wider_worlds(), st.sampled_from([-8, -4]))
def test_the_year_changes_nothing_as_long_as_leap_years_fall_alike(world: Json, years: int) -> None:
    """Within one rule set; four years have one leap day, so all counted days and months fall alike."""
    before, after = elements(world), elements(_shifted(world, years))
    assert {name: _shifted_end(one, years) for name, one in before.items()} == {
        name: _shifted_end(one, 0) for name, one in after.items()
    }


def _shifted(value: Any, years: int) -> Any:
    if isinstance(value, dict):
        return {key: _shifted(one, years) for key, one in value.items()}
    if isinstance(value, list):
        return [_shifted(one, years) for one in value]
    if isinstance(value, str) and value[:2] in {"19", "20"} and value[4:5] == "-":
        return f"{int(value[:4]) + years}{value[4:]}"
    return value


def _shifted_end(one: ElementDecision, years: int) -> tuple[object, ...]:
    ends = one.expires_at and one.expires_at.astimezone(AMSTERDAM)
    local = ends and ends.replace(year=ends.year + years, tzinfo=None)
    return (*result(one)[:-1], one.evidence, local)


@WORLDS
@given(wider_worlds(), st.sampled_from(["2026-03-01", "2026-03-03", "2026-05-04", "2026-07-01", "2027-02-01"]))
def test_the_clock_of_the_decision_counts_and_not_that_of_the_request(world: Json, later: str) -> None:
    """E.3, 10: a request that waited is decided as it stands when it is decided."""
    assert elements(world, instant(later)) == elements(asked(world, at=later))


@WORLDS
@given(wider_worlds())
def test_whatever_is_released_step_four_allowed_to_ask(world: Json) -> None:
    found = world_of(world)
    [request] = found.requests
    case = prepare(request, found.facts, request.at)
    others = [one.id for one in found.facts.persons if one.id != request.about]
    holders = sorted({one.holder for one in found.facts.records})
    foreseen = case.foresee(holders, tuple(Category), others)
    allowed = may_ask(case, holders, Category)
    open_to = released(world)
    for record in found.facts.records:
        if record.id in open_to:
            told = foreseen[record.holder, record.category]
            assert isinstance(told, list)
            assert record.about <= set(told)
            assert (record.holder, record.category) in allowed


@WORLDS
@given(wider_worlds())
def test_nothing_may_be_asked_that_no_plain_record_would_give(world: Json) -> None:
    found = world_of(world)
    [request] = found.requests
    case = prepare(request, found.facts, request.at)
    laws = (str(Regime.JEUGDWET), str(Regime.WGBO))
    for holder, category in may_ask(case, ("ggz", "zorg", "gi"), Category):
        plain = {"holder": holder, "category": str(category), "created_on": request.at.isoformat(), "about": ["sem"]}
        assert released(world | {"records": [plain | {"id": law, "regime": law} for law in laws]})


# When a release ends.


def now(world: Json) -> Json:
    """The world without what only begins later, and without findings about others than the youth."""

    def begins_later(one: Json) -> bool:
        return any(str(one.get(key, "")) > "2026-03-02T10" for key in ("on", "since", "created_on"))

    for section, found in list(world.items()):
        if isinstance(found, list):
            world = without(world, section, begins_later)
    decisions = [one for one in world["request"].get("holder_decisions", []) if not begins_later(one)]
    if decisions:
        world = asked(world, holder_decisions=decisions)
    return without(world, "capacity", lambda one: one["person"] != "sem")


CHECKED: Final = timedelta(days=10)
"""After so many days the check of authority in these worlds may be too old (LB-06), which is no end."""


@WORLDS
@given(wider_worlds())
def test_a_release_holds_until_it_ends(world: Json) -> None:
    world = now(world)
    at = instant(world["request"]["at"])
    for name, one in released(world).items():
        last = datetime(2026, 12, 31, tzinfo=UTC) if one.expires_at is None else one.expires_at - timedelta(seconds=1)
        if one.basis in {"LB-06", "LB-09"}:
            last = min(last, at + CHECKED)
        assert name in released(world, max(at, last)), one.basis


@WORLDS
@given(wider_worlds())
def test_at_its_end_a_release_rests_on_something_else_or_is_over(world: Json) -> None:
    birthdays = {str(one["born"])[5:] for one in world["persons"]}
    for name, one in released(world).items():
        if one.expires_at is None or one.basis == "LB-24":
            continue
        if one.expires_at.astimezone(AMSTERDAM).date().isoformat()[5:] in birthdays:
            continue
        after = released(world, one.expires_at).get(name)
        assert after is None or (after.basis, after.evidence) != (one.basis, one.evidence)
