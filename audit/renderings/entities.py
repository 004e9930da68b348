"""What an event was about: the entities of an AuditEvent, without any content. Pure.

Source: IHE BALP (the slices of its profiles); `reference/law.md` R7.4.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from audit.events import Field, Kind
from audit.part import WHOLE, Element, Part
from audit.renderings.codes import OWN, Code
from audit.renderings.elements import Json, Node, coding, named, person
from schemas.words import Result

BALP: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/"
_ENTITY: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_PERSON, _PATIENT = Code(_ENTITY, "1", "Person"), Code(_ROLE, "1", "Patient")
_OBJECT, _RESOURCE = Code(_ENTITY, "2", "System Object"), Code(_ROLE, "4", "Domain Resource")
_CONSENT: Final = Code("http://hl7.org/fhir/resource-types", "Consent", "Consent")
_REQUEST: Final = Code(f"{BALP}BasicAuditEntityType", "XrequestId", "X-Request-Id")
_CONSENTS: Final = "consents"
_REFUSALS: Final = "refusals"


def patient(seen: Part, node: Node, details: Iterable[Json] = ()) -> list[Json]:
    """Return the entity of whom it was about; none where the viewer may not know, or nobody can any more."""
    if seen.person is None:
        return []
    # Nothing is said of what it rests on then, which is not that it rests on nothing.
    gone = [_detail("facts", "erased")] if seen.viewer == WHOLE and seen.told.facts_gone else []
    told = [*details, *gone]
    more = {"detail": told} if told else {}
    return [{"what": person(node, seen.person), "type": coding(_PERSON), "role": coding(_PATIENT), **more}]


def consents(seen: Part, node: Node) -> list[Json]:
    """Return an entity for each yes and each no on which a decision rests, or which an act changed."""
    found = [*_looked_at(seen), *_changed(seen)]
    return [
        {"what": named("urn:schakel:fact", f"{node.consents[section]}{name}", "Consent"), "type": coding(_CONSENT)}
        for section, name in dict.fromkeys(found)
        if section in node.consents
    ]


def _looked_at(seen: Part) -> Iterator[tuple[str, str]]:
    """Yield section and id of what the decision rests on; the decision is for the gateway's own officer.

    A refusal that rests on nothing was given every yes and no about the person, and found none that opens.
    """
    if seen.viewer != WHOLE:
        return
    evidence, facts = evidence_of(seen), seen.told.fields.get(Field.FACTS, {})
    for section in (_CONSENTS, _REFUSALS):
        about = {each["id"] for each in facts.get(section, ()) if evidence or each.get("about") == seen.person}
        yield from ((section, name) for name in sorted(about & evidence if evidence else about))


def _changed(seen: Part) -> Iterator[tuple[str, str]]:
    detail = seen.told.fields.get(Field.DETAIL, {})
    section, fact = detail.get("section"), detail.get("fact")
    if seen.person is not None and isinstance(section, str) and isinstance(fact, str):
        yield section, fact


def evidence_of(seen: Part) -> set[str]:
    """Return the ids of all facts on which the decision rests, as far as the viewer may see the decision."""
    if seen.viewer != WHOLE:
        return set()
    decided: Mapping[str, Any] = seen.told.fields.get(Field.DECISION, {}).get("elements", {})
    return {name for each in decided.values() for name in each.get("evidence", ())}


def released(seen: Part) -> list[Json]:
    """Return an entity for each topic of each holder that left, with the ids of its elements."""
    groups: dict[tuple[str, str], list[Element]] = {}
    for each in seen.released:
        groups.setdefault((each["holder"], each["category"]), []).append(each)
    return [_topic(holder, category, groups[holder, category]) for holder, category in sorted(groups)]


def _topic(holder: str, category: str, elements: list[Element]) -> Json:
    bases = sorted({each["basis"] for each in elements if each["basis"] is not None})
    details = [_detail("basis", each) for each in bases]
    details += [_detail("element", each["id"]) for each in sorted(elements, key=lambda each: str(each["id"]))]
    return {
        "what": {"identifier": {"system": f"{OWN}topic", "value": f"{holder}/{category}"}},
        "type": coding(_OBJECT),
        "role": coding(_RESOURCE),
        "securityLabel": [{"system": f"{OWN}category", "code": category}],
        "detail": details,
    }


def request(seen: Part) -> list[Json]:
    """Return the entity of the request, by which the events of one request are found together."""
    name = request_id(seen)
    if name is None:
        return []
    return [{"what": {"identifier": {"value": name}}, "type": coding(_REQUEST)}]


def request_id(seen: Part) -> str | None:
    """Return the id of the request that an event belongs to."""
    told = seen.told.fields.get(Field.REQUEST, {}).get("id")
    found = told if told is not None else seen.told.request_id
    return None if found is None else str(found)


def read_object(seen: Part) -> list[Json]:
    """Return the entity of what was read."""
    what = {"identifier": {"system": f"{OWN}read", "value": read_of(seen)}}
    return [{"what": what, "type": coding(_OBJECT), "role": coding(_RESOURCE)}]


def read_of(seen: Part) -> str:
    """Return what was read, by the word of the event."""
    return str(seen.told.fields.get(Field.DETAIL, {}).get("read", "unknown"))


def changed_fact(seen: Part) -> list[Json]:
    """Return the entity of a fact that was recorded, confirmed or closed, where it is no Consent."""
    found = [each for each in _changed(seen) if each[0] not in {_CONSENTS, _REFUSALS}]
    return [
        {
            "what": {"identifier": {"system": "urn:schakel:fact", "value": f"{section}/{fact}"}},
            "type": coding(_OBJECT),
            "role": coding(_RESOURCE),
        }
        for section, fact in found
    ]


def results(seen: Part) -> list[Json]:
    """Return as details what was decided about each topic: the outcome, and under each result the reasons."""
    told = [] if seen.outcome is None else [_detail("outcome", seen.outcome)]
    return told + [_detail(result, line) for result, line in result_lines(seen)]


def result_lines(seen: Part) -> list[tuple[str, str]]:
    """Return pairs of a result and `holder/category` with what it rests on, each once, sorted."""
    found = {(str(each["result"]), _line(each)) for each in (*seen.elements, *seen.not_asked)}
    return sorted(found)


def _line(each: Element) -> str:
    why = each.get("basis") if each["result"] == Result.RELEASE else each.get("reason")
    return f"{each['holder']}/{each['category']}" + (f" {why}" if why else "")


def details(seen: Part) -> list[Json]:
    """Return what stands beside the patient where the profile leaves no other place: request and evidence."""
    name = request_id(seen)
    told = [] if name is None else [_detail("request", name)]
    return told + [_detail("evidence", each) for each in sorted(evidence_of(seen))]


def emergency(seen: Part) -> list[Json]:
    """Return as a detail for which of the listed reasons emergency access was opened; never the text."""
    code = seen.told.fields.get(Field.DETAIL, {}).get("reason_code")
    if seen.told.kind is not Kind.EMERGENCY_OPENED or not isinstance(code, str):
        return []
    return [_detail("btgReason", code)]


def _detail(kind: str, value: str) -> Json:
    return {"type": kind, "valueString": str(value)}
