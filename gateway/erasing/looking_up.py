"""Which events the log has at one instant: whether it knows of an act, about a person or about none."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.finding.search import id_at
from audit.read import events_about, events_between
from gateway.log.telling import written_at
from gateway.logs import logger
from schemas.calendar import parse_moment

_MILLISECOND: Final = timedelta(milliseconds=1)


async def is_known_of(connection: AsyncConnection, person: str, at: str, kinds: Collection[str]) -> bool:
    """Say whether the log has an event of `kinds` about `person` of the instant `at`, as it was kept."""
    events = [(written_at(each), each) for each in await events_about(connection, person)]
    if any(written is None for written, _ in events):
        # The start goes on: closing needs none of them, and nobody is to wait for who changed one.
        logger().error("log.event_broken")
    return any(each.leaf_json["kind"] in kinds for written, each in events if written == at)


async def kept_at(connection: AsyncConnection, at: str) -> list[Entry]:
    """Return the events of the instant `at` (as a leaf writes it) that are as they were kept."""
    moment = parse_moment(at)
    # An id may have lost its last millisecond in rounding.
    since, before = id_at(moment - _MILLISECOND), id_at(moment + _MILLISECOND)
    return [each for each in await events_between(connection, since=since, before=before) if written_at(each) == at]
