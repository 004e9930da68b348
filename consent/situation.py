"""The world as one request reads it at one moment: who asks, who is how old, and which facts are in force.

Source: decision contract, section 2 (*Time*), 2.1 (`order`, `referral` of a request) and 5.1 (*Capable*).
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Final

from consent.ends import BOUNDARIES, birthday, day_after_days
from consent.entries import (
    Assignment,
    Authority,
    CapacityFinding,
    FamilyFact,
    Involvement,
    Mandate,
    Order,
    Organisation,
    Person,
    Professional,
    Referral,
)
from consent.entry import Capability, Entry
from consent.facts import Facts
from consent.request import Request
from schemas.calendar import age_on, local_day
from schemas.words import AuthorityKind, InvolvementKind, OrderKind

FOR_ADULTS: Final = frozenset({AuthorityKind.CURATOR, AuthorityKind.ADULT_MENTOR, AuthorityKind.WRITTEN_PROXY})
SUPERVISION: Final = frozenset({OrderKind.SUPERVISION_ORDER, OrderKind.PROVISIONAL_SUPERVISION_ORDER})
FINDING_DAYS: Final = 90
"""A finding of incapacity counts from its own day, day 0, up to and including this day."""
OF_AGE: Final = BOUNDARIES[-1]


class UnknownPersonError(LookupError):
    """The facts lack the person or professional who asks or who is asked about: gather them, or refuse."""


class Situation:
    """What a rule may look at. Reads nothing that lies after `at`."""

    def __init__(self, request: Request, facts: Facts, at: datetime) -> None:
        """Index `facts` for `request`.

        Raises:
            UnknownPersonError: requester or person is not among the facts.
        """
        self.request = request
        self.facts = facts
        self.at = at
        self.today = local_day(at)
        self.organisations: Mapping[str, Organisation] = facts.organisation_by_id
        self.professionals: Mapping[str, Professional] = facts.professional_by_id
        self.persons: Mapping[str, Person] = facts.person_by_id
        self._ages: dict[str, int] = {}
        self._speakers_known: dict[str, bool] = {}
        self._findings: dict[str, CapacityFinding | None] = {}
        self.person = self._known_person(request.about)
        self.asker = Asker(self)

    def _known_person(self, name: str) -> Person:
        person = self.persons.get(name)
        if person is None:
            raise UnknownPersonError("the facts lack a person of the request")
        return person

    def age(self, name: str) -> int:
        """Return the age in whole years; who is unknown counts as a newborn, who can open nothing."""
        if name not in self._ages:
            person = self.persons.get(name)
            self._ages[name] = 0 if person is None else age_on(person.born, self.today)
        return self._ages[name]

    def speaker(self, name: str) -> str:
        """Return for whom `name` speaks: a professional for his organisation, anybody else for himself."""
        professional = self.professionals.get(name)
        return name if professional is None else professional.organisation

    def name(self, entry: Entry) -> str:
        """Return how evidence names a fact: its id, else its section and position."""
        named = getattr(entry, "id", None)
        if isinstance(named, str):
            return named
        for section in ("family", "capacity", "assignments"):
            for position, one in enumerate(getattr(self.facts, section)):
                if one is entry:
                    return f"{section}[{position}]"
        return f"holder_decisions[{self.request.holder_decisions.index(entry)}]"

    def reached(self, instant: datetime | None) -> bool:
        """Return whether something that has a date has happened."""
        return instant is not None and instant <= self.at

    def in_force(self, since: datetime | None, *ends: datetime | None) -> bool:
        """Return whether `since` is reached and none of `ends` is."""
        at = self.at
        return (since is None or since <= at) and not any(end is not None and end <= at for end in ends)

    # Capacity

    def finding(self, name: str) -> CapacityFinding | None:
        """Return the finding that counts for a person now, if he is 12 or older and there is one."""
        if name not in self._findings:
            self._findings[name] = self._finding(name, self.at) if self.age(name) >= BOUNDARIES[0] else None
        return self._findings[name]

    def _finding(self, name: str, at: datetime) -> CapacityFinding | None:
        found = [one for one in self.facts.capacity if one.person == name and one.on <= at]
        # `max` keeps the first of equals and the last of one day counts, so look from the end.
        return max(reversed(found), key=lambda one: local_day(one.on), default=None)

    def capability(self, name: str) -> Capability:
        """Return whether a person can value his interests in the matter, now."""
        return self._capability(self.finding(name), self.at)

    def incapable(self, name: str) -> bool:
        """Return whether a person was found incapable, and the finding still counts."""
        return self.capability(name) is Capability.INCAPABLE

    def was_incapable(self, name: str, at: datetime) -> bool:
        """Return whether the findings known at an earlier moment made a person incapable, who was 12 or older then."""
        return self._capability(self._finding(name, at), at) is Capability.INCAPABLE

    def _capability(self, finding: CapacityFinding | None, at: datetime) -> Capability:
        if finding is None:
            return Capability.CAPABLE
        if finding.capable is Capability.INCAPABLE and at >= day_after_days(finding.on, FINDING_DAYS):
            return Capability.UNCLEAR
        return finding.capable

    # Authority

    def knows(self, name: str) -> bool:
        """Return whether `name` is a person or organisation among the facts; who was erased, or left, is not."""
        return name in self.persons or name in self.organisations

    def knows_speaker(self, name: str) -> bool:
        """Return whether it is known for whom `name` speaks; few say much."""
        if name not in self._speakers_known:
            self._speakers_known[name] = self.knows(self.speaker(name))
        return self._speakers_known[name]

    def competent(self, holder: str) -> bool:
        """Return whether `holder` can use authority (G-04, CV-22); an organisation always can, who is unknown never."""
        person = self.persons.get(holder)
        if person is None:
            return holder in self.organisations
        return not person.under_guardianship and (person.declared_of_age or self.age(holder) >= OF_AGE)

    def authority_end(self, authority: Authority) -> datetime | None:
        """Return the 18th birthday at which a kind for minors ends too."""
        if authority.kind in FOR_ADULTS:
            return None
        over = self.persons.get(authority.over)
        return self.at if over is None else birthday(over.born, OF_AGE)

    @cached_property
    def authority(self) -> tuple[Authority, ...]:
        """All authority in force, incompetent holders included."""
        return tuple(
            [
                one
                for one in self.facts.authority
                if self.in_force(one.since, one.until, one.suspended_on, self.authority_end(one))
            ]
        )

    @cached_property
    def family(self) -> tuple[FamilyFact, ...]:
        """The family facts in force."""
        return tuple(one for one in self.facts.family if self.in_force(one.since, one.until))

    # Orders, help, referrals, mandates

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """The orders about the person, of any date; one alone where the request names one."""
        named = self.request.order
        return tuple(one for one in self.facts.orders if one.subject == self.person.id and named in {None, one.id})

    def order_ends(self, order: Order) -> tuple[datetime | None, ...]:
        """Return what ends an order: its dates, and for supervision the 18th birthday."""
        grown = birthday(self.person.born, OF_AGE) if order.kind in SUPERVISION else None
        return (order.until, order.ended_on, grown)

    @cached_property
    def orders_in_force(self) -> tuple[Order, ...]:
        """The orders about the person that are in force."""
        return tuple(one for one in self.orders if self.in_force(one.since, *self.order_ends(one)))

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """The assignments in force; under one order alone where the request names one."""
        named = self.request.order
        return tuple(
            one for one in self.facts.assignments if named in {None, one.order} and self.in_force(one.since, one.until)
        )

    @cached_property
    def help(self) -> tuple[Involvement, ...]:
        """The help and joint help about the person that is in force, objections or not."""
        return tuple(
            one
            for one in self.facts.involvements
            if one.kind is not InvolvementKind.REPLACEMENT
            and one.about == self.person.id
            and self.in_force(one.since, one.until)
        )

    @cached_property
    def replacements(self) -> tuple[Involvement, ...]:
        """The replacements in force by the professional who asks."""
        return tuple(
            one
            for one in self.facts.involvements
            if one.kind is InvolvementKind.REPLACEMENT
            and self.asker.professional is not None
            and one.professional == self.asker.id
            and self.in_force(one.since, one.until)
        )

    @cached_property
    def referrals(self) -> tuple[Referral, ...]:
        """The referrals of the person; one alone where the request names one."""
        named = self.request.referral
        return tuple(
            one
            for one in self.facts.referrals
            if one.about == self.person.id and one.on <= self.at and named in {None, one.id}
        )

    @cached_property
    def mandates(self) -> tuple[Mandate, ...]:
        """The mandates of the person, of any date."""
        return tuple(one for one in self.facts.mandates if one.youth == self.person.id)


class Asker:
    """Who asks: `professional` and `organisation` only in the form of a professional."""

    def __init__(self, situation: Situation) -> None:
        """Look the requester up.

        Raises:
            UnknownPersonError: he is not among the facts.
        """
        requester = situation.request.requester
        self.id = requester.id
        self.form = requester.form
        self.professional: Professional | None = None
        self.organisation: Organisation | None = None
        if requester.form == "professional":
            self.professional = situation.professionals.get(requester.id)
            if self.professional is None:
                raise UnknownPersonError("the facts lack the professional who asks")
            self.organisation = situation.organisations.get(self.professional.organisation)
        elif requester.id not in situation.persons:
            raise UnknownPersonError("the facts lack the person who asks")
        belongs_to = () if self.professional is None else (self.professional.organisation,)
        self.names = frozenset((self.id, *belongs_to))
        """The names under which a consent, refusal or wish can name him: his own and his organisation's."""
