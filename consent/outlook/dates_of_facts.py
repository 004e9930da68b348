"""Every date at which a fact begins, ends or changes: those that it says, and those that a term of the law gives it.

Source: decision contract, 2 (*Time*), 2.1 and 5.6. The terms are imported from the rules that own them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final

from consent.ends import FOREVER, birthday, day_after_days, months_on
from consent.entries import Assignment, Authority, CapacityFinding, Consent, Mandate, Order
from consent.entry import Capability, Entry
from consent.facts import Facts
from consent.law.on_authority import CHECKED_DAYS
from consent.law.on_help import MANDATE_MONTHS
from consent.naming import OWNER, WITHOUT_ID, names_in
from consent.representation import AUTHORITY
from consent.situation import FINDING_DAYS, FOR_ADULTS, OF_AGE, SUPERVISION
from consent.voices import LONGEST_MONTHS
from schemas.calendar import local_day

_SECTIONS: Final = (
    *("family", "authority", "capacity", "orders", "assignments", "involvements", "referrals", "mandates"),
    *("consents", "refusals", "considered_wishes"),
)
"""The sections whose entries come and go."""

_ENDS: Final = frozenset({"until", "ended_on", "suspended_on", "withdrawn_on", "objection_on", "youth_withdrew_on"})
_BEGINS: Final = ("since", "on")
_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)


class What(Enum):
    """What a date does to its fact."""

    BEGINS = auto()
    ENDS = auto()
    PART = auto()
    """Something in it ends; the fact itself goes on."""
    CHECK = auto()
    """What was verified was verified too long ago."""


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a fact, what it does, and why: the key that says it, or the term that gives it."""

    at: datetime
    what: What
    why: str


@dataclass(frozen=True, slots=True)
class Dated:
    """One fact and all its dates. `begins` and `ends` bound the time in which it can carry anything.

    `name` is the one that evidence gives it. `about` is whose fact it is, None where it is no person's. `names` are all
    whom it names.
    """

    section: str
    name: str
    entry: Entry
    about: str | None
    names: frozenset[str]
    dates: tuple[Date, ...]
    begins: datetime
    ends: datetime

    @property
    def given_by(self) -> str | None:
        """Whose yes or no it is, None of another fact."""
        giver: str | None = getattr(self.entry, "given_by", None)
        return giver

    def is_in_force_before(self, instant: datetime) -> bool:
        """Return whether it is in force in the last moment before `instant`."""
        return self.begins < min(instant, self.ends) and instant <= self.ends


def dated(facts: Facts) -> list[Dated]:
    """Return every fact that comes and goes, in the order of the file, with its dates."""
    return [
        _dated(section, position, one, facts)
        for section in _SECTIONS
        for position, one in enumerate(getattr(facts, section))
    ]


def _dated(section: str, position: int, one: Any, facts: Facts) -> Dated:
    dates = (*_said(one), *_terms(one, facts))
    ends = [date.at for date in dates if date.what is What.ENDS]
    if isinstance(one, CapacityFinding):
        ends += _later_findings(one, position, facts)
    return Dated(
        section=section,
        name=f"{section}[{position}]" if section in WITHOUT_ID else one.id,
        entry=one,
        about=about(section, one, facts),
        names=frozenset(names_in(section, one.source)),
        dates=dates,
        begins=next((date for name in _BEGINS if (date := getattr(one, name, None)) is not None), _ALWAYS),
        ends=min(ends, default=FOREVER),
    )


def about(section: str, one: Any, facts: Facts) -> str | None:
    """Return whose fact an entry is, None where it is no person's; an assignment's is its order's."""
    if isinstance(one, Assignment):
        return next((order.subject for order in facts.orders if order.id == one.order), None)
    person: str | None = getattr(one, OWNER[section])
    return person


def _said(one: Any) -> Iterator[Date]:
    for field in fields(one):
        said = getattr(one, field.name)
        if isinstance(said, datetime):
            yield Date(said, What.ENDS if field.name in _ENDS else What.BEGINS, field.name)
    if isinstance(one, Mandate):
        for agreement in one.parent_agreements:
            yield Date(agreement.on, What.BEGINS, "parent_agreements.on")
            if agreement.withdrawn_on is not None:
                yield Date(agreement.withdrawn_on, What.PART, "parent_agreements.withdrawn_on")


def own_term(one: Entry) -> Date | None:
    """Return when a fact ends by a term of the law that runs from its own beginning, whatever else it says."""
    if isinstance(one, Consent):
        return Date(months_on(one.on, LONGEST_MONTHS), What.ENDS, f"{LONGEST_MONTHS} months")
    if isinstance(one, Mandate):
        return Date(months_on(one.since, MANDATE_MONTHS), What.ENDS, f"{MANDATE_MONTHS} months")
    if isinstance(one, CapacityFinding) and one.capable is Capability.INCAPABLE:
        return Date(day_after_days(one.on, FINDING_DAYS), What.ENDS, f"{FINDING_DAYS} days")
    return None


def _terms(one: Any, facts: Facts) -> Iterator[Date]:
    if (term := own_term(one)) is not None:
        yield term
    if isinstance(one, Authority) and one.kind not in FOR_ADULTS:
        yield from _coming_of_age(one.over, facts)
    if isinstance(one, Authority) and one.kind in AUTHORITY and one.verified_on is not None:
        yield Date(day_after_days(one.verified_on, CHECKED_DAYS), What.CHECK, f"{CHECKED_DAYS} days")
    if isinstance(one, Order) and one.kind in SUPERVISION:
        yield from _coming_of_age(one.subject, facts)


def _coming_of_age(name: str, facts: Facts) -> Iterator[Date]:
    person = facts.person_by_id.get(name)
    if person is not None:
        yield Date(birthday(person.born, OF_AGE), What.ENDS, f"{OF_AGE}th birthday")


def _later_findings(one: CapacityFinding, position: int, facts: Facts) -> list[datetime]:
    """Return when another finding takes its place: one of a later day, or of the same day and later in the file."""
    place = (local_day(one.on), position)
    return [
        max(other.on, one.on)
        for number, other in enumerate(facts.capacity)
        if other.person == one.person and (local_day(other.on), number) > place
    ]
