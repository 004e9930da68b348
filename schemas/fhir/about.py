"""Whom an element is about: all of them, or there is no element, for each of them may have to say yes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.fhir.cursor import Cursor
from schemas.fhir.forms import Names
from schemas.fhir.places import Found, Place
from schemas.fhir.rows import Many, NotMadeError

_TYPED: Final = re.compile(r"(.*/)?([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?", re.ASCII)
_NO_PERSONS: Final = frozenset(
    {
        "CareTeam",
        "Device",
        "HealthcareService",
        "Location",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "RelatedPerson",
    }
)
"""What a reference may be to without a Patient behind it, where a Patient may stand too (R4, Appointment.actor)."""


@dataclass(frozen=True, slots=True)
class About(Many):
    """The persons; each of `first` and `rest` is the `reference` of a Reference.

    With `names_alone` a name without a reference stands for nobody: it is read as one who takes part.
    """

    names_alone: bool = False

    def read(self, cursor: Cursor) -> Any:
        """Return every person.

        Raises:
            NotMadeError: somebody may be meant whom nobody here can name.
        """
        told = Many.read(self, cursor)
        inside = contained_types(cursor.resource)
        for at in (self.first, self.rest):
            for each in () if at is None else _references(at, cursor):
                if (*each.path, "reference") not in cursor.notes.read and self._maybe_person(
                    each.value, inside, cursor.names
                ):
                    raise NotMadeError("it is about somebody who cannot be named")
        return told

    def _maybe_person(self, told: Any, inside: Mapping[str, str], names: Names) -> bool:
        if not isinstance(told, dict):
            return True
        reference, type_ = told.get("reference"), told.get("type")
        if isinstance(reference, str) and reference:
            return type_of(reference, inside, names) not in _NO_PERSONS
        named = isinstance(told.get("display"), str) and "identifier" not in told and "reference" not in told
        return type_ not in _NO_PERSONS and not (self.names_alone and named)


def _references(at: Place, cursor: Cursor) -> Iterator[Found]:
    # The item of a list of extensions too, where it holds no Reference.
    node, path = (cursor.resource, ()) if at.from_resource else (cursor.node, cursor.path)
    inside = [each for each in range(1, len(at.steps)) if each == len(at.steps) - 1 or at.steps[each - 1].key]
    for length in inside:
        for each in Place(at.steps[:length]).find(node, path):
            held = each.value.get(at.steps[length].name) if isinstance(each.value, dict) else None
            if length == len(at.steps) - 1 or not isinstance(held, dict):
                yield each


def contained_types(resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the type of each resource that `resource` contains, by what a reference to it says; empty of two so."""
    contained = resource.get("contained")
    types: dict[str, str] = {}
    for each in contained if isinstance(contained, list) else ():
        if isinstance(each, dict):
            name, type_ = f"#{each.get('id')}", str(each.get("resourceType"))
            types[name] = type_ if types.get(name, type_) == type_ else ""
    return types


def type_of(reference: Any, inside: Mapping[str, str], names: Names) -> str | None:
    """Return the type of resource that a reference is to, as what it is to says it, or else the reference; or None."""
    if not isinstance(reference, str):
        return None
    if reference.startswith("#"):
        return inside.get(reference)
    named = names.ids.get(reference)
    if named is not None:
        return names.types.get(named)
    read = _TYPED.fullmatch(reference)
    return None if read is None else read[2]
