"""What is known of a family when a register answers, and what becomes of it: steps, not yet taken.

Pure. Two sides told it: registers, and people (*hands*). A register's later word replaces its earlier one; what a hand
closed, a register's word alone does not open again (facts contract, F3).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from consent.known.family import Family
from consent.known.rows import Known, Told
from consent.known.word import NO_WORD, Word
from schemas.calendar import AMSTERDAM, parse_moment

Key: TypeAlias = tuple[str, str]
"""The section and the id of a fact."""

_CLOSINGS: Final = frozenset({"until", "ended_on", "suspended_on", "disputed", "contact_denied"})
_FROM_THE_START: Final = frozenset({"suspended_on", "disputed"})
"""What closes a fact although it was told together with it: of an end told so everybody knew."""


class How(StrEnum):
    """What becomes of a fact, in one word."""

    NEW = "new"
    CHANGES = "changes"
    ENDS = "ends"
    NOTHING = "nothing"


class Act(StrEnum):
    """As what a step is judged by the table of the facts contract."""

    RECORD = "record"
    CONFIRM = "confirm"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, repr=False)
class New:
    """A fact to record."""

    section: str
    fields: Mapping[str, Any]
    word: Word = NO_WORD


@dataclass(frozen=True, slots=True, repr=False)
class Amend:
    """A change of a fact that is known. `field` is what a confirmation or an end is called in the table."""

    key: Key
    fields: Mapping[str, Any]
    act: Act
    field: str = ""
    word: Word | None = None
    how: How = How.CHANGES


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the operator must know, for which nothing is stored."""

    what: str


Step: TypeAlias = New | Amend | Note


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """The facts of a family at `at`, and which of them a register told.

    `closed_by_hand` says what hands closed, by section, id and field: at which version of its person for the last time.
    """

    known: Mapping[Key, Known]
    by_register: frozenset[Key]
    closed_by_hand: Mapping[tuple[str, str, str], int]
    at: datetime
    _ended_by_hand: Mapping[Key, int] = field(init=False)

    def __post_init__(self) -> None:
        closed = self.closed_by_hand.items()
        ended = {(section, name): at for (section, name, by), at in closed if by in {"until", "ended_on"}}
        object.__setattr__(self, "_ended_by_hand", ended)

    def of(self, section: str, **fields: Any) -> Iterator[Known]:
        """Yield the facts of `section` with these values, in the order in which they were recorded."""
        for each in self.known.values():
            if each.section == section and all(each.source.get(name) == value for name, value in fields.items()):
                yield each

    def told_by_register(self, fact: Known) -> bool:
        """Return whether a register told it."""
        return (fact.section, fact.id) in self.by_register

    def is_closed_by_hand(self, fact: Known, name: str) -> bool:
        """Return whether a person, or an organisation, closed it by the field `name`."""
        return (fact.section, fact.id, name) in self.closed_by_hand

    def is_ended_by_hand(self, fact: Known) -> bool:
        """Return whether a person, or an organisation, ended it, at once or for later."""
        return (fact.section, fact.id) in self._ended_by_hand

    def told_anew(self, facts: Iterable[Known]) -> list[Known]:
        """Return those of `facts`, all of one person, that stand and that hands told after they last ended one of them.

        What stood beside it, or waited, is no word that it is so again.
        """
        told = list(facts)
        end = self.last_end(told)
        return [each for each in told if each.version > end and self.stands(each) and not self.told_by_register(each)]

    def last_end(self, facts: Iterable[Known]) -> int:
        """Return the version of their person at which hands last ended one of `facts`; 0 where none of them was."""
        return max((self._ended_by_hand.get((each.section, each.id), 0) for each in facts), default=0)

    def stands(self, fact: Known) -> bool:
        """Return whether it has not ended yet; a suspension is no end."""
        ends = (fact.source.get(name) for name in ("until", "ended_on"))
        return fact.word.closed_on is None and not any(end is not None and parse_moment(end) <= self.at for end in ends)


def seen_of(family: Family, of_registers: Collection[tuple[str, int]], at: datetime) -> Seen:
    """Return what is known of `family` at `at`; `of_registers` are rows by person and version."""
    first = (row for row in family.told if row.name.amends is None)
    by_register = {(row.name.section, row.name.id) for row in first if _row(row) in of_registers}
    by_hand = (row for row in family.told if _row(row) not in of_registers)
    # Changes stand in the order in which they were made, so that the last of each counts.
    return Seen(family.known, frozenset(by_register), dict(_closings(by_hand)), at)


def _row(told: Told) -> tuple[str, int]:
    return told.name.person, told.name.version


def _closings(told: Iterable[Told]) -> Iterator[tuple[tuple[str, str, str], int]]:
    for row in told:
        closing = _FROM_THE_START if row.name.amends is None else _CLOSINGS
        for name in closing & row.fields.keys():
            if row.fields[name] not in {None, False}:
                yield (row.name.section, row.name.id, name), row.name.version


def written(instant: datetime) -> str:
    """Return an instant as a fact has it, to the microsecond: so that an answer is known again."""
    return instant.astimezone(AMSTERDAM).isoformat()


def end_of(fact: Known, field_name: str, instant: datetime) -> dict[str, str]:
    """Return the end of a fact at `instant`, or at its start where it begins later; never later than it had."""
    since = fact.source.get("since")
    wanted = instant if since is None else max(instant, parse_moment(since))
    had = fact.source.get(field_name)
    return {field_name: written(wanted if had is None else min(wanted, parse_moment(had)))}


def ended(fact: Known, field_name: str, instant: datetime) -> Amend:
    """Return the step that ends a fact."""
    key = (fact.section, fact.id)
    return Amend(key, end_of(fact, field_name, instant), Act.CLOSE, field_name, how=How.ENDS)


def surely_ended(fact: Known) -> Amend:
    """Return the step by which a register makes sure an end that hands told: who had a say by it is asked no more."""
    return Amend((fact.section, fact.id), {}, Act.CLOSE, "until", word=replace(fact.word, ended_by=None), how=How.ENDS)
