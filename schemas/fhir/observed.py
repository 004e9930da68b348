"""The tables of the kinds that are written as an `Observation`: what was found, measured or is so."""

from typing import Final

from schemas.fhir import statuses
from schemas.fhir.forms import DAY, DECIMAL, FLAG, INTEGER, TEXT, word
from schemas.fhir.kind import EXTENSION_PERIOD, about_in, table_of_kind
from schemas.fhir.rows import Days, Row
from schemas.fhir.table import Table, days, one, said
from schemas.plan import (
    Arranged,
    Direction,
    HelpEnd,
    Intensity,
    Measured,
    Pillar,
    PlacementForm,
    Profile,
    RelianceDomain,
    Support,
)
from schemas.words import OrderKind

_EFFECTIVE: Final = days("effectivePeriod.start", "effectivePeriod.end")


def _observation(
    kind: str,
    *rows: Row,
    text: str = "code.text",
    period: Days = EXTENSION_PERIOD,
    category: str = "social-history",
) -> Table:
    return table_of_kind(
        kind,
        "Observation",
        said("category[].coding{observation-category}.code", category),
        *rows,
        one("text", text, TEXT),
        period,
        about=about_in("subject.reference"),
        status=(statuses.OBSERVATION, "status"),
    )


NEED: Final = _observation(
    "need",
    one("direction", "code.coding{direction}.code", word(Direction)),
    text="valueString",
    period=_EFFECTIVE,
)
EVALUATION: Final = _observation(
    "evaluation",
    one("measure", "code.coding{measure}.code", word(Measured)),
    one("instrument", "method.text", TEXT),
    one("score", "valueQuantity.value", DECIMAL),
    one("lowest", "referenceRange[].low.value", DECIMAL),
    one("highest", "referenceRange[].high.value", DECIMAL),
    one("evaluated_on", "effectiveDateTime", DAY),
    one("ended", "ext(help-end).valueCode", word(HelpEnd)),
    one("finding", "note[].text", TEXT),
    category="survey",
)
LEGAL_STATUS: Final = _observation(
    "legal-status",
    said("code.coding{kind}.code", "legal-status"),
    one("measure", "valueCodeableConcept.coding{order}.code", word(OrderKind)),
    one("voluntary", "ext(voluntary).valueBoolean", FLAG),
    one("court", "ext(court).valueString", TEXT),
    one("carried_out_by", "performer[].display", TEXT),
    period=_EFFECTIVE,
)
PLACEMENT: Final = _observation(
    "placement",
    said("code.coding{kind}.code", "placement"),
    one("form", "valueCodeableConcept.coding{placement-form}.code", word(PlacementForm)),
    one("provider", "performer[].display", TEXT),
    one("reason", "ext(reason).valueString", TEXT),
    one("end_reason", "ext(end-reason).valueString", TEXT),
    period=_EFFECTIVE,
)
HOUSEHOLD: Final = _observation(
    "household",
    said("code.coding{kind}.code", "household"),
    one("household", "valueString", TEXT),
    one("share", "ext(share).valueString", TEXT),
    period=_EFFECTIVE,
)
SUPPORT_LEVEL: Final = _observation(
    "support-level",
    said("code.coding{kind}.code", "support-level"),
    one("level", "valueCodeableConcept.coding{support}.code", word(Support)),
    one("assessed_on", "effectiveDateTime", DAY),
    category="survey",
)
CLIENT_PROFILE: Final = _observation(
    "client-profile",
    said("code.coding{kind}.code", "client-profile"),
    one("profile", "valueCodeableConcept.coding{profile}.code", word(Profile)),
    one("intensity", "component[].valueCodeableConcept.coding{intensity}.code", word(Intensity)),
    said("component[].code.coding{kind}.code", "intensity", where="component[]"),
    one("assessed_on", "effectiveDateTime", DAY),
    category="survey",
)
SELF_RELIANCE: Final = _observation(
    "self-reliance",
    one("domain", "code.coding{self-reliance}.code", word(RelianceDomain)),
    one("score", "valueInteger", INTEGER),
    one("assessed_on", "effectiveDateTime", DAY),
    category="survey",
)
BIG_FIVE: Final = _observation(
    "big-five",
    one("pillar", "code.coding{pillar}.code", word(Pillar)),
    one("arranged", "valueCodeableConcept.coding{arranged}.code", word(Arranged)),
    one("due", "ext(due).valueDate", DAY),
)
