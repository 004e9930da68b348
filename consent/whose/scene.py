"""What a row of the table may look at: who acts, the fact, who recorded it, and what is known of the family."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from consent.ends import birthday
from consent.entries import Involvement, Order
from consent.entry import Entry
from consent.facts import Facts
from consent.whose.hand import Form, Hand
from consent.whose.helping import HelpTold, sure_helpers
from schemas.calendar import age_at
from schemas.words import InvolvementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One act on one fact. `recorded_by` is who recorded it, `recorded_at` when (at a recording: nobody yet).

    `facts` are those that `decide` would be given at `at`: what is not confirmed yet gives nobody a place here either.
    `helps_told` says, by id, how each help among them became known. `beside` is the known person with whom somebody new
    belongs. `ended` is the foster care that another ended, also what waited then. `at_once` is for what protects: then
    a help counts as soon as it is told (F3), else once it is sure (`consent.whose.helping`).
    """

    hand: Hand
    entry: Entry
    facts: Facts
    at: datetime
    recorded_by: Hand | None = None
    recorded_at: datetime | None = None
    helps_told: Mapping[str, HelpTold] = field(default_factory=dict)
    beside: str | None = None
    ended: tuple[Mapping[str, Any], ...] = ()
    at_once: bool = False

    def in_force(self, since: datetime | None, *ends: datetime | None) -> bool:
        """Return whether `since` is reached and none of `ends` is."""
        return (since is None or since <= self.at) and not any(end is not None and end <= self.at for end in ends)

    def helps(self, organisation: str | None, person: str) -> bool:
        """Return whether `organisation` has a `help`, or a `joint-help` that it accepted, in force about `person`."""
        if organisation is None:
            return False
        if self.at_once:
            return any(organisation in one.organisations for one in self._helps_about(person))
        return organisation in self.sure_helpers(person, before=self.recorded_at)

    def sure_helpers(self, person: str, *, before: datetime | None = None, informed: bool = False) -> frozenset[str]:
        """Return the organisations whose help about `person` counts for what opens, on a fact known since `before`.

        `informed`: joint help counts only where the client was told of it.
        """
        return sure_helpers(self._helps_about(person), self.helps_told, before=before, informed=informed)

    def _helps_about(self, person: str) -> list[Involvement]:
        return [
            one
            for one in self.facts.involvements
            if one.kind is not InvolvementKind.REPLACEMENT
            and one.about == person
            and self.in_force(one.since, one.until)
        ]

    def helps_any(self, people: Iterable[str]) -> bool:
        """Return whether a professional acts whose organisation helps any of `people`."""
        return self.hand.form is Form.PROFESSIONAL and any(
            self.helps(self.hand.organisation, person) for person in people
        )

    def household(self, person: str) -> frozenset[str]:
        """Return `person` and everybody whom a family fact in force puts in one household with him."""
        together = {person}
        for one in self.facts.family:
            if one.lives_with and self.in_force(one.since, one.until) and person in {one.person, one.of}:
                together |= {one.person, one.of}
        return frozenset(together)

    def contact_is_denied(self, one: str, other: str) -> bool:
        """Return whether a family fact in force, whichever of both it is about, denies contact between two."""
        return any(
            each.contact_denied and {each.person, each.of} == {one, other} and self.in_force(each.since, each.until)
            for each in self.facts.family
        )

    def orders_about(self, person: str) -> list[Order]:
        """Return the orders about `person` that are in force."""
        return [
            one
            for one in self.facts.orders
            if one.subject == person and self.in_force(one.since, one.until, one.ended_on)
        ]

    def has_authority(self, holder: str, over: str, *, sure: bool = True) -> bool:
        """Return whether an authority in force gives `holder` a say over `over`, a minor.

        `sure`: only one that was verified and that nobody disputes. Who only protects need not be sure.
        """
        person = self.facts.person_by_id.get(over)
        if person is None or birthday(person.born, 18) <= self.at:
            return False
        return any(
            one.holder == holder
            and one.over == over
            and self.in_force(one.since, one.until, one.suspended_on)
            and not (sure and (one.disputed or one.verified_on is None or one.verified_on > self.at))
            for one in self.facts.authority
        )

    def age(self, person: str) -> int | None:
        """Return the age of `person` in whole years, or None of somebody unknown."""
        known = self.facts.person_by_id.get(person)
        return None if known is None else age_at(known.born, self.at)
