"""Switching a rule off, which takes two officers, and on again, which takes one: a guard may always come back.

Source: `reference/ux.md` 4.1 P8.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.officer import signed_act
from audit.read import SealBrokenError, events_named, opened
from audit.sealing import Opens
from audit.signals.rows import ROWS
from audit.signing import SigningKey
from audit.store import AuditLog
from audit.told import told
from gateway.log.telling import UNREADABLE
from gateway.registry.said import NEEDED
from gateway.registry.snapshot import OPERATOR
from gateway.signals.tables import signal_word
from schemas.calendar import utc_milliseconds

_ALONE: Final = text("LOCK TABLE signal_word IN SHARE ROW EXCLUSIVE MODE")


class SwitchError(Exception):
    """This cannot be switched, not so or not by him; the message says what to do. Nothing was recorded."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one officer said of a rule: that it goes off, or on."""

    rule: str
    officer: str
    off: bool


def standing(words: Iterable[Word], rule: str) -> tuple[str, ...]:
    """Return which officers said, since `rule` was last on, that it goes off: oldest first, each once."""
    said: tuple[str, ...] = ()
    for word in words:
        if word.rule == rule:
            said = tuple(dict.fromkeys((*said, word.officer))) if word.off else ()
    return said


def switched_off(words: Iterable[Word]) -> frozenset[str]:
    """Return the numbers of the rules that are off: enough different officers said so."""
    known = list(words)
    return frozenset(rule.number for rule in ROWS if len(standing(known, rule.number)) >= NEEDED)


async def words(connection: AsyncConnection, sealer: Opens) -> list[Word]:
    """Return everything that officers said of rules, oldest first.

    A row counts once, and only where its event says the same: whoever can write this table alone switches nothing.
    """
    columns = signal_word.c
    rows = (await connection.execute(select(signal_word).order_by(columns.seq))).all()
    events = {each.event_id: each for each in await events_named(connection, sorted({row.event_id for row in rows}))}
    said = {row.event_id: Word(row.rule, row.officer, row.off) for row in reversed(rows)}  # the oldest row of each
    return [
        said[event_id]
        for event_id in dict.fromkeys(row.event_id for row in rows)
        if event_id in events and _word(events[event_id], sealer) == said[event_id]
    ]


def _word(entry: Entry, sealer: Opens) -> Word | None:
    """Return what an officer said in the event `entry`; None where it is none of these, or was changed."""
    try:
        fields = told(entry, opened(sealer, entry)).fields
        detail, actor = fields[Field.DETAIL], fields[Field.ACTOR]
        is_switch = entry.leaf_json["kind"] == Kind.CONFIG_CHANGED and detail["signals"] == "switch"
        return Word(detail["rule"], actor["officer"], detail["off"]) if is_switch else None
    except (SealBrokenError, *UNREADABLE):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What an officer says: that `rule` goes `off` or on, and why; `account` is under whose account it was typed."""

    rule: str
    off: bool
    because: str
    account: str


async def switch(connection: AsyncConnection, log: AuditLog, said: Switch, officer: SigningKey) -> frozenset[str]:
    """Record what `officer` says, and its event; return which rules are off from then on.

    Call it in a write transaction: row and event are there together or not at all.

    Raises:
        SwitchError: no such rule, it stands so already, or the second word is the first officer's own.
        AuditUnavailableError: the log did not take the event; nothing is recorded.
    """
    if said.rule not in {rule.number for rule in ROWS}:
        raise SwitchError(f"there is no rule `{said.rule}`; the rules are {', '.join(rule.number for rule in ROWS)}")
    if connection.dialect.name == "postgresql":
        await connection.execute(_ALONE)  # two at once would each be the first
    before = await words(connection, log.sealer)
    _require_change(said, officer.name, standing(before, said.rule))
    after = [*before, Word(said.rule, officer.name, said.off)]
    event = _event(said, officer, standing(after, said.rule), at=utc_milliseconds(log.now()))
    pending = await log.append(connection, event)
    row = {"rule": said.rule, "officer": officer.name, "off": said.off, "event_id": pending.prepared.event_id}
    await connection.execute(insert(signal_word).values(**row))
    return switched_off(after)


def _require_change(said: Switch, officer: str, earlier: tuple[str, ...]) -> None:
    if not said.off and not earlier:
        raise SwitchError(f"rule `{said.rule}` is on already")
    if said.off and len(earlier) >= NEEDED:
        raise SwitchError(f"rule `{said.rule}` is off already")
    if said.off and officer in earlier:
        raise SwitchError(f"`{officer}` said so already; the second must be another person")


def _event(said: Switch, officer: SigningKey, standing_now: tuple[str, ...], *, at: str) -> Event:
    # `review` says that a second person must still agree.
    waits = said.off and len(standing_now) < NEEDED
    detail = {"signals": "switch", "rule": said.rule, "off": said.off, "officers": list(standing_now)}
    who = {"operator": OPERATOR, "account": said.account}
    return Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=EventOutcome.REVIEW if waits else EventOutcome.OK,
        organisation=OPERATOR,
        fields={
            Field.ACTOR: who | signed_act(officer, kind=Kind.CONFIG_CHANGED, at=at, detail=detail),
            Field.JUSTIFICATION: said.because,
            Field.DETAIL: detail,
        },
    )
