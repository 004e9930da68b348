"""What this gateway can do as a FHIR server: its CapabilityStatement. Pure.

Source: HL7 FHIR R4 `CapabilityStatement`.
"""

from typing import Any, Final

from gateway.fhir.searching import IDENTIFIER

_PARAMETERS: Final = {
    "patient": ("reference", "whose data it is about; this or `patient.identifier` is required"),
    IDENTIFIER: ("token", "his number, with its system; in the body of a POST only"),
    "status": ("token", "one or more states, with a `,` between"),
    "actor": ("reference", "who receives (IRCP) or has the records (CST)"),
    "_lastUpdated": ("date", "eq, ge, gt, le, lt and a whole date, or an instant with an offset"),
}
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
                "resource": [_consent()],
            }
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
