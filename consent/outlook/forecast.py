"""What lies ahead for a family: what begins, what lapses, who grows into deciding, and what to have confirmed again.

Between two entries nothing that `decide` answers can change but by a new fact. The terms are those of the rules, which
own them: a consent lasts 12 months, a mandate six, a finding 90 days, a check of authority 30 (5.6). Pure.

Source: decision contract, 2 (*Time*), 5.2, 5.6, 7; `reference/law.md` part 9 (R9.1 to R9.3) for OB-RECON.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from consent.ends import BOUNDARIES, FOREVER, beginning, birthday, day_after_days, months_on
from consent.entries import Consent, Mandate, Person
from consent.entry import Capability
from consent.facts import Facts
from consent.outlook.dates_of_facts import Date, Dated, What, dated
from consent.representation import row_for
from consent.rulesets import RULE_SETS
from schemas.calendar import days_after, local_day, months_after, written

HORIZON_MONTHS: Final = 12
"""So far ahead is looked where nobody says how far."""

BEFORE_12_DAYS: Final = 90
"""So long before the 12th birthday consents are to be asked for again (R9.1, policy)."""
AFTER_16_DAYS: Final = 30
"""Within so many days after the 16th birthday the youth confirms what he said before (R9.2, policy)."""
BEFORE_18_MONTHS: Final = 6
"""So long before the 18th birthday somebody is sought who speaks for who is not capable (R9.3, policy)."""
_TWELVE, _SIXTEEN, _EIGHTEEN = BOUNDARIES


class Effect(StrEnum):
    """What happens at an instant ahead."""

    BEGINS = "begins"
    """A fact, or a part of it, starts to count."""
    ENDS = "ends"
    """A fact stops to count."""
    CHANGES = "changes"
    """Something in a fact ends, or a date comes of a fact that has ended by then: mostly another reason is given."""
    CHECK = "check"
    """The check of an authority is too old from here on for its holder to look (LB-06): verify it again."""
    BIRTHDAY = "birthday"
    """Somebody else decides from here on."""
    RECONFIRM = "reconfirm"
    """A task is due (OB-RECON). `decide` sees nothing of it."""
    RULES = "rules"
    """Another rule set begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One entry of a forecast.

    `fact` is the name that evidence gives the fact in `section`; of a birthday it is the person, of rules the set.
    `why` says which date or term it is. A task may be begun at `starts`, and is due before `at`. `about` is whose fact
    it is, None of what is about no person. `decides` says who decides from a birthday on, if he is capable: `person`,
    and `authority` for who holds it. `names` are all whom the fact names; `given_by` is whose yes or no it is.
    """

    at: datetime
    effect: Effect
    section: str
    fact: str
    why: str
    about: str | None = None
    starts: datetime | None = None
    decides: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    given_by: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the entry, without what is absent and without whom the fact names."""
        told = {
            "at": written(self.at),
            "effect": str(self.effect),
            "section": self.section,
            "fact": self.fact,
            "why": self.why,
            "about": self.about,
            "starts": None if self.starts is None else written(self.starts),
            "decides": list(self.decides) or None,
        }
        return {name: value for name, value in told.items() if value is not None}


def horizon(at: datetime) -> datetime:
    """Return how far ahead is looked where nobody says so."""
    return months_on(at, HORIZON_MONTHS)


def forecast(facts: Facts, at: datetime, *, until: datetime) -> tuple[Ahead, ...]:
    """Return what lies ahead of `at`, up to and with `until`, in order of time."""
    everything = dated(facts)
    found = [
        *(entry for each in everything for entry in _of_fact(each)),
        *(entry for person in facts.persons for entry in _of_person(person, facts, everything, at)),
        *(
            Ahead(at=rules.since, effect=Effect.RULES, section="rules", fact=rules.name, why=rules.status or "since")
            for rules in RULE_SETS
        ),
    ]
    return tuple(sorted((each for each in found if at < each.at <= until and each.at != FOREVER), key=_order))


