"""Groups of slots: the fields of an element, or of its handling, filled for one item after another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from adapters.mapping.rules import NOTHING, Scope, Slot
from adapters.mapping.straight import Read, never


class Way(NamedTuple):
    """How one field is filled: by `read`, where a text stands under `member`; else the slot says what it is."""

    name: str
    member: str
    read: Read
    absent: Any
    slot: Slot

    @classmethod
    def of(cls, name: str, slot: Slot) -> "Way":
        """Return the way of `slot`. One that does not look at the item, or not straight at it, is always asked."""
        if slot.straight is None or slot.is_of_record:
            return cls(name, "", never, None, slot)
        return cls(name, slot.straight.member, slot.straight.read, slot.straight.absent, slot)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Slots by the names of what they fill, sorted out once by how often each has something new to say."""

    slots: tuple[Slot, ...]
    constants: dict[str, Any]
    of_record: tuple[Way, ...]
    """Of what is the same for all items of a record."""
    of_item: tuple[Way, ...]
    ways: tuple[Way, ...]
    """Of both, in the file's order."""

    @classmethod
    def of(cls, slots: Mapping[str, Slot], **constants: Any) -> "Group":
        """Return the group of `slots`, with `constants` where no slot gives anything."""
        constants |= {name: slot.constant for name, slot in slots.items() if slot.constant is not None}
        ways = tuple(Way.of(name, slot) for name, slot in slots.items() if slot.constant is None)
        return cls(
            slots=tuple(slots.values()),
            constants=constants,
            of_record=tuple(way for way in ways if way.slot.is_of_record),
            of_item=tuple(way for way in ways if not way.slot.is_of_record),
            ways=ways,
        )

    def fill(self, scope: Scope) -> dict[str, Any]:
        """Return the values for the item at hand, without what is `NOTHING`.

        Raises:
            NotMadeError: what must be known is missing or cannot be read.
        """
        fixed, ways = self.constants, self.of_item
        if self.of_record:
            fixed, ways = scope.shared.get(self) or self._of_record(scope)
        values = fixed.copy()
        item, known = scope.item, scope.known
        get = item.get if type(item) is dict else _no_member
        for name, member, read, absent, slot in ways:
            told = get(member)
            value = read(told, known) if type(told) is str else absent if told is None else None
            if value is None:
                value = slot.fill(scope)
            if value is not NOTHING:
                values[name] = value
        return values

    def _of_record(self, scope: Scope) -> tuple[dict[str, Any], tuple[Way, ...]]:
        """Return what is the same for all items, and the ways to the rest.

        What does not go straight is among the rest, in its place: it may have something to say of what it finds.
        """
        fixed, done = self.constants.copy(), set()
        for way in self.of_record:
            straight = way.slot.straight
            value = None if straight is None else straight.give(scope.record, scope.known)
            if value is None:
                continue
            done.add(way.name)
            if value is not NOTHING:
                fixed[way.name] = value
        whole = len(done) == len(self.of_record)
        found = fixed, self.of_item if whole else tuple(way for way in self.ways if way.name not in done)
        scope.shared[self] = found
        return found


def _no_member(_name: str) -> Any:
    # No text and not nothing, so that the slot says what is wrong.
    return ()
