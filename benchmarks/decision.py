"""B3: one decision on a plan of forty elements, against Cedar's batch call on the same questions made simpler.

Runs in this process, without a database: `python -m benchmarks.decision` prints its line alone. Measured is CPU time
of `decide` (its `prepare` in it) on facts that stand in memory, with reasons, evidence and expiry, each time for a
request that it has not seen before. What is made only when somebody asks for it is measured apart.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from statistics import median
from typing import Any, Final

from benchmarks.cedar import Cedar
from benchmarks.plan import ELEMENTS, crowded_plan, plan, small_plan
from consent.decide import decide
from consent.explanation.explain import explain
from consent.facts import Facts
from consent.request import Request
from schemas.words import Result

ROUNDS: Final = 25
FLOOR: Final = 1.0
"""Of B3 less is better, so its floors and its goal are the most that there may be."""
GOAL: Final = 0.25
GROWTH_FLOOR: Final = 1.1
_BATCH: Final = 20
"""Decisions measured in one go, so that the steps of the clock do not count."""
_WARM_UP: Final = 3
_ROUNDS_APART: Final = 3
"""An explanation takes as long as many decisions, and is held against no floor."""


class DisagreementError(Exception):
    """Cedar does not release what we do, so the figures would mean nothing; mend `benchmarks.cedar` or the rules."""


@dataclass(frozen=True, slots=True)
class Decided:
    """CPU seconds of one decision, round by round, in the same rounds.

    Ours and Cedar's on the whole family; ours with few consents, and with the same few among those of many others.
    """

    ours: Sequence[float]
    cedar: Sequence[float]
    few: Sequence[float]
    many: Sequence[float]

    def line(self) -> dict[str, Any]:
        """Return the line of B3; its ratios are taken round by round."""
        ratios, growths = _ratios(self.ours, self.cedar), _ratios(self.many, self.few)
        ratio, growth = round(median(ratios), 3), round(median(growths), 3)
        return {
            "benchmark": "B3",
            "ratio": ratio,
            "floor": FLOOR,
            "goal": GOAL,
            "ok": ratio <= FLOOR and growth <= GROWTH_FLOOR,
            "cpu_us": _microseconds(self.ours),
            "cedar_cpu_us": _microseconds(self.cedar),
            "growth": growth,
            "growth_floor": GROWTH_FLOOR,
            "few_cpu_us": _microseconds(self.few),
            "many_cpu_us": _microseconds(self.many),
            "rounds": [round(each, 3) for each in ratios],
        }


def measured(rounds: int = ROUNDS) -> dict[str, Any]:
    """Return the line of B3.

    Raises:
        DisagreementError: Cedar does not release the same elements.
    """
    today = date.today()  # noqa: DTZ011 - the local day will do
    request, facts = plan(today)
    cedar = Cedar(request, facts)
    released = agreed(request, facts, cedar)
    works = [_deciding(request, each) for each in (facts, small_plan(today)[1], crowded_plan(today)[1])]
    ours, theirs, few, many = _costs(rounds, works[0], cedar.ask, *works[1:])
    apart = _costs(min(rounds, _ROUNDS_APART), *_made_when_asked_for(request, facts).values())
    return (
        Decided(ours, theirs, few, many).line()
        | {"elements": ELEMENTS, "released": len(released)}
        | dict(zip(_made_when_asked_for(request, facts), map(_microseconds, apart), strict=True))
    )


def agreed(request: Request, facts: Facts, cedar: Cedar) -> frozenset[str]:
    """Return the elements that both release.

    Raises:
        DisagreementError: they do not release the same, or all, or none: then agreeing would say little.
    """
    elements = decide(request, facts, request.at).elements
    ours = frozenset(name for name, one in elements.items() if one.result is Result.RELEASE)
    theirs = cedar.released()
    if ours != theirs or not 0 < len(ours) < len(elements):
        raise DisagreementError(f"released by one alone: {sorted(ours ^ theirs)}; by both: {sorted(ours & theirs)}")
    return ours


def _deciding(request: Request, facts: Facts) -> Callable[[], object]:
    """Return what decides once, each time on a request with other words, so that nothing can be remembered."""
    fresh = (replace(request, question=f"vraag {number}") for number in count())
    return lambda: decide(next(fresh), facts, request.at)


def _made_when_asked_for(request: Request, facts: Facts) -> dict[str, Callable[[], object]]:
    decision = decide(request, facts, request.at)
    return {
        "digest_cpu_us": lambda: decision.facts_digest,
        "explanation_cpu_us": lambda: explain(request, decision),
    }


def _costs(rounds: int, *works: Callable[[], object]) -> list[list[float]]:
    """Return for each of `works` its CPU seconds, round by round; within a round they take turns."""
    for work in works * _WARM_UP:
        work()
    found: list[list[float]] = [[] for _ in works]
    with _what_stands_is_left_alone():
        for _ in range(rounds):
            for costs, work in zip(found, works, strict=True):
                costs.append(_cost(work))
    return found


def _cost(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(_BATCH):
        work()
    return (time.process_time() - began) / _BATCH


@contextmanager
def _what_stands_is_left_alone() -> Iterator[None]:
    """Keep the collector from walking the facts in memory: it would charge whoever happens to run."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _ratios(costs: Sequence[float], anchors: Sequence[float]) -> list[float]:
    return [cost / anchor for cost, anchor in zip(costs, anchors, strict=True)]


def _microseconds(costs: Sequence[float]) -> int:
    return round(median(costs) * 1e6)


def main() -> int:
    """Print the line of B3; return 1 where a floor is broken."""
    line = measured()
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if line["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
