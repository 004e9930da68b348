"""Events that are sealed under somebody's key and name nobody: how many of them the erasures account for."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from audit.entry import Entry
from audit.events import EventOutcome, Kind
from audit.verifying.checks import Fault

_ERASED: Final = Kind.SUBJECT_ERASED.encode()
_UNDER_WAY: Final = timedelta(minutes=2)
"""How long behind an erasure something may still be sealed under the key that it destroyed; twice what is needed."""
_IN_THE_TREE: Final = timedelta(seconds=5)
"""In which an event gets its place: what was built longer ago is not overtaken by an erasure."""
_RESTING: Final = frozenset({
    *(Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_REVIEWED, Kind.EXCHANGE_DENIED, Kind.EMERGENCY_OPENED),
    *(Kind.CONSENT_GIVEN, Kind.CONSENT_REFUSED, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_CONFIRMED),
    *(Kind.FACT_RECORDED, Kind.FACT_CONFIRMED, Kind.FACT_CLOSED, Kind.AUTHORITY_CHANGED, Kind.ORDER_CHANGED),
    *(Kind.CAPACITY_RECORDED, Kind.MANDATE_CHANGED),
})  # fmt: skip
"""Kinds that are kept only while the person's facts are held, so never once he is gone: none of these comes late."""
_NOT_ON_RECORD: Final = "it is not on record any more whom the event is about, and nobody was erased since"
_TOO_MANY: Final = "it is not on record any more whom {} of the events sealed for somebody are about, and no erasure \
accounts for that many"


@dataclass(frozen=True, slots=True)
class Erasure:
    """When somebody was erased, the number of that event in the store, and how many events it accounts for.

    `count` is None for any number.
    """

    at: datetime
    number: int
    count: int | None


@dataclass(slots=True)
class Orphans:
    """The events that are sealed under somebody's key and name nobody, as far as no erasure accounts for them.

    Erasing a person deletes who he was (`audit_subject`), and is itself an event, which commits to how many events were
    sealed under his key. So that many name nobody by right, and whatever else does was robbed of its name; but for what
    was under way: a process remembers a key for a minute, and what it seals under one that is gone leads to nobody.

    An event is counted by the erasure, or came too late for that, and never both. Which of them, its number in the
    store says: whoever erases counts while nobody may write whom an event is about, and an insert gets its number when
    it may. So what was counted has a lower number than the erasure, and what came late a higher one. The places in the
    tree do not say it: those go by when a transaction began.
    """

    first: int | None = None
    """The first that may be wrong."""
    _last: int = 0
    _unexplained: int = 0
    _behind: int | None = None
    """The first behind the last erasure: wrong by itself, where nothing later accounts for it."""
    _erasures: list[Erasure] = field(default_factory=list)
    """The last, and those of the two minutes before it, each with what it accounts for and was not met yet."""
    _lately: tuple[tuple[datetime, int], ...] = ()
    """When those came that rest on no facts, and their numbers: the last seconds before an erasure can have its own."""

    def see(self, entry: Entry, seq: int) -> None:
        """Take in an event that erased nobody, the next one of the tree."""
        if entry.sealed_person is None or entry.person is not None:
            return
        at, rests = _at(entry.leaf), members(entry.leaf).get("kind") in _RESTING
        if self._is_explained(at, entry.number, rests=rests):
            return
        self.first = seq if self.first is None else self.first
        self._behind = seq if self._behind is None else self._behind
        self._last = seq
        self._unexplained += 1
        if not rests and at is not None:
            kept = (each for each in self._lately if each[0] >= at - _IN_THE_TREE)
            self._lately = (*kept, (at, entry.number))

    def _is_explained(self, at: datetime | None, number: int, *, rests: bool) -> bool:
        """Say whether an erasure before it explains an event: one that it counted, or one that came late."""
        counted = next((n for n, each in enumerate(self._erasures) if number < each.number and each.count != 0), None)
        if counted is not None:
            found = self._erasures[counted]
            self._erasures[counted] = replace(found, count=None if found.count is None else found.count - 1)
            return True
        if rests or at is None:
            return False
        return any(number > each.number and at <= each.at + _UNDER_WAY for each in self._erasures)

    def erased(self, erasure: Erasure) -> None:
        """Take in an erasure, the next event of the tree."""
        late = sum(at >= erasure.at - _IN_THE_TREE and number > erasure.number for at, number in self._lately)
        self._lately = ()
        before = self._unexplained - late
        left = None if erasure.count is None else max(0, erasure.count - before)
        self._unexplained = 0 if erasure.count is None else max(0, before - erasure.count)
        self.first = self.first if self._unexplained else None
        # Of those before it nobody knows which it accounts for.
        self._behind = None
        recent = (each for each in self._erasures if each.at >= erasure.at - _UNDER_WAY)
        self._erasures = [*recent, replace(erasure, count=left)]

    def fault(self) -> Fault | None:
        """Return which events name nobody without an erasure that accounts for them; None where all are."""
        if self.first is None:
            return None
        if self._behind == self.first:
            return Fault(self.first, _NOT_ON_RECORD)
        last = None if self._last == self.first else self._last
        return Fault(self.first, _TOO_MANY.format(self._unexplained), last=last)


def erased_at(leaf: bytes | None) -> datetime | None:
    """Return when a person was erased, if `leaf`, whatever somebody made of it, says so; a refusal to does not."""
    if leaf is None or _ERASED not in leaf:
        return None  # nearly all, and without being parsed once more
    told = members(leaf)
    erased = told.get("kind") == Kind.SUBJECT_ERASED and told.get("outcome") != EventOutcome.DENY
    return _at(leaf) if erased else None


def members(leaf: bytes) -> dict[str, Any]:
    """Return the members of a leaf, whatever somebody made of it; none where it is no object."""
    try:
        found = orjson.loads(leaf)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _at(leaf: bytes | None) -> datetime | None:
    try:
        return datetime.fromisoformat(members(leaf or b"")["at"])
    except (KeyError, TypeError, ValueError):
        return None
