"""Opening events of the log for who works behind it: what their keys, once brought, still open, and what is broken.

An event that somebody changed comes without what it held, and holds up nobody.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Field
from audit.read import Half, SealBrokenError, half_opened, opened, told_of, would_open
from audit.store import AuditUnavailableError
from audit.told import Told, told
from audit.tree import leaf_hash
from consent.keys import DataKey, KeyClass
from consent.keys import SealBrokenError as KeyBrokenError
from consent.store.reading import read_audit_keys
from gateway.committing.commit import Committer
from gateway.logs import logger, where

UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a leaf raises that somebody changed."""
_FIRST_YEAR: Final = 2015
_LAST_YEAR: Final = 2999


class EventLostError(AuditUnavailableError):
    """The one event that was asked for is not what was kept: nothing is told of it."""


async def bring_keys(committer: Committer, connection: AsyncConnection, found: Iterable[Entry]) -> frozenset[str]:
    """Have the audit keys of all whom `found` need at hand for a minute; return whose kept key does not fit.

    They need that of their person, and those of all others of whom their facts tell.

    Raises:
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    found = list(found)
    persons = {each.person for each in found if each.person is not None}
    unfit = await _bring(committer, connection, persons)
    others = {other for each in found if each.person not in unfit for other in told_of(committer.sealer, each)}
    return unfit | await _bring(committer, connection, others - persons)


async def tell_half_of(committer: Committer, connection: AsyncConnection, found: Sequence[Entry]) -> list[Told | None]:
    """Return each of `found` as `tell_or_skip` does, but what lies under the keys of others too: that stays shut.

    The keys of all whom they need are at hand for a minute then.

    Raises:
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    persons = {each.person for each in found if each.person is not None}
    unfit = await _bring(committer, connection, persons)
    halves = [_half(committer, each, unfit) for each in found]
    others = {other for each in halves if isinstance(each, Half) for other in each.under}
    unfit |= await _bring(committer, connection, others - persons)
    return [_tell_half(committer, *each, unfit) for each in zip(found, halves, strict=True)]


def _half(committer: Committer, entry: Entry, unfit: Collection[str]) -> Half | SealBrokenError:
    try:
        _require_sound(entry, unfit)
        return half_opened(committer.sealer, entry)
    except SealBrokenError as error:
        return error


def _tell_half(committer: Committer, entry: Entry, half: Half | SealBrokenError, unfit: frozenset[str]) -> Told | None:
    try:
        if isinstance(half, SealBrokenError):
            return _broken(entry, half)
        if not _says_who_decided(half) or not unfit.isdisjoint(half.under):
            return tell(committer, entry, unfit)
        try:
            gone = not would_open(committer.sealer, entry, half) if half.shut else None
            return told(entry, half.fields, facts_gone=gone)
        except SealBrokenError as error:
            return _broken(entry, error)
    except UNREADABLE as error:
        logger().error("log.event_broken", **where(error))
        return None


def _says_who_decided(half: Half) -> bool:
    """Say whether who decided for a holder stands beside the facts, or need not: in old events he is in them only."""
    detail = half.fields.get(Field.DETAIL, {}).get("value")
    return not half.under or (isinstance(detail, dict) and "deciders" in detail)


async def _bring(committer: Committer, connection: AsyncConnection, whose: Iterable[str]) -> frozenset[str]:
    persons = sorted(whose)
    if not persons:
        return frozenset()
    keys, unfit = await _fitting(committer, connection, persons)
    there = [(person, 0) for person in persons if person not in unfit]
    committer.sealer.know(there, {(each, KeyClass.AUDIT): keys[each] for each in keys})
    return unfit


async def _fitting(
    committer: Committer, connection: AsyncConnection, persons: Sequence[str]
) -> tuple[dict[str, DataKey], frozenset[str]]:
    """Return the keys of `persons`, in one read where all fit, and of whom the key does not."""
    try:
        return await read_audit_keys(connection, committer.facts.keys, persons), frozenset()
    except KeyBrokenError:
        if len(persons) == 1:
            return {}, frozenset(persons)
    half = len(persons) // 2
    first, unfit = await _fitting(committer, connection, persons[:half])
    second, too = await _fitting(committer, connection, persons[half:])
    return first | second, unfit | too


def is_as_kept(entry: Entry) -> bool:
    """Say whether the leaf of `entry` gives the hash that was kept, which is the tree's."""
    return leaf_hash(entry.leaf) == entry.leaf_hash == entry.kept_hash


def tell(committer: Committer, entry: Entry, unfit: Collection[str] = frozenset()) -> Told:
    """Return `entry` as its keys, which are at hand, open it: without fields where it is broken.

    It is where its leaf is not as it was kept, its seals were changed, or it needs the key of one of `unfit`.

    Raises:
        UNREADABLE: not even its leaf can be read.
    """
    try:
        _require_sound(entry, unfit)
        if unfit and any(each in unfit for each in told_of(committer.sealer, entry)):
            raise SealBrokenError("a key of an event does not fit")  # noqa: TRY301 - as any broken seal
        return told(entry, opened(committer.sealer, entry))
    except SealBrokenError as error:
        return _broken(entry, error)


def _require_sound(entry: Entry, unfit: Collection[str]) -> None:
    if entry.person in unfit:
        raise SealBrokenError("a key of an event does not fit")
    if not is_as_kept(entry):
        raise SealBrokenError("the leaf of an event does not give its hash")


def tell_or_skip(committer: Committer, entry: Entry, unfit: Collection[str] = frozenset()) -> Told | None:
    """Return `entry` as `tell` does; None, and say so, where not even its leaf can be read."""
    try:
        return tell(committer, entry, unfit)
    except UNREADABLE as error:
        logger().error("log.event_broken", **where(error))
        return None


def tell_or_fail(committer: Committer, entry: Entry, unfit: Collection[str]) -> Told:
    """Return `entry` as `tell` does, for who asked for this one event.

    Raises:
        EventLostError: its leaf is not as it was kept, or cannot be read.
    """
    found = tell_or_skip(committer, entry, unfit)
    if found is None or not is_as_kept(entry):
        raise EventLostError("the event was changed; verify the log")
    return found


def written_at(entry: Entry) -> str | None:
    """Return of when `entry` says that it is, as its leaf writes it; None where that is not to be believed."""
    try:
        _of_the_leaf(entry)
        return str(entry.leaf_json["at"]) if is_as_kept(entry) else None
    except UNREADABLE:
        return None


def _broken(entry: Entry, error: SealBrokenError) -> Told:
    logger().error("log.event_broken", **where(error))
    return _of_the_leaf(entry)


def _of_the_leaf(entry: Entry) -> Told:
    found = told(entry, {})
    leaf = entry.leaf_json
    is_text = all(isinstance(leaf[name], str) for name in ("id", "organisation")) and found.id == entry.event_id
    if (
        not is_text
        or not isinstance(leaf["rule_set"], str | None)
        or found.at.tzinfo is None
        or not _FIRST_YEAR <= found.at.year <= _LAST_YEAR
    ):
        raise ValueError("a leaf says what no leaf says")
    return found
