"""What lies ahead: at each entry something changes, and between two entries nothing does."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from consent.decide import decide
from consent.facts import Facts
from consent.outlook.forecast import Effect, forecast, horizon
from consent.request import Request
from schemas.calendar import parse_moment, written
from tests.consent.make import AT, consent, incapable, mandate, world
from tests.consent.make import read as read_world
from tests.consent.outlook.foretold import BOTH, SECOND, ahead, became, yes
from tests.consent.random_worlds import Grower
from tests.thoroughness import examples

NOW = parse_moment(AT)


def answers(requests: Iterable[Request], facts: Facts, at: datetime) -> list[object]:
    decisions = [decide(request, facts, at) for request in requests]
    return [(decision.rule_set, decision.elements, decision.obligations) for decision in decisions]


def bare(value: dict[str, Any]) -> Request:
    """A request of a random world without what only a holder says, whose decisions have dates of their own."""
    [request] = read_world(value).requests
    return replace(request, holder_decisions=(), initiative=None)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**31))
def test_between_two_entries_nothing_changes(seed: int) -> None:
    value = Grower(seed).world()
    facts = read_world(value).facts
    probes = [bare(value), *(bare(value | {"request": Grower(seed + more).request()}) for more in range(1, 6))]
    until = NOW + timedelta(days=4 * 366)
    instants = sorted({NOW, *(one.at for one in forecast(facts, NOW, until=until)), until + SECOND})
    for begin, end in pairwise(instants):
        assert answers(probes, facts, begin) == answers(probes, facts, end - SECOND)


def test_who_was_born_on_29_february_comes_of_age_on_1_march_in_a_common_year() -> None:
    value = world(persons=[{"id": "sem", "born": "2012-02-29"}])
    days = {each.why: written(each.at) for each in ahead(value, until="2031-01-01") if each.fact == "sem"}
    assert days == {"16": "2028-02-29T00:00:00+01:00", "18": "2030-03-01T00:00:00+01:00"}


def test_a_birthday_says_who_decides_from_then_on() -> None:
    found = ahead(world(age=11), until="2033-01-01")
    told = [(each.why, each.decides) for each in found if each.effect is Effect.BIRTHDAY and each.fact == "sem"]
    assert told == [("12", ("person", "authority")), ("16", ("person",)), ("18", ("person",))]


def tasks(value: dict[str, Any], until: str = "2029-01-01") -> set[tuple[str, str, str | None, str]]:
    return {
        (each.fact, each.why, None if each.starts is None else written(each.starts)[:10], written(each.at)[:10])
        for each in ahead(value, until=until)
        if each.effect is Effect.RECONFIRM
    }


def test_what_parents_said_is_to_be_confirmed_before_the_12th_birthday() -> None:
    value = world(age=11, consents=[consent("moeder"), consent("vader", until="2026-05-03"), consent("sem", id="own")])
    assert tasks(value) == {("c-moeder", "12", "2026-02-03", "2026-05-04")}


def test_what_the_youth_said_is_to_be_confirmed_after_the_16th_birthday() -> None:
    value = world(age=15, consents=[consent("sem"), consent("moeder"), consent("sem", id="later", on="2026-06-01")])
    assert tasks(value) == {("c-sem", "16", "2026-05-04", "2026-06-04")}


def test_a_mandate_is_to_be_confirmed_at_a_birthday_and_at_its_end() -> None:
    assert tasks(world(age=15, mandates=[mandate()])) == {
        ("m1", "16", None, "2026-05-04"),
        ("m1", "end", None, "2026-07-01"),
    }


def test_somebody_is_to_speak_for_who_comes_of_age_and_was_found_incapable() -> None:
    assert tasks(world(age=17, capacity=[incapable()])) == {("sem", "18", "2025-11-04", "2026-05-04")}
    assert tasks(world(age=17, capacity=[incapable(), incapable(capable=True)])) == set()


def test_of_a_task_decide_sees_nothing() -> None:
    value = world(age=15, consents=[consent("sem")], authority=BOTH)
    [task] = [each for each in ahead(value) if each.effect is Effect.RECONFIRM]
    assert became(value, task.at - SECOND) == became(value, task.at) == "release LB-01"


def test_a_finding_that_another_replaced_does_not_lapse() -> None:
    found = ahead(world(age=16, capacity=[incapable(), incapable(on="2026-02-20", capable=True)]))
    assert [each.effect for each in found if each.section == "capacity"] == [Effect.CHANGES]


def test_a_consent_that_was_withdrawn_does_not_lapse_again() -> None:
    found = ahead(yes(withdrawn_on="2026-02-15", until="2026-06-01"))
    assert {each.effect for each in found if each.section == "consents"} == {Effect.CHANGES}


def test_the_forecast_is_in_order_of_time_from_after_now_up_to_and_with_its_end() -> None:
    value = yes(until="2026-06-01")
    [last, *_] = [each for each in ahead(value) if each.why == "until"]
    assert written(last.at) == "2026-06-01T00:00:00+02:00"
    assert last in ahead(value, until="2026-06-01")
    assert last not in ahead(value, until="2026-05-31T23:59:59+02:00")
    assert last not in ahead(value, at="2026-06-01")
    assert last in ahead(value, at="2026-05-31T23:59:59+02:00")
    instants = [each.at for each in ahead(value, until="2040-01-01")]
    assert instants == sorted(instants)


def test_a_new_rule_set_stands_in_the_forecast() -> None:
    [rules] = [each for each in ahead(world()) if each.effect is Effect.RULES]
    assert (rules.fact, written(rules.at)) == ("2027-01", "2027-01-01T00:00:00+01:00")


def test_a_year_is_looked_ahead_where_nobody_says_how_far() -> None:
    assert written(horizon(parse_moment("2024-02-29T12:00:00+01:00"))) == "2025-02-28T00:00:00+01:00"
