"""What one account saw: each person, which elements of what category, of whom, when. For a breach. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from audit.events import EventOutcome, Field, Kind
from audit.part import EXCHANGE, Part, is_erased, said_in
from schemas.calendar import utc_milliseconds

_READ: Final = frozenset({Kind.LOG_READ, Kind.LOG_EXPORTED, Kind.LOG_UNMASKED})


@dataclass(slots=True)
class Seen:
    """What was seen of one person. `events` in the order in which they were added."""

    elements: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """How often each element left, by holder, category and id."""
    events: list[dict[str, Any]] = field(default_factory=list)
    instants: list[str] = field(default_factory=list)
    """When something of him was seen."""

    def as_json(self) -> dict[str, Any]:
        """Return it as a line of the report tells it."""
        found: dict[str, dict[str, list[str]]] = {}
        for holder, category, name in sorted(self.elements):
            found.setdefault(holder, {}).setdefault(category, []).append(name)
        return {
            "organisations": found,
            "elements": len(self.elements),
            "first": min(self.instants, default=None),
            "last": max(self.instants, default=None),
            "events": self.events,
        }


@dataclass(slots=True)
class Saw:
    """What an account saw, built up event by event.

    `persons` by their id; `erased` counts the events of persons who were forgotten, `others` those that are about
    nobody whom the viewer may know.
    """

    persons: dict[str, Seen] = field(default_factory=dict)
    erased: int = 0
    others: Counter[str] = field(default_factory=Counter)
    events: int = 0

    def add(self, seen: Part) -> None:
        """Take one event of the account."""
        self.events += 1
        if is_erased(seen.told):
            self.erased += 1
        elif seen.person is None:
            self.others[str(seen.kind)] += 1
        else:
            self._about(self.persons.setdefault(seen.person, Seen()), seen)

    def lines(self, named: Callable[[str], Mapping[str, str]]) -> Iterator[dict[str, Any]]:
        """Yield a line for each person of whom something was seen, who was seen first first, and then the totals.

        `named` gives how the report names a person. Whoever was only tried for has a line too, without elements.
        """
        by_first = sorted(self.persons.items(), key=lambda each: (min(each[1].instants, default="~"), each[0]))
        for person, seen in by_first:
            yield {"person": named(person), **seen.as_json()}
        yield {"end": True, **self.totals()}

    def totals(self) -> dict[str, Any]:
        """Return the counts that the last line, and the event of the report, tell."""
        return {
            "persons": sum(bool(each.instants) for each in self.persons.values()),
            "only_tried_for": sum(not each.instants for each in self.persons.values()),
            "elements": sum(len(each.elements) for each in self.persons.values()),
            "events": self.events,
            "erased_events": self.erased,
            "events_about_nobody": dict(sorted(self.others.items())),
        }

    @staticmethod
    def _about(person: Seen, seen: Part) -> None:
        at, released = utc_milliseconds(seen.told.at), seen.released
        person.elements.update((each["holder"], each["category"], each["id"]) for each in released)
        if released or _read(seen):
            person.instants.append(at)
        person.events.append(_event(seen, at, released))


def _read(seen: Part) -> bool:
    return seen.kind in _READ and seen.outcome is EventOutcome.OK


def _event(seen: Part, at: str, released: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    told = seen.told
    line: dict[str, Any] = {"id": told.id, "at": at, "kind": str(seen.kind), "outcome": str(seen.outcome)}
    if told.kind in EXCHANGE:
        line |= {"purpose": told.fields.get(Field.PURPOSE), "elements": [each["id"] for each in released]}
    elif told.kind in _READ:
        line |= {"read": said_in(told, Field.DETAIL).get("read")}
    return line
