"""Which numbers and reasons a world file reaches, found by deciding it.

A number that decisions do not carry is reached by a request that names it at the beginning of its note (`LB-03: ...`)
and says what it expects; that the expectation comes true is held by a test.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from consent.decide import decide
from consent.decision import Decision
from consent.explanation.numbered import NUMBERS
from consent.facts import Facts
from consent.law.numbers import Standing
from consent.request import Request
from consent.world.documents import document
from consent.world.file import read_world
from schemas.words import Result

EXAMPLES: Final = Path(__file__).resolve().parents[1] / "examples"
_NAMED: Final = re.compile(r"([A-Z][A-Z0-9_-]+(?:\([0-9a-z]+\))?): ")


@dataclass(frozen=True, slots=True)
class Place:
    """A request of an example: the name of the file without suffix, and which request, counted from 1."""

    example: str
    position: int
    reached: frozenset[str]
    """Every number and reason that it reaches."""
    named: str | None
    """The number or reason that the note of the request begins with."""
    released: frozenset[str]
    """The bases on which something is released."""
    expected: bool
    """Whether the file says what the answer must be."""

    def fit(self, number: str) -> tuple[bool, ...]:
        """Return how well this place shows `number`: of two the better is the lesser."""
        own_file, of_a_basis = self.example == number.lower(), self.example.startswith("lb-")
        fits = (self.expected, self.named == number, number in self.released, own_file, of_a_basis)
        return tuple(not each for each in fits)


def said(decision: Decision) -> frozenset[str]:
    """Return every number and reason that a decision carries."""
    found = {*decision.obligations, *([str(decision.reason)] if decision.reason else [])}
    for one in decision.elements.values():
        found |= {*one.rules, *one.obligations}
        found |= {str(each) for each in (one.basis, one.reason) if each is not None}
    return frozenset(found)


def said_both_ways(request: Request, facts: Facts) -> frozenset[str]:
    """Return what the decision carries, here and at a gateway that asks for confirmed rules."""
    here = decide(request, facts, request.at)
    there = decide(request, facts, request.at, require_confirmed_rules=True)
    return said(here) | said(there)


@cache
def places() -> tuple[Place, ...]:
    """Return every request of every example, in the order of the names of the files."""
    return tuple(place for path in sorted(EXAMPLES.glob("*.yaml")) for place in _places(path))


def _places(path: Path) -> Iterator[Place]:
    raw = path.read_bytes()
    world, written = read_world(raw), document(raw)
    asked = written.get("requests") or [written["request"]]
    for position, request in enumerate(world.requests):
        reached = said_both_ways(request, world.facts)
        named, expected = _named_in(asked[position].get("note", "")), world.expects[position] is not None
        if named is not None and expected and _is_unwritten(named):
            reached |= {named}
        yield Place(path.stem, position + 1, reached, named, _released(request, world.facts), expected)


def _named_in(note: str) -> str | None:
    match = _NAMED.match(note)
    return match.group(1) if match else None


def _is_unwritten(number: str) -> bool:
    return number in NUMBERS and NUMBERS[number].standing is Standing.UNWRITTEN


def _released(request: Request, facts: Facts) -> frozenset[str]:
    elements = decide(request, facts, request.at).elements.values()
    return frozenset(str(one.basis) for one in elements if one.result is Result.RELEASE)


@cache
def shown() -> Mapping[str, Place]:
    """Return for every number and reason that an example reaches the place that shows it best."""
    reached = {number for place in places() for number in place.reached}
    # `min` keeps the first of equals, in the order of the files.
    return {
        number: min((place for place in places() if number in place.reached), key=lambda place: place.fit(number))
        for number in reached
    }
