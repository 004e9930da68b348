"""What of a resource may not be passed over where its mapping does not read it: whom it names, and what turns it round.

Who is read as one of those whom an element is about has to be covered; who is not read, nobody would ask. So where a
resource names somebody else, it is for the mapping to read him, or to ignore him with a reason.
Source: FHIR R4 (4.0.1), references.html section 2.3.0, conformance-rules.html (modifier elements) and
security-labels.html; STU3 (3.0.2) where a name differs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.mapping import Known, Stop, Unread
from schemas.fhir.about import contained_types
from schemas.fhir.modifiers import asks_for_more, turns_round

_NAMED: Final = "it names somebody whom its element is not about"
_TURNED: Final = Stop("it means something else")
_LABELLED: Final = Stop("it carries a label that nobody reads")

_PATIENT: Final = "Patient"
_PERSONS: Final = ("Group", _PATIENT, "Person", "RelatedPerson")
_REFERENCE: Final = re.compile(
    r"(.+/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?", re.ASCII
)

_Member = tuple[Mapping[Any, Any], Any, object]
"""What a value stands in, its name there, and the value."""


@dataclass(frozen=True, slots=True)
class Unpassable:
    """Says what an unread member of a resource stops. `system` is that of the numbers of persons."""

    system: str

    def __call__(self, unread: Unread, resource: Mapping[str, Any], known: Known) -> Iterator[Stop]:
        """Yield what `unread`, or anything in it, stops."""
        labels = _labels(resource)
        for member in _members(unread):
            holder, name, value = member
            if turns_round(name, value):
                yield _TURNED
            elif name == "security" and value and any(map(asks_for_more, _several(value))):
                yield _LABELLED
            elif any(holder is each for each in labels) and (name == "code" or "code" not in holder):
                if asks_for_more(holder):
                    yield _LABELLED
            else:
                for person in self._named(member, resource, known):
                    yield Stop(_NAMED, unless_about=person)

    def _named(self, member: _Member, resource: Mapping[str, Any], known: Known) -> Iterable[str | None]:
        """Yield each person of the family whom it names, and None for anybody else."""
        holder, name, value = member
        if name == "reference" and isinstance(value, str):
            return self._referred(holder, value, resource, known)
        if name == "value" and holder.get("system") == self.system:
            return [known.persons.get(value) if isinstance(value, str) else None]
        by_type = name == "type" and "reference" not in holder and self._by_number(holder, known) is None
        inside = name == "resourceType" and holder is not resource
        return [None] if (by_type or inside) and value in _PERSONS else []

    def _referred(
        self, holder: Mapping[Any, Any], reference: str, resource: Mapping[str, Any], known: Known
    ) -> Iterable[str | None]:
        read = _REFERENCE.fullmatch(reference)
        if reference == "#":  # the resource itself
            return []
        if reference.startswith("#"):
            to = contained_types(resource).get(reference)
        else:
            to = holder.get("type") if read is None else read[2]
        if to and to not in _PERSONS:
            return []
        here = read is not None and (read[1], to) == (None, _PATIENT)
        by_name = known.references.get((_PATIENT, read[3])) if read is not None and here else None
        return [by_name or self._by_number(holder, known)]

    def _by_number(self, reference: Mapping[Any, Any], known: Known) -> str | None:
        told = reference.get("identifier")
        if not isinstance(told, dict) or told.get("system") != self.system or not isinstance(told.get("value"), str):
            return None
        return known.persons.get(told["value"])


def _labels(resource: Mapping[str, Any]) -> list[Mapping[Any, Any]]:
    meta = resource.get("meta")
    told = meta.get("security") if isinstance(meta, dict) else None
    return [each for each in _several(told) if isinstance(each, dict)]


def _several(told: object) -> list[Any]:
    return told if isinstance(told, list) else [told]


def _members(unread: Unread) -> Iterator[_Member]:
    """Yield `unread` and every member in it, at any depth; of a list each item. Depth is no trap."""
    waiting: list[_Member] = [(unread.holder, unread.name, unread.value)]
    while waiting:
        holder, name, value = member = waiting.pop()
        yield member
        for each in _several(value):
            if isinstance(each, dict):
                waiting += [(each, *inside) for inside in each.items()]
            elif isinstance(value, list):
                waiting.append((holder, name, each))
