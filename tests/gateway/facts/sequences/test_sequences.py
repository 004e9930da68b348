"""No sequence of recording, confirming, ending and asking lets out what the contract, told again simply, keeps in.

The model is written from the two contracts and imports nothing of the product. It may be generous: what it refuses the
contract surely refuses. `make sequences` tries ten thousand on each database, `make test` sixty.
"""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.gateway.facts.sequences.office import Clock, Office, office_at
from tests.gateway.facts.sequences.playing import Playing
from tests.gateway.facts.sequences.recipes import BASES, RECIPES, Course, courses
from tests.gateway.facts.sequences.town import START
from tests.gateway.facts.sequences.trying import Trying

SEQUENCES: Final = int(os.environ.get("SEQUENCES", "60"))
_MANY: Final = 2000
"""From here on each basis must have opened; fewer may pass one over."""

Pair = tuple[asyncio.Runner, tuple[Office, Office]]


@pytest.fixture
def offices(database_url: str) -> Iterator[Pair]:
    """Two workers on one database, each with its own connections and its own memory."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        clock, numbers = Clock(START), count()

        async def opened() -> tuple[Office, Office]:
            first = await stack.enter_async_context(office_at(database_url, clock, numbers))
            return first, await stack.enter_async_context(office_at(database_url, clock, numbers, first=False))

        yield runner, runner.run(opened())
        runner.run(stack.aclose())


def test_nothing_leaves_that_the_contract_keeps_in(offices: Pair) -> None:
    runner, pair = offices
    numbers, tally = count(), Counter[str]()

    @settings(
        max_examples=SEQUENCES,
        deadline=None,
        database=None,
        # To make what failed smaller takes minutes; as it was drawn it is short enough to read.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(course=courses())
    def holds(course: Course) -> None:
        runner.run(played(Playing(Trying(pair, next(numbers), course.age, tally)), course))
        tally["sequences"] += 1

    holds()
    logging.getLogger(__name__).info("%s", sorted(tally.items()))
    scarce = {basis: tally[basis] for basis in BASES if tally[basis] < tally["sequences"] // 100}
    assert scarce == {} or tally["sequences"] < _MANY, "where nothing opens, nothing is shown by what stays shut"


def test_each_recipe_opens_what_it_is_for_where_nothing_comes_between(offices: Pair) -> None:
    runner, pair = offices
    numbers, shut = count(), []
    for recipe in RECIPES:
        for age in recipe.ages:
            tally = Counter[str]()
            course = Course(age, recipe.told, (*recipe.steps, recipe.ask))
            runner.run(played(Playing(Trying(pair, next(numbers), age, tally)), course))
            if not tally[recipe.opens]:
                shut.append((recipe.opens, age))
    assert shut == []


async def played(playing: Playing, course: Course) -> None:
    await playing.begin(course.told)
    try:
        for trial in course.tried:
            await playing.play(trial)
    finally:
        await playing.end()
