"""Whom an element is about: all of them, or there is no element, for each of them may have to say yes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.fhir.cursor import Cursor
from schemas.fhir.forms import Names
from schemas.fhir.places import Place
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
    holders: tuple[tuple[Place, str], ...] = ()

    def read(self, cursor: Cursor) -> Any:
        """Return every person.

        Raises:
            NotMadeError: somebody may be meant whom nobody here can name.
        """
        told = Many.read(self, cursor)
        unnamed = self._unnamed(cursor)
        if unnamed:
            inside = contained_types(cursor.resource)
            if any(self._maybe_person(each, inside, cursor.names) for each in unnamed):
                raise NotMadeError("it is about somebody who cannot be named")
        return told

    def _unnamed(self, cursor: Cursor) -> list[Any]:
        unnamed = []
        for place, inside in self.holders:
            for path, value, _ in cursor.seen.get(place, ()):
                if inside and isinstance(value, dict) and isinstance(value.get(inside), dict):
                    continue
                if (*path, "reference") not in cursor.notes.read:
                    unnamed.append(value)
        return unnamed

    def _maybe_person(self, told: Any, inside: Mapping[str, str], names: Names) -> bool:
        if not isinstance(told, dict):
            return True
        reference, type_ = told.get("reference"), told.get("type")
        if isinstance(reference, str) and reference:
            return type_of(reference, inside, names) not in _NO_PERSONS
        named = isinstance(told.get("display"), str) and "identifier" not in told and "reference" not in told
        of_person = not isinstance(type_, str) or type_ not in _NO_PERSONS
        return of_person and not (self.names_alone and named)


def holders(*places: Place | None) -> tuple[tuple[Place, str], ...]:
    """Return where a Reference stands of which the `reference` is at one of `places`.

    The item of a list of extensions too, where it holds no Reference: such a one has the name of what it should hold.
    """
    return tuple(
        (at.before(length), "" if length == len(at.steps) - 1 else at.steps[length].name)
        for at in places
        if at is not None
        for length in range(1, len(at.steps))
        if length == len(at.steps) - 1 or at.steps[length - 1].key
    )


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
    named = names.meant(reference)
    if named is not None:
        return names.types.get(named)
    read = _TYPED.fullmatch(reference)
    return None if read is None else read[2]
