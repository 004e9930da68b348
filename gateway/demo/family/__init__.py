"""The invented family: its facts, the numbers it is known by, its names, and the story that is played with it.

The files beside this one hold days as on a base day; what is read here has them moved to a day that the caller gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from consent.world.documents import document
from gateway.demo.days import moved

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the story.

    `facts` are sections of a world file that come into force before the request; `withdraw` says who takes back which
    consent before it. `request` is that of a world file, without `at`. `sources` are the holders that the answer names;
    `released` gives by holder the texts (of a contact: its name) that must come; `withheld` by holder the texts that a
    source gives and that may not pass, each with its reason; `unasked` by holder some categories that he is not
    even asked for, each with its reason.
    """

    id: str
    title: Mapping[str, str]
    request: Mapping[str, Any]
    facts: Mapping[str, list[Any]]
    withdraw: Mapping[str, str] | None
    sources: list[str]
    released: Mapping[str, list[str]]
    withheld: Mapping[str, Mapping[str, str]]
    unasked: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks at the end who has looked: `reader`, and by whose log it is which lines must come, newest first."""

    reader: str
    logs: Mapping[str, list[dict[str, Any]]]


def facts(*, today: date) -> dict[str, Any]:
    """Return the family's world as JSON: a world file without records and without a request."""
    found, called = _read("world.yaml", today=today), names()
    # What is said to people names organisations as people do.
    return {**found, "organisations": [{**each, "name": called[each["id"]]} for each in found["organisations"]]}


def who_looked() -> Asked:
    """Return who asks at the end who has looked."""
    found: dict[str, Any] = document((FOLDER / "who_looked.yaml").read_bytes())
    return Asked(reader=found["reader"], logs=found["logs"])


def story(*, today: date) -> tuple[Step, ...]:
    """Return the steps, in order."""
    return tuple(_step(each) for each in _read("story.yaml", today=today)["steps"])


def identifiers() -> dict[str, dict[str, str]]:
    """Return for each system of numbers every person's number there."""
    found = document((FOLDER / "identifiers.yaml").read_bytes())
    return {each["system"]: dict(each["persons"]) for each in found}


@cache
def names() -> Mapping[str, str]:
    """Return how organisations, professionals and persons are called, by id."""
    found = document((FOLDER / "names.yaml").read_bytes())
    return {id_: name for group in found.values() for id_, name in group.items()}


def _read(name: str, *, today: date) -> dict[str, Any]:
    text = moved((FOLDER / name).read_text(encoding="utf-8"), today=today)
    found: dict[str, Any] = document(text.encode())
    return found


def _step(found: Mapping[str, Any]) -> Step:
    return Step(
        id=found["id"],
        title=found["title"],
        request=found["request"],
        facts=found.get("facts", {}),
        withdraw=found.get("withdraw"),
        sources=found["sources"],
        released=found["released"],
        withheld=found.get("withheld", {}),
        unasked=found.get("unasked", {}),
    )
