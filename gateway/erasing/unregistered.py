"""What was ended of the registry stays ended, though a restored backup does not know of it.

A line says of each organisation, client, provider and record system by itself that it was ended. Where the log has
that, it was not lost: if it counts, two operators let it in again since.
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry as LogEntry
from audit.events import EventOutcome, Field, Kind
from audit.told import Told
from gateway.committing.commit import Committer
from gateway.erasing.looking_up import kept_at
from gateway.erasing.pseudonym import pseudonym_of_registration
from gateway.log.telling import tell_or_skip
from gateway.registry.rows import Entry
from gateway.registry.snapshot import OPERATOR
from gateway.registry.words import Operator, Words

Registration = tuple[str, str, str]
"""The kind and the key of what is registered, and its organisation."""

_BY: Final = Operator(OPERATOR, "tombstone")


def unregistered_by(event: Told) -> list[Registration]:
    """Return what `event` says that an operator, or an organisation's own administrator, ended.

    What an operator ended is all that is the organisation's where it cannot be read.
    """
    if (event.kind, event.outcome) != (Kind.CONFIG_CHANGED, EventOutcome.OK):
        return []
    detail = event.fields.get(Field.DETAIL)
    if event.organisation != OPERATOR:
        return [(told["kind"], told["key"], event.organisation) for told in (detail or {}).get("ended", ())]
    if detail is None:
        return [("organisation", each, each) for each in event.counterparties]
    if event.fields.get(Field.ACTOR) == _BY.as_json():
        return []
    return [(told["kind"], told["key"], each) for each in event.counterparties for told in detail.get("ended", ())]


async def end_again(connection: AsyncConnection, committer: Committer, pseudonym: str, at: str) -> int:
    """End what has `pseudonym`, unless the log has its end at `at`; return how much that was."""
    words = Words(connection, committer.facts, committer.log)
    found = [each for each in await words.open_ones() if await _is(committer, each, pseudonym)]
    lost = [each for each in found if await _is_lost(connection, committer, each, at)]
    ended = [each for one in lost for each in await words.end_all(one, _BY, because="tombstone")]
    return len(ended)


async def _is(committer: Committer, entry: Entry, pseudonym: str) -> bool:
    return await pseudonym_of_registration(committer.facts.keys, *_named(entry)) == pseudonym


async def _is_lost(connection: AsyncConnection, committer: Committer, entry: Entry, at: str) -> bool:
    return not any(_ends(committer, each, _named(entry)) for each in await kept_at(connection, at))


def _ends(committer: Committer, kept: LogEntry, named: Registration) -> bool:
    leaf = kept.leaf_json
    if leaf["kind"] != Kind.CONFIG_CHANGED or leaf["organisation"] not in {OPERATOR, named[2]}:
        return False
    told = tell_or_skip(committer, kept)
    return told is not None and Field.DETAIL in told.fields and named in unregistered_by(told)


def _named(entry: Entry) -> Registration:
    return entry.kind, entry.key, entry.organisation
