"""FHIR XML files that lie beside the checkout, as their JSON would be: for the tests and the pages, not for a door.

Source: HL7 FHIR R4 (4.0.1), xml.html and json.html. Without a model nobody can say what may repeat, so the members
below are lists always and others only where they do repeat; `schemas.fhir` reads one thing and a list of one alike.
"""

from typing import Any, Final

from lxml import etree

_FHIR: Final = "{http://hl7.org/fhir}"
_LISTS: Final = frozenset(
    {
        "activity", "category", "coding", "contained", "entry", "extension", "goal", "identifier", "modifierExtension",
        "note", "participant", "performer", "profile", "role", "security", "tag", "target", "telecom", "type",
    }
)  # fmt: skip
_FLAGS: Final = frozenset({"active", "doNotPerform", "notDone", "prohibited", "valueBoolean"})
_SAFE: Final = etree.XMLParser(
    resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
)


def resource_of_xml(content: bytes) -> dict[str, Any]:
    """Return the resource that `content` holds."""
    return _resource(etree.fromstring(content, _SAFE))


def _resource(element: Any) -> dict[str, Any]:
    return {"resourceType": element.tag.removeprefix(_FHIR), **_members(element)}


def _members(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {each: element.attrib[each] for each in ("id", "url") if each in element.attrib}
    for child in element:
        name = child.tag.removeprefix(_FHIR)
        for key, value in _values(name, child):
            _add(found, key, value)
    return found


def _add(found: dict[str, Any], name: str, value: Any) -> None:
    if name in found and not isinstance(found[name], list):
        found[name] = [found[name]]
    if name in found or name in _LISTS:
        found.setdefault(name, []).append(value)
    else:
        found[name] = value


def _values(name: str, element: Any) -> list[tuple[str, Any]]:
    """Return the value of an element; what else a simple value has stands in its twin with an underscore."""
    if name.startswith("{"):
        return [("div", etree.tostring(element, encoding="unicode"))]
    if name in {"contained", "resource"}:
        return [(name, _resource(element[0]))]
    beside = _members(element)
    if "value" not in element.attrib:
        return [(name, beside)]
    told = element.attrib["value"]
    value = told == "true" if name in _FLAGS else told
    return [(name, value), (f"_{name}", beside)] if beside else [(name, value)]
