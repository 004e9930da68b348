"""Asking for a plan in FHIR, and comparing whole answers."""

import json
import re
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from gateway.api.fhir.door import PATH
from tests.gateway.running import PERSON

FHIR = "application/fhir+json"
XML = "application/fhir+xml"
FORM = "application/x-www-form-urlencoded"
OPERATION = f"{PATH}/CarePlan/$family-plan"
SEARCH = f"{PATH}/CarePlan"

_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DATE = re.compile(rb"(?m)^date: [^\r]+")
_LENGTH = re.compile(rb"(?m)^content-length: (\d+)")
_RECEIPT = re.compile(
    rb',"meta":\{"extension":\[\{"url":"urn:schakel:fhir:receipt","valueString":"(?:[^"\\]|\\.)*"\}\]\}\}$'
)


def asked(person: str = "sem", purpose: str = "coordinate-plan", *categories: str, **more: Any) -> list[dict[str, Any]]:
    """Return parameters that ask for a plan."""
    return [
        {"name": "person", "valueIdentifier": {"system": more.pop("system", PERSON), "value": person}},
        {"name": "purpose", "valueCode": purpose},
        *({"name": "category", "valueCode": each} for each in categories or ("all",)),
        *({"name": name, "valueString": value} for name, value in more.items()),
    ]


def parameters(*given: Any) -> bytes:
    """Return parameters as JSON; without any, those that ask for Sem's plan."""
    return json.dumps({"resourceType": "Parameters", "parameter": list(given) or asked()}).encode()


def as_xml(given: list[dict[str, Any]]) -> bytes:
    """Return parameters as XML."""
    return f'<Parameters xmlns="http://hl7.org/fhir">{_inner({"parameter": given})}</Parameters>'.encode()


def _inner(node: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{_inner(each)}</{name}>" if isinstance(each, dict) else f"<{name} value={_attribute(each)}/>"
        for name, value in node.items()
        for each in (value if isinstance(value, list) else [value])
    )


def _attribute(value: object) -> str:
    return quoteattr(json.dumps(value) if isinstance(value, bool) else str(value))


def query(person: str = "sem", **more: str) -> str:
    """Return the parameters of a search for a plan."""
    told = {"subject": f"Patient/{person}", "purpose": "coordinate-plan", "category": "all"} | more
    return urlencode(told, safe="/:,")


def masked(answer: bytes) -> bytes:
    """Return a whole answer without date, ids of requests and receipt, after a look that its length is the body's."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert len(_DATE.findall(head)) == 1
    head = _DATE.sub(b"date: DATE", head)
    if body:
        # The receipt's length is its own; that of the rest is compared with the rest.
        assert [int(each) for each in _LENGTH.findall(head)] == [len(body)]
        head = _LENGTH.sub(b"content-length: LENGTH", head)
    assert len(set(_ID.findall(_RECEIPT.sub(b"", body)))) <= 1
    return head + b"\r\n\r\n" + _ID.sub(b"ID", _RECEIPT.sub(b',"meta":RECEIPT}', body))


def status_of(answer: bytes) -> int:
    """Return the status of a whole answer."""
    return int(answer.split(b" ", 2)[1])


def body_of(answer: bytes) -> dict[str, Any]:
    """Return the resource of a whole answer."""
    body: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return body


def issues(answer: bytes) -> dict[str, str]:
    """Return what an outcome says, by place; of the whole under `code`."""
    first, *rest = body_of(answer)["issue"]
    told = {(each.get("expression") or [""])[0]: each["details"]["text"] for each in rest}
    return {"code": first["details"]["coding"][0]["code"]} | told
