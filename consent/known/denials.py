"""A denial of contact that still needs somebody's word: it closes at once, and gives nobody a voice. Pure.

Source: facts contract, F3 (`contact_denied` works at its commit, what opens waits); decision contract, LB-19.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from consent.entries import FamilyFact
from schemas.words import Relation


def only_denied(denial: FamilyFact, family: Iterable[FamilyFact]) -> Iterator[dict[str, Any]]:
    """Yield what of `denial`, which nobody confirmed, is handed to `decide` beside the facts of `family`.

    It says of somebody, who is no more than known, that contact is denied; and of whom `family` makes a parent already,
    that he is denied it as a parent, for as long as both hold.
    """
    if (alone := _while_both(denial, denial)) is None:
        return  # It ended as it began.
    yield _denied(denial, Relation.OTHER, alone)
    for one in family:
        if (one.person, one.of, one.relation) == (denial.person, denial.of, Relation.PARENT):
            during = _while_both(one, denial)
            if during is not None:
                yield _denied(denial, Relation.PARENT, during)


def _denied(denial: FamilyFact, relation: Relation, during: Mapping[str, Any]) -> dict[str, Any]:
    # Neither `lives_with` nor `via` nor whatever else it says: that opens, and waits.
    return {"person": denial.person, "of": denial.of, "relation": str(relation), "contact_denied": True, **during}


def _while_both(one: FamilyFact, other: FamilyFact) -> dict[str, Any] | None:
    """Return from when till when both hold, as they say it themselves, or None where they never do."""
    starts = [(each.since, each.source["since"]) for each in (one, other) if each.since is not None]
    ends = [(each.until, each.source["until"]) for each in (one, other) if each.until is not None]
    if starts and ends and max(starts)[0] >= min(ends)[0]:
        return None
    since = {"since": max(starts)[1]} if starts else {}
    return since | ({"until": min(ends)[1]} if ends else {})
