"""The shared plan, version 1: one family, its elements, and where each of them comes from.

An element is the smallest thing that is decided on. Adding a kind is one frozen dataclass below with its own `kind`;
reading, writing and the JSON Schema (`schemas.plan_json`) follow from its fields.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from schemas.words import Category, RecordSource, Regime


class LifeDomain(StrEnum):
    """Leefgebied: the part of life that an element is about, as Dutch family plans order them."""

    SAFETY = "safety"
    UPBRINGING = "upbringing"
    DEVELOPMENT = "development"
    HEALTH = "health"
    SCHOOL_AND_WORK = "school-and-work"
    HOME = "home"
    FINANCES = "finances"
    NETWORK = "network"
    LEISURE = "leisure"
    JUSTICE = "justice"


class Status(StrEnum):
    """How an element stands at its source."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class ActivityStage(StrEnum):
    """How far help has come. A referrer who never hears `stopped-early` is why this list exists."""

    WAITING = "waiting"
    STARTED = "started"
    STOPPED_EARLY = "stopped-early"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Period:
    """From the day it begins up to, not including, the day it ends; either may be open."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an element comes from. `record` and `version` are the source system's own words for it."""

    organisation: str
    system: str
    record: str
    version: str | None
    retrieved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What the holder's record system says about how a record may be handled. It is decided on, never shown."""

    created_on: str
    told_by: RecordSource = RecordSource.PROFESSIONAL
    told_in_confidence: bool = False
    confidential_from: tuple[str, ...] = ()
    good_care_veto: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What every kind of element has.

    `about` holds internal person ids, sorted, never empty. `regime` is None where the source could not say.
    `text` is in the family's own words where the source has them. `goals` are ids of elements of kind goal.
    """

    kind: ClassVar[str] = ""

    id: str
    about: tuple[str, ...]
    category: Category
    regime: Regime | None
    source: Source
    handling: Handling = field(repr=False)
    life_domain: LifeDomain | None = None
    text: str | None = field(default=None, repr=False)
    status: Status = Status.UNKNOWN
    period: Period = Period()
    goals: tuple[str, ...] = ()


class Direction(StrEnum):
    """Whether it weighs on the family or carries it."""

    NEED = "need"
    STRENGTH = "strength"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Element):
    """What weighs on the family, or what carries it (krachten en zorgen)."""

    kind: ClassVar[str] = "need"

    direction: Direction = Direction.NEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal(Element):
    """What the family wants to reach, with how it stands."""

    kind: ClassVar[str] = "goal"

    target_date: date | None = None
    progress: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Element):
    """What was agreed, and who does it."""

    kind: ClassVar[str] = "agreement"

    by: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Element):
    """Which help by whom, and whether it waits, runs, stopped early or is done, and why."""

    kind: ClassVar[str] = "activity"

    provider: str | None = None
    stage: ActivityStage | None = None
    stage_reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Element):
    """When who meets."""

    kind: ClassVar[str] = "appointment"

    begins_at: datetime | None = None
    ends_at: datetime | None = None
    place: str | None = field(default=None, repr=False)
    participants: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Element):
    """A dated report or note."""

    kind: ClassVar[str] = "report"

    title: str | None = field(default=None, repr=False)
    written_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Element):
    """Somebody of the team or the network round the family; at most one coordinator (regisseur) a holder."""

    kind: ClassVar[str] = "contact"

    name: str | None = field(default=None, repr=False)
    organisation: str | None = None
    role: str | None = None
    relation: str | None = None
    coordinator: bool = False


KINDS: dict[str, type[Element]] = {
    each.kind: each for each in (Need, Goal, Agreement, Activity, Appointment, Report, Contact)
}
"""Every kind by its word, in the order in which a plan shows them."""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Who works on the plan: taken from released contacts, so the team shows no more than they do."""

    name: str | None
    organisation: str | None
    role: str | None
    period: Period
    element: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One family, one plan, as far as this requester may see it.

    `family` holds the persons that released elements are about; `coordinators` are team members that a source names as
    regisseur (more than one where sources differ: doubles stand side by side, never merged silently).
    `elements` are ordered by life domain, then kind, then id.
    """

    family: tuple[str, ...]
    coordinators: tuple[TeamMember, ...]
    team: tuple[TeamMember, ...]
    elements: tuple[Element, ...]
