"""The tables of resources that are not ours: which elements they hold, and where.

A category comes from the type of the resource where that alone says it, and else from a code of the closed tables here:
nothing is assumed, so where there is no such code nothing is made. The regime stays unknown: no resource says it.
Source: HL7 FHIR R4 (4.0.1); STU3 (3.0.2) where a name differs; Nictiz zib2020 for the Dutch codes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from schemas.fhir import statuses
from schemas.fhir.cursor import NOTHING, Cursor
from schemas.fhir.foreign_rows import COMING, Again, Given, Only, Professional, Under, agreed
from schemas.fhir.forms import DAY, ELEMENT, INSTANT, TEXT
from schemas.fhir.places import Place, place
from schemas.fhir.table import Table, days, many, one, persons, standing
from schemas.plan import Activity, ActivityStage, Appointment, Contact, Element, Goal, Need, Status
from schemas.words import Category


@dataclass(frozen=True, slots=True)
class Foreign:
    """Which kind of element a resource holds: one, or one for each item at `each`."""

    kind: type[Element]
    table: Table
    each: Place | None = None

    def cursors(self, cursor: Cursor) -> Iterator[tuple[str, Cursor]]:
        """Yield where each element may stand, with what its id has behind the resource's."""
        if self.each is None:
            yield "", cursor.inside((cursor.path, cursor.node, ()), self.table.places)
            return
        for position, found in enumerate(self.each.find(cursor.node)):
            path, value, _ = found
            if isinstance(value, dict):
                yield f"#{path[0]}-{position}", cursor.inside(found, self.table.places)


def _intent() -> Only:
    meant = frozenset({"plan", "order", "original-order", "reflex-order", "filler-order", "instance-order"})
    return Only(place("/intent"), meant, "that it is a plan or an order is not what its `intent` says", needed=True)


_HEALTH: Final = Category.HEALTH
_LISTED: Final = {"problem-list-item": _HEALTH, "encounter-diagnosis": _HEALTH}
_HELD: Final = {
    "439401001": _HEALTH,  # diagnosis
    "282291009": _HEALTH,  # diagnosis, interpretation
    "55607006": _HEALTH,  # problem
    "404684003": _HEALTH,  # clinical finding
    "409586006": _HEALTH,  # complaint
    "116223007": _HEALTH,  # complication
    "248536006": _HEALTH,  # functional performance and activity
    "303186005": Category.JUSTICE,  # legal status
}
_FLAGGED: Final = {
    "safety": Category.RISK,
    "clinical": _HEALTH,
    "lab": _HEALTH,
    "diet": _HEALTH,
    "drug": Category.MEDICATION,
}
_ALERTED: Final = {"75323-6": _HEALTH}  # condition
_REQUESTED: Final = {
    "103693007": _HEALTH,  # diagnostic procedure
    "108252007": _HEALTH,  # laboratory procedure
    "363679005": _HEALTH,  # imaging
    "387713003": _HEALTH,  # surgical procedure
    "386053000": _HEALTH,  # evaluation procedure
}
_HELPED: Final = {"243114000": Category.HELP_STATUS}  # support by others (zib HelpFromOthers)
_PLANNED: Final = {"MedicationRequest": Category.MEDICATION, "NutritionOrder": _HEALTH, "VisionPrescription": _HEALTH}
_PLANNED_STU3: Final = {"diet": _HEALTH, "drug": Category.MEDICATION, "observation": _HEALTH, "procedure": _HEALTH}

_SUBJECT: Final = persons("subject.reference")
_CODE: Final = (one("text", "code.text", TEXT), one("text", "code.coding[].display", TEXT))


_IN_FORCE: Final = frozenset({"active", "on-hold", "completed"})
_STATUS_UNDER: Final[dict[str, dict[Any, Any]]] = {
    "on-hold": dict.fromkeys((Status.ACTIVE, Status.PROPOSED, Status.UNKNOWN, NOTHING), Status.ON_HOLD),
    "completed": dict.fromkeys((Status.ACTIVE, Status.PROPOSED, Status.ON_HOLD), Status.UNKNOWN),
}
"""What is not over itself is on hold with its plan; of one that a plan that is over left open, nobody knows."""
_NO_STAGE: Final[dict[Any, Any]] = dict.fromkeys((ActivityStage.WAITING, ActivityStage.STARTED), NOTHING)
_STAGE_UNDER: Final = {"on-hold": _NO_STAGE, "completed": _NO_STAGE}

