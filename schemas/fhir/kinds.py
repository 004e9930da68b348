"""The tables of the kinds: as which resource each element is written, and where each of its fields stands.

Source: HL7 FHIR R4 (4.0.1). `docs/reference/plan-fhir.md` is made of these tables.
"""

from typing import Final

from schemas.fhir import statuses
from schemas.fhir.foreign_rows import COMING
from schemas.fhir.forms import DAY, DECIMAL, ELEMENT, FLAG, INSTANT, INTEGER, PERSON, TEXT, word
from schemas.fhir.rows import Codes, Days, Row
from schemas.fhir.table import Table, days, many, one, persons, said, standing
from schemas.plan import (
    ActivityStage,
    Arranged,
    Contact,
    Direction,
    Element,
    HelpEnd,
    Intensity,
    LifeDomain,
    Measured,
    Pillar,
    PlacementForm,
    Profile,
    RelianceDomain,
    Support,
)
from schemas.words import Category, OrderKind, Regime

_EXTENSION_PERIOD: Final = days()
_EFFECTIVE: Final = days("effectivePeriod.start", "effectivePeriod.end")
_NO_CODE_TEXT: Final = "code.ext(absent).valueCode"


def _about(first: str | None) -> Row:
    return persons("ext(about)[*].valueReference.reference", first=first)


def _table(kind: str, resource: str, *rows: Row, about: Row, status: tuple[Codes, str | None]) -> Table:
    return Table(
        resource,
        (
            said("meta.tag{kind}.code", kind),
            one("category", "meta.tag{category}.code", word(Category)),
            one("id", "identifier{element}.value", TEXT),
            about,
            one("regime", "ext(regime).valueCode", word(Regime)),
            one("life_domain", "ext(life-domain).valueCode", word(LifeDomain)),
            standing(*status),
            *rows,
            many("goals", "ext(goal)[*].valueReference.reference", ELEMENT),
        ),
    )


def _observation(
    kind: str,
    *rows: Row,
    text: str = "code.text",
    period: Days = _EXTENSION_PERIOD,
    category: str = "social-history",
) -> Table:
    return _table(
        kind,
        "Observation",
        said("category[].coding{observation-category}.code", category),
        *rows,
        one("text", text, TEXT),
        period,
        about=_about("subject.reference"),
        status=(statuses.OBSERVATION, "status"),
    )


