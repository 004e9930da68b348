"""Reads one resource, or one item of it, and keeps which of its values were read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.fhir.forms import Form, MisfitError, Names, Part
from schemas.fhir.places import Found, Path, Place


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


@dataclass(frozen=True, slots=True)
class Cursor:
    """One item (`node`, at `path`) of a resource. What one row has read, no later row reads."""

    resource: dict[str, Any]
    node: dict[str, Any]
    path: Path
    names: Names
    notes: Notes

    def find(self, place: Place) -> Iterator[Found]:
        """Yield what stands at `place` and was not read yet."""
        found = place.find(self.resource) if place.from_resource else place.find(self.node, self.path)
        return (each for each in found if each.path not in self.notes.read)

    def take(self, place: Place, form: Form) -> Iterator[Any]:
        """Yield each value at `place` that fits; it counts as read when it is taken."""
        for found in self.find(place):
            try:
                value = form.read(found.value, self.names)
            except MisfitError as misfit:
                self.notes.why[found.path] = str(misfit)
                continue
            self.notes.read.update((found.path, *found.by))
            self.notes.why.pop(found.path, None)
            if isinstance(value, Part):
                self.notes.why[found.path] = value.what
                value = value.value
            yield value

    def inside(self, found: Found) -> "Cursor":
        """Return the cursor of one item."""
        return Cursor(self.resource, found.value, found.path, self.names, self.notes)
