"""What would be released is foreseen for all categories at once; each must be as if it were looked at alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from consent.decide import prepare
from consent.entry import EVERYTHING
from consent.facts import Facts, Record
from consent.request import Request
from consent.world import read_world, world_of
from schemas.words import Category, Regime, Result

PART = 8
"""Every so many worlds are looked at."""


def asked_for(request: Request) -> list[Category]:
    return [each for each in Category if each in request.categories]


def one_by_one(request: Request, facts: Facts, holders: list[str]) -> dict[tuple[str, Category], object]:
    """Put every plain record to `decide` itself: about whom it is released, or why the one about the person is not."""
    case = prepare(replace(request, records=EVERYTHING), facts, request.at)
    persons = [request.about, *(one.id for one in facts.persons if one.id != request.about)]
    found: dict[tuple[str, Category], object] = {}
    for holder in holders:
        for category in asked_for(request):
            probes = {
                (person, regime): Record(
                    id=f"{person} {regime}",
                    holder=holder,
                    about=frozenset({person}),
                    category=category,
                    regime=regime,
                    created_on=request.at,
                )
                for person in persons
                for regime in (Regime.JEUGDWET, Regime.WGBO)
            }
            elements = case.decide(list(probes.values())).elements
            results = {key: elements[probe.id] for key, probe in probes.items()}
            open_ones = {person for (person, _), one in results.items() if one.result is Result.RELEASE}
            own = results[request.about, Regime.JEUGDWET]
            found[holder, category] = (
                [each for each in persons if each in open_ones]
                if request.about in open_ones
                else (own.result, own.reason)
            )
    return found


@pytest.mark.parametrize("folder", ["scenarios", "worlds"])
def test_categories_that_are_foreseen_together_are_foreseen_as_each_alone(folder: str, shared: Path) -> None:
    files = [file for file in sorted((shared / folder).rglob("*")) if file.suffix in {".yaml", ".json"}]
    for file in files[::PART]:
        world = read_world(file.read_bytes())
        holders = [one.id for one in world.facts.organisations]
        for request in world.requests:
            others = [one.id for one in world.facts.persons if one.id != request.about]
            foreseen = prepare(request, world.facts, request.at).foresee(holders, asked_for(request), others)
            told = {
                pair: found if isinstance(found, list) else (found.result, found.reason)
                for pair, found in foreseen.items()
            }
            assert told == one_by_one(request, world.facts, holders), file.name


def test_categories_that_a_basis_lists_and_leaves_out_are_told_apart() -> None:
    world = world_of(
        {
            "schakel": "world/1",
            "organisations": [{"id": "team", "kind": "local-team"}, {"id": "zorg", "kind": "youth-care"}],
            "professionals": [{"id": "anna", "organisation": "team", "role": "youth-professional"}],
            "persons": [{"id": "sem", "born": "2012-05-04"}],
            "involvements": [
                {
                    "id": "samen",
                    "kind": "joint-help",
                    "about": "sem",
                    "organisations": ["team", "zorg"],
                    "since": "2026-01-01",
                    "client_informed": True,
                }
            ],
            "requests": [
                {
                    "at": "2026-03-01",
                    "requester": {"professional": "anna"},
                    "about": "sem",
                    "purpose": "give-help",
                    "categories": "all",
                }
            ],
        }
    )
    [request] = world.requests
    foreseen = prepare(request, world.facts, request.at).foresee(["zorg"], [Category.GOALS, Category.BILLING], [])
    assert foreseen["zorg", Category.GOALS] == ["sem"]
    assert foreseen["zorg", Category.BILLING] != ["sem"]
