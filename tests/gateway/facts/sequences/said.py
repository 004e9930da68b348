"""What was said in a sequence and acknowledged, as acts, and the facts that they come to. Nothing is judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.gateway.facts.sequences.town import Hand

_HERE: Final = ZoneInfo("Europe/Amsterdam")
_ENDS: Final = ("until", "ended_on", "suspended_on", "withdrawn_on", "objection_on", "youth_withdrew_on", "closed_on")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A new fact. `by` is None of a register."""

    by: Hand | None
    at: datetime
    section: str
    fact: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The confirmation `field` of a fact."""

    by: Hand
    at: datetime
    fact: str
    field: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Closed:
    """The end `field` of a fact, at once or `on` a later day."""

    by: Hand
    at: datetime
    fact: str
    field: str
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Switched:
    """Categories of a mandate, on or off."""

    by: Hand
    at: datetime
    fact: str
    categories: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a holder decided for an asker and a purpose; None as `categories` where it names none."""

    by: Hand
    at: datetime
    about: str
    asker: tuple[str, str]
    purpose: str
    approved: bool
    categories: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A holder's stop, or its end."""

    holder: str
    stops: bool


Act = Recorded | Confirmed | Closed | Switched | Decided | Stopped


@dataclass(slots=True)
class Fact:
    """A fact with all that was said of it, in order."""

    section: str
    id: str
    by: Hand | None
    at: datetime
    body: Mapping[str, Any]
    later: list[Confirmed | Closed | Switched] = field(default_factory=list)

    @property
    def since(self) -> datetime:
        """Since when it holds; where nothing is said, since it was recorded."""
        told = self.body.get("since", self.body.get("on"))
        return self.at if told is None else instant(told)

    def given(self, name: str) -> list[Confirmed]:
        """The confirmations of this name."""
        return [each for each in self.later if isinstance(each, Confirmed) and each.field == name]

    def closed(self, name: str) -> list[Closed]:
        """The ends of this name."""
        return [each for each in self.later if isinstance(each, Closed) and each.field == name]

    def end(self) -> datetime | None:
        """When it ends at the latest, as it or anybody said."""
        said = [instant(self.body["until"])] if "until" in self.body else []
        said += [
            each.at if each.on is None else instant(each.on)
            for each in self.later
            if isinstance(each, Closed) and each.field in _ENDS
        ]
        return min(said, default=None)

    def in_force(self, at: datetime) -> bool:
        """Whether it has begun and has not ended."""
        end = self.end()
        return self.since <= at and (end is None or at < end)


def facts_of(acts: Iterable[Act]) -> dict[str, Fact]:
    """Return the facts that `acts` come to, by id; what is said of a fact that is not there is left out."""
    found: dict[str, Fact] = {}
    for act in acts:
        if isinstance(act, Recorded):
            found[act.fact] = Fact(act.section, act.fact, act.by, act.at, act.body)
        elif isinstance(act, Confirmed | Closed | Switched) and act.fact in found:
            found[act.fact].later.append(act)
    return found


def giver_of(fact: Fact) -> str | None:
    """Return whose yes or no it is."""
    if "given_by" in fact.body:
        return str(fact.body["given_by"])
    return None if fact.by is None else fact.by.organisation or fact.by.id


def opened_since(acts: Sequence[Act], refusal: str) -> bool:
    """Whether a no was taken back, or anybody said yes after it; what is no refusal was not opened by that."""
    yeses = {act.fact for act in acts if isinstance(act, Recorded) and act.section == "consents"}
    later = iter(acts)
    said = any(isinstance(act, Recorded) and (act.section, act.fact) == ("refusals", refusal) for act in later)
    return said and any(
        (isinstance(act, Closed) and act.fact == refusal)
        or (isinstance(act, Recorded | Confirmed) and act.fact in yeses)
        for act in later
    )


def instant(told: str) -> datetime:
    """Return an instant, or the beginning of a day in Amsterdam."""
    if "T" in told:
        return datetime.fromisoformat(told)
    return datetime.combine(date.fromisoformat(told), time(), _HERE)


def day(at: datetime) -> date:
    """Return the day in Amsterdam."""
    return at.astimezone(_HERE).date()


def years(born: date, at: datetime) -> int:
    """Return an age in whole years. Nobody here was born on 29 February."""
    today = day(at)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def birthday(born: date, age: int) -> datetime:
    """Return when somebody becomes `age`."""
    return datetime.combine(born.replace(year=born.year + age), time(), _HERE)
