"""Converters: how one text of a source becomes one value of the plan.

Each is an object with `read`; writing back will add `write` beside it, so that a pair and its law stand together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

from adapters.mapping.dates import Form, local_instant, zoned_day, zoned_instant
from adapters.mapping.known import Known
from adapters.mapping.targets import Gives

# A point in a number with a comma is a sign of thousands or a mistake: a text that is no number, so it is not read.
_COMMA: Final = str.maketrans({",": ".", ".": "?"})
# In UTF-8 these bytes stand for nothing else.
_CONTROL: Final = bytes([*range(9), 11, 12, *range(14, 32), 127])


class UnreadableError(Exception):
    """A text that this converter cannot read. The message never holds the text; `instead` is what may stand for it."""

    def __init__(self, why: str, *, instead: str | None = None) -> None:
        super().__init__(why)
        self.instead = instead


class Converter(Protocol):
    """Reads what a source writes."""

    @property
    def gives(self) -> Gives:
        """What sort of value it gives."""

    def read(self, text: str, known: Known) -> Any:
        """Return what `text` (not empty, no white space around it) says; None where it says nothing for the plan.

        Raises:
            UnreadableError: it says nothing that this converter knows.
        """


@dataclass(frozen=True, slots=True)
class TextAsItIs:
    """`text`, `text max N`. Control characters that a page or a log cannot hold are left out."""

    maximum: int | None = None
    gives: Gives = Gives.TEXT

    def read(self, text: str, known: Known) -> str:  # noqa: ARG002  # the Protocol's
        """Return `text`, cut and said so where it is too long."""
        written = text.encode()
        kept = written.translate(None, _CONTROL)
        if len(kept) < len(written):
            text = kept.decode()
        if self.maximum is not None and len(text) > self.maximum:
            raise UnreadableError(f"longer than {self.maximum}, cut there", instead=text[: self.maximum])
        return text


@dataclass(frozen=True, slots=True)
class Code:
    """`code TABLE`, `word`, `boolean J/N`: a closed list. None where the plan has no word for a code."""

    name: str
    meanings: Mapping[str, Any]
    gives: Gives

    def read(self, text: str, known: Known) -> Any:  # noqa: ARG002  # the Protocol's
        """Return what the code means."""
        try:
            meaning = self.meanings[text]
        except KeyError:
            raise UnreadableError(f"unknown code for `{self.name}`") from None
        if meaning is None:
            raise UnreadableError(f"the plan has no word for this code of `{self.name}`")
        return meaning


@dataclass(frozen=True, slots=True)
class Number:
    """`number`, `number comma`: digits, and where the target takes them a sign and digits behind a point or comma."""

    parse: Callable[[str], Any]
    comma: bool = False
    gives: Gives = Gives.NUMBER

    def read(self, text: str, known: Known) -> Any:  # noqa: ARG002  # the Protocol's
        """Return the number that `text` writes, with all of its digits."""
        if self.comma:
            text = text.translate(_COMMA)
        try:
            return self.parse(text)
        except ValueError as error:
            raise UnreadableError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Day:
    """`date FORM…`, `last-day FORM…`, and without a form `day-with-zone`, `last-day-with-zone`."""

    forms: tuple[Form, ...]
    days_on: int = 0
    gives: Gives = Gives.DAY

    def read(self, text: str, known: Known) -> date:  # noqa: ARG002  # the Protocol's
        """Return the day that `text` names."""
        day = self._day(text)
        if day is None:
            raise UnreadableError("not a date of the expected form")
        if not self.days_on:
            return day
        try:
            return day + timedelta(days=self.days_on)
        except OverflowError:
            raise UnreadableError("there is no day after this one") from None

    def _day(self, text: str) -> date | None:
        if not self.forms:
            return zoned_day(text)
        for form in self.forms:
            if moment := form.read(text):
                return moment.date()
        return None


@dataclass(frozen=True, slots=True)
class ZonedInstant:
    """`instant`: ISO 8601 with an offset."""

    gives: Gives = Gives.INSTANT

    def read(self, text: str, known: Known) -> datetime:  # noqa: ARG002  # the Protocol's
        """Return the instant, in UTC."""
        instant = zoned_instant(text)
        if instant is None:
            raise UnreadableError("not an instant with an offset")
        return instant


@dataclass(frozen=True, slots=True)
class LocalInstant:
    """`instant local`, `instant FORM`: Dutch local time."""

    form: Form | None
    gives: Gives = Gives.INSTANT

    def read(self, text: str, known: Known) -> datetime:  # noqa: ARG002  # the Protocol's
        """Return the instant, in UTC."""
        moment = self._moment(text)
        instant = local_instant(moment) if moment and moment.tzinfo is None else None
        if instant is None:
            raise UnreadableError("not a Dutch local time of the expected form")
        return instant

    def _moment(self, text: str) -> datetime | None:
        if self.form:
            return self.form.read(text)
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class PersonNumber:
    """`person`, `person digits N`: a number under the source's identifier system."""

    digits: int = 0
    gives: Gives = Gives.PERSON

    def read(self, text: str, known: Known) -> str:
        """Return the internal id of a person of the family."""
        person = known.persons.get(text.zfill(self.digits) if self.digits else text)
        if person is None:
            raise UnreadableError("person unknown")
        return person


@dataclass(frozen=True, slots=True)
class PersonReference:
    """`person via KIND… except KIND…`: the system's own reference to a record that says who it is.

    A reference to a kind of `others` (a colleague, a place) is no person of a family, and is nothing here.
    """

    kinds: tuple[str, ...]
    others: frozenset[str] = frozenset()
    gives: Gives = Gives.PERSON

    def read(self, text: str, known: Known) -> str | None:
        """Return the internal id of a person of the family."""
        kind, _, record = text.rpartition("/")
        if kind in self.others:
            return None
        if not kind and len(self.kinds) == 1:
            kind = self.kinds[0]
        person = known.references.get((kind, record)) if kind in self.kinds else None
        if person is None:
            raise UnreadableError("person unknown")
        return person


@dataclass(frozen=True, slots=True)
class ElementOf:
    """`element of KIND [PART]`: a reference to the record that yields the element."""

    kind: str
    part: str
    gives: Gives = Gives.ELEMENT

    def read(self, text: str, known: Known) -> str:
        """Return the id of the element, whether or not it is there."""
        return known.element_id(self.kind, text.removeprefix(f"{self.kind}/"), self.part)
