"""A table: of one type of resource, where each field of one kind of element stands. Both directions follow from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Any, Final, get_args

from schemas.fhir.about import About, holders
from schemas.fhir.cursor import NOTHING, Cursor
from schemas.fhir.forms import PERSON, Form, Names, just
from schemas.fhir.places import Found, Place, Places, place
from schemas.fhir.rows import AlwaysRead, Codes, Days, Many, NotMadeError, One, Row, Said, Standing


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of one kind. Rows are written and read in their order; of two that give one field the first counts.

    `resource` is empty of what is an item of a resource.
    """

    resource: str
    rows: tuple[Row, ...]
    places: Places = field(init=False, repr=False)
    """Where the rows look."""
    _reads: tuple[tuple[str, Callable[[Cursor], Any], Place | None], ...] = field(init=False, repr=False)
    """Of each row its field, how it is read, and the place without which it reads nothing."""

    def __post_init__(self) -> None:
        """Work out where the rows look."""
        object.__setattr__(self, "places", Places(places_of(self.rows)))
        reads = tuple((row.field, row.read, row.needs) for row in self.rows)
        object.__setattr__(self, "_reads", reads)

    def write(self, told: Any, node: dict[str, Any], names: Names) -> dict[str, Any]:
        """Write what `told` holds into `node` and return that; what it does not hold is left out."""
        for row in self.rows:
            value = getattr(told, row.field) if row.field else ""
            if value is not None and value != () and (value or row.field == "" or type(value) is not str):
                row.write(value, node, names)
        return node

    def read(self, cursor: Cursor) -> dict[str, Any]:
        """Return the fields that stand there; `cursor` has what stands at `places`.

        Raises:
            NotMadeError: it is no element, or not surely one.
        """
        told: dict[str, Any] = {}
        for name, read, needed in self._reads:
            if name not in told and (needed is None or needed in cursor.seen):
                value = read(cursor)
                if name and value is not NOTHING:
                    told[name] = value
        return told


def places_of(told: object) -> Iterator[Place]:
    """Yield each place that a row holds, but for those of a table in it: they are places in its items."""
    if isinstance(told, Place):
        yield told
    elif isinstance(told, tuple):
        for each in told:
            yield from places_of(each)
    elif is_dataclass(told) and not isinstance(told, Table | type):
        for each in fields(told):
            yield from places_of(getattr(told, each.name))


def made(kind: Any, told: dict[str, Any]) -> Any:
    """Return a `kind` of what was read.

    Raises:
        NotMadeError: a field that it needs is not there.
    """
    needed, nones = _without_default(kind)
    for name in needed:
        if name not in told:
            raise NotMadeError(f"nothing says its `{name}`")
    return kind(**nones | told)


@cache
def _without_default(kind: Any) -> tuple[tuple[str, ...], dict[str, None]]:
    """Return the fields that must be said, and those that may be None; neither of them has a default."""
    bare = [each for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    optional = {each.name: None for each in bare if NoneType in get_args(each.type)}
    return tuple(each.name for each in bare if each.name not in optional), optional


@dataclass(frozen=True, slots=True)
class Items(AlwaysRead):
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
        found = cursor.find(self.place)
        return tuple(self._made(found, cursor)) if found else ()

    def _made(self, found: Sequence[Found], cursor: Cursor) -> Iterator[Any]:
        for each in found:
            path, _, by = each
            try:
                thing = made(self.kind, self.table.read(cursor.inside(each, self.table.places)))
            except NotMadeError as error:
                cursor.notes.why[path] = str(error)
                continue
            cursor.notes.read.update(by)
            yield thing


def one(field: str, at: str, form: Form, default: Any = None) -> One:
    """Return the row of a single value."""
    return One(field, place(at), form, default)


def many(field: str, rest: str, form: Form, *, first: str | None = None, empty: Any = NOTHING) -> Many:
    """Return the row of several values."""
    return Many(field, None if first is None else place(first), place(rest), form, empty)


def persons(rest: str, *, first: str | None = None, names_alone: bool = False) -> About:
    """Return the row of whom an element is about; both places end in the `reference` of a Reference."""
    begin, others = None if first is None else place(first), place(rest)
    return About("about", begin, others, PERSON, names_alone=names_alone, holders=holders(begin, others))


def standing(codes: Codes, at: str | None) -> Standing:
    """Return the row of the status; it stands at `at`, or only in an extension."""
    # What is not known of a simple value stands in its twin with an underscore (R4, json.html, primitives).
    twin = None if at is None else place(f"_{at}.ext(absent).valueCode")
    code = None if at is None else place(at)
    return Standing(codes, just(codes.read), code, twin, place("ext(status).valueCode"))


def days(start: str = "ext(period).valuePeriod.start", last: str | None = "ext(period).valuePeriod.end") -> Days:
    """Return the row of the period; without places it stands in an extension."""
    return Days(place(start), None if last is None else place(last), place("ext(ended-before).valueDate"))


def said(at: str, value: str, *, items: str | None = None, unless: str | None = None, where: str | None = None) -> Said:
    """Return the row of what is always said."""
    inside, otherwise, beside = (None if each is None else place(each) for each in (items, unless, where))
    every = place(at) if inside is None else place(at).within(inside)
    binding = items is None and at in _BINDING
    return Said(place(at), value, just((value,)), every, binding, items=inside, unless=otherwise, where=beside)


_BINDING: Final = frozenset({"status", "intent"})
"""Where another word makes something else of a resource: R4 calls these modifiers."""
