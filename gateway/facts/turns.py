"""One thing at a time for whoever asks, and for the organisation that he asks for.

Who asks the same many times at once makes a small difference in the work a large one in the time. A stranger has
another id with each token, so with many of these he could do that: all whom one provider names have one turn.
"""

import asyncio
from weakref import WeakValueDictionary

from audit.part import PEOPLE
from gateway.identity.caller import Caller
from gateway.registry.persons import is_stranger


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


def _himself(caller: Caller) -> str:
    if caller.form not in PEOPLE:
        return ""
    return str(caller.provider) if is_stranger(caller.id) else caller.id
