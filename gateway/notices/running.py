"""The two workers of notices: one looks who is to be told, the other announces it. Any number of processes run them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from gateway.notices.looking import Looking
from gateway.notices.sending import Sending
from gateway.rounds import Act, InRounds


@dataclass
class NoticeWorkers(InRounds):
    """Runs both beside the requests, until it is closed."""

    waits = "notices.waiting"
    looking: Looking
    sending: Sending
    every: timedelta = field(default=timedelta(seconds=2), kw_only=True)

    def acts(self) -> Sequence[Act]:
        """Return both, which stop in the middle of much."""
        return [partial(self.looking.look, self._stop), partial(self.sending.send, self._stop)]
