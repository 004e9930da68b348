"""What the id of an event tells by itself: it begins with the event's instant (RFC 9562, UUID version 7)."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_DIGITS: Final = 12


def instant_of(event_id: str) -> datetime:
    """Return the instant of the event, to the millisecond; `event_id` as any database writes it, dashes or none."""
    return _EPOCH + timedelta(milliseconds=int(event_id.replace("-", "")[:_TIME_DIGITS], 16))
