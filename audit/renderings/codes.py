"""How each kind, outcome and purpose is called in FHIR and in NEN 7513: one table for both. Pure.

Source: `reference/law.md` R7.3 and R7.4; DICOM PS3.16 CID 400 and 401; HL7 v3 ActReason; ISO 21089 lifecycle events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from audit.events import EventOutcome, Kind
from schemas.words import Purpose

DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
REST_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
REST: Final = "http://hl7.org/fhir/restful-interaction"
LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
AUTHZ: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType"
ACT_REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

OWN: Final = "urn:schakel:fhir:"
"""What stands before the name of each code system of our own, as in the Consents."""


class Action(StrEnum):
    """What was done: `actiecode` of NEN 7513, `action` of FHIR."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of `system`, with what it is called there."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Coded:
    """How a kind of event is coded: what it is, closer, and what was done."""

    type: Code
    subtype: Code | None
    action: Action


def _dcm(code: str, display: str) -> Code:
    return Code(DCM, code, display)


def _life(code: str, display: str) -> Code:
    return Code(LIFECYCLE, code, f"{display} Record Lifecycle Event")


_ALERT: Final = _dcm("110113", "Security Alert")
_ACTIVITY: Final = _dcm("110100", "Application Activity")
_EXPORT: Final = _dcm("110106", "Export")
_RECORD: Final = _dcm("110110", "Patient Record")
_LOG_USED: Final = _dcm("110101", "Audit Log Used")
_AUTHENTICATION: Final = _dcm("110114", "User Authentication")
_LOGIN: Final = _dcm("110122", "Login")
_CONFIGURATION: Final = _dcm("110129", "Security Configuration")
_AUTHZ: Final = Code(AUTHZ, "AuthZ-Consent", "Consent based Authorization Decision")
_READ: Final = Code(REST, "read", "read")

DECISION: Final = Coded(_ALERT, _AUTHZ, Action.EXECUTE)
DISCLOSURE: Final = Coded(_EXPORT, _life("disclose", "Disclose"), Action.READ)
READ: Final = Coded(Code(REST_TYPE, "rest", "Restful Operation"), _READ, Action.READ)
"""Reading what is known of somebody; reading the log about him is `LOG_READ`."""


def _record(action: Action) -> Coded:
    return Coded(_RECORD, None, action)


_C, _U = Action.CREATE, Action.UPDATE
KINDS: Final[Mapping[Kind, Coded]] = {
    Kind.EXCHANGE_DISCLOSED: DISCLOSURE,
    Kind.EXCHANGE_DENIED: DECISION,
    Kind.EXCHANGE_REVIEWED: DECISION,
    Kind.EXCHANGE_DELIVERED: Coded(_EXPORT, _life("transmit", "Transmit"), Action.READ),
    Kind.EXCHANGE_ABORTED: Coded(_ACTIVITY, None, Action.EXECUTE),
    Kind.CONSENT_GIVEN: _record(_C),
    Kind.CONSENT_REFUSED: _record(_C),
    Kind.CONSENT_WITHDRAWN: _record(_U),
    Kind.CONSENT_CONFIRMED: _record(_U),
    Kind.FACT_RECORDED: _record(_C),
    Kind.FACT_CONFIRMED: _record(_U),
    Kind.FACT_CLOSED: _record(_U),
    Kind.FACT_REFUSED: _record(_C),
    Kind.AUTHORITY_CHANGED: _record(_U),
    Kind.ORDER_CHANGED: _record(_U),
    Kind.CAPACITY_RECORDED: _record(_C),
    Kind.MANDATE_CHANGED: _record(_U),
    Kind.EMERGENCY_OPENED: Coded(_ALERT, _dcm("110127", "Emergency Override Started"), Action.EXECUTE),
    Kind.EMERGENCY_CLOSED: Coded(_ALERT, _dcm("110138", "Emergency Override Stopped"), Action.EXECUTE),
    Kind.REVIEW_OPENED: Coded(_ALERT, None, _C),
    Kind.REVIEW_DECIDED: Coded(_ALERT, None, _U),
    Kind.HOLDER_DECIDED: Coded(_ALERT, None, Action.EXECUTE),
    Kind.OBLIGATION_DONE: Coded(_ACTIVITY, None, Action.EXECUTE),
    Kind.LOG_READ: Coded(_LOG_USED, None, Action.READ),
    Kind.LOG_EXPORTED: Coded(_LOG_USED, _life("extract", "Extract"), Action.READ),
    Kind.LOG_UNMASKED: Coded(_LOG_USED, _life("decrypt", "Decrypt"), Action.READ),
    Kind.SUBJECT_ERASED: Coded(_RECORD, _life("destroy", "Destroy/Delete"), Action.DELETE),
    Kind.TOKEN_ISSUED: Coded(_AUTHENTICATION, _LOGIN, Action.EXECUTE),
    Kind.TOKEN_REFUSED: Coded(_AUTHENTICATION, _LOGIN, Action.EXECUTE),
    Kind.LOGIN: Coded(_AUTHENTICATION, _LOGIN, Action.EXECUTE),
    Kind.CONFIG_CHANGED: Coded(_ALERT, _CONFIGURATION, _U),
    Kind.KEY_ROTATED: Coded(_ALERT, _CONFIGURATION, _U),
    Kind.SOURCE_FAILED: Coded(_dcm("110112", "Query"), None, Action.EXECUTE),
    Kind.RULES_CONFIRMED: Coded(_ALERT, _dcm("110135", "Object Security Attributes Changed"), _U),
    Kind.NOTIFICATION_GIVEN: Coded(_ACTIVITY, None, Action.EXECUTE),
    Kind.NOTIFICATION_FAILED: Coded(_ACTIVITY, None, Action.EXECUTE),
    Kind.SIMULATION: Coded(_ACTIVITY, None, Action.EXECUTE),
    Kind.FLOOD: Coded(_ALERT, None, Action.EXECUTE),
}

