"""B3: one decision on a plan of forty elements, against Cedar's batch call on the same questions made simpler.

Runs in this process, without a database: `python -m benchmarks.decision` prints its line alone. Measured is CPU time
of `decide` (its `prepare` in it) on facts that stand in memory, with reasons, evidence and expiry, each time for a
request that it has not seen before. What is made only when somebody asks for it is measured apart.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from statistics import median
from typing import Any, Final

from benchmarks.alternating import costs, microseconds, ratios
from benchmarks.cedar import Cedar
from benchmarks.plan import ELEMENTS, crowded_plan, plan, small_plan
from benchmarks.report import printed
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
        found, growths = ratios(self.ours, self.cedar), ratios(self.many, self.few)
        ratio, growth = round(median(found), 3), round(median(growths), 3)
        return {
            "benchmark": "B3",
            "ratio": ratio,
            "floor": FLOOR,
            "goal": GOAL,
            "ok": ratio <= FLOOR and growth <= GROWTH_FLOOR,
            "cpu_us": microseconds(self.ours),
            "cedar_cpu_us": microseconds(self.cedar),
            "growth": growth,
            "growth_floor": GROWTH_FLOOR,
            "few_cpu_us": microseconds(self.few),
            "many_cpu_us": microseconds(self.many),
            "rounds": [round(each, 3) for each in found],
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
    ours, theirs, few, many = costs(rounds, works[0], cedar.ask, *works[1:])
    apart = costs(min(rounds, _ROUNDS_APART), *_made_when_asked_for(request, facts).values())
    return (
        Decided(ours, theirs, few, many).line()
        | {"elements": ELEMENTS, "released": len(released)}
        | dict(zip(_made_when_asked_for(request, facts), map(microseconds, apart), strict=True))
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


if __name__ == "__main__":
    sys.exit(printed(measured()))