_GOAL: Final = Foreign(
    Goal,
    Table(
        "Goal",
        (
            _SUBJECT,
            Given("category", Category.GOALS),
            standing(statuses.GOAL, "lifecycleStatus"),
            standing(statuses.GOAL, "status"),  # STU3
            one("text", "description.text", TEXT),
            days("startDate", None),
            one("target_date", "target[].dueDate", DAY),
            one("progress", "achievementStatus.text", TEXT),
            one("progress", "statusReason", TEXT),
        ),
    ),
)
_PLANNED_ACTIVITY: Final = Foreign(
    Activity,
    Table(
        "CarePlan",
        (
            _intent(),
            Only(place("/status"), _IN_FORCE, "its plan is not in force", needed=True),
            persons("/subject.reference"),
            agreed(
                ("detail.kind", _PLANNED),
                ("detail.category.coding{care-plan-activity-stu3}.code", _PLANNED_STU3),
                ("/category[].coding{snomed}.code", _HELPED),
            ),
            Under(standing(statuses.DETAIL, "detail.status"), place("/status"), _STATUS_UNDER),
            one("text", "detail.description", TEXT),
            one("text", "detail.code.text", TEXT),
            one("text", "detail.code.coding[].display", TEXT),
            Under(Again("stage", place("detail.status"), statuses.STAGES), place("/status"), _STAGE_UNDER),
            one("stage_reason", "detail.statusReason.text", TEXT),
            one("stage_reason", "detail.statusReason", TEXT),  # STU3
            one("provider", "detail.performer[].display", TEXT),
            days("detail.scheduledPeriod.start", "detail.scheduledPeriod.end"),
            many("goals", "detail.goal[*].reference", ELEMENT),
        ),
    ),
    each=place("activity[*]"),
)
_REQUEST: Final = Foreign(
    Activity,
    Table(
        "ServiceRequest",
        (
            _intent(),
            _SUBJECT,
            agreed(("category[].coding{snomed}.code", _REQUESTED)),
            standing(statuses.REQUEST, "status"),
            *_CODE,
            one("provider", "performer[].display", TEXT),
            one("referred_by", "requester.display", TEXT),
            one("referred_by", "requester.agent.display", TEXT),  # STU3
            days("occurrencePeriod.start", "occurrencePeriod.end"),
        ),
    ),
)
_MEMBER: Final = Foreign(
    Contact,
    Table(
        "CareTeam",
        (
            Professional(place("member.reference")),
            Only(place("/status"), frozenset({"active"}), "its team does not work now"),
            persons("/subject.reference"),
            Given("category", Category.PROFESSIONALS),
            one("name", "member.display", TEXT),
            one("organisation", "onBehalfOf.display", TEXT),
            one("role", "role[].text", TEXT),
            one("role", "role[].coding[].display", TEXT),
            days("period.start", "period.end"),
        ),
    ),
    each=place("participant[*]"),
)
_APPOINTMENT: Final = Foreign(
    Appointment,
    Table(
        "Appointment",
        (
            COMING,
            persons("participant[*].actor.reference"),
            Given("category", Category.APPOINTMENTS),
            standing(statuses.APPOINTMENT, "status"),
            one("text", "description", TEXT),
            one("begins_at", "start", INSTANT),
            one("ends_at", "end", INSTANT),
            many("participants", "participant[*].actor.display", TEXT),
        ),
    ),
)
_CONDITION: Final = Foreign(
    Need,
    Table(
        "Condition",
        (
            Only(
                place("verificationStatus.coding[].code"),
                frozenset({"unconfirmed", "provisional", "differential", "confirmed", "410605003"}),
                "it is not so, as its `verificationStatus` says",
            ),
            # STU3, where it is a code; R4 has an object here.
            Only(
                place("verificationStatus"),
                frozenset({"provisional", "differential", "confirmed"}),
                "it is not so, as its `verificationStatus` says",
                objects=True,
            ),
            Only(place("_verificationStatus"), frozenset(), "whether it is so is not said"),
            _SUBJECT,
            agreed(
                ("category[].coding{snomed}.code", _HELD),
                ("category[].coding{condition-category}.code", _LISTED),
                ("category[].coding{condition-category-stu3}.code", _LISTED),
            ),
            standing(statuses.CLINICAL, "clinicalStatus.coding{condition-clinical}.code"),
            standing(statuses.CLINICAL, "clinicalStatus"),  # STU3
            *_CODE,
            days("onsetDateTime", "abatementDateTime"),
        ),
    ),
)
_FLAG: Final = Foreign(
    Need,
    Table(
        "Flag",
        (
            _SUBJECT,
            agreed(
                ("category[].coding{flag-category}.code", _FLAGGED),
                ("category[].coding{flag-category-stu3}.code", _FLAGGED),
                ("category[].coding{loinc}.code", _ALERTED),
            ),
            standing(statuses.FLAG, "status"),
            *_CODE,
            days("period.start", "period.end"),
        ),
    ),
)

_TABLES: Final = {
    each.table.resource: each for each in (_GOAL, _PLANNED_ACTIVITY, _REQUEST, _MEMBER, _APPOINTMENT, _CONDITION, _FLAG)
}
_STU3: Final = {"ProcedureRequest": "ServiceRequest"}

_ONLY_OURS: Final = "nothing but a resource of ours says its kind and its category"
NOT_READ: Final = {
    "Communication": _ONLY_OURS,
    "CommunicationRequest": _ONLY_OURS,
    "DocumentReference": _ONLY_OURS,
    "EpisodeOfCare": "whether it is medical is nothing that its type says",
    "Observation": _ONLY_OURS,
    "PractitionerRole": _ONLY_OURS,
    "Provenance": "where resources of others come from is for their reader to say",
    "RelatedPerson": _ONLY_OURS,
    "Task": _ONLY_OURS,
    "Patient": "a person is only named here, by the reference of what is about him",
}
"""Types that hold plan content, of which nothing is made where the resource is not ours; and why."""

PLAN_CONTENT: Final = frozenset({*_TABLES, *_STU3, *NOT_READ})
"""The types of resource that hold plan content."""


def foreign_table(resource: str) -> Foreign | None:
    """Return how a resource of that type is read, or None where it is not."""
    return _TABLES.get(_STU3.get(resource, resource))
