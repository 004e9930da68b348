"""Reading the small parts of a FHIR resource strictly: every key is known, or it is noted with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from consent.fhir.issues import MOST_ISSUES, Issue, IssueCode, UnreadableConsentError
from consent.fhir.refused import reason
from consent.world.fields import calendar_day, moment

_NAME: Final = re.compile(r"_?[a-z][A-Za-z]{0,40}", re.ASCII)
_POSITION: Final = re.compile(r"\[\d+\]")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
"""FHIR's dateTime with a time: seconds and an offset are required."""

Coded = tuple[str, str]
"""A system and a code of it."""


@dataclass(slots=True)
class Notes:
    """What was found wrong so far."""

    issues: list[Issue] = field(default_factory=list)

    def wrong(self, place: str, code: IssueCode, what: str) -> None:
        """Note one thing.

        Raises:
            UnreadableConsentError: it is one more than anybody is told at once; nothing more is read.
        """
        self.issues.append(Issue(place, code, what))
        if len(self.issues) >= MOST_ISSUES:
            self.settle()

    def settle(self) -> None:
        """Go on only where nothing is wrong.

        Raises:
            UnreadableConsentError: something is.
        """
        if self.issues:
            raise UnreadableConsentError(tuple(self.issues))

    def members(self, value: Any, place: str, known: Iterable[str]) -> dict[str, Any]:
        """Return the members of an object that are `known`; every other one is noted, with its reason."""
        if type(value) is not dict or not value:
            self.wrong(place, IssueCode.STRUCTURE, "expected an object with something in it")
            return {}
        for name in value.keys() - set(known):
            # A key is a text of the sender: one that no element could have is not repeated.
            if _NAME.fullmatch(name) is None:
                self.wrong(place, IssueCode.STRUCTURE, "holds an element that FHIR does not have")
                continue
            self.wrong(f"{place}.{name}", *reason(_POSITION.sub("", f"{place}.{name}")))
        return {name: value[name] for name in value if name in set(known)}

    def items(self, value: Any, place: str) -> list[tuple[str, Any]]:
        """Return each item of a list with its place."""
        if type(value) is not list or not value:
            self.wrong(place, IssueCode.STRUCTURE, "expected a list with something in it")
            return []
        return [(f"{place}[{position}]", item) for position, item in enumerate(value)]

    def text(self, value: Any, place: str) -> str | None:
        """Return a text that is not empty."""
        if type(value) is str and value:
            return value
        self.wrong(place, IssueCode.STRUCTURE, "expected a text")
        return None

    def coding(self, value: Any, place: str) -> Coded | None:
        """Return a Coding; `display` is for people and is not kept."""
        told = self.members(value, place, ("system", "code", "display"))
        system, code = (self._required(told, name, place) for name in ("system", "code"))
        return (system, code) if system is not None and code is not None else None

    def concept(self, value: Any, place: str) -> Coded | None:
        """Return a CodeableConcept that has one coding: two could say two things."""
        told = self.members(value, place, ("coding",))
        if not told:
            return None
        found = self.items(told["coding"], f"{place}.coding")
        if len(found) > 1:
            self.wrong(f"{place}.coding", IssueCode.NOT_SUPPORTED, "expected one coding")
            return None
        return self.coding(found[0][1], found[0][0]) if found else None

    def reference(self, value: Any, place: str) -> str | None:
        """Return the text of a Reference; `display` is for people and is not kept."""
        told = self.members(value, place, ("reference", "display"))
        return self._required(told, "reference", place) if told else None

    def moment(self, value: Any, place: str) -> str | None:
        """Return a whole date, or an instant with seconds and an offset, as it stands."""
        try:
            if type(value) is str and _INSTANT.fullmatch(value):
                moment(value)
                return value
            calendar_day(value)
        except ValueError:
            self.wrong(place, IssueCode.VALUE, "expected a whole date, or an instant with seconds and an offset")
            return None
        return str(value)

    def _required(self, told: dict[str, Any], name: str, place: str) -> str | None:
        if name not in told:
            self.wrong(f"{place}.{name}", IssueCode.REQUIRED, "is required")
            return None
        return self.text(told[name], f"{place}.{name}")
