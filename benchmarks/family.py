"""The invented family of the benchmarks: five persons, fifty consents, three holders and two who ask.

Days lie round today, because the gateway decides at the real time.
"""

from datetime import date, timedelta
from itertools import product
from typing import Any, Final

from consent.world.file import World, world_of

CHILD: Final = "tess"
HOLDERS: Final = ("de-haven", "de-vliet", "budgethulp-oost")
PLANNER: Final = "nora"
"""Of the local team: everybody who has a say said yes to her organisation."""
STRANGER: Final = "piet"
"""Of a school that nobody said yes to for this."""

CATEGORIES: Final = ("goals", "appointments", "professionals", "school", "help-status", "evaluation", "finances")
CONSENTS: Final = 50
_GIVERS: Final = {"tess": ("tess", "mara", "koen"), "jip": ("mara", "koen"), "mara": ("mara",), "koen": ("koen",)}
"""Whose word is needed about whom."""
_OTHERS: Final = ("college-west", "gi-midden", "huisarts-plein", "ggd-oost")


def family(today: date) -> World:
    """Return the world, without records: those come over the wire."""
    return world_of(family_file(today))


def family_file(today: date) -> dict[str, Any]:
    """Return the same as the JSON of a world file."""
    return {
        "schakel": "world/1",
        "organisations": [
            {"id": "team-oost", "kind": "local-team"},
            {"id": "de-haven", "kind": "youth-care"},
            {"id": "de-vliet", "kind": "youth-mental-health"},
            {"id": "budgethulp-oost", "kind": "debt-counselling"},
            {"id": "college-west", "kind": "school"},
            {"id": "gi-midden", "kind": "certified-institution"},
            {"id": "huisarts-plein", "kind": "general-practice"},
            {"id": "ggd-oost", "kind": "youth-health"},
        ],
        "professionals": [
            {"id": PLANNER, "organisation": "team-oost", "role": "youth-professional"},
            {"id": STRANGER, "organisation": "college-west", "role": "teacher"},
        ],
        "persons": [
            {"id": "tess", "born": _written(today, years=15)},
            {"id": "jip", "born": _written(today, years=6)},
            {"id": "mara", "born": _written(today, years=41)},
            {"id": "koen", "born": _written(today, years=43)},
            {"id": "wil", "born": _written(today, years=38)},
        ],
        "family": [
            {"person": parent, "of": child, "relation": "parent"}
            for parent, child in product(("mara", "koen"), ("tess", "jip"))
        ],
        "authority": [
            {
                "id": f"gezag-{parent}-{child}",
                "holder": parent,
                "over": child,
                "kind": "parental",
                "since": _written(today, years=6),
                "verified_on": _written(today, days=40),
            }
            for parent, child in product(("mara", "koen"), ("tess", "jip"))
        ],
        "involvements": [
            {
                "id": f"hulp-{organisation}-{person}",
                "kind": "help",
                "about": person,
                "organisations": [organisation],
                "since": _written(today, days=90),
                "client_informed": True,
            }
            for organisation, person in product(("team-oost", *HOLDERS), ("tess", "jip"))
        ],
        "consents": _consents(today),
        "requests": [_request(today)],
    }


def _consents(today: date) -> list[dict[str, Any]]:
    needed = [
        _consent(today, about, giver, list(HOLDERS), "team-oost", "coordinate-plan", CATEGORIES)
        for about, givers in _GIVERS.items()
        for giver in givers
    ]
    # The rest is what a family collects in a few years: for others, for less, ended or taken back.
    pairs = [(about, giver) for about, givers in _GIVERS.items() for giver in givers]
    more = [
        _consent(today, about, giver, [HOLDERS[n % 3]], other, "give-help", CATEGORIES[: 1 + n % 3])
        | ({"withdrawn_on": _written(today, days=10)} if n % 4 == 0 else {})
        for n, (other, (about, giver)) in enumerate(product(_OTHERS, pairs * 2))
    ]
    found = [*needed, *more][:CONSENTS]
    return [{"id": f"ja-{n}", **each} for n, each in enumerate(found)]


def _consent(  # noqa: PLR0913, PLR0917 - the fields of a consent, in the order of a sentence
    today: date, about: str, giver: str, holders: list[str], recipient: str, purpose: str, categories: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "about": about,
        "given_by": giver,
        "on": _written(today, days=30),
        "until": _written(today, days=-120),
        "holders": holders,
        "recipients": [recipient],
        "purposes": [purpose],
        "categories": list(categories),
    }


def _request(today: date) -> dict[str, Any]:
    return {
        "at": today.isoformat(),
        "requester": {"professional": PLANNER},
        "about": CHILD,
        "purpose": "coordinate-plan",
        "categories": "all",
    }


def _written(today: date, *, years: int = 0, days: int = 0) -> str:
    # A birthday is some days off, so that no run lies on one.
    return (today - timedelta(days=years * 366 + days)).isoformat()