def _order(each: Ahead) -> tuple[datetime, str, str, str, str]:
    return (each.at, each.section, each.fact, each.effect, each.why)


def _of_fact(each: Dated) -> Iterator[Ahead]:
    for date in each.dates:
        yield Ahead(
            at=date.at,
            effect=_effect(date, each),
            section=each.section,
            fact=each.name,
            why=date.why,
            about=each.about,
            names=each.names,
            given_by=each.given_by,
        )


def _effect(date: Date, each: Dated) -> Effect:
    if date.what is What.ENDS:
        return Effect.ENDS if date.at == each.ends > each.begins else Effect.CHANGES
    if date.what is What.PART or date.at >= each.ends:
        return Effect.CHANGES
    return Effect.CHECK if date.what is What.CHECK else Effect.BEGINS


def _of_person(person: Person, facts: Facts, everything: Iterable[Dated], at: datetime) -> Iterator[Ahead]:
    for age in BOUNDARIES:
        row = row_for(age, Capability.CAPABLE)
        yield Ahead(
            at=birthday(person.born, age),
            effect=Effect.BIRTHDAY,
            section="persons",
            fact=person.id,
            why=f"{age}",
            about=person.id,
            decides=("person", "authority") if row.holders else ("person",),
        )
    own = [each for each in everything if each.about == person.id]
    yield from _consents_again(person, own)
    yield from _mandates_again(person, own)
    yield from _somebody_to_speak(person, facts, at)


def _consents_again(person: Person, own: Iterable[Dated]) -> Iterator[Ahead]:
    """Yield what was said before a birthday that takes the say away from who said it, or gives it to him alone."""
    for each in own:
        if not isinstance(each.entry, Consent):
            continue
        twelve, sixteen = birthday(person.born, _TWELVE), birthday(person.born, _SIXTEEN)
        if each.is_in_force_before(twelve) and each.entry.given_by != person.id:
            starts = beginning(days_after(local_day(twelve), -BEFORE_12_DAYS))
            yield _task(each, at=twelve, starts=starts, why=f"{_TWELVE}")
        if each.is_in_force_before(sixteen) and each.entry.given_by == person.id:
            yield _task(each, at=day_after_days(sixteen, AFTER_16_DAYS), starts=sixteen, why=f"{_SIXTEEN}")


def _mandates_again(person: Person, own: Iterable[Dated]) -> Iterator[Ahead]:
    for each in own:
        if not isinstance(each.entry, Mandate):
            continue
        again = each.entry.reconfirmed_on
        for age in BOUNDARIES:
            day = birthday(person.born, age)
            if each.entry.since < day and each.is_in_force_before(day) and (again is None or again < day):
                yield _task(each, at=day, starts=None, why=f"{age}")
        if each.ends > each.begins:
            yield _task(each, at=each.ends, starts=None, why="end")


def _somebody_to_speak(person: Person, facts: Facts, at: datetime) -> Iterator[Ahead]:
    """Yield that somebody must speak for who was last found not, or not surely, capable when he comes of age."""
    findings = [one for one in facts.capacity if one.person == person.id and one.on <= at]
    last = max(reversed(findings), key=lambda one: local_day(one.on), default=None)
    grown = birthday(person.born, _EIGHTEEN)
    if last is None or last.capable is Capability.CAPABLE or grown == FOREVER:
        return
    yield Ahead(
        at=grown,
        effect=Effect.RECONFIRM,
        section="persons",
        fact=person.id,
        why=f"{_EIGHTEEN}",
        about=person.id,
        starts=beginning(months_after(local_day(grown), -BEFORE_18_MONTHS)),
    )


def _task(each: Dated, *, at: datetime, starts: datetime | None, why: str) -> Ahead:
    return Ahead(
        at=at,
        effect=Effect.RECONFIRM,
        section=each.section,
        fact=each.name,
        why=why,
        about=each.about,
        starts=starts,
        names=each.names,
        given_by=each.given_by,
    )
