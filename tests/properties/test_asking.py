"""What `decide` releases, step 4 allowed to ask: there is no second rule set (design, section 1, step 4).

On every world file: asking first, fetching only what was asked, and deciding on that, releases exactly what `decide`
releases on everything.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.memory import MemorySource
from consent.decide import decide, prepare
from consent.decision import ElementDecision
from consent.entries import Record
from consent.entry import EVERYTHING
from consent.facts import Facts
from consent.naming import PERSON_SYSTEM
from consent.request import Request
from consent.world.file import World, read_world
from gateway.flow.asking import Asking, ask
from gateway.flow.fetching import fetch, glean
from gateway.flow.records import record_of
from gateway.sandbox.running import SYSTEM, element_of
from schemas.words import Category, Regime, Result
from tests.beside import SCENARIOS, WORLDS, files, needs_shared

FILES = sorted([*files(SCENARIOS, "*.yaml"), *files(WORLDS, "*.json")])
PARTS = 12
SLOW = pytest.mark.server
"""Needs no server; there are many, so `make quick` takes a twelfth."""


def sources_of(facts: Facts, request: Request) -> dict[str, list[MemorySource]]:
    found: dict[str, list[MemorySource]] = {}
    for holder in sorted({each.holder for each in facts.records}):
        elements = [
            element_of(each) for each in facts.records if each.holder == holder and each.created_on <= request.at
        ]
        found[holder] = [MemorySource(holder, SYSTEM, PERSON_SYSTEM, elements)]
    return found


def asking_of(facts: Facts, request: Request, sources: dict[str, list[MemorySource]]) -> Asking:
    family = [each.id for each in facts.persons]
    return ask(
        # As the exchange does: what may be asked does not depend on which records are named.
        prepare(replace(request, records=EVERYTHING), facts, request.at),
        request,
        request_id="r",
        sources=sources,
        identifiers={PERSON_SYSTEM: {person: person for person in family}},
        family=family,
    )


def released(elements: dict[str, ElementDecision]) -> dict[str, ElementDecision]:
    return {name: each for name, each in elements.items() if each.result is Result.RELEASE}


def worlds(part: int) -> Sequence[tuple[str, World]]:
    return [(path.stem, read_world(path.read_bytes())) for path in FILES[part::PARTS]]


@needs_shared
@pytest.mark.parametrize("part", [pytest.param(n, marks=SLOW if n else ()) for n in range(PARTS)])
async def test_asking_first_releases_exactly_what_deciding_alone_releases(part: int) -> None:
    seen = 0
    for name, file in worlds(part):
        for position, request in enumerate(file.requests):
            place = f"{name}[{position}]"
            alone = decide(request, file.facts, request.at)
            sources = sources_of(file.facts, request)
            asking = asking_of(file.facts, request, sources)
            for one in released(dict(alone.elements)):
                hold_asked(asking, file, one, place)
            gleaned = glean(await fetch(asking.permits, sources), None, numbers=())
            case = prepare(request, file.facts, request.at)
            after = case.decide([record_of(each) for each in gleaned.elements.values()])
            assert released(dict(after.elements)) == released(dict(alone.elements)), place
            seen += len(released(dict(alone.elements)))
    assert seen > 0


def hold_asked(asking: Asking, file: World, one: str, place: str) -> None:
    """Hold that somebody in the record was asked about, for its category, at its holder."""
    (record,) = [each for each in file.facts.records if each.id == one]
    (permit,) = [each for each in asking.permits if each.holder == record.holder]
    assert any(record.category in permit.categories.get(person, ()) for person in record.about), place
    assert not permit.identifiers.keys().isdisjoint(record.about), place
    assert record.holder in asking.holders, place


@needs_shared
async def test_nothing_is_asked_where_a_plain_record_would_not_be_released() -> None:
    for name, file in worlds(0):
        for position, request in enumerate(file.requests):
            asking = asking_of(file.facts, request, sources_of(file.facts, request))
            hold_no_more(asking, file, request, f"{name}[{position}]")


def plain(holder: str, person: str, category: Category, regime: Regime, request: Request) -> Record:
    return Record(
        id="p",
        holder=holder,
        about=frozenset({person}),
        category=category,
        regime=regime,
        created_on=request.at,
    )


def hold_no_more(asking: Asking, file: World, request: Request, place: str) -> None:
    """Hold that a record such as was asked for, made up here, would pass under one law or another."""
    case = prepare(replace(request, records=EVERYTHING), file.facts, request.at)
    for permit in asking.permits:
        assert permit.identifiers.keys() == permit.categories.keys(), place
        for person, categories in permit.categories.items():
            for category in categories:
                assert any(
                    case.decide([plain(permit.holder, person, category, regime, request)]).elements["p"].result
                    is Result.RELEASE
                    for regime in (Regime.JEUGDWET, Regime.WGBO)
                ), place
