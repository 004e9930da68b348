"""Works that take turns: CPU time of each in the same rounds, so that a machine that slows down slows all of them."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Final

_BATCH: Final = 20
"""So often a work is done in one go, so that the steps of the clock do not count."""
_WARM_UP: Final = 3


def costs(rounds: int, *works: Callable[[], object], batch: int = _BATCH) -> list[list[float]]:
    """Return for each of `works` its CPU seconds, round by round; within a round they take turns."""
    for work in works * _WARM_UP:
        work()
    found: list[list[float]] = [[] for _ in works]
    with _what_stands_is_left_alone():
        for _ in range(rounds):
            for each, work in zip(found, works, strict=True):
                each.append(_cost(work, batch))
    return found


def ratios(of: Sequence[float], anchors: Sequence[float]) -> list[float]:
    """Return `of` to `anchors`, round by round."""
    return [cost / anchor for cost, anchor in zip(of, anchors, strict=True)]


def microseconds(of: Sequence[float]) -> int:
    """Return the median of these seconds in microseconds."""
    return round(median(of) * 1e6)


def _cost(work: Callable[[], object], batch: int) -> float:
    began = time.process_time()
    for _ in range(batch):
        work()
    return (time.process_time() - began) / batch


@contextmanager
def _what_stands_is_left_alone() -> Iterator[None]:
    """Keep the collector from walking what stands in memory: it would charge whoever happens to run."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
