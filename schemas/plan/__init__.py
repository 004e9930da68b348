"""The shared plan, version 1: one family, its elements, and where each of them comes from.

An element is the smallest thing that is decided on. Adding a kind is one frozen dataclass in `helping` or `standing`
and its place in `kinds`; reading, writing and the JSON Schema (`schemas.plan_json`) follow from its fields. A kind
never implies a category, and nothing in a plan is a fact to decide on.
"""

from schemas.plan.element import (
    Element,
    Handling,
    Period,
    Source,
)
from schemas.plan.gaps import (
    AHEAD,
    ALL_ASKED,
    Gap,
    Missing,
    coordinates,
    find_gaps,
)
from schemas.plan.helping import (
    Activity,
    Agreement,
    Appointment,
    Contact,
    Evaluation,
    Goal,
    Need,
    OwnWords,
    Report,
    SafetyAgreement,
)
from schemas.plan.kinds import (
    KINDS,
    renamed,
)
from schemas.plan.plan import (
    FamilyHousehold,
    Housemate,
    Plan,
    TeamMember,
)
from schemas.plan.standing import (
    BigFive,
    ClientProfile,
    Household,
    LegalStatus,
    Placement,
    SelfReliance,
    SupportLevel,
)
from schemas.plan.typed import holds_its_types, source_holds, texts_of
from schemas.plan.words import (
    ActivityStage,
    Arranged,
    Direction,
    HelpEnd,
    Intensity,
    LifeDomain,
    Measured,
    Pillar,
    PlacementForm,
    Profile,
    RelianceDomain,
    Status,
    Support,
)

__all__ = [
    "AHEAD",
    "ALL_ASKED",
    "KINDS",
    "Activity",
    "ActivityStage",
    "Agreement",
    "Appointment",
    "Arranged",
    "BigFive",
    "ClientProfile",
    "Contact",
    "Direction",
    "Element",
    "Evaluation",
    "FamilyHousehold",
    "Gap",
    "Goal",
    "Handling",
    "HelpEnd",
    "Household",
    "Housemate",
    "Intensity",
    "LegalStatus",
    "LifeDomain",
    "Measured",
    "Missing",
    "Need",
    "OwnWords",
    "Period",
    "Pillar",
    "Placement",
    "PlacementForm",
    "Plan",
    "Profile",
    "RelianceDomain",
    "Report",
    "SafetyAgreement",
    "SelfReliance",
    "Source",
    "Status",
    "Support",
    "SupportLevel",
    "TeamMember",
    "coordinates",
    "find_gaps",
    "holds_its_types",
    "renamed",
    "source_holds",
    "texts_of",
]
