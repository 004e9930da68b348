"""How far the log's tree is behind its events: within 5 seconds by promise; after 5 minutes nothing is disclosed.

Source: audit log contract, promise 3; `reference/security.md` 3.4.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from audit.sequence import Waiting
from gateway.health.wait import Wait
from gateway.logs import logger

ALARM_FROM: Final = timedelta(seconds=5)
STOP_FROM: Final = timedelta(minutes=5)
_TOLD_AGAIN: Final = timedelta(minutes=1)


@dataclass
class Lag(Wait):
    """What this process knows of it, from its own looks: whichever process places, each judges for itself."""

    monotonic: Callable[[], float] = time.monotonic
    _told: timedelta | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Begin to count at the start: a process that never gets to look is behind too."""
        self.saw(None, timedelta(0))

    def looked(self, oldest: Waiting | None) -> None:
        """Take note of the event that waits first, or that none does, and tell the running log.

        No instant that stands in an event is believed: it is of the clock of another machine, or of before ours was
        set. What counts is for how long there has been an event that was there already.
        """
        were_there = self._waiting
        if oldest is None:
            self.saw(None, timedelta(0))
        elif isinstance(were_there, int) and oldest.id <= were_there:
            self.saw(were_there, timedelta(0))
        else:
            self.saw(oldest.newest, timedelta(0))
        self.tell()

    def tell(self) -> None:
        """Raise the alarm where the tree is late, again after each minute, and end it where it no longer is."""
        age = self.age
        if age < ALARM_FROM:
            if self._told is not None:
                logger().info("audit.in_time")
            self._told = None
        elif self._told is None or age >= self._told + _TOLD_AGAIN:
            self._told = age
            logger().warning("audit.late", seconds=int(age.total_seconds()), why=self._why(age))

    def obstacle(self) -> str | None:
        """Return why nothing may be disclosed now, or None where something may."""
        age = self.age
        return self._why(age) if age >= STOP_FROM else None

    def warnings(self) -> list[str]:
        """Return what an operator should know."""
        age = self.age
        if age < ALARM_FROM:
            return []
        stops = "nothing is disclosed: " if age >= STOP_FROM else ""
        return [stops + self._why(age)]

    def _why(self, age: timedelta) -> str:
        seconds = int(age.total_seconds())
        if self._waiting is None:
            return f"for {seconds} seconds nobody could look whether events wait for their place in the log's tree"
        return (
            f"events have waited for {seconds} seconds for their place in the log's tree; look for a transaction that"
            " was left open in the database, and for a sequencer that fails"
        )
