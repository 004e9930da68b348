"""Deciding again on what the event of a request holds, and saying in what two families of facts differ.

Pure: `gateway.replay.replays` reads log and store. Source: `design.md` I13; facts contract, F2.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consent.decide import DoubledRecordError, decide
from consent.facts import SHARED, Facts
from consent.naming import WITHOUT_ID
from consent.situation import UnknownPersonError
from gateway.log.past import Past
from schemas.canonical_json import canonical


def differing_members(past: Past, facts: Facts, *, require_confirmed_rules: bool) -> list[str]:
    """Return which members of the decision are others when it is made again on `facts`; empty: byte for byte the same.

    Where it cannot be made at all, all of them are.
    """
    try:
        again = decide(past.request, facts, past.request.at, require_confirmed_rules=require_confirmed_rules).as_json()
    except (UnknownPersonError, DoubledRecordError, ValueError):
        return sorted(past.decision)
    names = past.decision.keys() | again.keys()
    return sorted(name for name in names if _bytes(past.decision, name) != _bytes(again, name))


def _bytes(decision: Mapping[str, Any], name: str) -> bytes | None:
    return canonical(decision[name]) if name in decision else None


class Difference(StrEnum):
    """How a fact of the event differs from what the store says was known then."""

    CHANGED = "changed"
    MISSING = "missing"
    """Only the event has it."""
    ADDED = "added"
    """Only the store has it."""
    ORDER = "order"
    """The section holds the same, in another order."""
    BROKEN = "broken"
    """What the store holds is not what was sealed there."""


@dataclass(frozen=True, slots=True)
class Differing:
    """One fact that differs, by section and id, never by content.

    A fact without an id is named as evidence names it: `family[1]`, its place in the event, or in the store where only
    that has it. `id` is the section where its order differs.
    """

    section: str
    id: str
    how: Difference

    def as_json(self) -> dict[str, str]:
        """Return it as an answer tells it."""
        return {"section": self.section, "id": self.id, "how": str(self.how)}


def differing_facts(then: Facts, store: Facts) -> list[Differing]:
    """Return in what the facts of an event differ from those of the store, by section; records are not compared."""
    event, known = then.as_world(), store.as_world()
    return [
        each
        for section in SHARED
        if canonical(event.get(section, [])) != canonical(known.get(section, []))
        for each in _differing(section, event.get(section, []), known.get(section, []))
    ]


def _differing(section: str, event: Sequence[Mapping[str, Any]], store: Sequence[Mapping[str, Any]]) -> list[Differing]:
    compare = _by_place if section in WITHOUT_ID else _by_id
    return list(compare(section, event, store)) or [Differing(section, section, Difference.ORDER)]


def _by_id(section: str, event: Iterable[Mapping[str, Any]], store: Iterable[Mapping[str, Any]]) -> Iterator[Differing]:
    then, now = ({each["id"]: canonical(each) for each in found} for found in (event, store))
    for name in sorted(then.keys() | now.keys()):
        if name not in now:
            yield Differing(section, name, Difference.MISSING)
        elif name not in then:
            yield Differing(section, name, Difference.ADDED)
        elif then[name] != now[name]:
            yield Differing(section, name, Difference.CHANGED)


def _by_place(
    section: str, event: Iterable[Mapping[str, Any]], store: Iterable[Mapping[str, Any]]
) -> Iterator[Differing]:
    then, now = [canonical(each) for each in event], [canonical(each) for each in store]
    for mine, others, how in ((then, now, Difference.MISSING), (now, then, Difference.ADDED)):
        left = Counter(others)
        for place, each in enumerate(mine):
            if left[each]:
                left[each] -= 1
            else:
                yield Differing(section, f"{section}[{place}]", how)
