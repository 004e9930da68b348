"""Where a worker goes on looking, so that what was worked off long ago costs nothing. Pure."""

from dataclasses import dataclass
from typing import Final

MARGIN: Final = 1_000
"""So many numbers below the newest are looked at each time: numbers are given before the commit, and need not be
committed in their order."""
WHOLE_EVERY: Final = 1_000
"""Each so many rounds everything is looked at, for what a very slow transaction committed below the margin."""


@dataclass
class Horizon:
    """The number above which is looked. It begins at 0: after a start everything is looked at."""

    after: int = 0
    _rounds: int = 0

    def seen(self, newest: int, oldest_waiting: int | None) -> None:
        """Take the newest number there was *before* the look, and the oldest that waits still, None of none."""
        self._rounds = (self._rounds + 1) % WHOLE_EVERY
        settled = newest if oldest_waiting is None else oldest_waiting - 1
        self.after = 0 if self._rounds == 0 else max(0, min(settled, newest - MARGIN))
