"""Makers: what one record kind yields, element by element."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.contract import SourceRecord
from adapters.mapping.conditions import Condition, all_hold
from adapters.mapping.known import Known
from adapters.mapping.leftovers import Leftovers
from adapters.mapping.paths import MisfitError, Path
from adapters.mapping.rules import NOTHING, NotMadeError, Scope, Slot
from adapters.mapping.targets import moment_text
from schemas.permits import Permit
from schemas.plan import Element, Handling, Period, Source


@dataclass(frozen=True, slots=True)
class Origin:
    """A record as its elements show it: what they say of where they come from, and how they get their ids."""

    scope: Scope
    source: Source
    ids: Callable[[str], str]

    @classmethod
    def of(cls, record: SourceRecord, known: Known, leftovers: Leftovers) -> "Origin":
        """Return the origin of what is made of `record`."""
        source = Source(
            organisation=known.organisation,
            system=known.system,
            record=record.id,
            version=record.version,
            retrieved_at=record.retrieved_at,
        )
        scope = Scope(record.content, record.content, known, leftovers)
        return cls(scope, source, known.ids_of(record.kind, record.id))


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    """Makes elements of one kind. `key` tells the items of `each` apart; None numbers them.

    `about` and `category` are slots of their own: what was not asked is not read any further. `fields` and `handling`
    are slots by the names of what they fill, in the file's order.
    """

    kind: type[Element]
    part: str
    each: Path | None
    key: Path | None
    when: tuple[Condition, ...]
    about: Slot
    category: Slot
    fields: Mapping[str, Slot]
    handling: Mapping[str, Slot]
    handles_alike: bool
    """Whether all items of a record get one handling."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every slot."""
        return (self.about, self.category, *self.fields.values(), *self.handling.values())

    def make(self, origin: Origin, permit: Permit) -> Iterator[Element]:
        """Yield every element that a record yields here; what is not made is left over, with the reason."""
        scope = origin.scope
        for part, item in self._items(scope):
            scope.item = item
            if self.when and not all_hold(self.when, scope.record, scope.item):
                continue
            try:
                element = self._element(part, origin, permit)
            except NotMadeError as error:
                scope.leftovers.add(error.path, f"{error}; the element is not made")
                continue
            if element is not None:
                yield element

    def _items(self, scope: Scope) -> list[tuple[str, Any]]:
        record = scope.record
        if self.each is None:
            return [(self.part, record)]
        try:
            items = self.each.find(record, record)
        except MisfitError as misfit:
            scope.leftovers.add(str(self.each), f"{self.part}: {misfit}")
            return []
        if self.key is None:
            return [(f"{self.part}/{position}", item) for position, item in enumerate(items)]
        keys = [self.key.only_text(record, item) for item in items]
        seen = set(keys)
        if len(seen) < len(keys) or None in seen:
            scope.leftovers.add(str(self.each), f"{self.part}: items without a key, or with one key")
            seen = {key for key, times in Counter(keys).items() if key is not None and times == 1}
        return [(f"{self.part}/{key}", item) for key, item in zip(keys, items, strict=True) if key in seen]

    def _element(self, part: str, origin: Origin, permit: Permit) -> Element | None:
        scope = origin.scope
        about = tuple(sorted(self.about.fill(scope)))
        category = self.category.fill(scope)
        if not permit.covers(category, about):
            scope.leftovers.add("" if self.each is None else str(self.each), f"{self.part}: not asked")
            return None
        values = _filled(self.fields, scope, regime=None)
        if "period.start" in values or "period.end" in values:
            values["period"] = Period(values.pop("period.start", None), values.pop("period.end", None))
        handling = scope.shared.get(self) or self._handling(scope)
        return self.kind(
            id=origin.ids(part), about=about, category=category, source=origin.source, handling=handling, **values
        )

    def _handling(self, scope: Scope) -> Handling:
        values = _filled(self.handling, scope)
        told = tuple(values.items())
        handling: Handling | None = scope.shared.get(told)
        if handling is None:
            handling = scope.shared[told] = Handling(**values | {"created_on": moment_text(values["created_on"])})
        if handling.is_confidence_of_another:
            # Which of the two is wrong is not known.
            raise NotMadeError("", f"{self.part}: told in confidence, and told by somebody else")
        if self.handles_alike:
            scope.shared[self] = handling
        return handling


def _filled(slots: Mapping[str, Slot], scope: Scope, **values: Any) -> dict[str, Any]:
    """Return what `slots` give for the item at hand; `values` where they give nothing."""
    for name, slot in slots.items():
        value = slot.fill(scope)
        if value is not NOTHING:
            values[name] = value
    return values
