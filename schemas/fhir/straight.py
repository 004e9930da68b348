"""Elements of ours that stand there just as we write them, read in one go.

Every member must be one that a row reads, and each row finds no more than it reads: a resource of which anything is
otherwise is for `reading`, which also says why. So nothing that bars a resource or turns it round is looked for here:
none of it has a row.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from schemas.fhir.about import About
from schemas.fhir.cursor import NOTHING
from schemas.fhir.family import LEAVES
from schemas.fhir.foreign_rows import Only
from schemas.fhir.forms import DAY, LAST_DAY, TEXT, Form, MisfitError, Names, Part, just
from schemas.fhir.kinds import OF_ELEMENTS
from schemas.fhir.places import Place, place
from schemas.fhir.rows import STATUS, Days, Many, NotMadeError, One, Row, Said, Standing
from schemas.fhir.table import Items, Table, made
from schemas.plan import Period

_Values = dict[Place, list[Any]]
"""What was read at each place."""


class OtherwiseError(ValueError):
    """Something is not just as we write it: read it carefully."""


def straight(table: Table, resource: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Return the fields that `table` reads of a resource of ours.

    Raises:
        OtherwiseError: something is not just as we write it.
    """
    try:
        return _reader_of(table).read(resource, names)
    except (MisfitError, NotMadeError) as error:
        raise OtherwiseError from error


_NOWHERE: Final = place("nowhere")


class _Way:
    """What may stand at one point: a value of a `form` at a `place`, a thing of its own, or an object of `members`.

    Where there is a `key` it may say which of `words` it is, and must where nothing else may stand there. Of an item
    that says its word, something stands at `own`: the word counts as read with that.
    """

    __slots__ = ("form", "items", "key", "listed", "members", "own", "place", "words")

    def __init__(self, *, listed: bool = False) -> None:
        self.form: Form | None = None
        self.place = _NOWHERE
        self.items: tuple[Items, _Reader] | None = None
        self.listed = listed
        self.members: dict[str, _Way] = {}
        self.key = ""
        self.words: dict[str, _Way] = {}
        self.own: Place | None = None

    def ways_to(self, place: Place) -> "list[_Way]":
        """Return the way to `place`, which is made; more where it leads through any item, and some say a word."""
        ways = [self]
        for step in place.steps:
            inside = [way.members.setdefault(step.name, _Way(listed=step.listed)) for way in ways]
            if step.key:
                ways = [each.told_by(step.key, step.value, place) for each in inside]
            else:
                ways = [*inside, *(word for each in inside for word in each.words.values())]
        return ways

    def told_by(self, key: str, word: str, place: Place) -> "_Way":
        """Return the way of what says `word` at `key`, which is made."""
        self.key = key
        way = self.words.setdefault(word, _Way())
        way.own = way.own or place
        return way

    def end(self, place: Place, form: Form) -> None:
        """Let a value of `form` be read here, as that at `place`; the first row that reads it counts."""
        if self.form is None:
            self.form, self.place = form, place

    def gather(self, node: Any, names: Names, values: _Values) -> None:
        """Add all that stands in `node` to `values`."""
        if type(node) is not dict or not node:
            raise OtherwiseError
        way = self._way_of(node) if self.key else self
        if way.items is not None:
            items, reader = way.items
            values.setdefault(items.place, []).append(made(items.kind, reader.read(node, names)))
            return
        # Where others may stand too, the word counts as read only with what stands there by it.
        own = way.own if way is not self and self.members else None
        before = 0 if own is None else len(values.get(own, ()))
        for name, inside in node.items():
            if name in way.members:
                way.members[name].enter(inside, names, values)
            elif name != self.key or way is self:
                raise OtherwiseError
        if own is not None and len(values.get(own, ())) == before:
            raise OtherwiseError

    def enter(self, inside: Any, names: Names, values: _Values) -> None:
        """Add what stands here to `values`: a value, or all that stands in it."""
        if self.form is not None:
            told = self.form.read(inside, names)
            if type(told) is Part:
                raise OtherwiseError
            if self.place in values:
                values[self.place].append(told)
            else:
                values[self.place] = [told]
        elif not self.listed:
            self.gather(inside, names, values)
        elif type(inside) is list and inside:
            for each in inside:
                self.gather(each, names, values)
        else:
            raise OtherwiseError

    def _way_of(self, node: dict[str, Any]) -> "_Way":
        if self.members and self.key not in node:
            return self
        word = node.get(self.key)
        if type(word) is not str or word not in self.words or len(node) == 1:
            raise OtherwiseError
        return self.words[word]


