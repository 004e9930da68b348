"""Conditions of `when`: a field is one of some codes. There is no *is not*: not knowing must not open anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from adapters.mapping.paths import MisfitError, Path, as_text, parse_path

_ABSENT: Final = "absent"


class Condition(Protocol):
    """Something that holds for an item of a record, or does not."""

    def holds(self, record: object, item: object) -> bool:
        """Return whether it holds; what cannot be read does not hold."""


@dataclass(frozen=True, slots=True)
class FieldIs:
    """`FIELD is CODE or CODE or absent`: one value at the path is one of the codes, or nothing stands there."""

    path: Path
    codes: frozenset[str]
    absent: bool = False

    def holds(self, record: object, item: object) -> bool:
        """Return whether a value at the path is one of the codes, or none is there and that is fine."""
        try:
            texts = [text for value in self.path.find(record, item) if (text := as_text(value))]
        except MisfitError:
            return False
        return any(text in self.codes for text in texts) if texts else self.absent


@dataclass(frozen=True, slots=True)
class SomeItem:
    """One item of a list fits all conditions. No word of the language: coverage asks it."""

    each: Path
    when: tuple[Condition, ...]

    def holds(self, record: object, item: object) -> bool:
        """Return whether such an item is there."""
        try:
            found = self.each.find(record, item)
            return any(all_hold(self.when, record, each) for each in found) if self.when else bool(found)
        except MisfitError:
            return False


def all_hold(conditions: Iterable[Condition], record: object, item: object) -> bool:
    """Return whether every one of `conditions` holds; none at all hold."""
    for each in conditions:  # noqa: SIM110  # a generator costs more than most conditions
        if not each.holds(record, item):
            return False
    return True


def parse_condition(text: str) -> FieldIs:
    """Return the condition that `text` writes.

    Raises:
        ValueError: not a condition; the message says what one is.
    """
    field, word, codes = text.partition(" is ")
    listed = frozenset(each.strip() for each in codes.split(" or "))
    if not word or "" in listed:
        raise ValueError("not a condition: write `FIELD is CODE`, `FIELD is CODE or CODE` or `FIELD is CODE or absent`")
    plain = frozenset(each[1:-1] if each == f'"{_ABSENT}"' else each for each in listed - {_ABSENT})
    return FieldIs(parse_path(field.strip()), plain, _ABSENT in listed)
