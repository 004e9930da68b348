"""A gap tells what is missing in what its reader sees, on the day of the decision, and nothing else."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.plan import (
    Activity,
    ActivityStage,
    Arranged,
    BigFive,
    Contact,
    Element,
    Gap,
    Missing,
    Period,
    Pillar,
    Status,
    find_gaps,
)
from schemas.words import Category
from tests.schemas.plan.make import DAY, PERSONS, element, several
from tests.thoroughness import examples

COORDINATOR = element(Contact, "k", coordinator=True)


def gaps(*elements: Element, day: date = DAY) -> list[Gap]:
    return list(find_gaps([COORDINATOR, *elements], day))


def pillar(name: str, due: date | None, arranged: Arranged = Arranged.OPEN, person: str = "sem") -> BigFive:
    return element(BigFive, name, about=(person,), pillar=Pillar.LIVING, arranged=arranged, due=due)


def stopped(**more: object) -> Activity:
    return element(Activity, "h", **{"stage": ActivityStage.STOPPED_EARLY, "referred_by": "huisarts"} | more)


def test_a_plan_in_which_nobody_coordinates_says_so_and_stands_on_nothing() -> None:
    assert find_gaps([stopped(referred_by=None)], DAY) == (Gap(Missing.NO_COORDINATOR, ("sem",), ()),)


def test_a_coordinator_of_the_network_does_not_count_as_one_of_the_team() -> None:
    aunt = element(Contact, "k", coordinator=True, relation="tante")
    assert [each.gap for each in find_gaps([aunt], DAY)] == [Missing.NO_COORDINATOR]


@pytest.mark.parametrize(
    "more",
    [
        {"period": Period(date(2026, 1, 1), DAY)},
        {"period": Period(None, date(2020, 1, 1))},
        {"status": Status.CANCELLED},
        {"status": Status.COMPLETED},
    ],
)
def test_who_coordinated_before_does_not_count(more: dict[str, Any]) -> None:
    before = element(Contact, "k", coordinator=True, **more)
    assert [each.gap for each in find_gaps([before], DAY)] == [Missing.NO_COORDINATOR]


def test_on_his_last_day_he_does() -> None:
    still = element(Contact, "k", coordinator=True, period=Period(None, DAY + timedelta(1)))
    assert find_gaps([still], DAY) == ()


def test_who_did_not_ask_for_professionals_is_not_told_that_there_are_none() -> None:
    assert find_gaps([stopped(referred_by=None)], DAY, {Category.GOALS, Category.HELP_STATUS}) == ()


def test_of_nothing_nothing_is_missing() -> None:
    assert find_gaps([], DAY) == ()


def test_help_that_stopped_early_without_a_word_to_the_referrer_is_a_gap() -> None:
    assert gaps(stopped()) == [Gap(Missing.REFERRER_NOT_TOLD, ("sem",), ("h",))]


@pytest.mark.parametrize(
    "more",
    [
        {"stage": ActivityStage.COMPLETED},
        {"stage": ActivityStage.STARTED},
        {"stage": None},
        {"referred_by": None},
        {"referrer_told_on": DAY},
    ],
)
def test_other_help_is_none(more: dict[str, object]) -> None:
    assert gaps(stopped(**more)) == []


@pytest.mark.parametrize(
    ("due", "is_gap"),
    [
        (date(2027, 5, 26), True),
        (date(2027, 5, 27), False),
        (date(2026, 11, 26), True),
        (date(2025, 1, 1), True),
        (None, False),
    ],
)
def test_an_open_pillar_is_a_gap_from_six_months_before_the_day_on(due: date | None, *, is_gap: bool) -> None:
    assert bool(gaps(pillar("b", due))) is is_gap


def test_six_months_before_the_last_of_february_is_the_last_of_august() -> None:
    assert gaps(pillar("b", date(2027, 2, 28)), day=date(2026, 8, 31))
    assert not gaps(pillar("b", date(2027, 3, 1)), day=date(2026, 8, 31))


def test_an_arranged_pillar_is_none_and_one_in_progress_is() -> None:
    assert not gaps(pillar("b", DAY, Arranged.ARRANGED))
    assert gaps(pillar("b", DAY, Arranged.IN_PROGRESS))


def test_each_person_has_a_gap_of_his_own_with_all_of_his_pillars() -> None:
    found = gaps(pillar("b2", DAY), pillar("b1", DAY), pillar("z", DAY, person="zus"))
    assert found == [
        Gap(Missing.ADULTHOOD_OPEN, ("sem",), ("b1", "b2")),
        Gap(Missing.ADULTHOOD_OPEN, ("zus",), ("z",)),
    ]


@settings(max_examples=examples(60), deadline=None)
@given(several(), st.randoms())
def test_gaps_name_only_what_is_seen_and_their_order_does_not_tell_how_it_came(
    elements: list[Element], random: Random
) -> None:
    found = find_gaps(elements, DAY)
    ids = {each.id for each in elements}
    assert {name for gap in found for name in gap.elements} <= ids
    assert {person for gap in found for person in gap.about} <= {one for each in elements for one in each.about}
    assert {person for gap in found for person in gap.about} <= set(PERSONS)
    shuffled = list(elements)
    random.shuffle(shuffled)
    assert find_gaps(shuffled, DAY) == found


@settings(max_examples=examples(60), deadline=None)
@given(several())
def test_a_gap_that_stands_on_elements_stands_on_them_alone(elements: list[Element]) -> None:
    for gap in find_gaps(elements, DAY):
        grounds = [each for each in elements if each.id in gap.elements]
        if grounds:
            assert gap in find_gaps(grounds, DAY)
