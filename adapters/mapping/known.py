"""What a mapping knows while it reads one answer: whose system it is, and who is who."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schemas.canonical_json import canonical


@dataclass(frozen=True, slots=True)
class Known:
    """The holder, its system, and the persons that may be named: by number, and by the system's own reference.

    `references` has (record kind, record id) for its keys. Whoever is in neither is unknown.
    """

    organisation: str
    system: str
    persons: Mapping[str, str] = field(repr=False)
    references: Mapping[tuple[str, str], str] = field(repr=False)

    def element_id(self, kind: str, record: str, part: str) -> str:
        """Return the id of the element `part` of a record: the same each time, and nothing personal in it."""
        return self.ids_of(kind, record)(part)

    def ids_of(self, kind: str, record: str) -> Callable[[str], str]:
        """Return what gives the ids of the elements of one record, by their parts."""
        named = canonical([self.organisation, self.system, kind, record])[:-1] + b","

        def element_id(part: str) -> str:
            # The canonical bytes of the list of all five.
            return "e-" + hashlib.sha256(named + canonical(part) + b"]").hexdigest()[:24]

        return element_id


def by_number(family: Mapping[str, str]) -> dict[str, str]:
    """Return the internal id of each number of `family` (id to number); a number of two persons names nobody."""
    persons: dict[str, str] = {}
    doubled: set[str] = set()
    for person, number in family.items():
        if number in persons:
            doubled.add(number)
        persons[number] = person
    return {number: person for number, person in persons.items() if number not in doubled}
