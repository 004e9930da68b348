"""Where it stands what the plan's kinds and words are called, and what is said of its gaps, in Dutch and in English."""

from enum import StrEnum
from typing import Final

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
from schemas.texts import WORDS
from schemas.words import OrderKind

CATALOGUES: Final = tuple(WORDS.with_name("plan") / name for name in ("words.yaml", "gaps.yaml"))
"""The files; who has sentences of his own beside them reads all together."""

PREFIXES: Final[dict[type[StrEnum], str]] = {
    LifeDomain: "life-domain",
    Status: "status",
    ActivityStage: "stage",
    Direction: "direction",
    Measured: "measured",
    HelpEnd: "help-end",
    PlacementForm: "placement",
    Support: "support",
    Profile: "profile",
    Intensity: "intensity",
    RelianceDomain: "reliance",
    Pillar: "pillar",
    Arranged: "arranged",
    OrderKind: "order-kind",
}
"""Under which first half of a key each list of words stands; what measures are called says the decision contract."""
