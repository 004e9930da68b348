"""A person's log in days, newest first: one line for what happened alike on one day, with how often."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.events import Field
from audit.own_log.sight import Sight
from audit.own_log.withheld import withheld
from audit.sentences.catalogue import texts_in
from audit.sentences.sentence import Mark, Sentence, sentence
from audit.told import Told
from schemas.calendar import local_day, utc_milliseconds
from schemas.texts import LANGUAGES, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is told of the events of one day that read alike; `events` newest first."""

    said: dict[Language, Sentence]
    colleague: str | None
    events: tuple[Told, ...]

    @property
    def day(self) -> date:
        """The Amsterdam calendar day of its events."""
        return local_day(self.events[0].at)

    @property
    def is_emergency(self) -> bool:
        """Whether it tells of an emergency."""
        return self._any.mark is Mark.EMERGENCY

    @property
    def organisation(self) -> str | None:
        """Whose people it tells of, None where they are not named."""
        return self._any.organisation

    @property
    def _any(self) -> Sentence:
        return self.said["nl"]

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is shown: the same in each language, and when each of its events was, newest first."""
        return {
            "mark": {"code": self._any.mark, **_in_each(f"mark.{self._any.mark}")},
            "text": {language: one.text for language, one in self.said.items()},
            "organisation": self._any.organisation,
            "role": self._any.role,
            "colleague": self.colleague,
            "count": len(self.events),
            "often": None if len(self.events) == 1 else _in_each("list.times", count=len(self.events)),
            "events": [self._event(each) for each in self.events],
        }

    def _event(self, told: Told) -> dict[str, str]:
        at = {"at": utc_milliseconds(told.at)}
        # By its id an event can be proven, and its leaf names the organisation.
        return at if self.organisation is None else {"id": told.id, **at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The lines of one Amsterdam calendar day, newest first."""

    day: date
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the day as it is shown."""
        heading = {language: texts_in(language).day(self.day) for language in LANGUAGES}
        return {"day": self.day.isoformat(), "heading": heading, "lines": [each.as_json() for each in self.lines]}


def line_of(told: Told, sight: Sight, colleague: Callable[[str], str]) -> Line | None:
    """Return the line that `told` is to who looks with `sight`, or None where it is none.

    `colleague` gives the word by which a professional, named by his id, is known again without his name; it is not
    asked about anybody whose organisation is not named.
    """
    if withheld(told, sight) is not None:
        return None
    said = {language: sentence(told, sight.hearer, texts_in(language)) for language in LANGUAGES}
    whole = {language: one for language, one in said.items() if one is not None}
    if len(whole) < len(said):
        return None
    actor = told.fields[Field.ACTOR]
    is_named = actor.get("form") == "professional" and whole["nl"].organisation is not None
    return Line(said=whole, colleague=colleague(str(actor["id"])) if is_named else None, events=(told,))


def in_days(lines: Iterable[Line]) -> list[Day]:
    """Return lines of one event each, newest first, by day; what reads alike on one day is one line."""
    found: dict[date, list[Line]] = {}
    for line in lines:
        found.setdefault(line.day, []).append(line)
    return [Day(day=day, lines=tuple(_together(each))) for day, each in found.items()]


def _together(lines: Sequence[Line]) -> list[Line]:
    """Return lines that read alike as one, where the newest of them stands."""
    found: dict[str, Line] = {}
    for line in lines:
        key = repr((line.said, line.colleague))
        before = found.get(key)
        events = line.events if before is None else (*before.events, *line.events)
        found[key] = Line(said=line.said, colleague=line.colleague, events=events)
    return list(found.values())


def _in_each(key: str, **values: object) -> dict[str, str]:
    return {language: texts_in(language)(key, **values) for language in LANGUAGES}
