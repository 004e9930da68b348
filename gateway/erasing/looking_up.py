"""Which events the log has at one instant: whether it knows of an act that is about no person."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.finding.search import id_at
from audit.read import events_between
from gateway.log.telling import written_at
from schemas.calendar import parse_moment

_MILLISECOND: Final = timedelta(milliseconds=1)


async def kept_at(connection: AsyncConnection, at: str) -> list[Entry]:
    """Return the events of the instant `at` (as a leaf writes it) that are as they were kept."""
    moment = parse_moment(at)
    # An id may have lost its last millisecond in rounding.
    since, before = id_at(moment - _MILLISECOND), id_at(moment + _MILLISECOND)
    return [each for each in await events_between(connection, since=since, before=before) if written_at(each) == at]