class _Reader:
    """Reads what one table holds."""

    def __init__(self, rows: tuple[Row, ...], also: Mapping[str, Form]) -> None:
        """Work out the ways; `also` are members that are no field."""
        self._rows, self._root = rows, _Way()
        for name, form in also.items():
            self._root.ways_to(place(name))[0].end(_NOWHERE, form)
        told = [each for row in rows for each in _forms(row)]
        # All words first: what is read in any item is so in one that says a word, where no row before reads it.
        for at, _ in told:
            self._root.ways_to(at)
        for at, form in told:
            for way in self._root.ways_to(at):
                way.end(at, form)
        for row in rows:
            if isinstance(row, Items):
                last = row.place.steps[-1]
                word = {last.key: just((last.value,))} if last.key else {}
                self._root.ways_to(row.place)[0].items = row, _Reader(row.table.rows, word)

    def read(self, node: Any, names: Names) -> dict[str, Any]:
        """Return the fields.

        Raises:
            OtherwiseError, MisfitError, NotMadeError: anything is otherwise.
        """
        values: _Values = {}
        self._root.gather(node, names, values)
        told: dict[str, Any] = {}
        for row in self._rows:
            value = _READ[type(row)](row, values)
            if value is not NOTHING and row.field:
                if row.field in told:
                    raise OtherwiseError
                told[row.field] = value
        return told


@cache
def _reader_of(table: Table) -> _Reader:
    rows = (*table.rows, LEAVES) if table in OF_ELEMENTS else table.rows
    return _Reader(rows, {"resourceType": just((table.resource,)), "id": TEXT})


def _forms(row: Any) -> Iterator[tuple[Place, Form]]:
    """Yield where a row reads, and in which form."""
    told: list[tuple[Place | None, Form]] = []
    if isinstance(row, One):
        told = [(row.place, row.form)]
    elif isinstance(row, Many):
        told = [(row.first, row.form), (row.rest, row.form)]
    elif isinstance(row, Standing):
        told = [(row.absent, just(("unknown",))), (row.place, row.form), (row.exact, STATUS)]
    elif isinstance(row, Days):
        told = [(row.start, DAY), (row.last, LAST_DAY), (row.end, DAY)]
    elif isinstance(row, Said):
        told = [(row.every, row.form)]
    for at, form in told:
        if at is not None:
            yield at, form


def _single(at: Place | None, values: _Values) -> Any:
    told = values.get(at) if at is not None else None
    if told is None:
        return NOTHING
    if len(told) > 1:
        raise OtherwiseError
    return told[0]


def _one(row: One, values: _Values) -> Any:
    return _single(row.place, values)


def _many(row: Many, values: _Values) -> Any:
    first = _single(row.first, values)
    rest = values.get(row.rest, ())
    return tuple(rest if first is NOTHING else [first, *rest]) or row.empty


def _about(row: About, values: _Values) -> Any:
    told = _many(row, values)
    return told if told is NOTHING else tuple(sorted(set(told)))


def _standing(row: Standing, values: _Values) -> Any:
    _single(row.absent, values)
    code, exact = _single(row.place, values), _single(row.exact, values)
    told = None if code is NOTHING else code
    if exact is NOTHING:
        return row.meaning(told)
    if row.codes.written.get(exact) != told:
        raise OtherwiseError
    return exact


def _days(row: Days, values: _Values) -> Any:
    start, last, end = (_single(each, values) for each in (row.start, row.last, row.end))
    if last is not NOTHING and end is not NOTHING:
        raise OtherwiseError
    end = end if last is NOTHING else last
    return Period(None if start is NOTHING else start, None if end is NOTHING else end)


def _said(row: Said, values: _Values) -> Any:
    # Where it hangs on nothing else we always write it, once.
    if row.unless is row.where is row.items is None and _single(row.every, values) is NOTHING:
        raise OtherwiseError
    return NOTHING


def _only(row: Only, _values: _Values) -> Any:
    # What it looks at is never read, so nothing stands there.
    if row.needed:
        raise OtherwiseError
    return NOTHING


def _items(row: Items, values: _Values) -> Any:
    return tuple(values.get(row.place, ()))


_READ: Final[dict[type, Any]] = {
    One: _one,
    Many: _many,
    About: _about,
    Standing: _standing,
    Days: _days,
    Said: _said,
    Items: _items,
    Only: _only,
}
