"""How each type of resource calls the statuses of the plan.

Source: HL7 FHIR R4 (4.0.1), the required bindings of each `status`; STU3 (3.0.2) for the words of its Goal. What is not
here, like `entered-in-error`, `rejected` or `noshow`, is no status of the plan, so nothing is made of it.
"""

from typing import Final

from schemas.fhir.rows import Codes
from schemas.plan import ActivityStage, Status

_PROPOSED, _ACTIVE, _ON_HOLD = Status.PROPOSED, Status.ACTIVE, Status.ON_HOLD
_COMPLETED, _CANCELLED, _UNKNOWN = Status.COMPLETED, Status.CANCELLED, Status.UNKNOWN

NO_CODES: Final = Codes({}, {})
"""Of a resource without a status."""

GOAL: Final = Codes(
    {
        _PROPOSED: "proposed",
        _ACTIVE: "active",
        _ON_HOLD: "on-hold",
        _COMPLETED: "completed",
        _CANCELLED: "cancelled",
    },
    {
        "proposed": _PROPOSED,
        "planned": _PROPOSED,
        "accepted": _PROPOSED,
        "active": _ACTIVE,
        "on-hold": _ON_HOLD,
        "completed": _COMPLETED,
        "cancelled": _CANCELLED,
        "in-progress": _ACTIVE,
        "on-target": _ACTIVE,
        "ahead-of-target": _ACTIVE,
        "behind-target": _ACTIVE,
        "sustaining": _ACTIVE,
        "achieved": _COMPLETED,
    },
)
REQUEST: Final = Codes(
    {
        _PROPOSED: "draft",
        _ACTIVE: "active",
        _ON_HOLD: "on-hold",
        _COMPLETED: "completed",
        _CANCELLED: "revoked",
        _UNKNOWN: "unknown",
    },
    {
        "draft": _PROPOSED,
        "active": _ACTIVE,
        "on-hold": _ON_HOLD,
        "completed": _COMPLETED,
        "revoked": _CANCELLED,
        "unknown": _UNKNOWN,
        "suspended": _ON_HOLD,
        "cancelled": _CANCELLED,
    },
)
TASK: Final = Codes(
    {
        _PROPOSED: "requested",
        _ACTIVE: "in-progress",
        _ON_HOLD: "on-hold",
        _COMPLETED: "completed",
        _CANCELLED: "cancelled",
    },
    {
        "draft": _PROPOSED,
        "requested": _PROPOSED,
        "received": _PROPOSED,
        "accepted": _PROPOSED,
        "ready": _PROPOSED,
        "in-progress": _ACTIVE,
        "on-hold": _ON_HOLD,
        "completed": _COMPLETED,
        "cancelled": _CANCELLED,
    },
)
FLAG: Final = Codes(
    {_ACTIVE: "active", _COMPLETED: "inactive", _CANCELLED: "inactive", _PROPOSED: "inactive", _ON_HOLD: "inactive"},
    {"active": _ACTIVE, "inactive": _COMPLETED},
)
OBSERVATION: Final = Codes(
    {
        _PROPOSED: "registered",
        _ACTIVE: "final",
        _ON_HOLD: "final",
        _COMPLETED: "final",
        _CANCELLED: "cancelled",
        _UNKNOWN: "unknown",
    },
    {
        "registered": _PROPOSED,
        "preliminary": _PROPOSED,
        "final": _COMPLETED,
        "amended": _COMPLETED,
        "corrected": _COMPLETED,
        "cancelled": _CANCELLED,
        "unknown": _UNKNOWN,
    },
)
COMMUNICATION: Final = Codes(
    {
        _PROPOSED: "preparation",
        _ACTIVE: "in-progress",
        _ON_HOLD: "on-hold",
        _COMPLETED: "completed",
        _CANCELLED: "stopped",
        _UNKNOWN: "unknown",
    },
    {
        "preparation": _PROPOSED,
        "in-progress": _ACTIVE,
        "on-hold": _ON_HOLD,
        "completed": _COMPLETED,
        "stopped": _CANCELLED,
        "unknown": _UNKNOWN,
        "suspended": _ON_HOLD,
    },
)
APPOINTMENT: Final = Codes(
    {
        _PROPOSED: "proposed",
        _ACTIVE: "booked",
        _ON_HOLD: "pending",
        _COMPLETED: "fulfilled",
        _CANCELLED: "cancelled",
    },
    {
        "proposed": _PROPOSED,
        "pending": _PROPOSED,
        "waitlist": _PROPOSED,
        "booked": _ACTIVE,
        "arrived": _ACTIVE,
        "checked-in": _ACTIVE,
        "fulfilled": _COMPLETED,
        "cancelled": _CANCELLED,
    },
)
CLINICAL: Final = Codes(
    {},
    {
        "active": _ACTIVE,
        "recurrence": _ACTIVE,
        "relapse": _ACTIVE,
        "inactive": _COMPLETED,
        "remission": _ON_HOLD,
        "resolved": _COMPLETED,
    },
)
DETAIL: Final = Codes(
    {},
    {
        "not-started": _PROPOSED,
        "scheduled": _PROPOSED,
        "in-progress": _ACTIVE,
        "on-hold": _ON_HOLD,
        "completed": _COMPLETED,
        "cancelled": _CANCELLED,
        "stopped": _CANCELLED,
        "unknown": _UNKNOWN,
    },
)
"""`CarePlan.activity.detail.status`, which also says the stage where `STAGES` has it."""
STAGES: Final = {
    "not-started": ActivityStage.WAITING,
    "scheduled": ActivityStage.WAITING,
    "in-progress": ActivityStage.STARTED,
    "completed": ActivityStage.COMPLETED,
    "stopped": ActivityStage.STOPPED_EARLY,
}
