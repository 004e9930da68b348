"""How long something has waited, by a clock that nobody can set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass
class Wait:
    """What waits first, and since when. `monotonic` gives seconds that no change of the machine's clock moves."""

    monotonic: Callable[[], float]
    _waiting: object = field(default=None, kw_only=True)
    _since: float | None = field(default=None, kw_only=True)

    def saw(self, waiting: object, waited: timedelta) -> None:
        """Take note of what waits first and how long, by the machine's clock, it has; or of None: nothing waits.

        For the same thing the wait never becomes shorter: whoever sets the clock back gains no time.
        """
        now = self.monotonic()
        since = now - max(waited.total_seconds(), 0.0) if waiting is not None else now
        if waiting is not None and waiting == self._waiting and self._since is not None:
            since = min(since, self._since)
        self._waiting, self._since = waiting, since

    @property
    def was_seen(self) -> bool:
        """Say whether anybody looked yet."""
        return self._since is not None

    @property
    def age(self) -> timedelta:
        """Return how long something has waited, or how long nobody looked."""
        return timedelta(0) if self._since is None else timedelta(seconds=self.monotonic() - self._since)