OUTCOMES: Final[Mapping[EventOutcome, str]] = {
    EventOutcome.PERMIT: "0",
    EventOutcome.PARTIAL: "0",
    EventOutcome.OK: "0",
    EventOutcome.REVIEW: "4",
    EventOutcome.DENY: "8",
    EventOutcome.ERROR: "8",
}
"""`audit-event-outcome`: 0 success, 4 minor failure, 8 serious failure."""

_TREAT, _BREAK_GLASS, _MANAGEMENT = ("TREAT", "treatment"), ("BTG", "break the glass"), ("CAREMGT", "care management")
_REQUEST, _FAMILY = ("PATRQT", "patient requested"), ("FAMRQT", "family requested")
_LEGAL, _PAYMENT = ("HLEGAL", "legal"), ("HPAYMT", "healthcare payment")

_REASONS: Final[Mapping[Purpose, tuple[str, str]]] = {
    Purpose.COORDINATE_PLAN: _MANAGEMENT,
    Purpose.GIVE_HELP: _TREAT,
    Purpose.REFERRAL: _TREAT,
    Purpose.REFERRAL_FEEDBACK: _TREAT,
    Purpose.HISTORY: _TREAT,
    Purpose.SUPERVISION_ORDER: _LEGAL,
    Purpose.GUARDIANSHIP: _LEGAL,
    Purpose.PARTIAL_AUTHORITY: _LEGAL,
    Purpose.EXECUTE_MEASURE: _LEGAL,
    Purpose.CHILD_PROTECTION_INQUIRY: _LEGAL,
    Purpose.SAFETY_REPORT: _LEGAL,
    Purpose.SAFETY_INQUIRY: _LEGAL,
    Purpose.YOUTH_PROBATION: _LEGAL,
    Purpose.FOSTER_CARE: _MANAGEMENT,
    Purpose.OWN_ACCESS: _REQUEST,
    Purpose.EXERCISE_AUTHORITY: _FAMILY,
    Purpose.PARENT_INFORMATION: _FAMILY,
    Purpose.MENTOR_SUPPORT: ("SUPNWK", "support network"),
    Purpose.BILLING: _PAYMENT,
    Purpose.ACCESS_DECISION: ("COVERAGE", "coverage under policy or program"),
    Purpose.MATERIAL_CONTROL: _PAYMENT,
    Purpose.EMERGENCY: _BREAK_GLASS,
    Purpose.AVERT_HARM: ("THREAT", "threat"),
    Purpose.COMPULSORY_CARE: _LEGAL,
    Purpose.SAFETY_HOUSE: _MANAGEMENT,
    Purpose.COUNSELLOR_SUPPORT: _REQUEST,
    Purpose.SCHOOL_SUPPORT: _MANAGEMENT,
    Purpose.POLICE_INQUIRY: _LEGAL,
    Purpose.RESEARCH: ("HRESCH", "healthcare research"),
}
"""The nearest reason of HL7: coarser than ours, which therefore stands beside it."""


def reason_of(purpose: str) -> Code | None:
    """Return the nearest v3-ActReason; None for a purpose that is not on the list."""
    if purpose not in set(Purpose):
        return None
    return Code(ACT_REASON, *_REASONS[Purpose(purpose)])


REASONS: Final[Mapping[Purpose, str]] = {purpose: code for purpose, (code, _) in _REASONS.items()}
"""The code of each purpose, for the code book."""
