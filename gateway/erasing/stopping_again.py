"""A holder who stopped stays stopped: a restored backup does not know of it, and the tombstone journal does.

Where the log has the stop, it was not lost: if it does not stand, his officers lifted it since, and it stays lifted. Of
a lift that was lost with its stop the journal knows nothing: two of his officers lift it once more.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.finding.search import id_at
from audit.read import events_between
from audit.told import Told
from consent.stops import SECTION
from consent.store.recording import register
from gateway.committing.commit import Committer
from gateway.holders.lifting import propose
from gateway.log.telling import tell_or_skip, written_at
from gateway.registry.snapshot import OPERATOR
from schemas.calendar import parse_moment

_MILLISECOND: Final = timedelta(milliseconds=1)


def is_stop(event: Told) -> bool:
    """Say whether `event` is the stop of its organisation, or may have been: it cannot be read any more.

    One that was said again while it stood is none: the first is.
    """
    if event.kind is not Kind.CONFIG_CHANGED or event.outcome is not EventOutcome.OK:
        return False
    detail = event.fields.get(Field.DETAIL)
    return detail is None or (_stopped(detail) and "again" not in detail["stop"])


def _stopped(detail: Mapping[str, Any]) -> bool:
    stop = detail.get("stop", {})
    return stop.get("stopped") is True and stop.get("lift_proposed_by") is None


async def is_lost(connection: AsyncConnection, committer: Committer, holder: str, at: str) -> bool:
    """Say whether the log lacks the stop of `holder` at `at` (as a leaf writes it), as it was kept and can be read."""
    moment = parse_moment(at)
    # An id may have lost its last millisecond in rounding.
    since, before = id_at(moment - _MILLISECOND), id_at(moment + _MILLISECOND)
    found = [each for each in await events_between(connection, since=since, before=before) if written_at(each) == at]
    return not any(_is_his_stop(committer, each, holder) for each in found)


def _is_his_stop(committer: Committer, entry: Entry, holder: str) -> bool:
    leaf = entry.leaf_json
    if (leaf["kind"], leaf["outcome"], leaf["organisation"]) != (Kind.CONFIG_CHANGED, EventOutcome.OK, holder):
        return False
    told = tell_or_skip(committer, entry)
    return told is not None and _stopped(told.fields.get(Field.DETAIL, {}))


async def stop_again(connection: AsyncConnection, committer: Committer, holder: str) -> bool:
    """Stop `holder`, unless he is; return whether that was needed. A lift that was proposed counts no more."""
    await propose(connection, holder, None)
    if holder in (await committer.facts.registry(connection)).stopped:
        return False
    await register(connection, committer.facts, [(SECTION, {"id": holder, "stopped": True})])
    event = Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        fields={
            Field.ACTOR: {"operator": OPERATOR, "because": "tombstone"},
            Field.DETAIL: {"stop": {"holder": holder, "stopped": True, "lift_proposed_by": None}},
        },
    )
    await committer.log.append(connection, event)
    return True
