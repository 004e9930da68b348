"""A table: of one type of resource, where each field of one kind of element stands. Both directions follow from it."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from types import NoneType
from typing import Any, get_args

from schemas.fhir.about import About
from schemas.fhir.cursor import Cursor
from schemas.fhir.forms import PERSON, Form, Names
from schemas.fhir.places import Place, place
from schemas.fhir.rows import NOTHING, Codes, Days, Many, NotMadeError, One, Row, Said, Standing


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one kind. Rows are written and read in their order; of two that give one field the first counts.

    `resource` is empty of what is an item of a resource.
    """

    resource: str
    rows: tuple[Row, ...]

    def write(self, told: Any, node: dict[str, Any], names: Names) -> dict[str, Any]:
        """Write what `told` holds into `node` and return that; what it does not hold is left out."""
        for row in self.rows:
            value = getattr(told, row.field) if row.field else ""
            if value is not None and value != () and (value or row.field == "" or type(value) is not str):
                row.write(value, node, names)
        return node

    def read(self, cursor: Cursor) -> dict[str, Any]:
        """Return the fields that stand there.

        Raises:
            NotMadeError: it is no element, or not surely one.
        """
        told: dict[str, Any] = {}
        for row in self.rows:
            if row.field not in told:
                value = row.read(cursor)
                if row.field and value is not NOTHING:
                    told[row.field] = value
        return told


def made(kind: type[Any], told: dict[str, Any]) -> Any:
    """Return a `kind` of what was read.

    Raises:
        NotMadeError: a field that it needs is not there.
    """
    for each in fields(kind):
        if each.name not in told and each.default is MISSING and each.default_factory is MISSING:
            if NoneType not in get_args(each.type):
                raise NotMadeError(f"nothing says its `{each.name}`")
            told = told | {each.name: None}
    return kind(**told)


@dataclass(frozen=True, slots=True)
class Items:
    """Several things of one sort, each with a table of its own."""

    field: str
    place: Place
    table: Table
    kind: type[Any]

    def write(self, value: tuple[Any, ...], resource: dict[str, Any], names: Names) -> None:
        """Write each of them."""
        for each in value:
            self.place.put(resource, self.table.write(each, {}, names))

    def read(self, cursor: Cursor) -> tuple[Any, ...]:
        """Return each of them that can be made; the others are left."""
        return tuple(self._made(cursor))

    def _made(self, cursor: Cursor) -> Iterator[Any]:
        for found in list(cursor.find(self.place)):
            try:
                thing = made(self.kind, self.table.read(cursor.inside(found)))
            except NotMadeError as error:
                cursor.notes.why[found.path] = str(error)
                continue
            cursor.notes.read.update(found.by)
            yield thing


def one(field: str, at: str, form: Form, default: Any = None) -> One:
    """Return the row of a single value."""
    return One(field, place(at), form, default)


def many(field: str, rest: str, form: Form, *, first: str | None = None, empty: Any = NOTHING) -> Many:
    """Return the row of several values."""
    return Many(field, None if first is None else place(first), place(rest), form, empty)


def persons(rest: str, *, first: str | None = None, names_alone: bool = False) -> About:
    """Return the row of whom an element is about; both places end in the `reference` of a Reference."""
    begin = None if first is None else place(first)
    return About("about", begin, place(rest), PERSON, names_alone=names_alone)


def standing(codes: Codes, at: str | None) -> Standing:
    """Return the row of the status; it stands at `at`, or only in an extension."""
    # What is not known of a simple value stands in its twin with an underscore (R4, json.html, primitives).
    twin = None if at is None else place(f"_{at}.ext(absent).valueCode")
    return Standing(codes, None if at is None else place(at), twin, place("ext(status).valueCode"))


def days(start: str = "ext(period).valuePeriod.start", last: str | None = "ext(period).valuePeriod.end") -> Days:
    """Return the row of the period; without places it stands in an extension."""
    return Days(place(start), None if last is None else place(last), place("ext(ended-before).valueDate"))


def said(at: str, value: str, *, items: str | None = None, unless: str | None = None, where: str | None = None) -> Said:
    """Return the row of what is always said."""
    inside, otherwise, beside = (None if each is None else place(each) for each in (items, unless, where))
    return Said(place(at), value, items=inside, unless=otherwise, where=beside)
