"""Reading the `Parameters` of `$family-plan` strictly: the native question, in the words of FHIR. Pure.

Source: HL7 FHIR R4, *Parameters* and *Operations*; `docs/reference/fhir-door.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from consent.fhir.issues import MOST_ISSUES
from schemas.words import ALL

Wrong = tuple[str, str]
"""A place and what to do there, never a value."""


class BadParametersError(ValueError):
    """These parameters ask nothing that is answered: fix each of `wrong`, pairs of a place and what to do."""

    def __init__(self, *wrong: Wrong) -> None:
        """Take what is wrong."""
        super().__init__("; ".join(f"{place}: {what}" for place, what in wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter: the member of the native question that it is, and its type. Where it is `several` it may repeat.

    With `parts` it holds these and no value.
    """

    member: str
    kind: str = ""
    told: str = ""
    several: bool = False
    parts: Mapping[str, "Asked"] | None = None


_EMERGENCY: Final[Mapping[str, Asked]] = {
    "reason-code": Asked("reason_code", "valueCode", "which kind of danger it is"),
    "text": Asked("text", "valueString", "what is happening"),
    "live-contact": Asked("live_contact", "valueBoolean", "the crisis worker is in contact now"),
    "cannot-consent": Asked("cannot_consent", "valueBoolean", "nobody can be asked for a yes in time"),
    "holder-unreachable": Asked("holder_unreachable", "valueBoolean", "the holder could not be reached"),
}
PARAMETERS: Final[Mapping[str, Asked]] = {
    "person": Asked("person", "valueIdentifier", "whom the plan is about: `system` and `value`; required"),
    "purpose": Asked("purpose", "valueCode", "what it is for: a word of the decision contract; required"),
    "category": Asked("categories", "valueCode", "which categories, or `all` alone; required", several=True),
    "record": Asked("records", "valueString", "these records only", several=True),
    "order": Asked("order", "valueString", "the id of the order on which is relied"),
    "referral": Asked("referral", "valueString", "the id of the referral on which is relied"),
    "question": Asked("question", "valueString", "the itemised question, with its why"),
    "justification": Asked("justification", "valueString", "why it is necessary"),
    "matter": Asked("matter", "valueString", "the matter that it is about"),
    "emergency": Asked("emergency", told="what a crisis worker declares, as parts", parts=_EMERGENCY),
}
"""What may be asked; all that the native question can say."""

_RESOURCE: Final = frozenset({"resourceType", "parameter"})
_IDENTIFIER: Final = frozenset({"system", "value"})


def question_of(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the native question that a `Parameters` resource asks. What is not understood is refused.

    Raises:
        BadParametersError: with everything that is wrong, or the first `MOST_ISSUES` of it.
    """
    if resource.get("resourceType") != "Parameters":
        raise BadParametersError(("Parameters", "expected a resource of this type"))
    wrong = [("Parameters", "holds more than `parameter`; take it out")] if resource.keys() - _RESOURCE else []
    question = _read(resource.get("parameter"), PARAMETERS, "Parameters.parameter", wrong)
    if wrong:
        raise BadParametersError(*wrong)
    categories = question.get("categories")
    return question | ({"categories": ALL} if categories == [ALL] else {})


def place_of(path: str) -> str:
    """Return where in `Parameters` stands what the native question has at `path`, as `categories[0]`."""
    place, known = "Parameters", PARAMETERS
    for step in path.split("."):
        member = step.partition("[")[0]
        name = next((name for name, each in known.items() if each.member == member), None)
        if name is None:
            return f"{place}.value.{member}" if place != "Parameters" and member.isidentifier() else place
        place += f".{'parameter' if known is PARAMETERS else 'part'}.where(name='{name}')"
        known = known[name].parts or {}
    return place


def _read(given: object, known: Mapping[str, Asked], place: str, wrong: list[Wrong]) -> dict[str, Any]:
    if not isinstance(given, list) or not given:
        wrong.append((place, "expected a list that holds something"))
        return {}
    found = dict[str, Any]()
    for position, one in enumerate(given):
        if len(wrong) >= MOST_ISSUES:
            break
        name = one.get("name") if isinstance(one, dict) else None
        asked = known.get(name) if isinstance(name, str) else None
        if asked is None:
            # A name is a text of the sender: one that is not ours is not repeated.
            wrong.append((f"{place}[{position}]", f"is not known here; known are {', '.join(known)}"))
            continue
        value = _value(one, asked, f"{place}.where(name='{name}')", wrong)
        if asked.several:
            found.setdefault(asked.member, []).append(value)
        elif asked.member in found:
            wrong.append((f"{place}.where(name='{name}')", "expected once"))
        else:
            found[asked.member] = value
    return found


def _value(one: Mapping[str, Any], asked: Asked, place: str, wrong: list[Wrong]) -> Any:
    kind = asked.kind if asked.parts is None else "part"
    if one.keys() != {"name", kind}:
        wrong.append((place, f"expected `name` and `{kind}`, and nothing else"))
        return None
    if asked.parts is not None:
        return _read(one["part"], asked.parts, f"{place}.part", wrong)
    value = one[kind]
    if kind == "valueIdentifier" and (not isinstance(value, dict) or value.keys() != _IDENTIFIER):
        wrong.append((place, "expected `system` and `value`, and nothing else"))
    elif kind == "valueBoolean" and type(value) is not bool:
        wrong.append((place, "expected true or false"))
    elif kind in {"valueCode", "valueString"} and type(value) is not str:
        wrong.append((place, "expected a text"))
    return value
