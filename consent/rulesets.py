"""Which rules hold on which day.

Source: decision contract, section 7.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from consent.ends import FOREVER
from schemas.calendar import parse_moment


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A dated set of rules; `status` is told only where the text behind it could not be checked."""

    name: str
    since: datetime
    until: datetime
    status: str | None = None


_AMENDED: Final = parse_moment("2027-01-01")
"""Jeugdwet 7.3.11 has an announced amendment from this day."""

RULE_SETS: Final = (
    RuleSet("2026-11", parse_moment("2015-01-01"), _AMENDED),
    RuleSet("2027-01", _AMENDED, FOREVER, status="unconfirmed"),
)


def rule_set_at(at: datetime) -> RuleSet:
    """Return the rule set in force.

    Raises:
        ValueError: before 2015 there is none.
    """
    for rules in RULE_SETS:
        if rules.since <= at < rules.until:
            return rules
    raise ValueError("no rule set before 2015-01-01")
