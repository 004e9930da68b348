"""Consents as FHIR to change in one place."""

from copy import deepcopy
from typing import Any

from consent.fhir.addresses import (
    CATEGORY,
    CONSENT_SCOPE,
    EXTENSION,
    LOINC,
    PARTICIPATION,
    POLICY,
    PURPOSE,
)

Json = dict[str, Any]


def concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def actor(role: str, reference: str) -> Json:
    return {"role": concept(PARTICIPATION, role), "reference": {"reference": reference}}


def extension(name: str, **value: Any) -> Json:
    return {"url": EXTENSION + name, **value}


def provision(**more: Any) -> Json:
    """What a yes needs."""
    found: Json = {
        "type": "permit",
        "actor": [actor("IRCP", "Organization/team"), actor("CST", "Organization/ggz")],
        "purpose": [{"system": PURPOSE, "code": "coordinate-plan"}],
        "class": [{"system": CATEGORY, "code": "goals"}],
    }
    return {name: value for name, value in (found | more).items() if value is not None}


def yes(**more: Any) -> Json:
    """A yes about `sem`; None takes an element out."""
    found: Json = {
        "resourceType": "Consent",
        "status": "active",
        "scope": concept(CONSENT_SCOPE, "patient-privacy"),
        "category": [concept(LOINC, "59284-0")],
        "patient": {"reference": "Patient/sem"},
        "policy": [{"uri": POLICY}],
        "provision": provision(),
    }
    return deepcopy({name: value for name, value in (found | more).items() if value is not None})


def no(**more: Any) -> Json:
    """A no about `sem` that is for all."""
    return yes(**({"provision": {"type": "deny"}} | more))
