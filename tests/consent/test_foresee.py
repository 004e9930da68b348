"""What would be released is foreseen for all holders and categories at once; each must be as if looked at alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from consent.decide import decide, prepare
from consent.entries import Record
from consent.entry import EVERYTHING
from consent.facts import Facts
from consent.request import Request
from consent.world.file import read_world, world_of
from schemas.words import Category, Regime, Result

PART = 24
"""Every so many worlds are looked at where much is looked at in each."""


def some_worlds(shared: Path, folder: str, part: int) -> Iterator[tuple[str, Request, Facts]]:
    files = [file for file in sorted((shared / folder).rglob("*")) if file.suffix in {".yaml", ".json"}]
    for file in files[::part]:
        world = read_world(file.read_bytes())
        for request in world.requests:
            yield file.name, request, world.facts


def asked_for(request: Request) -> list[Category]:
    return [each for each in Category if each in request.categories]


def one_by_one(request: Request, facts: Facts, holders: list[str]) -> dict[tuple[str, Category], object]:
    """Put every plain record to `decide` itself: about whom it is released, or why the one about the person is not.

    Each holder and category in a case of its own, so that it is weighed together with no other.
    """
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
            case = prepare(replace(request, records=EVERYTHING), facts, request.at)
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
    for name, request, facts in some_worlds(shared, folder, PART):
        holders = [one.id for one in facts.organisations]
        others = [one.id for one in facts.persons if one.id != request.about]
        foreseen = prepare(request, facts, request.at).foresee(holders, asked_for(request), others)
        told = {
            pair: found if isinstance(found, list) else (found.result, found.reason) for pair, found in foreseen.items()
        }
        assert told == one_by_one(request, facts, holders), name


@pytest.mark.parametrize("folder", ["scenarios", "worlds"])
def test_records_that_are_decided_on_together_are_decided_on_as_each_alone(folder: str, shared: Path) -> None:
    for name, request, facts in some_worlds(shared, folder, 6):
        together = decide(request, facts, request.at).elements
        alone = [decide(request, facts.with_records([one]), request.at).elements for one in facts.records]
        assert dict(together) == {key: found for each in alone for key, found in each.items()}, name


def test_holders_whom_nobody_tells_apart_by_what_he_said_are_told_apart_by_the_help_they_give() -> None:
    sem = {"about": "sem", "since": "2026-01-01", "client_informed": True}
    world = world_of(
        {
            "schakel": "world/1",
            "organisations": [{"id": name, "kind": "youth-care"} for name in ("ggz", "team", "zorg")],
            "professionals": [{"id": "anna", "organisation": "team", "role": "youth-professional"}],
            "persons": [{"id": "sem", "born": "2012-05-04"}],
            "involvements": [{"id": "samen", "kind": "joint-help", "organisations": ["team", "zorg"], **sem}],
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
    foreseen = prepare(request, world.facts, request.at).foresee(["ggz", "zorg"], [Category.GOALS], [])
    assert foreseen["zorg", Category.GOALS] == ["sem"]
    assert foreseen["ggz", Category.GOALS] != ["sem"]


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


def test_holders_alike_to_whom_was_foreseen_are_told_apart_by_who_else_is_in_a_record() -> None:
    both = {"id": "ja-sem", "about": "sem", "given_by": "sem", "on": "2026-02-01", "holders": ["ggz", "zorg"]}
    both |= {"recipients": ["team"], "purposes": ["give-help"], "categories": ["goals"]}
    record = {"about": ["noor", "sem"], "category": "goals", "regime": "jeugdwet", "created_on": "2026-01-10"}
    world = world_of(
        {
            "schakel": "world/1",
            "organisations": [{"id": name, "kind": "youth-care"} for name in ("ggz", "team", "zorg")],
            "professionals": [{"id": "anna", "organisation": "team", "role": "youth-professional"}],
            "persons": [{"id": "sem", "born": "2000-05-04"}, {"id": "noor", "born": "1998-05-04"}],
            "consents": [both, {**both, "id": "ja-noor", "about": "noor", "given_by": "noor", "holders": ["zorg"]}],
            "records": [{"id": name, "holder": name, **record} for name in ("ggz", "zorg")],
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
    case = prepare(request, world.facts, request.at)
    foreseen = case.foresee(["ggz", "zorg"], [Category.GOALS], [])
    elements = case.decide(world.facts.records).elements
    assert set(map(str, foreseen.values())) == {"['sem']"}
    assert (elements["zorg"].result, elements["ggz"].result) == (Result.RELEASE, Result.WITHHOLD)


@pytest.mark.parametrize(("express", "whom"), [(False, ["sem"]), (True, ["sem", "noor"])])
def test_of_feedback_to_a_doctor_who_else_may_be_asked_about_is_told_by_the_law_that_opened_it(
    express: bool,  # noqa: FBT001 - it is what the yes says
    whom: list[str],
) -> None:
    yes = {"id": "ja-noor", "about": "noor", "given_by": "noor", "on": "2026-02-01", "express": express}
    yes |= {"holders": ["ggz"], "recipients": ["huisarts"], "purposes": ["referral-feedback"]}
    world = world_of(
        {
            "schakel": "world/1",
            "organisations": [
                {"id": "ggz", "kind": "youth-mental-health"},
                {"id": "huisarts", "kind": "general-practice"},
            ],
            "professionals": [{"id": "oscar", "organisation": "huisarts", "role": "general-practitioner"}],
            "persons": [{"id": "sem", "born": "2000-05-04"}, {"id": "noor", "born": "1998-05-04"}],
            "referrals": [
                {
                    "id": "verwijzing",
                    "about": "sem",
                    "by": "oscar",
                    "to": "ggz",
                    "on": "2026-02-01",
                    "client_informed": True,
                }
            ],
            "consents": [{**yes, "categories": ["help-status"]}],
            "requests": [
                {
                    "at": "2026-03-01",
                    "requester": {"professional": "oscar"},
                    "about": "sem",
                    "purpose": "referral-feedback",
                    "categories": ["help-status"],
                }
            ],
        }
    )
    [request] = world.requests
    case = prepare(request, world.facts, request.at)
    assert case.foresee(["ggz"], [Category.HELP_STATUS], ["noor"])["ggz", Category.HELP_STATUS] == whom
