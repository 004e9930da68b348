"""What was closed of a holder stays closed: a restored backup does not know of it, the tombstone journal does.

His own people close it, or an operator. Where the log has it, it was not lost: if it does not stand, they opened it
again since, and it stays open. Of an
opening that was lost with the closing before it the journal knows nothing: two of them open once more.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.told import Told
from consent.stops import SECTION
from consent.store.recording import register
from gateway.committing.commit import Committer
from gateway.emergency.crisis_set import CLOSED, close_again
from gateway.emergency.crisis_set import NAME as CRISIS_SET
from gateway.erasing.looking_up import kept_at
from gateway.erasing.tombstone import TombstoneKind
from gateway.holders.lifting import propose
from gateway.log.telling import tell_or_skip
from gateway.registry.snapshot import OPERATOR

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch of a holder: under which `name` an event tells of it, whether that says off, and what turns it off.

    `off` returns what the event of that tells under the name; None where it was off.
    """

    name: str
    is_off: Callable[[Json], bool]
    off: Callable[[AsyncConnection, Committer, str], Awaitable[Json | None]]


def switches_of(event: Told) -> list[tuple[TombstoneKind, str]]:
    """Return which switches of which holder `event` turned off, or may have: it cannot be read any more.

    One that was said again while it stood too: who said it first may have died before its line was there. What an
    operator did and cannot be read ends all that is the holder's (`gateway.erasing.unregistered`), and so needs none.
    """
    if event.kind is not Kind.CONFIG_CHANGED or event.outcome is not EventOutcome.OK:
        return []
    detail = event.fields.get(Field.DETAIL)
    if detail is None and event.organisation == OPERATOR:
        return []
    return [
        (kind, holder)
        for kind, switch in SWITCHES.items()
        if detail is None or _is_off(switch, detail)
        for holder in _holders(event)
    ]


def _holders(event: Told) -> tuple[str, ...]:
    """Return whose switch an event is about: his own people are of him, and he is the counterparty of an operator."""
    return event.counterparties if event.organisation == OPERATOR else (event.organisation,)


def _is_off(switch: Switch, detail: Json) -> bool:
    return switch.name in detail and switch.is_off(detail[switch.name])


async def switch_off(connection: AsyncConnection, committer: Committer, kind: TombstoneKind, holder: str) -> bool:
    """Turn a switch of `holder` off, unless it is; return whether that was needed. What was proposed counts no more."""
    switch = SWITCHES[kind]
    told = await switch.off(connection, committer, holder)
    if told is None:
        return False
    event = Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        fields={
            Field.ACTOR: {"operator": OPERATOR, "because": "tombstone"},
            Field.DETAIL: {switch.name: dict(told)},
        },
    )
    await committer.log.append(connection, event)
    return True


async def is_lost(connection: AsyncConnection, committer: Committer, kind: TombstoneKind, holder: str, at: str) -> bool:
    """Say whether the log lacks that a switch of `holder` was turned off at `at` (as a leaf writes it).

    What it has is not as it was kept, or cannot be read, says nothing.
    """
    return not any(_is_read_as_off(committer, each, SWITCHES[kind], holder) for each in await kept_at(connection, at))


def _is_read_as_off(committer: Committer, entry: Entry, switch: Switch, holder: str) -> bool:
    leaf = entry.leaf_json
    if (leaf["kind"], leaf["outcome"]) != (Kind.CONFIG_CHANGED, EventOutcome.OK):
        return False
    if leaf["organisation"] not in {holder, OPERATOR}:
        return False
    told = tell_or_skip(committer, entry)
    return told is not None and holder in _holders(told) and _is_off(switch, told.fields.get(Field.DETAIL, {}))


def _is_stopped(told: Json) -> bool:
    return told.get("stopped") is True and told.get("lift_proposed_by") is None


async def _stop(connection: AsyncConnection, committer: Committer, holder: str) -> Json | None:
    await propose(connection, holder, None)
    if holder in (await committer.facts.registry(connection)).stopped:
        return None
    await register(connection, committer.facts, [(SECTION, {"id": holder, "stopped": True})])
    return {"holder": holder, "stopped": True, "lift_proposed_by": None}


def _is_closed(told: Json) -> bool:
    return told.get("act") == CLOSED


async def _close(connection: AsyncConnection, committer: Committer, holder: str) -> Json | None:
    return await close_again(connection, committer, holder)


SWITCHES: Final = {
    TombstoneKind.STOP: Switch("stop", _is_stopped, _stop),
    TombstoneKind.CRISIS_SET: Switch(CRISIS_SET, _is_closed, _close),
}
