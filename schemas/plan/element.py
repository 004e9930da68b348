"""An element: the smallest thing that is decided on, with where it comes from and how it may be handled."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from schemas.plan.words import LifeDomain, Status
from schemas.words import Category, RecordSource, Regime


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

    @property
    def is_confidence_of_another(self) -> bool:
        """Whether the person told it in confidence, and somebody else told it: no record is both.

        Source: decision contract, 2.1, **record**.
        """
        return self.told_in_confidence and self.told_by in {RecordSource.PARENT, RecordSource.THIRD_PARTY}


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
