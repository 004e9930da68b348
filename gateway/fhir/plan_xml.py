"""`Parameters` in XML, as the same values that its JSON gives. Nothing outside the body is read. Pure.

Source: HL7 FHIR R4, *XML Representation*. Hostile XML: OWASP, *XML External Entity Prevention*.
"""

from typing import Any, Final

_FHIR: Final = "{http://hl7.org/fhir}"
_DOCTYPE: Final = b"<!DOCTYPE"
_LISTS: Final = frozenset({"parameter", "part"})
_FLAGS: Final = {"true": True, "false": False}


class BadXmlError(ValueError):
    """This is no resource in XML that can be read: send FHIR XML in UTF-8, without DOCTYPE. Tells nothing of it."""


def parameters_of_xml(content: bytes) -> dict[str, Any]:
    """Return the resource that `content` holds, as its JSON would: lists for what may repeat, booleans for booleans.

    Raises:
        BadXmlError: it is not well-formed, has a document type, or holds what FHIR XML does not.
    """
    # Before it is parsed: within an attribute an entity is put in by every parser, and may grow.
    if _DOCTYPE in content:
        raise BadXmlError("a document type has no place here")
    # Loaded for the first who sends XML: most gateways never see any.
    from lxml import etree  # noqa: PLC0415

    # The encoding is ours to say: a reader that follows the declaration may see other characters than we looked at.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadXmlError("not well-formed") from None
    # INVARIANT: also of one that was not seen above, should a parser ever read other characters than these.
    if root.getroottree().docinfo.doctype:
        raise BadXmlError("a document type has no place here")
    if root.attrib:
        raise BadXmlError("an attribute that FHIR does not have")
    members = _members(root)
    # In XML the root itself says it; a child of that name would be heard in its place.
    if "resourceType" in members:
        raise BadXmlError("an element that FHIR does not have")
    return {"resourceType": _name(root), **members}


def _name(element: Any) -> str:
    name = element.tag if isinstance(element.tag, str) else ""
    if not name.startswith(_FHIR):
        raise BadXmlError("an element that is not FHIR's")
    return name.removeprefix(_FHIR)


def _members(element: Any) -> dict[str, Any]:
    found = dict[str, Any]()
    for child in element:
        name = _name(child)
        value = _value(name, child)
        if name in _LISTS:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise BadXmlError("an element stands there twice")
        else:
            found[name] = value
    if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
        raise BadXmlError("text between elements")
    return found


def _value(name: str, element: Any) -> Any:
    if not element.attrib:
        return _members(element)
    if list(element.attrib) != ["value"] or len(element) or (element.text or "").strip():
        raise BadXmlError("a value with more than a value")
    value = str(element.attrib["value"])
    return _FLAGS.get(value, value) if name == "valueBoolean" else value
