"""What this gateway can do as a FHIR server: its CapabilityStatement. Pure.

Source: HL7 FHIR R4 `CapabilityStatement`.
"""

from collections.abc import Mapping
from typing import Any, Final

from audit.renderings.fhir import PROFILE
from gateway.fhir.searching import IDENTIFIER
from gateway.log.question import Why
from schemas.words import ALL

_PARAMETERS: Final = {
    "patient": ("reference", "whose data it is about; this or `patient.identifier` is required"),
    IDENTIFIER: ("token", "his number, with its system; in the body of a POST only"),
    "status": ("token", "one or more states, with a `,` between"),
    "actor": ("reference", "who receives (IRCP) or has the records (CST)"),
    "_lastUpdated": ("date", "eq, ge, gt, le, lt and a whole date, or an instant with an offset"),
}
AUDIT_PARAMETERS: Final = {
    "date": ("date", "when it happened: eq, ge, gt, le, lt and a whole date, or an instant with an offset; up to two"),
    "patient": ("reference", "about whom: what an answer's link called him, or his id; asks `reason`"),
    IDENTIFIER: ("token", "his number, with its system; in the body of a POST only; asks `reason`"),
    "agent": ("reference", "who took part: an id, or a Practitioner, Organization or Device (a client)"),
    "entity": ("reference", "a Patient, as `patient`"),
    "reason": ("token", f"why one person is looked for: one of {', '.join(Why)}"),
}
"""What AuditEvents are searched by: the type of each, and what it finds."""
PLAN_PARAMETERS: Final = {
    "subject": ("reference", "whom the plan is about, by id; this, `patient` or `subject.identifier` is required"),
    "patient": ("reference", "as `subject`"),
    "subject.identifier": ("token", "his number, with its system; in the body of a POST only"),
    "patient.identifier": ("token", "as `subject.identifier`"),
    "purpose": ("token", "what it is for, a word of the decision contract; required"),
    "category": ("token", f"which categories, with a `,` between, or `{ALL}`; required"),
}
"""What states the question that a search for a CarePlan asks: the type of each, and what it says."""
_ABOUT_THE_PLAN: Final = (
    "The plan of one family, as far as the exchange releases it for the question that is asked: decided, on record and "
    "written when it is asked for. Nothing is kept, so there is no read, history, update or delete; the resources of a "
    "Bundle are found in it and nowhere else. Nothing released, nobody known and nobody allowed get the same answer. "
    "No total is told and no page follows. A search takes these parameters and no others."
)
_ABOUT_THE_OPERATION: Final = (
    "POST Parameters, in JSON or XML, that hold `person` (an Identifier), `purpose`, `category` and what else the "
    "question says; answers a Bundle in JSON, with the receipt as its last member `meta`"
)
_ABOUT_THE_LOG: Final = (
    "The log, written as AuditEvent when it is read, in the profiles of IHE BALP where an event has all that a profile "
    "asks. For privacy officers, each his own part; that he looked is an event itself. There is no create, update or "
    "delete. The answer tells no total, and follows `next` from the newest on."
)
_ABOUT: Final = (
    "A yes or a no of one giver, recorded at the desk of facts and shown as its view shows it. "
    "What a Consent holds that is not understood is refused. Repeat a POST safely with the header Idempotency-Key. "
    "Whoever may not see something, and nobody's id, get the same answer."
)


def capability(base: str) -> dict[str, Any]:
    """Return the CapabilityStatement of the server at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-26",
        "kind": "instance",
        "software": {"name": "Schakel"},
        "implementation": {"description": "Schakel", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Access tokens of /token, bound to a key by DPoP (RFC 9449)"},
                "resource": [_care_plan(), _consent(), _audit_event()],
            }
        ],
    }


def _care_plan() -> dict[str, Any]:
    return {
        "type": "CarePlan",
        "documentation": _ABOUT_THE_PLAN,
        "interaction": [{"code": "search-type"}],
        "versioning": "no-version",
        "readHistory": False,
        "conditionalRead": "not-supported",
        "searchParam": _search_parameters(PLAN_PARAMETERS),
        "operation": [
            {
                "name": "family-plan",
                "definition": "urn:schakel:fhir:operation:family-plan",
                "documentation": _ABOUT_THE_OPERATION,
            }
        ],
    }


def _search_parameters(told: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind, "documentation": what} for name, (kind, what) in told.items()]


def _audit_event() -> dict[str, Any]:
    profiles = ("AuthZconsent", "PrivacyDisclosure.Source", "PatientRead", "Read")
    return {
        "type": "AuditEvent",
        "supportedProfile": [PROFILE + each for each in profiles],
        "documentation": _ABOUT_THE_LOG,
        "interaction": [{"code": code} for code in ("read", "search-type")],
        "versioning": "no-version",
        "readHistory": False,
        "searchParam": _search_parameters(AUDIT_PARAMETERS),
    }


def _consent() -> dict[str, Any]:
    return {
        "type": "Consent",
        "documentation": _ABOUT,
        "interaction": [{"code": code} for code in ("read", "search-type", "create")],
        "versioning": "versioned",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-supported",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "searchParam": _search_parameters(_PARAMETERS),
        "operation": [
            {
                "name": "revoke",
                "definition": "urn:schakel:fhir:operation:consent-revoke",
                "documentation": "POST Consent/{id}/$revoke takes back what was said, from now on",
            }
        ],
    }
