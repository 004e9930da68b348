"""B7: six records of some fifty fields through a mapping file, against Python that was written for them by hand.

Runs in this process, without a database: `python -m benchmarks.mapping` prints its line alone. Both make the same forty
elements; the mapping also says what of the records it did not read.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any, Final

from adapters.contract import RecordSource, SourceRecord
from benchmarks.alternating import costs, microseconds, ratios
from benchmarks.by_hand import mapped_by_hand
from benchmarks.family import CHILD
from benchmarks.records import ELEMENTS, sources
from benchmarks.report import printed
from schemas.permits import Permit
from schemas.plan import Element
from schemas.words import Category

ROUNDS: Final = 25
FLOOR: Final = 5.0
"""Of B7 less is better, so floor and goal are the most that there may be."""
GOAL: Final = 1.5
_FAMILY: Final = {each: each for each in (CHILD, "jip", "mara", "koen", "wil")}


class DifferentElementsError(Exception):
    """Mapping and hand do not make the same of the records, so the figures would mean nothing."""


def answers() -> list[tuple[RecordSource, Permit, Sequence[SourceRecord]]]:
    """Return the three sources, each with a permit for everything about everybody, and its records."""
    return asyncio.run(_fetched())


async def _fetched() -> list[tuple[RecordSource, Permit, Sequence[SourceRecord]]]:
    found = []
    today = date.today()  # noqa: DTZ011 - the local day will do
    for source in (each for some in sources(today).values() for each in some):
        permit = Permit(
            request_id="vraag",
            holder=source.organisation,
            system=source.system,
            categories={person: frozenset(Category) for person in _FAMILY},
            identifiers=_FAMILY,
            family=_FAMILY,
        )
        found.append((source, permit, await source.fetch(permit)))
    return found


def measured(rounds: int = ROUNDS) -> dict[str, Any]:
    """Return the line of B7.

    Raises:
        DifferentElementsError: both do not make the same.
    """
    given = answers()

    def ours() -> list[Element]:
        return [each for source, permit, records in given for each in source.map(records, permit).elements]

    def by_hand() -> list[Element]:
        return [
            each
            for _, permit, records in given
            for record in records
            for each in mapped_by_hand(record, permit, _FAMILY)
        ]

    if ours() != by_hand() or len(ours()) != ELEMENTS:
        raise DifferentElementsError("the mapping file and the hand do not make the same elements")
    mapping, hand = costs(rounds, ours, by_hand)
    found = ratios(mapping, hand)
    ratio = round(median(found), 2)
    return {
        "benchmark": "B7",
        "ratio": ratio,
        "floor": FLOOR,
        "goal": GOAL,
        "ok": ratio <= FLOOR,
        "cpu_us": microseconds(mapping),
        "by_hand_cpu_us": microseconds(hand),
        "elements": ELEMENTS,
        "rounds": [round(each, 2) for each in found],
    }


if __name__ == "__main__":
    sys.exit(printed(measured()))
