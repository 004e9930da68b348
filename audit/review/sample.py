"""Drawing the sample of a week: a lot that nobody can steer, and that anybody with the log can draw again.

The seed is the log's own signed head of the week (C2SP signed note, first signature): it commits to every event of the
week, and nobody without the log's key can know it beforehand. Whoever holds that key could try several ends of a week;
that is why the witnesses cosign heads all week long.
"""

import heapq
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Final

from schemas.calendar import days_after, local_day, midnight

_DOMAIN: Final = b"schakel-review-sample-v1"


def week_of(instant: datetime) -> str:
    """Return the week of `instant` (ISO 8601, in Amsterdam): `2026-W48`."""
    year, week, _ = local_day(instant).isocalendar()
    return f"{year}-W{week:02}"


def monday_of(instant: datetime) -> datetime:
    """Return when the week of `instant` began, in Amsterdam."""
    day = local_day(instant)
    return midnight(days_after(day, -day.weekday()))


def lot(note: str, holder: str, event_id: str) -> bytes:
    """Return the lot of an event for a holder: SHA-256 over the signed head, the holder and the event's id."""
    return sha256(b"\0".join((_DOMAIN, note.encode(), holder.encode(), event_id.encode()))).digest()


def drawn(note: str, holder: str, event_ids: Iterable[str]) -> list[str]:
    """Return the events in the order in which they are drawn for `holder`, the lowest lot first.

    `note` is the head with the log's own signature and no other: a cosignature that comes later changes nothing.
    """
    lots = [(lot(note, holder, each), each) for each in event_ids]
    heapq.heapify(lots)
    return [heapq.heappop(lots)[1] for _ in range(len(lots))]
