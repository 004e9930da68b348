"""A released plan as a FHIR Bundle: another rendering of the one answer of the exchange. Pure.

Source: HL7 FHIR R4, *Bundle* (collection, searchset) and *OperationOutcome*.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from gateway.fhir.outcomes import MEDIA_TYPE, RECEIPT, Told, outcome
from gateway.flow.release import MESSAGE, EgressError, Leaving, Rendering
from schemas.fhir import bundle_of, fhir_id, json_bytes
from schemas.fhir.addresses import ELEMENTS

SOURCE: Final = "urn:schakel:fhir:source"
_MATCH: Final = "CarePlan"
_LISTS: Final = (list, tuple)


def collection(base: str) -> Rendering:
    """Return what writes an answer as the operation gives it: a Bundle of the plan."""
    return Rendering(MEDIA_TYPE, lambda leaving: json_bytes(_bundle(leaving, base, "collection")), _last)


def searchset(base: str, link: str) -> Rendering:
    """Return what writes an answer as a search gives it; `link` is the address of what was searched for.

    It tells no total, and no page follows: it holds all that was released.
    """

    def body(leaving: Leaving) -> bytes:
        bundle = _bundle(leaving, base, "searchset")
        for each in bundle["entry"]:
            each["search"] = {"mode": _mode(each["resource"]["resourceType"])}
        return json_bytes({**bundle, "link": [{"relation": "self", "url": link}]})

    return Rendering(MEDIA_TYPE, body, _last)


def _mode(kind: str) -> str:
    return {_MATCH: "match", "OperationOutcome": "outcome"}.get(kind, "include")


def _last(receipt: Mapping[str, str]) -> Mapping[str, Any]:
    # A Bundle has no extensions of its own (R4, Resource); its `meta` has, and nothing else stands there.
    return {"meta": {"extension": [{"url": RECEIPT, "valueString": orjson.dumps(receipt).decode()}]}}


def _bundle(leaving: Leaving, base: str, kind: str) -> dict[str, Any]:
    bundle = bundle_of(
        leaving.plan, base=base, kind=kind, name=leaving.request_id, person=leaving.person, terms=leaving.terms
    )
    _check(bundle["entry"], leaving)
    said = {"fullUrl": f"urn:uuid:{leaving.request_id}", "resource": _said(leaving)}
    return {"resourceType": "Bundle", "id": leaving.request_id, **bundle, "entry": [*bundle["entry"], said]}


def _said(leaving: Leaving) -> dict[str, Any]:
    """Return what every answer says, and which sources answered."""
    message = Told("information", "informational", MESSAGE["en"], nl=MESSAGE["nl"])
    sources = [
        {
            "url": SOURCE,
            "extension": [
                {"url": "organisation", "valueString": name},
                {"url": "status", "valueCode": status},
            ],
        }
        for name, status in sorted(leaving.sources.items())
    ]
    return outcome([message], name=leaving.request_id) | ({"extension": sources} if sources else {})


def _check(entries: list[dict[str, Any]], leaving: Leaving) -> None:
    # Written apart from the tables on purpose: what they made is held against what was released.
    resources = [each["resource"] for each in entries]
    elements = [each["value"] for one in resources for each in _identifiers(one) if each.get("system") == ELEMENTS]
    if sorted(elements) != sorted(leaving.terms):
        raise EgressError("the bundle does not hold exactly the elements that were released")
    allowed = {fhir_id(person) for each in leaving.plan.elements for person in each.about}
    if any(each["resourceType"] == "Patient" and each["id"] not in allowed for each in resources):
        raise EgressError("the bundle shows a person whom no released element is about")
    held = {f"{each['resourceType']}/{each['id']}" for each in resources}
    if len(held) != len(resources):
        raise EgressError("two resources of the bundle would have one id")
    if any(reference not in held for reference in _references(resources)):
        raise EgressError("the bundle refers to what it does not hold")


def _identifiers(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = resource.get("identifier", [])
    return found if isinstance(found, list) else [found]


def _references(resources: list[dict[str, Any]]) -> Iterator[str]:
    waiting: list[Any] = [*resources]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(node.values())
            if isinstance(node.get("reference"), str):
                yield node["reference"]
        elif isinstance(node, _LISTS):
            waiting.extend(node)
