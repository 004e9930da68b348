"""Reads one resource, or one item of it, and keeps which of its values were read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.fhir.forms import Form, MisfitError, Names, Part
from schemas.fhir.places import Found, Path, Place, Places, Seen

NOTHING: Final = object()
"""Of a field about which a resource says nothing."""


@dataclass(slots=True)
class Notes:
    """What was read of one resource, and why something of it was not, or not wholly.

    What stands in `why` is left, also where it was read: something of it was not.
    """

    read: set[Path] = field(default_factory=set)
    why: dict[Path, str] = field(default_factory=dict)

    def reason(self, path: Path) -> str | None:
        """Return why what stands at `path`, or what it lies in, is left; None where nothing is noted."""
        if not self.why:
            return None
        return next((self.why[path[:length]] for length in range(len(path), -1, -1) if path[:length] in self.why), None)

    def keep(self, other: "Notes") -> None:
        """Take over what `other` noted."""
        self.read |= other.read
        self.why |= other.why


@dataclass(slots=True)
class Cursor:
    """One item (`node`, at `path`) of a resource, and what was seen in it where the rows of its table look.

    What one row has read, no later row reads.
    """

    resource: dict[str, Any]
    node: dict[str, Any]
    path: Path
    names: Names
    notes: Notes
    seen: Seen

    def all(self, place: Place) -> Sequence[Found]:
        """Return what stands at `place`, read or not."""
        return self.seen.get(place, ())

    def find(self, place: Place) -> Sequence[Found]:
        """Return what stands at `place` and was not read yet."""
        found = self.seen.get(place)
        return () if found is None else [each for each in found if each[0] not in self.notes.read]

    def first(self, place: Place, form: Form, default: Any = NOTHING) -> Any:
        """Return the first value at `place` that fits, which counts as read from then on; else `default`."""
        if place in self.seen:
            for found in self.seen[place]:
                if found[0] not in self.notes.read:
                    value = self.taken(found, form)
                    if value is not NOTHING:
                        return value
        return default

    def take(self, place: Place, form: Form) -> list[Any]:
        """Return each value at `place` that fits; they count as read from then on."""
        values = []
        if place in self.seen:
            for found in self.seen[place]:
                if found[0] not in self.notes.read:
                    value = self.taken(found, form)
                    if value is not NOTHING:
                        values.append(value)
        return values

    def taken(self, found: Found, form: Form) -> Any:
        """Return the value, which counts as read from then on; `NOTHING` where it does not fit."""
        path, value, by = found
        notes = self.notes
        try:
            read = form.read(value, self.names)
        except MisfitError as misfit:
            notes.why[path] = str(misfit)
            return NOTHING
        notes.read.add(path)
        if by:
            notes.read.update(by)
        if notes.why:
            notes.why.pop(path, None)
        if type(read) is Part:
            notes.why[path] = read.what
            return read.value
        return read

    def inside(self, found: Found, places: Places) -> "Cursor":
        """Return the cursor of one item, which is looked at for `places`."""
        path, node, _ = found
        return Cursor(self.resource, node, path, self.names, self.notes, places.look(node, path, self.resource))
