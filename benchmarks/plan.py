"""The forty elements of the family that B3 decides on, and the family among many others."""

from datetime import date
from typing import Any, Final

from benchmarks.family import CATEGORIES, HOLDERS, family_file
from consent.facts import Facts
from consent.request import Request
from consent.world.file import world_of

ELEMENTS: Final = 40
FEW: Final = 5
"""So many consents are first in the family's file: those without which nothing about its children leaves."""
OTHERS: Final = 5000
"""Consents of people who have nothing to do with the family."""
_EACH: Final = 10
_ABOUT: Final = (["tess"], ["mara", "tess"], ["tess"], ["jip", "tess"], ["tess"], ["koen", "tess"], ["tess", "wil"])
"""About whom the elements are. Nobody said yes to what is about `wil`."""
_CATEGORIES: Final = (*CATEGORIES, "risk", "working-notes", "goals")
"""To `risk` nobody said yes, and working notes never leave."""


def plan(today: date) -> tuple[Request, Facts]:
    """Return the planner's request, and the family with its elements: five persons, fifty consents."""
    return _read(today, family_file(today))


def small_plan(today: date) -> tuple[Request, Facts]:
    """Return the same with few consents."""
    file = family_file(today)
    return _read(today, file | {"consents": file["consents"][:FEW]})


def crowded_plan(today: date) -> tuple[Request, Facts]:
    """Return the same with few consents, behind five thousand of others."""
    file = family_file(today)
    persons = [{"id": f"ander-{number}", "born": "1990-04-03"} for number in range(OTHERS // _EACH)]
    consents = [_consent(today, number) for number in range(OTHERS)]
    return _read(
        today,
        file | {"persons": [*persons, *file["persons"]], "consents": [*consents, *file["consents"][:FEW]]},
    )


def _read(today: date, file: dict[str, Any]) -> tuple[Request, Facts]:
    world = world_of(file | {"records": [_record(today, number) for number in range(ELEMENTS)]})
    return world.requests[0], world.facts


def _record(today: date, number: int) -> dict[str, Any]:
    return {
        "id": f"element-{number:02}",
        "holder": HOLDERS[number % len(HOLDERS)],
        "about": _ABOUT[number % len(_ABOUT)],
        "category": _CATEGORIES[number % len(_CATEGORIES)],
        "regime": "jeugdwet",
        "created_on": today.replace(day=1).isoformat(),
    }


def _consent(today: date, number: int) -> dict[str, Any]:
    person = f"ander-{number // _EACH}"
    return {
        "id": f"ander-ja-{number}",
        "about": person,
        "given_by": person,
        "on": today.replace(day=1).isoformat(),
        "holders": [HOLDERS[number % len(HOLDERS)]],
        "recipients": ["team-oost"],
        "purposes": ["coordinate-plan"],
        "categories": ["goals"],
    }
