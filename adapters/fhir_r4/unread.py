"""What of a resource may not be passed over where its mapping does not read it: whom it names, and what turns it round.

Who is read as one of those whom an element is about has to be covered; who is not read, nobody would ask. So where a
resource names somebody else, it is for the mapping to read him, or to ignore him with a reason.
Source: FHIR R4 (4.0.1), references.html section 2.3.0, conformance-rules.html (modifier elements) and
security-labels.html; STU3 (3.0.2) where a name differs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.mapping import Known, Stop, Unread
from adapters.mapping.paths import MAX_ITEMS
from schemas.fhir.about import contained_types
from schemas.fhir.modifiers import asks_for_more, turns_round

_NAMED: Final = "it names somebody whom its element is not about"
_TURNED: Final = Stop("it means something else")
_LABELLED: Final = Stop("it carries a label that nobody reads")
_OTHER_NUMBER: Final = Stop("a number of another system")
_TOO_MUCH: Final = Stop(f"it holds more than {MAX_ITEMS} values that nobody reads")

_PATIENT: Final = "Patient"
_PERSONS: Final = ("Group", _PATIENT, "Person", "RelatedPerson")
_REFERENCE: Final = re.compile(
    r"(.+/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?", re.ASCII
)

_Member = tuple[Mapping[Any, Any], Any, object]
"""What a value stands in, its name there, and the value."""


@dataclass(slots=True)
class Unpassable:
    """Says what an unread member of a resource stops. `system` is that of the numbers of persons."""

    system: str
    _contained: tuple[Mapping[str, Any], Mapping[str, str]] = field(default=({}, {}), repr=False)

    def __call__(self, unread: Unread, resource: Mapping[str, Any], known: Known) -> Iterator[Stop]:
        """Yield what `unread`, or anything in it, stops."""
        for position, member in enumerate(_members(unread)):
            if position >= MAX_ITEMS:
                # Who sends so much must not keep all others waiting, and what stands behind it nobody knows.
                yield _TOO_MUCH
                return
            _, name, value = member
            if turns_round(name, value):
                yield _TURNED
            elif name == "security" and value and any(map(asks_for_more, _several(value))):
                yield _LABELLED
            for person in self._named(member, resource, known):
                yield Stop(_NAMED, unless_about=person)
        if self._is_other_system(unread, known):
            yield _OTHER_NUMBER
        if _is_of_label(unread) and asks_for_more(unread.holder):
            yield _LABELLED

    def _named(self, member: _Member, resource: Mapping[str, Any], known: Known) -> Iterable[str | None]:
        """Yield each person of the family whom it names, and None for anybody else."""
        holder, name, value = member
        if name == "reference" and isinstance(value, str):
            return self._referred(holder, value, resource, known)
        if name == "value" and holder.get("system") == self.system:
            return [known.persons.get(value) if isinstance(value, str) else None]
        if name == "type" and not isinstance(holder.get("reference"), str) and _type(holder) in _PERSONS:
            by_number = self._by_number(holder, known)
            return [] if by_number else [None]  # the number is looked at by itself
        return [None] if name == "resourceType" and holder is not resource and value in _PERSONS else []

    def _referred(
        self, holder: Mapping[Any, Any], reference: str, resource: Mapping[str, Any], known: Known
    ) -> Iterable[str | None]:
        if reference == "#":  # the resource itself
            return []
        read = _REFERENCE.fullmatch(reference)
        to = self._types_in(resource).get(reference) if reference.startswith("#") else read and read[2]
        types = {each for each in (to, _type(holder)) if each}
        if types and types.isdisjoint(_PERSONS):
            return []
        here = read is not None and types == {_PATIENT} and not read[1]
        by_name = known.references.get((_PATIENT, read[3])) if read is not None and here else None
        return [by_name or self._by_number(holder, known)]

    def _by_number(self, reference: Mapping[Any, Any], known: Known) -> str | None:
        told = reference.get("identifier")
        if not isinstance(told, dict) or told.get("system") != self.system or not isinstance(told.get("value"), str):
            return None
        return known.persons.get(told["value"])

    def _is_other_system(self, unread: Unread, known: Known) -> bool:
        """Say whether it is the system of a number that may be read, and not the one in which that is somebody's."""
        is_it = unread.name == "system" and unread.value != self.system
        return is_it and isinstance(number := unread.holder.get("value"), str) and number in known.persons

    def _types_in(self, resource: Mapping[str, Any]) -> Mapping[str, str]:
        if self._contained[0] is not resource:
            self._contained = resource, contained_types(resource)
        return self._contained[1]


def _type(reference: Mapping[Any, Any]) -> str:
    told = reference.get("type")
    return told.rpartition("/")[2] if isinstance(told, str) else ""


def _is_of_label(unread: Unread) -> bool:
    """Say whether it is what a label asks for: its code, or whatever else there is of one without a code."""
    within = unread.path.startswith(("meta.security*.", "meta.security."))
    return within and (unread.name == "code" or "code" not in unread.holder)


def _several(told: object) -> list[Any]:
    return told if isinstance(told, list) else [told]


def _members(unread: Unread) -> Iterator[_Member]:
    """Yield `unread` and every member in it, at any depth; of a list each item. Depth is no trap, nor is length."""
    waiting = [iter([(unread.holder, unread.name, unread.value)])]
    while waiting:
        member = next(waiting[-1], None)
        if member is None:
            waiting.pop()
        else:
            yield member
            waiting.append(_inside(member))


def _inside(member: _Member) -> Iterator[_Member]:
    holder, name, value = member
    if isinstance(value, list):
        return ((holder, name, each) for each in value)
    return ((value, *each) for each in value.items()) if isinstance(value, dict) else iter(())
