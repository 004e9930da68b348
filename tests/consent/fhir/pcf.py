"""The examples of IHE PCF, and the table that says whom and what they mean among us.

Defended in docs/reference/consent-fhir.md. Source: IHE ITI, Privacy Consent on FHIR (PCF), examples and their notes.
"""

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from consent.fhir.addresses import TEST_DATA
from consent.fhir.around import Around, Policy
from schemas.words import Category

FOLDER = "data/03-consent-audit/ihe-pcf"
POLICIES = "http://example.org/policies/"

ACTORS: dict[str, tuple[str, ...]] = {
    "Patient/ex-patient": ("ex-patient",),
    "Patient/ex-mother": ("ex-mother",),
    "Organization/ex-organization": ("ex-organization",),
    "Organization/ex-org-researcher": ("ex-org-researcher",),
    "Practitioner/ex-practitioner": ("ex-practitioner",),
    "Practitioner/ex-author": ("ex-author",),
    "Practitioner/ex-clerk": ("ex-clerk",),
    "Group/ex-privilegedUsers": ("ex-practitioner",),
}
"""Every actor of the folder; a group is its members."""

PLAIN = Policy(recipients=("ex-organization",), categories=(Category.HEALTH,))
"""What the base policy says where a Consent is silent: who works at the organisation that the Consent names, and what
the Observations of the folder are."""

KNOWN = {
    f"{POLICIES}basePrivacyConsentPolicy.txt": PLAIN,
    f"{POLICIES}researchPrivacyConsentPolicy.txt": Policy(
        recipients=("ex-org-researcher",), categories=(Category.HEALTH,)
    ),
    "https://profiles.ihe.net/ITI/PCF/Policy-basic-normal": PLAIN,
}


@dataclass(frozen=True)
class Example:
    """One example: what its note says, and where it cannot be said among us with why; None where it can."""

    note: str | None
    refused: dict[str, str] | None = None


LABEL = "records carry no such label here; name categories in `provision.class`"
DATA = "single records, or who wrote them, cannot be given here; name categories"
EXAMPLES = {
    "basic-treat": Example("there is no residual, as the Consent expresses that authorization be given"),
    "basic-ink": Example("is exactly the same as [Basic Consent to sharing for Treatment policy]"),
    "basic-reject": Example("ITI-71 responds with an error response"),
    "basic-research": Example(None, {"purpose": "none of these opens anything here, so there is nothing to keep"}),
    "intermediate-authoredby": Example(
        "nothing BUT the information authored by the given practitioner", {"data": DATA}
    ),
    "intermediate-data": Example("nothing BUT the data is allowed", {"data": DATA}),
    "intermediate-purpose": Example(
        "requests by that organization that are not purpose FooBar",
        {"purpose[0]": "no purpose known here; say it in `urn:schakel:fhir:purpose`"},
    ),
    "intermediate-timeframe": Example(
        "nothing BUT the information authored in that timeframe",
        {"dataPeriod": "when something was written decides nothing here, so this limit cannot be kept"},
    ),
    "advanced-normal": Example("nothing BUT normal data is allowed", {"securityLabel": LABEL}),
    "advanced-normal-restricted": Example("nothing BUT normal data is allowed", {"securityLabel": LABEL}),
    "advanced-normal-break-glass-restricted": Example(
        "that have declared break-glass",
        {
            "provision": "an exception cannot be kept inside; record it as a Consent of its own",
            "securityLabel": LABEL,
        },
    ),
}


def around(folder: Path) -> Around:
    documents = {f"DocumentReference/{each['id']}": _hash(each) for each in resources(folder, "DocumentReference")}
    return Around(
        actors=ACTORS, policies=KNOWN, documents=documents, labels=frozenset({TEST_DATA}), custodian_holds=True
    )


def _hash(document: dict[str, Any]) -> str:
    # The picture of the ink is not in the folder; the resource that names it stands in.
    data = document["content"][0]["attachment"].get("data")
    return sha256(base64.b64decode(data) if data else json.dumps(document).encode()).hexdigest()


def resources(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_bytes()) for file in sorted(folder.glob(f"{kind}-*.json"))]


def consents(folder: Path) -> dict[str, dict[str, Any]]:
    return {each["id"].removeprefix("ex-consent-"): each for each in resources(folder, "Consent")}


def note(folder: Path, name: str) -> str | None:
    file = folder / "notes" / f"Consent-ex-consent-{name}-notes.md"
    return file.read_text(encoding="utf-8") if file.exists() else None
