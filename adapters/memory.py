"""A source that answers from memory: for the sandbox and for tests, where the elements are there already."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from adapters.contract import Leftover, Mapped, SourceRecord
from schemas.permits import Permit
from schemas.plan import Element

_ELEMENT: Final = "element"


class MemorySource:
    """Holds ready elements under their own ids, and gives those that a permit covers."""

    def __init__(self, organisation: str, system: str, identifier_system: str, elements: Sequence[Element]) -> None:
        self.organisation: Final = organisation
        self.system: Final = system
        self.identifier_system: Final = identifier_system
        self._elements = {each.id: each for each in elements}

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        """Return one record for each element about a person who may be asked about."""
        now = datetime.now(UTC)
        return [
            SourceRecord(kind=_ELEMENT, id=each.id, version=None, retrieved_at=now, content={_ELEMENT: each})
            for each in self._elements.values()
            if not permit.identifiers.keys().isdisjoint(each.about)
        ]

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        """Give the elements back: those about known persons, of a category that may be asked about one of them."""
        elements: list[Element] = []
        leftovers: list[Leftover] = []
        for record in records:
            element: Element = record.content[_ELEMENT]
            why = _why_not(element, permit)
            if why is None:
                elements.append(element)
            else:
                leftovers.append(Leftover(_ELEMENT, "", why))
        return Mapped(tuple(elements), tuple(leftovers))

    async def close(self) -> None:
        """Do nothing: there is nothing to give back."""


def _why_not(element: Element, permit: Permit) -> str | None:
    if not all(person in permit.family for person in element.about):
        return "person unknown"
    if not any(element.category in permit.categories.get(person, ()) for person in element.about):
        return "not asked"
    return None
