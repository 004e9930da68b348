"""Counting in windows of time, and what was normal before."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from audit.signals.acts import Act

WINDOWS_BEFORE: Final = 8
"""So many windows before the period are what normal is read from."""

_FEWEST: Final = 2
"""So many windows, at least, before anything is called normal."""


def busiest(acts: Iterable[Act], window: timedelta) -> Sequence[Act]:
    """Return the acts of the fullest `window` (its end is not in it), the earliest of equals; empty where none are."""
    ordered = sorted(acts, key=lambda act: (act.at, act.event))
    best: Sequence[Act] = ()
    first = 0
    for place, act in enumerate(ordered):
        while act.at - ordered[first].at >= window:
            first += 1
        if place + 1 - first > len(best):
            best = ordered[first : place + 1]
    return best


def windows(acts: Iterable[Act], window: timedelta, fewest: int) -> list[Sequence[Act]]:
    """Return every `window` with `fewest` acts or more: the fullest, and those before and behind it; oldest first."""
    found, left = [], [sorted(acts, key=lambda act: (act.at, act.event))]
    while left:
        some = left.pop()
        best = busiest(some, window)
        if len(best) < max(fewest, 1):
            continue
        found.append(best)
        first = some.index(best[0])
        left += [some[:first], some[first + len(best) :]]
    return sorted(found, key=lambda each: (each[0].at, each[0].event))


def own_normal(acts: Iterable[Act], since: datetime, window: timedelta) -> int | None:
    """Return the median count for each window before `since`, from the first in which he did anything."""
    blocks = Counter(_block(act, since, window) for act in acts)
    blocks.pop(None, None)
    farthest = max((block for block in blocks if block is not None), default=-1) + 1
    return None if farthest < _FEWEST else round(median(blocks[block] for block in range(farthest)))


def normal_of_others(acts: Iterable[Act], since: datetime, window: timedelta) -> int | None:
    """Return the median count, over everybody who made `acts`, for each window in which he did anything."""
    blocks: dict[tuple[str, int], int] = defaultdict(int)
    for act in acts:
        block = _block(act, since, window)
        if block is not None:
            blocks[act.account, block] += 1
    return None if len(blocks) < _FEWEST else round(median(blocks.values()))


def _block(act: Act, since: datetime, window: timedelta) -> int | None:
    """Return how many whole windows `act` lies before `since`: 0 in the last; None outside all that count."""
    before = since - act.at
    # An act exactly one window before `since` is the first of the last window, whose end is `since` itself.
    block = -(-before // window) - 1
    return block if 0 <= block < WINDOWS_BEFORE else None
