"""The closed lists of words that elements are told in, in the order in which a page shows them.

The words are the wire form. A list only grows within one version of the plan (`docs/reference/plan-versions.md`).
"""

from enum import StrEnum


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


class Direction(StrEnum):
    """Whether it weighs on the family or carries it."""

    NEED = "need"
    STRENGTH = "strength"


class Measured(StrEnum):
    """What an evaluation measures: the three outcomes that Dutch municipalities ask for, and what else there is."""

    GOAL_ATTAINMENT = "goal-attainment"
    SATISFACTION = "satisfaction"
    DROP_OUT = "drop-out"
    OTHER = "other"


class HelpEnd(StrEnum):
    """Why help ended (Beleidsinformatie jeugd, *reden beëindiging*): as planned, or early and by whose wish."""

    PLANNED = "planned"
    BY_AGREEMENT = "by-agreement"
    BY_CLIENT = "by-client"
    BY_PROVIDER = "by-provider"
    CIRCUMSTANCES = "circumstances"


class PlacementForm(StrEnum):
    """Where somebody lives for now: at home, or in which sort of place."""

    HOME = "home"
    NETWORK_FOSTER_CARE = "network-foster-care"
    FOSTER_CARE = "foster-care"
    FAMILY_HOME = "family-home"
    RESIDENTIAL = "residential"
    SECURE_YOUTH_CARE = "secure-youth-care"
    SUPPORTED_LIVING = "supported-living"
    MENTAL_HEALTH_WARD = "mental-health-ward"
    CRISIS = "crisis"
    OTHER = "other"


class Support(StrEnum):
    """The four quadrants of the Frisian model: ondersteuningsvragen, -spanning, -nood and -crisis."""

    QUESTIONS = "questions"
    STRAIN = "strain"
    NEED = "need"
    CRISIS = "crisis"


class Profile(StrEnum):
    """The nine client profiles of the region West-Brabant-West, in its order."""

    PARENTS_IN_CONFLICT = "parents-in-conflict"
    PARENTS_NEED_SUPPORT = "parents-need-support"
    PARENTS_ILL_OR_DISABLED = "parents-ill-or-disabled"
    PARENTS_MENTALLY_ILL = "parents-mentally-ill"
    CHILD_FACTORS = "child-factors"
    MULTIPLE_PROBLEMS = "multiple-problems"
    LOW_INTELLIGENCE = "low-intelligence"
    LOW_INTELLIGENCE_AND_BEHAVIOUR = "low-intelligence-and-behaviour"
    PHYSICAL_DISABILITY = "physical-disability"


class Intensity(StrEnum):
    """The four weights of care within a client profile: acuut, intensief, perspectief and duurzaam."""

    ACUTE = "acute"
    INTENSIVE = "intensive"
    PERSPECTIVE = "perspective"
    LASTING = "lasting"


class RelianceDomain(StrEnum):
    """The thirteen domains of the Zelfredzaamheid-Matrix 2017, in its order."""

    FINANCES = "finances"
    WORK_AND_EDUCATION = "work-and-education"
    USE_OF_TIME = "use-of-time"
    HOUSING = "housing"
    DOMESTIC_RELATIONS = "domestic-relations"
    MENTAL_HEALTH = "mental-health"
    PHYSICAL_HEALTH = "physical-health"
    SUBSTANCE_USE = "substance-use"
    BASIC_DAILY_LIFE = "basic-daily-life"
    PRACTICAL_DAILY_LIFE = "practical-daily-life"
    SOCIAL_NETWORK = "social-network"
    COMMUNITY = "community"
    JUSTICE = "justice"


class Pillar(StrEnum):
    """The *big five* that must stand when a young person turns 18."""

    SUPPORT = "support"
    LIVING = "living"
    SCHOOL_OR_WORK = "school-or-work"
    INCOME = "income"
    CARE = "care"


class Arranged(StrEnum):
    """How far a pillar is arranged."""

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    ARRANGED = "arranged"
