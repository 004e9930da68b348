"""What this gateway can do as a FHIR server: its CapabilityStatement. Pure.

Source: HL7 FHIR R4 `CapabilityStatement`.
"""

from typing import Any, Final

from audit.renderings.fhir import PROFILE
from gateway.fhir.searching import IDENTIFIER
from gateway.log.question import Why

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
                "resource": [_consent(), _audit_event()],
            }
        ],
    }


def _audit_event() -> dict[str, Any]:
    profiles = ("AuthZconsent", "PrivacyDisclosure.Source", "PatientRead", "Read")
    return {
        "type": "AuditEvent",
        "supportedProfile": [PROFILE + each for each in profiles],
        "documentation": _ABOUT_THE_LOG,
        "interaction": [{"code": code} for code in ("read", "search-type")],
        "versioning": "no-version",
        "readHistory": False,
        "searchParam": [
            {"name": name, "type": kind, "documentation": told} for name, (kind, told) in AUDIT_PARAMETERS.items()
        ],
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
        "searchParam": [
            {"name": name, "type": kind, "documentation": told} for name, (kind, told) in _PARAMETERS.items()
        ],
        "operation": [
            {
                "name": "revoke",
                "definition": "urn:schakel:fhir:operation:consent-revoke",
                "documentation": "POST Consent/{id}/$revoke takes back what was said, from now on",
            }
        ],
    }
