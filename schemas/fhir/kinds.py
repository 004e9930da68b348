"""The tables of the kinds: as which resource each element is written, and where each of its fields stands.

Source: HL7 FHIR R4 (4.0.1). `docs/reference/plan-fhir.md` is made of these tables.
"""

from typing import Final

from schemas.fhir import statuses
from schemas.fhir.foreign_rows import COMING
from schemas.fhir.forms import DAY, FLAG, INSTANT, PERSON, TEXT, word
from schemas.fhir.kind import EXTENSION_PERIOD, about_in, table_of_kind
from schemas.fhir.observed import (
    BIG_FIVE,
    CLIENT_PROFILE,
    EVALUATION,
    HOUSEHOLD,
    LEGAL_STATUS,
    NEED,
    PLACEMENT,
    SELF_RELIANCE,
    SUPPORT_LEVEL,
)
from schemas.fhir.table import Table, days, many, one, persons, said
from schemas.plan import ActivityStage, Contact, Element

_NO_CODE_TEXT: Final = "code.ext(absent).valueCode"

OWN_WORDS: Final = table_of_kind(
    "own-words",
    "Communication",
    one("text", "payload[].contentString", TEXT),
    one("speaker", "sender.reference", PERSON),
    EXTENSION_PERIOD,
    about=about_in("subject.reference"),
    status=(statuses.COMMUNICATION, "status"),
)
GOAL: Final = table_of_kind(
    "goal",
    "Goal",
    one("text", "description.text", TEXT),
    said("description.ext(absent).valueCode", "unknown", unless="description.text"),
    days("startDate", None),
    one("target_date", "target[].dueDate", DAY),
    one("progress", "achievementStatus.text", TEXT),
    about=about_in("subject.reference"),
    status=(statuses.GOAL, "lifecycleStatus"),
)
AGREEMENT: Final = table_of_kind(
    "agreement",
    "Task",
    said("intent", "plan"),
    one("text", "description", TEXT),
    many("by", "ext(by)[*].valueString", TEXT, first="owner.display"),
    days("executionPeriod.start", "executionPeriod.end"),
    about=about_in("for.reference"),
    status=(statuses.TASK, "status"),
)
SAFETY_AGREEMENT: Final = table_of_kind(
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
    about=about_in("subject.reference"),
    status=(statuses.FLAG, "status"),
)
ACTIVITY: Final = table_of_kind(
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
    about=about_in("subject.reference"),
    status=(statuses.REQUEST, "status"),
)
APPOINTMENT: Final = table_of_kind(
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
    EXTENSION_PERIOD,
    about=persons("participant[*].actor.reference", names_alone=True),
    status=(statuses.APPOINTMENT, "status"),
)
REPORT: Final = table_of_kind(
    "report",
    "Communication",
    one("title", "topic.text", TEXT),
    one("text", "payload[].contentString", TEXT),
    one("written_on", "sent", DAY),
    EXTENSION_PERIOD,
    about=about_in("subject.reference"),
    status=(statuses.COMMUNICATION, "status"),
)

PROFESSIONAL: Final = table_of_kind(
    "contact",
    "PractitionerRole",
    one("name", "practitioner.display", TEXT),
    one("organisation", "organization.display", TEXT),
    one("role", "code[].text", TEXT),
    one("coordinator", "ext(coordinator).valueBoolean", FLAG, default=False),
    one("text", "ext(text).valueString", TEXT),
    days("period.start", "period.end"),
    about=about_in(None),
    status=(statuses.NO_CODES, None),
)
RELATED: Final = table_of_kind(
    "contact",
    "RelatedPerson",
    one("relation", "relationship[].text", TEXT),
    one("name", "name[].text", TEXT),
    one("organisation", "ext(organisation).valueString", TEXT),
    one("role", "ext(role).valueString", TEXT),
    one("coordinator", "ext(coordinator).valueBoolean", FLAG, default=False),
    one("text", "ext(text).valueString", TEXT),
    days("period.start", "period.end"),
    about=about_in("patient.reference"),
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


OF_ELEMENTS: Final = frozenset((*BY_KIND.values(), RELATED))
"""The table of every kind."""


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
