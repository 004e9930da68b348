"""A bounded memory of what was read a moment ago."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

LONGEST: Final = timedelta(seconds=60)
MOST: Final = 1000


class Remembered(Generic[Key, Value]):
    """The `most` values used last, none of them longer than `longest`.

    Open keys and decrypted facts lie in here, so both bounds are promises (`reference/security.md` 2.1).
    """

    def __init__(
        self, *, most: int = MOST, longest: timedelta = LONGEST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the bounds and a clock in seconds that never goes back."""
        self._most = most
        self._longest = longest.total_seconds()
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return what is remembered under `key`, or None."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if self._clock() >= kept[0]:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def keep(self, key: Key, value: Value) -> None:
        """Remember `value`, and forget what is too much."""
        self._kept[key] = (self._clock() + self._longest, value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget_old(self) -> bool:
        """Forget what is too old, also where nobody asks for it any more; say whether something is left."""
        now = self._clock()
        for old in [key for key, (until, _) in self._kept.items() if until <= now]:
            del self._kept[old]
        return bool(self._kept)
