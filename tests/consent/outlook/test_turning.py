"""When anything may be otherwise next: never later than what lies ahead, and within a day only what a fact says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from consent.outlook.forecast import forecast, horizon
from consent.outlook.turning import next_turn
from schemas.calendar import parse_moment, written
from tests.consent.make import AT, consent, mandate, world
from tests.consent.make import read as read_world
from tests.consent.random_worlds import Grower
from tests.thoroughness import examples

NOW = parse_moment(AT)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**31))
def test_nothing_that_lies_ahead_comes_before_it(seed: int) -> None:
    facts = read_world(Grower(seed).world()).facts
    instants = [NOW, *(each.at for each in forecast(facts, NOW, until=horizon(NOW)))]
    for at in instants:
        turn = next_turn(facts, at)
        assert at < turn
        assert all(turn <= each.at for each in forecast(facts, at, until=horizon(at)))


def test_it_is_the_next_midnight_where_no_fact_says_an_instant_before_it() -> None:
    facts = read_world(world(consents=[consent("sem", until="2026-12-01")])).facts
    assert written(next_turn(facts, NOW)) == "2026-03-03T00:00:00+01:00"


def test_a_fact_may_say_an_instant_of_today() -> None:
    noon = f"{AT[:10]}T23:00:00+01:00"
    told = world(consents=[consent("sem", until=noon)])
    assert written(next_turn(read_world(told).facts, NOW)) == noon
    agreed = [{"by": "moeder", "on": "2026-01-15", "withdrawn_on": noon}]
    told = world(mandates=[mandate(parent_agreements=agreed)])
    assert written(next_turn(read_world(told).facts, NOW)) == noon
