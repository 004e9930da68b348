"""When a release that rests on several facts ends, in every combination of their ends.

The first end of what carries together, the last of what would each do (5.6), and of two that end alike the one with the
lowest id (section 2, *Several facts*).
"""

from collections.abc import Callable
from itertools import product
from typing import Any, Final

from consent.decide import decide
from consent.decision import ElementDecision
from consent.facts import Facts
from consent.world.requests import read_request
from schemas.calendar import written
from tests.properties.entries_once import facts
from tests.properties.test_every_case import RECORDS, REQUEST, persons, sampled

Json = dict[str, Any]
ENDS: Final = ("2026-03-29", "2026-03-30", "2026-10-25", None)
YEAR: Final = "2027-02-01"
"""A consent of 1 February that has no end of its own."""
AT_16: Final = "2028-05-04"
AT_18: Final = "2030-05-04"
FINDING: Final = "2026-05-03"
"""The day after the ninetieth of a finding of 1 February."""
REQUESTED: Final = read_request(REQUEST | {"categories": ["goals"]}, "request")
Two = tuple[str | None, str | None]


def consents(giver: str, ends: Two) -> list[Json]:
    plain: Json = {"about": "sem", "given_by": giver, "on": "2026-02-01", "holders": ["ggz"], "recipients": ["team"]}
    plain |= {"purposes": ["coordinate-plan"], "categories": ["goals"]}
    return with_ends(plain, f"c-{giver}", ends)


def titles(ends: Two) -> list[Json]:
    plain = {"holder": "moeder", "over": "sem", "kind": "parental", "since": "2012-05-04", "verified_on": "2026-02-01"}
    return with_ends(plain, "a", ends)


def with_ends(plain: Json, name: str, ends: Two) -> list[Json]:
    # The first in the file has the higher id.
    named = [plain | {"id": f"{name}-{2 - place}"} for place in (0, 1)]
    return [one | ({} if end is None else {"until": end}) for one, end in zip(named, ends, strict=True)]


def relied_on(found: list[Json], never: str) -> tuple[str, str]:
    """The entry that ends last, of those that end alike the one with the lowest id: its end and its id."""
    ends = {str(one["id"]): str(one.get("until", never)) for one in found}
    latest = max(ends.values())
    return latest, min(name for name, end in ends.items() if end == latest)


def decided(known: Facts) -> ElementDecision:
    return decide(REQUESTED, known, REQUESTED.at).elements["r1"]


Case = tuple[Two, Two, Two]


def youth_and_mother(case: Case) -> tuple[ElementDecision, list[tuple[str, str]], str]:
    himself, mother, title = case
    said, yes, held = consents("sem", himself), consents("moeder", mother), titles(title)
    known = facts(persons=persons(13), authority=held, consents=[*yes, *said], records=RECORDS[:1])
    return decided(known), [relied_on(said, YEAR), relied_on(yes, YEAR), relied_on(held, AT_18)], AT_16


def incapable_and_mother(case: Case) -> tuple[ElementDecision, list[tuple[str, str]], str]:
    _, mother, title = case
    yes, held = consents("moeder", mother), titles(title)
    finding = [{"person": "sem", "capable": False, "on": "2026-02-01"}]
    known = facts(persons=persons(16), authority=held, consents=yes, capacity=finding, records=RECORDS[:1])
    return decided(known), [relied_on(yes, YEAR), relied_on(held, AT_18), (FINDING, "capacity[0]")], "2027-05-04"


def wrong(cases: list[Case], find: Callable[[Case], tuple[ElementDecision, list[tuple[str, str]], str]]) -> list[Any]:
    found = []
    for case in cases:
        told, relied, birthday = find(case)
        ends = min(birthday, *(end for end, _ in relied))
        expected = (ends, tuple(sorted(name for _, name in relied)))
        got = (None if told.expires_at is None else written(told.expires_at)[:10], told.evidence)
        if got != expected:
            found.append((case, got, expected))
    return found


def test_a_release_ends_with_the_first_of_what_carries_it_in_every_case() -> None:
    pairs = list(product(ENDS, ENDS))
    assert wrong(list(sampled(list(product(pairs, pairs, pairs)))), youth_and_mother)[:3] == []
    assert wrong(list(sampled(list(product(pairs[:1], pairs, pairs)))), incapable_and_mother)[:3] == []
