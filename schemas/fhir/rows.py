"""The rows of a table: each says where one field stands, and both directions follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from schemas.fhir.cursor import NOTHING, Cursor
from schemas.fhir.forms import DAY, LAST_DAY, Form, MisfitError, Names, just, word
from schemas.fhir.places import Place
from schemas.plan import Period, Status

STATUS: Final = word(Status)


class NotMadeError(ValueError):
    """What stands here is no element, or not surely one: leave all of it, and list it with this reason."""


class Row(Protocol):
    """One field and its place; `field` is empty where a row says nothing of one element."""

    @property
    def field(self) -> str:
        """The name of the field."""

    @property
    def needs(self) -> Place | None:
        """The place without which `read` would say nothing, so that it is not asked; None where it always is."""

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Write `value`, which is neither None nor empty."""

    def read(self, cursor: Cursor) -> Any:
        """Return the value that stands there, or `NOTHING`."""


class AlwaysRead:
    """A row that is read whatever stands there: that nothing does may be why there is no element."""

    __slots__ = ()
    needs: Final[Place | None] = None


@dataclass(frozen=True, slots=True)
class One:
    """A single value. Of several that stand there the first is read, and the others are left.

    `default` is what the field says by itself, so it is not written.
    """

    field: str
    place: Place
    form: Form
    default: Any = None

    @property
    def needs(self) -> Place | None:
        """Its place; a row that reads in another way than this one is always read."""
        return self.place if type(self).read is One.read else None

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Write the value at its place."""
        if value != self.default:
            self.place.put(resource, self.form.write(value, names))

    def read(self, cursor: Cursor) -> Any:
        """Return the first value that fits."""
        return cursor.first(self.place, self.form)


@dataclass(frozen=True, slots=True)
class Many:
    """Several values in their order: the first at `first` where there is such a place, the others at `rest`."""

    field: str
    first: Place | None
    rest: Place
    form: Form
    empty: Any = NOTHING

    @property
    def needs(self) -> Place | None:
        """The place of all, where there is but one; a row that reads in another way than this one is always read."""
        alone = self.first is None and self.empty is NOTHING
        return self.rest if alone and type(self).read is Many.read else None

    def write(self, value: tuple[Any, ...], resource: dict[str, Any], names: Names) -> None:
        """Write each value."""
        for position, each in enumerate(value):
            at = self.first if self.first is not None and not position else self.rest
            at.put(resource, self.form.write(each, names))

    def read(self, cursor: Cursor) -> Any:
        """Return every value that fits; `empty` where none does."""
        first = NOTHING if self.first is None else cursor.first(self.first, self.form)
        rest = cursor.take(self.rest, self.form)
        return tuple(rest if first is NOTHING else [first, *rest]) or self.empty


@dataclass(frozen=True, slots=True)
class Codes:
    """How the statuses of one type of resource are called: `written` for ours, `read` for all that are understood."""

    written: Mapping[Status, str]
    read: Mapping[str, Status]


@dataclass(frozen=True, slots=True)
class Standing(AlwaysRead):
    """The status. A word of ours of which the code of FHIR says too little stands in an extension beside it too."""

    codes: Codes
    form: Form
    place: Place | None
    absent: Place | None
    exact: Place
    field: str = "status"

    def write(self, value: Status, resource: dict[str, Any], _names: Names) -> None:
        """Write the code, or that none is known; and the word itself where it does not follow from that."""
        told = self.codes.written.get(value)
        if told is not None and self.place is not None:
            self.place.put(resource, told)
        elif self.absent is not None:
            self.absent.put(resource, "unknown")
        if self.meaning(told) is not value:
            self.exact.put(resource, str(value))

    def read(self, cursor: Cursor) -> Any:
        """Return the word.

        Raises:
            NotMadeError: the code is none that the table has; it might say that this never was.
        """
        told = self._told(cursor)
        for _, value, _ in cursor.find(self.exact):
            exact = self._exact(value, cursor)
            # Whoever changed the code since then may not know the extension: what it says counts only with its code.
            if exact is not None and self.codes.written.get(exact) == told:
                return cursor.first(self.exact, STATUS)
        return NOTHING if told is None else self.meaning(told)

    def meaning(self, told: str | None) -> Status:
        """Return what a code says by itself, or that there is none."""
        return Status.UNKNOWN if told is None else self.codes.read[told]

    def _told(self, cursor: Cursor) -> str | None:
        if self.absent is not None:
            cursor.first(self.absent, _UNKNOWN)
        found = () if self.place is None else cursor.find(self.place)
        if not found:
            return None
        told = [cursor.taken(each, self.form) for each in found]
        if NOTHING in told or (len(told) > 1 and len({self.codes.read[each] for each in told}) > 1):
            raise NotMadeError("its status is none that the table has")
        return str(told[0])

    @staticmethod
    def _exact(value: Any, cursor: Cursor) -> Status | None:
        try:
            exact: Status = STATUS.read(value, cursor.names)
        except MisfitError:
            return None
        return exact


@dataclass(frozen=True, slots=True)
class Days(AlwaysRead):
    """The period. Where FHIR has no place for its last day, or it has no day at all, `end` holds its end as ours."""

    start: Place
    last: Place | None
    end: Place
    field: str = "period"

    def write(self, value: Period, resource: dict[str, Any], names: Names) -> None:
        """Write the first and the last day."""
        if value.start is not None:
            self.start.put(resource, DAY.write(value.start, names))
        if value.end is None:
            return
        # Of FHIR's Period the start is never later than the end (R4, datatypes, per-1).
        if self.last is None or value.end <= (value.start or date.min):
            self.end.put(resource, DAY.write(value.end, names))
        else:
            self.last.put(resource, LAST_DAY.write(value.end, names))

    def read(self, cursor: Cursor) -> Any:
        """Return the period; an open one where nothing is said."""
        start = cursor.first(self.start, DAY, None)
        end = None if self.last is None else cursor.first(self.last, LAST_DAY, None)
        if end is None:
            end = cursor.first(self.end, DAY, None)
        return Period(start, end)


@dataclass(frozen=True, slots=True)
class Said:
    """What every resource of a kind says alike. It says nothing of one element, and is read where it is just so.

    With `items` it is said in each of them, so at `every` place; with `unless` only where nothing stands there, with
    `where` only where something does. Where it is `binding` another word makes something else of the resource.
    """

    place: Place
    value: str
    form: Form
    every: Place
    binding: bool
    items: Place | None = None
    unless: Place | None = None
    where: Place | None = None
    field: str = ""

    @property
    def needs(self) -> Place | None:
        """Its place, but where it is binding; a row that reads in another way than this one is always read."""
        return self.every if not self.binding and type(self).read is Said.read else None

    def write(self, _value: Any, resource: dict[str, Any], _names: Names) -> None:
        """Write it."""
        if self.unless is not None and _stands(self.unless, resource):
            return
        if self.where is not None and not _stands(self.where, resource):
            return
        nodes = [resource] if self.items is None else [value for _, value, _ in self.items.find(resource)]
        for node in nodes:
            self.place.put(node, self.value)

    def read(self, cursor: Cursor) -> Any:
        """Count it as read.

        Raises:
            NotMadeError: it is what the resource is at all, and something else stands there, or nothing.
        """
        found = cursor.find(self.every) if self.binding else ()
        read = cursor.take(self.every, self.form)
        if self.binding and (not found or len(read) < len(found)):
            raise NotMadeError(f"its `{self.every.steps[0].name}` is not the one that it had")
        return NOTHING


def _stands(place: Place, resource: dict[str, Any]) -> bool:
    return bool(place.find(resource))


_UNKNOWN: Final = just(("unknown",))
