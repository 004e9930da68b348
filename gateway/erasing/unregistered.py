"""What was ended of the registry stays ended, though a restored backup does not know of it.

A line says of each organisation, client, provider and record system by itself that it was ended, and so of a
professional or a replacement that an administrator ended. Where the log has that, it was not lost: if it counts, it was
let in again since.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry as LogEntry
from audit.events import EventOutcome, Field, Kind
from audit.told import Told
from consent.entries import Involvement
from consent.store.recording import register
from gateway.committing.commit import Committer
from gateway.erasing.looking_up import kept_at
from gateway.erasing.pseudonym import pseudonym_of_registration
from gateway.log.telling import tell_or_skip
from gateway.registry.barred import bar, barred
from gateway.registry.rows import Entry
from gateway.registry.snapshot import OF_THE_HOUSE, OPERATOR
from gateway.registry.telling import events_of
from gateway.registry.words import Operator, Words
from schemas.calendar import parse_moment

Registration = tuple[str, str, str]
"""The kind and the key of what is registered, and its organisation."""
End = Callable[[], Awaitable[int]]

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
    # What is the gateway's own has no counterparty.
    whose = event.counterparties or {OPERATOR}
    return [(told["kind"], told["key"], each) for each in whose for told in detail.get("ended", ())]


async def end_again(connection: AsyncConnection, committer: Committer, pseudonym: str, at: str, now: str) -> int:
    """End what has `pseudonym` at `now`, unless the log has its end at `at`; return how much that was."""
    keys, ended = committer.facts.keys, 0
    for names, end in [each async for each in _standing(connection, committer, now)]:
        is_meant = pseudonym in [await pseudonym_of_registration(keys, *each) for each in names]
        if is_meant and await _is_lost(connection, committer, names[0], at):
            ended += await end()
    return ended


async def _standing(
    connection: AsyncConnection, committer: Committer, now: str
) -> AsyncIterator[tuple[list[Registration], End]]:
    """Yield what stands and can be ended, by its names, each with what ends it and returns how much that was."""
    words = Words(connection, committer.facts, committer.log)
    for each in await words.open_ones():
        names = [(str(each.kind), each.key, each.organisation)]
        if each.organisation in OF_THE_HOUSE:
            # They end one by one only, but a line of an event that nobody could read names all that is theirs.
            names.append(("organisation", each.organisation, each.organisation))
        yield names, partial(_unregister, words, each)
    registry = await committer.facts.registry(connection)
    homes = {each.id: each.organisation for each in registry.professionals}
    ended = await barred(connection)
    for name, home in homes.items():
        if name not in ended:
            yield [("barred", name, home)], partial(_bar, connection, committer, name, home, now)
    for one in registry.replacements:
        if one.until is None or one.until > parse_moment(now):
            # Of either organisation an administrator ends it.
            for home in {homes.get(name or "", "") for name in (one.professional, one.replaces)}:
                yield [("replacement", one.id, home)], partial(_end_replacement, connection, committer, one, home, now)


async def _unregister(words: Words, entry: Entry) -> int:
    return len(await words.end_all(entry, _BY, because="tombstone"))


async def _bar(connection: AsyncConnection, committer: Committer, name: str, home: str, now: str) -> int:
    await bar(connection, name, home, by=_BY.name, at=now)
    await _log(connection, committer, Entry(kind="barred", key=name, organisation=home, body=None))
    return 1


async def _end_replacement(
    connection: AsyncConnection, committer: Committer, one: Involvement, home: str, now: str
) -> int:
    until = max(now, str(one.source["since"]), key=parse_moment)
    await register(connection, committer.facts, [("involvements", {"id": one.id, "until": until})])
    await _log(connection, committer, Entry(kind="replacement", key=one.id, organisation=home, body=None))
    return 1


async def _log(connection: AsyncConnection, committer: Committer, ended: Entry) -> None:
    for event in events_of("ended", [ended], actor=_BY.as_json(), because="tombstone"):
        await committer.log.append(connection, event)


async def _is_lost(connection: AsyncConnection, committer: Committer, named: Registration, at: str) -> bool:
    return not any(_ends(committer, each, named) for each in await kept_at(connection, at))


def _ends(committer: Committer, kept: LogEntry, named: Registration) -> bool:
    leaf = kept.leaf_json
    if leaf["kind"] != Kind.CONFIG_CHANGED or leaf["organisation"] not in {OPERATOR, named[2]}:
        return False
    told = tell_or_skip(committer, kept)
    return told is not None and Field.DETAIL in told.fields and named in unregistered_by(told)
