"""Makers: what one record kind yields, element by element."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from adapters.contract import SourceRecord
from adapters.mapping.conditions import Condition, all_hold
from adapters.mapping.known import Known
from adapters.mapping.leftovers import Leftovers
from adapters.mapping.paths import MisfitError, Path
from adapters.mapping.rules import NOTHING, NotMadeError, Scope, Slot
from adapters.mapping.targets import moment_text
from schemas.permits import Permit
from schemas.plan import Element, Handling, Period, Source
from schemas.words import RecordSource

# What is one for all items of a record; no target is called so.
_SOURCE: Final = "(source)"
_IDS: Final = "(ids)"
_HANDLING: Final = "(handling)"
_NOT_IN_CONFIDENCE: Final = frozenset({RecordSource.PARENT, RecordSource.THIRD_PARTY})


@dataclass(frozen=True, slots=True)
class Reader:
    """What every maker needs of the answer at hand."""

    permit: Permit
    known: Known
    leftovers: Leftovers


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes elements of one kind. `key` tells the items of `each` apart; None numbers them.

    `about` and `category` are slots of their own: what was not asked is not read any further.
    """

    kind: type[Element]
    part: str
    each: Path | None
    key: Path | None
    when: tuple[Condition, ...]
    about: Slot
    category: Slot
    slots: tuple[tuple[str, Slot], ...]
    handling: tuple[tuple[str, Slot], ...]
    period: tuple[tuple[str, Slot], ...]

    def make(self, record: SourceRecord, reader: Reader) -> Iterator[Element]:
        """Yield every element that `record` yields here; what is not made is left over, with the reason."""
        shared = {_SOURCE: _source(record, reader.known), _IDS: reader.known.ids_of(record.kind, record.id)}
        scope = Scope(record.content, record.content, reader.known, reader.leftovers, shared)
        for part, scope.item in self._items(record, reader.leftovers):
            if self.when and not all_hold(self.when, record.content, scope.item):
                continue
            try:
                element = self._element(part, scope, reader)
            except NotMadeError as error:
                reader.leftovers.add(error.path, f"{error}; the element is not made")
                continue
            if element is not None:
                yield element

    def _items(self, record: SourceRecord, leftovers: Leftovers) -> list[tuple[str, Any]]:
        if self.each is None:
            return [(self.part, record.content)]
        try:
            items = self.each.find(record.content, record.content)
        except MisfitError as misfit:
            leftovers.add(str(self.each), f"{self.part}: {misfit}")
            return []
        if self.key is None:
            return [(f"{self.part}/{position}", item) for position, item in enumerate(items)]
        keys = [self.key.only_text(record.content, item) for item in items]
        seen = set(keys)
        if len(seen) < len(keys) or None in seen:
            leftovers.add(str(self.each), f"{self.part}: items without a key, or with one key")
            seen = {key for key, times in Counter(keys).items() if key is not None and times == 1}
        return [(f"{self.part}/{key}", item) for key, item in zip(keys, items, strict=True) if key in seen]

    def _element(self, part: str, scope: Scope, reader: Reader) -> Element | None:
        about = tuple(sorted(self.about.fill(scope)))
        category = self.category.fill(scope)
        categories = reader.permit.categories
        if not any(category in categories.get(person, ()) for person in about):
            reader.leftovers.add("" if self.each is None else str(self.each), f"{self.part}: not asked")
            return None
        values = _filled(self.slots, scope)
        if self.period:
            values["period"] = Period(**_filled(self.period, scope))
        return self.kind(
            id=scope.shared[_IDS](part),
            about=about,
            category=category,
            regime=values.pop("regime", None),
            source=scope.shared[_SOURCE],
            handling=self._handling(scope),
            **values,
        )

    def _handling(self, scope: Scope) -> Handling:
        if _HANDLING not in scope.shared:
            handling = self._read_handling(scope)
            if not all(slot.is_of_record for _, slot in self.handling):
                return handling
            scope.shared[_HANDLING] = handling
        found: Handling = scope.shared[_HANDLING]
        return found

    def _read_handling(self, scope: Scope) -> Handling:
        values = _filled(self.handling, scope)
        handling = Handling(**values | {"created_on": moment_text(values["created_on"])})
        if handling.told_in_confidence and handling.told_by in _NOT_IN_CONFIDENCE:
            # The contract (2.1) knows no such record, so which of the two is wrong is not known.
            raise NotMadeError("", f"{self.part}: told in confidence, and told by somebody else")
        return handling


def _source(record: SourceRecord, known: Known) -> Source:
    return Source(
        organisation=known.organisation,
        system=known.system,
        record=record.id,
        version=record.version,
        retrieved_at=record.retrieved_at,
    )


def _filled(slots: Iterable[tuple[str, Slot]], scope: Scope) -> dict[str, Any]:
    return {name: value for name, slot in slots if (value := slot.fill(scope)) is not NOTHING}
