"""OperationOutcomes and bundles of Consents. Pure.

Source: HL7 FHIR R4, *OperationOutcome*, *Bundle* and *RESTful API* (paging, self link).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from gateway.fhir.searching import OFFSET, Search
from gateway.fhir.showing import Shown

MEDIA_TYPE: Final = "application/fhir+json"
RECEIPT: Final = "urn:schakel:fhir:receipt"
"""The extension that holds the receipt of an event, as JSON text."""

_TRANSLATION: Final = "http://hl7.org/fhir/StructureDefinition/translation"
_INEXPRESSIBLE: Final = "one more was found that FHIR cannot say; see /api/v1/persons/{id}/facts"


@dataclass(frozen=True, slots=True)
class Told:
    """One issue. `place` is a FHIRPath, or `http.` and a parameter or header; None of the whole."""

    severity: str
    code: str
    text: str
    place: str | None = None
    nl: str | None = None
    coding: str | None = None


def outcome(issues: Iterable[Told], *, name: str | None = None) -> dict[str, Any]:
    """Return an OperationOutcome; `name` is the id of the request, which people may be asked for."""
    return {
        "resourceType": "OperationOutcome",
        **({} if name is None else {"id": name}),
        "issue": [_issue(each) for each in issues],
    }


def _issue(told: Told) -> dict[str, Any]:
    details: dict[str, Any] = {"text": told.text}
    if told.coding is not None:
        details = {"coding": [{"system": "urn:schakel:problem", "code": told.coding}], **details}
    if told.nl is not None:
        translated = [{"url": "lang", "valueCode": "nl"}, {"url": "content", "valueString": told.nl}]
        details["_text"] = {"extension": [{"url": _TRANSLATION, "extension": translated}]}
    place = {} if told.place is None else {"expression": [told.place]}
    return {"severity": told.severity, "code": told.code, "details": details, **place}


def searchset(found: list[Shown], search: Search, *, person: str, base: str, name: str) -> dict[str, Any]:
    """Return one page of what was found, with its links; these name the person by internal id, however he was asked."""
    page = found[search.offset : search.offset + search.count]
    links = [("self", search.offset)]
    if search.count and search.offset + search.count < len(found):
        links.append(("next", search.offset + search.count))
    entries = [_entry(each, base) for each in page]
    return {
        "resourceType": "Bundle",
        "id": name,
        "type": "searchset",
        "total": len(found),
        "link": [{"relation": relation, "url": _url(search, person, base, offset)} for relation, offset in links],
        **({"entry": entries} if entries else {}),
    }


def _entry(one: Shown, base: str) -> Mapping[str, Any]:
    if one.resource is None:
        told = outcome([Told("warning", "incomplete", _INEXPRESSIBLE)])
        return {"resource": told, "search": {"mode": "outcome"}}
    url = f"{base}/Consent/{one.resource['id']}"
    return {"fullUrl": url, "resource": one.resource, "search": {"mode": "match"}}


def _url(search: Search, person: str, base: str, offset: int) -> str:
    asked = [("patient", f"Patient/{person}"), *search.used]
    if offset:
        asked.append((OFFSET, str(offset)))
    return f"{base}/Consent?{urlencode(asked, safe='/:,')}"
