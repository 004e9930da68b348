"""Whom a Consent refers to, and as what: the roles of `provision.actor`, and the types of references.

Source: HL7 FHIR R4 `Consent.provision.actor.role` (security-role-type) and v3 ParticipationType.
"""

from collections.abc import Callable
from typing import Final

ROLES: Final = {
    "IRCP": ("recipients", "who may receive and use it: the information recipient"),
    "CST": ("holders", "who has the records: the custodian of what is shared"),
}
"""By code of v3 ParticipationType: the key of our entry, and why just that one. No other role is understood."""

PERSON: Final = "Patient"
PROFESSIONAL: Final = "Practitioner"
ORGANISATION: Final = "Organization"

TYPES: Final = {
    PERSON: "a person, whoever he is: a mother is a `Patient` here too, for one person has one id",
    PROFESSIONAL: "a professional, himself and not his colleagues",
    ORGANISATION: "an organisation, and everybody who works there",
}
"""Which types of resource a reference may name, and what each names here."""

KindOf = Callable[[str], str]
"""Says which of `TYPES` an id is: whoever is no registered organisation or professional is a person."""
