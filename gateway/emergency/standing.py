"""Which holders an asker may not pull from in an emergency, because of how his earlier ones went. Pure.

Every request is a use of its own, with its own conditions and text (LB-24), so there is nothing that one could read on.
What stands in the way of the next one is here. Source: `law.md` E.2 (a session of 4 hours, at most 24 hours).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

LASTS: Final = timedelta(hours=4)
"""How long what is released may be used (LB-24)."""

PAUSE: Final = LASTS
"""So long after the end of one use another still belongs to the same run."""

LONGEST_RUN: Final = timedelta(hours=24)
"""From its first use on, no use of a run lasts beyond this."""

LOOKED_BACK: Final = LONGEST_RUN + LASTS + PAUSE
"""How old a use may be and still stand in the way of one now."""


class Side(StrEnum):
    """From which side an emergency was closed."""

    ASKER = "asker"
    HOLDER = "holder"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Use:
    """What one request got of one holder in an emergency; `closed_by` says who closed it by hand, in that order."""

    id: str
    holder: str
    opened_at: datetime
    expires_at: datetime
    closed_by: tuple[Side, ...] = ()


CLOSED_BY_HOLDER: Final = "the holder closed an emergency that would still last"
CLOSED_BY_GATEWAY: Final = "the gateway's officer closed an emergency that would still last"
TOO_LONG: Final = "emergencies about this person would go on for more than 24 hours"


def barred(uses: Sequence[Use], holders: Iterable[str], *, at: datetime) -> dict[str, str]:
    """Return those of `holders` who are not asked in an emergency at `at`, each with why.

    `uses` are those of one organisation about one person, in any order. A holder who closed one was within reach, so
    *holder unreachable* cannot be said of him until that one would have ended; the gateway's officer closes for all.
    What the asker's own side closed stands in nobody's way: who stops early must not fear to. Nor does it keep the
    others from closing it too.
    """
    lasting = [each for each in uses if at < each.expires_at]
    if any(Side.GATEWAY in each.closed_by for each in lasting):
        return dict.fromkeys(holders, CLOSED_BY_GATEWAY)
    if _goes_on_too_long(uses, at):
        return dict.fromkeys(holders, TOO_LONG)
    closed = {each.holder for each in lasting if Side.HOLDER in each.closed_by}
    return {holder: CLOSED_BY_HOLDER for holder in holders if holder in closed}


def _goes_on_too_long(uses: Sequence[Use], at: datetime) -> bool:
    first = at = at.astimezone(UTC)  # hours are elapsed time, whatever the clocks do
    for opened in sorted({each.opened_at for each in uses}, reverse=True):
        if first - opened >= LASTS + PAUSE:
            break
        first = opened
    return at + LASTS > first + LONGEST_RUN
