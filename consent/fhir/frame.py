"""What of a Consent says nothing of its own, and must be just so: scope, category, status, labels, narrative."""

from collections.abc import Mapping
from typing import Any, Final

from consent.fhir.addresses import FHIR_ID, NO, PATIENT_CONSENT, PRIVACY, PROFILES, YES
from consent.fhir.around import Around
from consent.fhir.elements import Notes
from consent.fhir.issues import IssueCode

STATUSES: Final = frozenset({"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"})
_TEXTS: Final = frozenset({"generated", "extensions", "empty"})
"""The states of a narrative that says nothing but what the elements say."""


def check_frame(told: Mapping[str, Any], notes: Notes, around: Around) -> None:
    """Note what is not as it must be."""
    if notes.concept(told["scope"], "Consent.scope") not in {PRIVACY, None}:
        notes.wrong("Consent.scope", IssueCode.CODE_INVALID, f"expected `{PRIVACY[1]}` of {PRIVACY[0]}")
    for place, item in notes.items(told["category"], "Consent.category"):
        if notes.concept(item, place) not in {PATIENT_CONSENT, None}:
            notes.wrong(place, IssueCode.CODE_INVALID, f"expected `{PATIENT_CONSENT[1]}` of {PATIENT_CONSENT[0]}")
    if "meta" in told:
        _check_meta(told["meta"], notes, around)
    if "text" in told:
        text = notes.members(told["text"], "Consent.text", ("status", "div"))
        if text.get("status") not in _TEXTS:
            what = "expected a text that says only what the elements say: `generated`"
            notes.wrong("Consent.text.status", IssueCode.NOT_SUPPORTED, what)


def _check_meta(told: Any, notes: Notes, around: Around) -> None:
    meta = notes.members(told, "Consent.meta", ("versionId", "lastUpdated", "profile", "security"))
    for name in ("versionId", "lastUpdated"):
        if name in meta:
            notes.text(meta[name], f"Consent.meta.{name}")
    if "profile" in meta:
        for place, item in notes.items(meta["profile"], "Consent.meta.profile"):
            if type(item) is not str or item not in PROFILES:
                notes.wrong(place, IssueCode.NOT_SUPPORTED, "what this profile asks is not known here; take it out")
    if "security" in meta:
        for place, item in notes.items(meta["security"], "Consent.meta.security"):
            if notes.coding(item, place) not in {*around.labels, None}:
                notes.wrong(place, IssueCode.NOT_SUPPORTED, "this label is not understood here; take it out")


def read_status(told: Mapping[str, Any], notes: Notes) -> str:
    """Return the status, whichever it is."""
    status = told["status"]
    if type(status) is str and status in STATUSES:
        return status
    notes.wrong("Consent.status", IssueCode.CODE_INVALID, "expected a consent state of FHIR R4")
    return ""


def read_id(told: Mapping[str, Any], section: str, notes: Notes) -> str | None:
    """Return the id of our entry, or None where it is no id that this gateway gave."""
    if "id" not in told:
        return None
    found = notes.text(told["id"], "Consent.id")
    if found is None:
        return None
    if FHIR_ID.fullmatch(found) is None:
        notes.wrong("Consent.id", IssueCode.VALUE, "expected an id of FHIR")
    start = YES if section == "consents" else NO
    return found.removeprefix(start) if found.startswith(start) else None
