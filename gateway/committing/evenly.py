"""Taking as long for nobody as for somebody, and one look at a time for whoever asks, and for his organisation.

Who asks the same many times at once makes a small difference in the work a large one in the time. A stranger has
another id with each token, so with many of these he could do that: all whom one provider names have one turn.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from audit.part import PEOPLE
from gateway.identity.caller import Caller
from gateway.registry.persons import is_stranger

EVEN: Final = 0.05
"""A look that tells nothing takes this long, in seconds, or a multiple of it: to find somebody and to open what is
known of him takes time, which tells who may ask by a number whether he is known here, and how much there is to open.
One has one turn at a time: of twenty looks at once the work of all would be in the time of each."""


@dataclass
class Look:
    """One look at somebody. Set `tells` where the answer itself tells that he is known: then nobody need wait."""

    tells: bool = False


class Turns:
    """Who has his turn now. One for each process."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def of(self, caller: Caller) -> asyncio.Lock:
        """Return what lets one of those at a time through who ask as `caller` does."""
        who = (caller.organisation, _himself(caller))
        lock = self._locks.get(who)
        if lock is None:
            lock = self._locks[who] = asyncio.Lock()
        return lock


@dataclass(frozen=True)
class Evenly:
    """Gives turns to look. `passed` gives seconds that never go back, and `pause` waits for some."""

    turns: Turns = field(default_factory=Turns)
    passed: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @asynccontextmanager
    async def look(self, caller: Caller) -> AsyncIterator[Look]:
        """Give `caller` his turn; however his look ends, it takes a multiple of `EVEN` unless it `tells` something."""
        async with self.turns.of(caller):
            began, look = self.passed(), Look()
            try:
                yield look
            finally:
                if not look.tells:
                    await self.pause(EVEN - (self.passed() - began) % EVEN)


def _himself(caller: Caller) -> str:
    if caller.form not in PEOPLE:
        return ""
    return str(caller.provider) if is_stranger(caller.id) else caller.id
