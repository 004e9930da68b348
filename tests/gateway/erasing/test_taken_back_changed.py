"""Somebody changed an event about a person: tombstones are replayed all the same, and it keeps nothing open."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.read import events_about
from consent.naming import PERSON_SYSTEM
from consent.store.reading import read_family
from gateway.commands.log import log_of
from gateway.erasing.opening import journal_of
from gateway.erasing.pseudonym import pseudonym_of
from gateway.erasing.tombstone import TombstoneKind
from tests.gateway.erasing import make
from tests.gateway.tampering.hand import blob, tamper

AT: Final = "2026-11-20T09:00:00.000Z"
"""Of the withdrawal of which only the journal knows."""

Change = Callable[[dict[str, Any]], object]
CHANGES: Final[dict[str, Change]] = {
    "into a list": lambda _: [],
    "so that it has no kind": lambda leaf: {name: leaf[name] for name in leaf.keys() - {"kind"}},
    "so that it has no instant": lambda leaf: {name: leaf[name] for name in leaf.keys() - {"at"}},
    "so that its kind is a list": lambda leaf: leaf | {"kind": []},
    "into the withdrawal": lambda leaf: leaf | {"kind": "consent.withdrawn", "at": AT},
}


async def event_about_sem(house: make.House) -> Entry:
    """Have an event about Sem in the log, and return it."""
    told = {Field.SUBJECT: "sem"}
    event = Event(kind=Kind.LOG_READ, outcome=EventOutcome.OK, organisation="operator", person="sem", fields=told)
    async with log_of(house.inner.settings) as committer:
        await committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
        await committer.keep(event)
        async with committer.engine.connect() as connection:
            return (await events_about(connection, "sem"))[-1]


async def is_open(house: make.House) -> bool:
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        known = (await read_family(connection, committer.facts.keys, "sem")).known
    return "withdrawn_on" not in known["consents", "c1"].source


async def only_in_the_journal(house: make.House) -> None:
    """Add the line of a withdrawal that the database, which is an old one, does not have."""
    async with log_of(house.inner.settings) as committer:
        pseudonym = await pseudonym_of(committer.facts.keys, "sem")
        journal = journal_of(house.inner.settings, committer)
        journal.append(at=AT, kind=TombstoneKind.WITHDRAW, pseudonym=pseudonym, epoch=0)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_event_stops_no_replay_and_keeps_nothing_open(
    house: make.House, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await house.begin()
    event = await event_about_sem(house)
    changed = blob(house.url, json.dumps(CHANGES[change](event.leaf_json)).encode())
    rewritten = f"UPDATE audit_event SET leaf = {changed} WHERE id = {event.number}"  # noqa: S608 - our own values
    await tamper(house.url, [rewritten])
    await only_in_the_journal(house)
    assert await is_open(house)
    assert await house.replay() == (0, "the journal is whole: 2 lines, 1 of them carried out now")
    assert not await is_open(house)
    assert '"event": "log.event_broken"' in capsys.readouterr().err
