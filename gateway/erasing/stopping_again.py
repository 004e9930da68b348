"""A holder who stopped stays stopped: a restored backup does not know of it, and the tombstone journal does.

Of a lift the journal knows nothing: who lifted his stop since the backup does so again, by two of his officers.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.told import Told
from consent.stops import SECTION
from consent.store.recording import register
from gateway.committing.commit import Committer
from gateway.holders.lifting import propose
from gateway.registry.snapshot import OPERATOR


def is_stop(event: Told) -> bool:
    """Say whether `event` is the stop of its organisation, or may have been: it cannot be read any more."""
    if event.kind is not Kind.CONFIG_CHANGED or event.outcome is not EventOutcome.OK:
        return False
    detail = event.fields.get(Field.DETAIL)
    stop = {"stopped": True} if detail is None else detail.get("stop", {})
    return stop.get("stopped") is True and stop.get("lift_proposed_by") is None


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