OWN_WORDS: Final = _table(
    "own-words",
    "Communication",
    one("text", "payload[].contentString", TEXT),
    one("speaker", "sender.reference", PERSON),
    _EXTENSION_PERIOD,
    about=_about("subject.reference"),
    status=(statuses.COMMUNICATION, "status"),
)
NEED: Final = _observation(
    "need",
    one("direction", "code.coding{direction}.code", word(Direction)),
    text="valueString",
    period=_EFFECTIVE,
)
GOAL: Final = _table(
    "goal",
    "Goal",
    one("text", "description.text", TEXT),
    said("description.ext(absent).valueCode", "unknown", unless="description.text"),
    days("startDate", None),
    one("target_date", "target[].dueDate", DAY),
    one("progress", "achievementStatus.text", TEXT),
    about=_about("subject.reference"),
    status=(statuses.GOAL, "lifecycleStatus"),
)
AGREEMENT: Final = _table(
    "agreement",
    "Task",
    said("intent", "plan"),
    one("text", "description", TEXT),
    many("by", "ext(by)[*].valueString", TEXT, first="owner.display"),
    days("executionPeriod.start", "executionPeriod.end"),
    about=_about("for.reference"),
    status=(statuses.TASK, "status"),
)
SAFETY_AGREEMENT: Final = _table(
    "safety-agreement",
    "Flag",
    said("category[].coding{flag-category}.code", "safety"),
    one("text", "code.text", TEXT),
    said(_NO_CODE_TEXT, "unknown", unless="code.text"),
    one("danger", "ext(danger).valueString", TEXT),
    many("signals", "ext(signal)[*].valueString", TEXT),
    many("steps", "ext(step)[*].valueString", TEXT),
    many("by", "ext(by)[*].valueString", TEXT),
    days("period.start", "period.end"),
    about=_about("subject.reference"),
    status=(statuses.FLAG, "status"),
)
ACTIVITY: Final = _table(
    "activity",
    "ServiceRequest",
    said("intent", "plan"),
    one("text", "code.text", TEXT),
    one("provider", "performer[].display", TEXT),
    one("stage", "ext(stage).valueCode", word(ActivityStage)),
    one("stage_reason", "ext(stage-reason).valueString", TEXT),
    one("referred_by", "requester.display", TEXT),
    one("referrer_told_on", "ext(referrer-told-on).valueDate", DAY),
    days("occurrencePeriod.start", "occurrencePeriod.end"),
    about=_about("subject.reference"),
    status=(statuses.REQUEST, "status"),
)
APPOINTMENT: Final = _table(
    "appointment",
    "Appointment",
    one("text", "description", TEXT),
    one("begins_at", "start", INSTANT),
    said("_start.ext(absent).valueCode", "unknown", unless="start"),
    one("ends_at", "end", INSTANT),
    said("_end.ext(absent).valueCode", "unknown", unless="end"),
    one("place", "participant{#place}.actor.display", TEXT),
    said("participant{#place}.actor.type", "Location", where="participant{#place}"),
    many("participants", "participant[*].actor.display", TEXT),
    # Whether who is named said yes is not known.
    said("_status.ext(absent).valueCode", "unknown", items="participant[*]"),
    COMING,
    _EXTENSION_PERIOD,
    about=persons("participant[*].actor.reference", names_alone=True),
    status=(statuses.APPOINTMENT, "status"),
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
REPORT: Final = _table(
    "report",
    "Communication",
    one("title", "topic.text", TEXT),
    one("text", "payload[].contentString", TEXT),
    one("written_on", "sent", DAY),
    _EXTENSION_PERIOD,
    about=_about("subject.reference"),
    status=(statuses.COMMUNICATION, "status"),
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

PROFESSIONAL: Final = _table(
    "contact",
    "PractitionerRole",
    one("name", "practitioner.display", TEXT),
    one("organisation", "organization.display", TEXT),
    one("role", "code[].text", TEXT),
    one("coordinator", "ext(coordinator).valueBoolean", FLAG, default=False),
    one("text", "ext(text).valueString", TEXT),
    days("period.start", "period.end"),
    about=_about(None),
    status=(statuses.NO_CODES, None),
)
RELATED: Final = _table(
    "contact",
    "RelatedPerson",
    one("relation", "relationship[].text", TEXT),
    one("name", "name[].text", TEXT),
    one("organisation", "ext(organisation).valueString", TEXT),
    one("role", "ext(role).valueString", TEXT),
    one("coordinator", "ext(coordinator).valueBoolean", FLAG, default=False),
    one("text", "ext(text).valueString", TEXT),
    days("period.start", "period.end"),
    about=_about("patient.reference"),
    status=(statuses.NO_CODES, None),
)

BY_KIND: Final[dict[str, Table]] = {
    "own-words": OWN_WORDS,
    "need": NEED,
    "goal": GOAL,
    "agreement": AGREEMENT,
    "safety-agreement": SAFETY_AGREEMENT,
    "activity": ACTIVITY,
    "appointment": APPOINTMENT,
    "evaluation": EVALUATION,
    "report": REPORT,
    "legal-status": LEGAL_STATUS,
    "placement": PLACEMENT,
    "household": HOUSEHOLD,
    "support-level": SUPPORT_LEVEL,
    "client-profile": CLIENT_PROFILE,
    "self-reliance": SELF_RELIANCE,
    "big-five": BIG_FIVE,
    "contact": PROFESSIONAL,
}
"""The table of each kind; a contact of the family's own network is `RELATED`."""


def table_of(element: Element) -> Table:
    """Return the table by which `element` is written."""
    if isinstance(element, Contact) and element.relation is not None:
        return RELATED
    return BY_KIND[element.kind]


def table_for(kind: str, resource: str) -> Table | None:
    """Return the table of a resource of type `resource` that says it is of `kind`, or None where there is none."""
    if (kind, resource) == ("contact", RELATED.resource):
        return RELATED
    table = BY_KIND.get(kind)
    return table if table is not None and table.resource == resource else None
