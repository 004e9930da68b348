"""Which rules hold on which day.

Source: decision contract, section 7.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from consent.ends import FOREVER
from schemas.calendar import local_day, parse_moment


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A dated set of rules; `status` is told only where the text behind it could not be checked."""

    name: str
    since: datetime
    until: datetime
    status: str | None = None

    @property
    def needs_confirmation(self) -> bool:
        """Whether officers must confirm it before anything is decided by it."""
        return self.status is not None


_AMENDED: Final = parse_moment("2027-01-01")
"""Jeugdwet 7.3.11 has an announced amendment from this day."""

RULE_SETS: Final = (
    RuleSet("2026-11", parse_moment("2015-01-01"), _AMENDED),
    RuleSet("2027-01", _AMENDED, FOREVER, status="unconfirmed"),
)

WARNED_BEFORE: Final = 60
"""So many days before a rule set ends its officers are warned."""


class UnknownRuleSetError(ValueError):
    """There is no rule set of this name; the message lists those there are."""


def rule_set_at(at: datetime) -> RuleSet:
    """Return the rule set in force.

    Raises:
        ValueError: before 2015 there is none.
    """
    for rules in RULE_SETS:
        if rules.since <= at < rules.until:
            return rules
    raise ValueError("no rule set before 2015-01-01")


def rule_set_named(name: str) -> RuleSet:
    """Return the rule set of this name.

    Raises:
        UnknownRuleSetError: there is none.
    """
    for rules in RULE_SETS:
        if rules.name == name:
            return rules
    raise UnknownRuleSetError(f"there is no rule set `{name}`; there are {', '.join(each.name for each in RULE_SETS)}")


def following(rules: RuleSet) -> RuleSet | None:
    """Return the rule set that begins where this one ends, if there is one yet."""
    return next((each for each in RULE_SETS if each.since == rules.until), None)


def days_left(rules: RuleSet, at: datetime) -> int | None:
    """Return how many calendar days a rule set still has at `at` (its last day: 1); None where it does not end."""
    if rules.until == FOREVER:
        return None
    return (local_day(rules.until) - local_day(at)).days
