"""Rows of resources that are not ours, which are only read: what follows from a code, and what must hold at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.fhir.about import contained_types, type_of
from schemas.fhir.cursor import NOTHING, Cursor
from schemas.fhir.forms import Form, Names, code
from schemas.fhir.places import Place, place
from schemas.fhir.rows import AlwaysRead, NotMadeError, Standing
from schemas.words import Category


@dataclass(frozen=True, slots=True)
class Given(AlwaysRead):
    """A field that the type of a resource says by itself."""

    field: str
    value: Any

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Nothing: resources that are not ours are only read."""

    def read(self, _cursor: Cursor) -> Any:
        """Return it."""
        return self.value


@dataclass(frozen=True, slots=True)
class Only(AlwaysRead):
    """What must hold for there to be an element: where something stands at `place`, it is one of `words`.

    With `objects` an object may stand there too, with a code in each of its codings; of these another row speaks. With
    `needed` something must stand there.
    """

    place: Place
    words: frozenset[Any]
    why: str
    objects: bool = False
    needed: bool = False
    field: str = ""

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Nothing: resources that are not ours are only read."""

    def read(self, cursor: Cursor) -> Any:
        """Go on.

        Raises:
            NotMadeError: something else stands there, or nothing does and it is needed.
        """
        found = cursor.find(self.place)
        if not all(self._fits(value) for _, value, _ in found) or (self.needed and not found):
            raise NotMadeError(self.why)
        return NOTHING

    def _fits(self, value: Any) -> bool:
        if isinstance(value, dict):
            return self.objects and _coded(value)
        return isinstance(value, str) and value in self.words


COMING: Final = Only(
    place("participant[].status"), frozenset({"accepted", "tentative", "needs-action"}), "somebody will not come"
)
"""Of an appointment, also of ours."""


def _coded(concept: Mapping[str, Any]) -> bool:
    told = concept.get("coding")
    codings = told if isinstance(told, list) else [told]
    return bool(codings) and all(isinstance(each, dict) and isinstance(each.get("code"), str) for each in codings)


@dataclass(frozen=True, slots=True)
class Again(AlwaysRead):
    """A field that follows from a code that another row reads too."""

    field: str
    place: Place
    words: Mapping[str, Any]

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Nothing: resources that are not ours are only read."""

    def read(self, cursor: Cursor) -> Any:
        """Return what the code says here, or `NOTHING`."""
        told = [value for _, value, _ in cursor.all(self.place) if isinstance(value, str)]
        return next((self.words[each] for each in told if each in self.words), NOTHING)


@dataclass(frozen=True, slots=True)
class Under(AlwaysRead):
    """A field of an item that goes no further than the whole: by the word at `whole`, what each value is instead."""

    row: Standing | Again
    whole: Place
    bounds: Mapping[str, Mapping[Any, Any]]

    @property
    def field(self) -> str:
        """The field of its row."""
        return self.row.field

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Nothing: resources that are not ours are only read."""

    def read(self, cursor: Cursor) -> Any:
        """Return what the row says, as far as the whole lets it; what it does not let is listed."""
        value = self.row.read(cursor)
        told = [value for _, value, _ in cursor.all(self.whole) if isinstance(value, str)]
        bound = next((self.bounds[each].get(value, value) for each in told if each in self.bounds), value)
        if bound is not value and self.row.place is not None:
            why = f"the whole that it is part of is {told[0]}"
            cursor.notes.why |= {path: why for path, _, _ in cursor.all(self.row.place)}
        return bound


@dataclass(frozen=True, slots=True)
class Agreed(AlwaysRead):
    """The category, from every place that may say it.

    Codes that no table has are left; where those that one has disagree, nothing is made: the wrong one would open more.
    """

    tables: tuple[tuple[Place, Form], ...]
    """Each place, with the codes that are understood there."""
    field: str = "category"

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Nothing: resources that are not ours are only read."""

    def read(self, cursor: Cursor) -> Any:
        """Return what all of them say.

        Raises:
            NotMadeError: they disagree.
        """
        told = {each for place, form in self.tables for each in cursor.take(place, form)}
        if len(told) > 1:
            raise NotMadeError("its codes say more than one `category`")
        return next(iter(told), NOTHING)


def agreed(*tables: tuple[str, Mapping[str, Category]]) -> Agreed:
    """Return the row of the category; each place with the codes that are understood there."""
    return Agreed(tuple((place(at), code(words)) for at, words in tables))


@dataclass(frozen=True, slots=True)
class Professional(AlwaysRead):
    """What must hold of a member of a team: that it works there, as the type of its reference says."""

    place: Place
    field: str = ""

    def write(self, value: Any, resource: dict[str, Any], names: Names) -> None:
        """Nothing: resources that are not ours are only read."""

    def read(self, cursor: Cursor) -> Any:
        """Go on.

        Raises:
            NotMadeError: it does not say so.
        """
        inside = contained_types(cursor.resource)
        found = [type_of(value, inside, cursor.names) for _, value, _ in cursor.all(self.place)]
        if not found or not all(each in _WORKERS for each in found):
            raise NotMadeError("that it is a professional or an organisation is not said")
        return NOTHING


_WORKERS: Final = frozenset({"Practitioner", "PractitionerRole", "Organization"})
