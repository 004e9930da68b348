"""The addresses of code systems, extensions, profiles and the policy that stand in a Consent of this gateway."""

import re
from typing import Final

ACT_REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
CONSENT_SCOPE: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
LOINC: Final = "http://loinc.org"
STATES: Final = "http://hl7.org/fhir/consent-state-codes"

PURPOSE: Final = "urn:schakel:fhir:purpose"
CATEGORY: Final = "urn:schakel:fhir:category"
"""The closed lists of the decision contract, 2.1, as code systems: a code is the word itself."""

POLICY: Final = "urn:schakel:fhir:policy:named-only"
"""What is not named is not given: no recipient, no purpose, no category (decision contract, 5.1)."""

EXTENSION: Final = "urn:schakel:fhir:consent:"
"""Every extension is this and its name."""

PRIVACY: Final = (CONSENT_SCOPE, "patient-privacy")
PATIENT_CONSENT: Final = (LOINC, "59284-0")
TEST_DATA: Final = (ACT_REASON, "HTEST")

PROFILES: Final = frozenset(
    f"https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consent{level}"
    for level in ("Basic", "Intermediate", "Advanced")
)
"""Profiles that only narrow what stands in the resource, so that the resource says all."""

YES: Final = "yes-"
NO: Final = "no-"
"""How the id of a Consent begins: our consents and our refusals have each their own list of ids."""

FHIR_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
