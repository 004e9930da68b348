"""What the event of one exchange holds, read back. Pure.

Source: `design.md` I13; facts contract, F2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.events import Field
from consent.facts import Facts, assemble
from consent.request import Request
from consent.rulesets import RuleSet, UnknownRuleSetError, rule_set_named
from consent.world.entries import entry
from consent.world.fields import moment
from consent.world.requests import read_request
from gateway.flow.parties import with_parties
from gateway.flow.question import NOBODY
from gateway.identity.caller import Caller
from schemas.words import Role

_BESIDES: Final = frozenset({"request", "digest"})
"""What the field `facts` of an event holds besides the sections of a world file."""


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
    )
