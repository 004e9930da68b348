"""Every kind of element by its word."""

from typing import Final

from schemas.plan.element import Element
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
from schemas.plan.standing import (
    BigFive,
    ClientProfile,
    Household,
    LegalStatus,
    Placement,
    SelfReliance,
    SupportLevel,
)

KINDS: Final[dict[str, type[Element]]] = {
    each.kind: each
    for each in (
        OwnWords,
        Need,
        Goal,
        Agreement,
        SafetyAgreement,
        Activity,
        Appointment,
        Evaluation,
        Report,
        LegalStatus,
        Placement,
        Household,
        SupportLevel,
        ClientProfile,
        SelfReliance,
        BigFive,
        Contact,
    )
}
"""Every kind by its word, in the order in which a plan shows them."""
