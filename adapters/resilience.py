"""One small wrapper round any source: a deadline, a limit to questions at one time, and a circuit breaker."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from adapters.contract import (
    Mapped,
    RecordSource,
    SourceError,
    SourceMalformedError,
    SourceRecord,
    SourceRestingError,
    SourceSilentError,
)
from schemas.permits import Permit


class Breaker:
    """Opens after `threshold` silences in a row; after `rest` it lets one question through to see.

    Its state lives in this process only. `now` gives seconds that never go back.
    """

    def __init__(
        self, *, threshold: int = 5, rest: timedelta = timedelta(seconds=30), now: Callable[[], float] = time.monotonic
    ) -> None:
        self._threshold = threshold
        self._rest = rest.total_seconds()
        self._now = now
        self._silences = 0
        self._closed_again_at = 0.0

    def lets_through(self) -> bool:
        """Return whether a question may be put now; while it is open, the one who is let through is the probe."""
        if self._silences < self._threshold:
            return True
        if self._now() < self._closed_again_at:
            return False
        # Whoever comes next waits for what this probe finds.
        self._closed_again_at = self._now() + self._rest
        return True

    def answered(self) -> None:
        """Note that the source answered, well or badly."""
        self._silences = 0

    def silent(self) -> None:
        """Note that it did not."""
        self._silences += 1
        self._closed_again_at = self._now() + self._rest


class _Guarded:
    def __init__(self, source: RecordSource, *, deadline: timedelta, limit: int, breaker: Breaker) -> None:
        self._source = source
        self.organisation: Final = source.organisation
        self.system: Final = source.system
        self.identifier_system: Final = source.identifier_system
        self._seconds = deadline.total_seconds()
        self._limit = limit
        self._places = asyncio.Semaphore(limit)
        self._closed = False
        self._breaker = breaker

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        if self._closed:
            raise SourceSilentError("not asked: it is asked no more")
        if not self._breaker.lets_through():
            raise SourceRestingError("not asked: it was silent several times; it is tried again later")
        try:
            # Waiting for a place counts: the requester waits for it too.
            async with asyncio.timeout(self._seconds), self._places:
                records = await self._source.fetch(permit)
        except TimeoutError:
            self._breaker.silent()
            raise SourceSilentError(f"no answer within {self._seconds:g} s") from None
        except SourceSilentError:
            self._breaker.silent()
            raise
        except SourceError:
            self._breaker.answered()
            raise
        except Exception as error:  # noqa: BLE001  # a third party's adapter may fail in any way
            # A fault of an adapter. Its message may hold a record's content, so only its kind goes on.
            self._breaker.answered()
            raise SourceMalformedError(f"fault in the adapter: {type(error).__name__}") from None
        self._breaker.answered()
        return records

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        return self._source.map(records, permit)

    async def close(self) -> None:
        self._closed = True
        # Who came before ends by his deadline, so by ours; behind the last of them every place is ours.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                for _ in range(self._limit):
                    await self._places.acquire()
        await self._source.close()


def guarded(source: RecordSource, *, deadline: timedelta, limit: int, breaker: Breaker | None = None) -> RecordSource:
    """Return `source` behind a deadline for each question, at most `limit` questions at one time, and `breaker`.

    Only silence counts against the source: an answer that cannot be read is an answer, and asking again costs nobody.
    Closing lets those finish who ask already; who asks later finds it silent.
    """
    return _Guarded(source, deadline=deadline, limit=limit, breaker=breaker or Breaker())
