"""What a family and its helpers want, agree on and do."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from schemas.plan.element import Element
from schemas.plan.words import ActivityStage, Direction, HelpEnd, Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords(Element):
    """What the family says it wants, in its own words (`text`). It stands before everything else in a plan.

    `speaker` is the internal id of who said it, one of `about`.
    """

    kind: ClassVar[str] = "own-words"

    speaker: str | None = None


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
class SafetyAgreement(Element):
    """Veiligheidsafspraak: the danger, the signals that it comes, and the steps that who takes then."""

    kind: ClassVar[str] = "safety-agreement"

    danger: str | None = field(default=None, repr=False)
    signals: tuple[str, ...] = field(default=(), repr=False)
    steps: tuple[str, ...] = field(default=(), repr=False)
    by: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Element):
    """Which help by whom, and whether it waits, runs, stopped early or is done, and why.

    `referred_by` is who sent the family there; `referrer_told_on` the day on which he heard how it ended.
    """

    kind: ClassVar[str] = "activity"

    provider: str | None = None
    stage: ActivityStage | None = None
    stage_reason: str | None = field(default=None, repr=False)
    referred_by: str | None = None
    referrer_told_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Element):
    """When who meets."""

    kind: ClassVar[str] = "appointment"

    begins_at: datetime | None = None
    ends_at: datetime | None = None
    place: str | None = field(default=None, repr=False)
    participants: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Element):
    """What help came to: how far a goal was reached, how content the family is, or whether help ended early.

    `score` lies between `lowest` and `highest` where the source says them: -2 and 2 for goal attainment scaling. The
    three keep the digits that the source wrote. `ended` says why help ended, for whoever counts drop-out.
    """

    kind: ClassVar[str] = "evaluation"

    measure: Measured
    instrument: str | None = None
    score: Decimal | None = field(default=None, repr=False)
    lowest: Decimal | None = None
    highest: Decimal | None = None
    evaluated_on: date | None = None
    ended: HelpEnd | None = None
    finding: str | None = field(default=None, repr=False)


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
