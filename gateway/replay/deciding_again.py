"""Deciding again on what the event of a request holds, and saying in what two families of facts differ.

Pure: `gateway.replay.replays` reads log and store. Source: `design.md` I13; facts contract, F2.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from audit.events import Field
from consent.decide import DoubledRecordError, decide
from consent.facts import SECTIONS, Facts, assemble
from consent.naming import WITHOUT_ID
from consent.request import Request
from consent.rulesets import RuleSet, UnknownRuleSetError, rule_set_named
from consent.situation import UnknownPersonError
from consent.world.entries import entry
from consent.world.fields import moment
from consent.world.requests import read_request
from gateway.flow.parties import with_parties
from gateway.flow.question import NOBODY
from gateway.identity.caller import Caller
from schemas.canonical_json import canonical
from schemas.words import Role

_BESIDES: Final = frozenset({"request", "digest"})
"""What the field `facts` of an event holds besides the sections of a world file."""
_SECTIONS: Final = tuple(name for name in SECTIONS if name != "records")
"""What the store knows; records come from the holders each time."""


class UnreadableEventError(Exception):
    """The event does not hold what the event of an exchange holds, so nobody can decide on it again."""


@dataclass(frozen=True, slots=True, repr=False)
class Past:
    """What the event of one exchange holds. `known_at` and `registry` say as of when its facts were read."""

    caller: Caller
    request: Request
    facts: Facts
    decision: Mapping[str, Any]
    rules: RuleSet
    known_at: datetime
    registry: int

    @property
    def person(self) -> str | None:
        """Whom it is about; None where who was asked about was not known."""
        return None if self.request.about == NOBODY else self.request.about

    def also(self) -> frozenset[str]:
        """Return which organisations and professionals were in the facts though perhaps no fact named them.

        Who only stands there because somebody replaces him is left out: whom he replaces was not looked at.
        """
        replacing = {each.professional for each in self.facts.involvements if each.replaces is not None}
        replaced = {each.replaces for each in self.facts.involvements} - replacing
        names = {*self.facts.organisation_by_id, *self.facts.professional_by_id, self.caller.id}
        return frozenset(names - replaced)

    def among(self, facts: Facts) -> Facts:
        """Return `facts` of the store as the exchange took them: with who asked, and with the records that came."""
        there = with_parties(facts, self.caller, self.person, self.request.at)
        return there.with_records(self.facts.records)


def read_past(told: Mapping[str, Any]) -> Past:
    """Return what an event holds, read as strictly as a world file; `told` are its opened fields, by name.

    Ids that nothing has are no mistake here: an event holds what was known of one family, and what a requester named.

    Raises:
        UnreadableEventError: it is no whole event of an exchange.
        UnknownRuleSetError: it was decided by a rule set that this version does not have.
    """
    try:
        world, known, decision = told[Field.FACTS], told[Field.DETAIL]["known"], told[Field.DECISION]
        request = read_request(world["request"], "request")
        facts = _facts({name: found for name, found in world.items() if name not in _BESIDES})
        rules = rule_set_named(decision["rule_set"])
        caller = _caller(told[Field.ACTOR], facts)
        return Past(caller, request, facts, decision, rules, moment(known["at"]), int(known["registry"]))
    except UnknownRuleSetError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # `from None`: the text of the error may hold a value of the event.
        raise UnreadableEventError(f"the event is not a whole event of an exchange ({type(error).__name__})") from None


def _facts(world: Mapping[str, Any]) -> Facts:
    return assemble(
        {
            section: [entry(section, each, f"{section}[{place}]") for place, each in enumerate(found)]
            for section, found in world.items()
        }
    )


def _caller(actor: Mapping[str, Any], facts: Facts) -> Caller:
    professional = facts.professional_by_id.get(actor["id"])
    return Caller(
        form=actor["form"],
        id=actor["id"],
        organisation=actor["organisation"],
        role=None if actor["role"] is None else Role(actor["role"]),
        trusted=professional is not None and professional.trusted,
        officer_of=None,
        client_id=actor["client"],
        acr=actor["authentication"],
        token_id="",
    )


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
        for section in _SECTIONS
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
