"""How somebody stands: where he lives, under which measure, and what instruments say of him."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, ClassVar

from annotated_types import Interval

from schemas.plan.element import Element
from schemas.plan.words import Arranged, Intensity, Pillar, PlacementForm, Profile, RelianceDomain, Support
from schemas.words import OrderKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalStatus(Element):
    """Under which measure help is given, or that it is given freely, as a source tells it: never a fact to decide on.

    `measure` is None where there is none, or none that the plan has a word for; `voluntary` is None where the source
    does not say.
    """

    kind: ClassVar[str] = "legal-status"

    measure: OrderKind | None = None
    voluntary: bool | None = None
    court: str | None = None
    carried_out_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Element):
    """Where somebody lives for now, why it began and why it ended. No address stands here."""

    kind: ClassVar[str] = "placement"

    form: PlacementForm
    provider: str | None = None
    reason: str | None = field(default=None, repr=False)
    end_reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Household(Element):
    """Somebody's place in one household; a child of two homes has two.

    `household` is the source's own word for it, which says nothing by itself; `share` how much he is there, in words.
    """

    kind: ClassVar[str] = "household"

    household: str
    share: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportLevel(Element):
    """How much support the family needs.

    Source: Fries ordeningsmodel (2012), after Kousemaker and Timmers.
    """

    kind: ClassVar[str] = "support-level"

    level: Support
    assessed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientProfile(Element):
    """Which sort of help is bought: one of nine profiles, and within it one of four intensities once that is chosen.

    Source: client profiles of the region West-Brabant-West.
    """

    kind: ClassVar[str] = "client-profile"

    profile: Profile
    intensity: Intensity | None = None
    assessed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfReliance(Element):
    """How well somebody manages in one domain of life: 1 acute problems to 5 entirely self-reliant.

    Source: Zelfredzaamheid-Matrix 2017.
    """

    kind: ClassVar[str] = "self-reliance"

    domain: RelianceDomain
    score: Annotated[int, Interval(ge=1, le=5)] = field(repr=False)
    assessed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BigFive(Element):
    """One of five pillars that must stand when a young person turns 18; `due` is that day, as the source says it."""

    kind: ClassVar[str] = "big-five"

    pillar: Pillar
    arranged: Arranged
    due: date | None = None
