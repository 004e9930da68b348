"""Reading an answer of the gateway to show it: what came, as plain values, with nothing in it that moves a terminal.

A plan of a newer minor version is read too: kinds, members and words that this version does not know stay in it.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from schemas.calendar import local_day
from schemas.fhir.json_text import read_json
from schemas.plan_json import SCHEMA_ID

Members = Mapping[str, Any]

ALIKE: Final = "answered"
"""What the answer says of a source that gave all that it was asked for."""

_REFUSAL: Final = "urn:schakel:problem:"
_TEXTS: Final = ("life_domain", "text", "status", "stage", "arranged", "name")
"""Members that a row is made of: each is a text, where it is there."""


_FOLLOWS: Final = {"households": (), "coordinators": (), "team": (), "gaps": ("about", "elements")}
"""What follows from elements, and the members of each that are lists of ids."""


class UnreadableError(Exception):
    """This is no plan. The message names the place in the file, and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer holds: the plan, the terms of each released element, the sources that were asked, and its day.

    `day` is None where the file does not say when it was answered.
    """

    plan: Members = field(repr=False)
    released: Members = field(default_factory=dict, repr=False)
    sources: tuple[Members, ...] = ()
    message: Members = field(default_factory=dict)
    day: date | None = None
    left: tuple[str, ...] = ()
    """What of FHIR has no place in a plan: where it stands, and why."""
    foreign: bool = False
    """Whether it is FHIR, and no plan as a gateway answers it."""

    @property
    def elements(self) -> list[Members]:
        """The elements of the plan, in its order."""
        found: list[Members] = self.plan["elements"]
        return found

    def silent(self) -> list[str]:
        """Return which sources were asked and did not give all, sorted."""
        return sorted(each["organisation"] for each in self.sources if each.get("status") != ALIKE)


def read_answer(document: bytes) -> Answer:
    """Read what the exchange answered, or the plan alone.

    Raises:
        UnreadableError: it is neither.
    """
    try:
        found = _clean(read_json(document))
    except ValueError as error:
        raise UnreadableError(f"this is not JSON: {error}; give the body of an answer, without its headers") from None
    except RecursionError:
        raise UnreadableError("this is nested too deeply for a plan") from None
    whole = _object(found, "the whole")
    if str(whole.get("type", "")).startswith(_REFUSAL):
        raise UnreadableError(f"this is a refusal, with no plan in it: type: {whole['type']}")
    if "resourceType" in whole:
        fhir = _of_fhir(document)
        return replace(_answer(fhir), left=tuple(fhir["left"]), foreign=fhir["foreign"])
    if "elements" in whole and "plan" not in whole:
        return Answer(_plan(whole, "the plan"))
    if "plan" not in whole:
        raise UnreadableError("plan: missing; give the answer to /api/v1/exchange/plan, or its `plan` alone")
    return _answer(whole)


def _answer(whole: Members) -> Answer:
    return Answer(
        _plan(_object(whole["plan"], "plan"), "plan"),
        {name: _object(each, f"released.{name}") for name, each in _member(whole, "released").items()},
        tuple(_sources(whole.get("sources", []))),
        _member(whole, "message"),
        _day(_member(whole, "receipt").get("at")),
    )


def _of_fhir(document: bytes) -> Members:
    # Imported here: it loads much of the gateway, and most plans do not come as FHIR.
    from gateway.showing_plan.bundle import answer_of_bundle  # noqa: PLC0415

    try:
        found: Members = _clean(answer_of_bundle(document))
    except ValueError as error:
        raise UnreadableError(f"the whole: {error}; give a Bundle as $family-plan answers it") from None
    if not found["plan"]["elements"]:
        raise UnreadableError("the whole: there is no element of a plan in this FHIR; give a Bundle of $family-plan")
    return found


def _plan(plan: Members, place: str) -> Members:
    schema = plan.get("schema", SCHEMA_ID)
    if schema != SCHEMA_ID:
        raise UnreadableError(f"{place}: schema: expected {SCHEMA_ID}; a schakel of that version reads {schema}")
    elements = _list(plan.get("elements"), f"{place}.elements")
    seen: dict[str, str] = {}
    for at, each in enumerate(elements):
        here = f"{place}.elements[{at}]"
        _element(_object(each, here), here)
        if each["id"] in seen:
            raise UnreadableError(f"{here}.id: {seen[each['id']]} has the same; each element stands in a plan once")
        seen[each["id"]] = here
    for name, lists in _FOLLOWS.items():
        for at, each in enumerate(_list(plan.get(name, []), f"{place}.{name}")):
            here = f"{place}.{name}[{at}]"
            _lists_of_texts(_object(each, here), lists, here)
            _texts(each, ("element",), here)
            _list(each.get("members", []), f"{here}.members")
    return plan


def _element(element: Members, place: str) -> None:
    for name in ("id", "kind"):
        if not isinstance(element.get(name), str) or not element[name]:
            raise UnreadableError(f"{place}.{name}: expected a text; every element of a plan has it")
    _texts(element, _TEXTS, place)
    _lists_of_texts(element, ("about", "goals"), place)
    for name in ("source", "period"):
        _object(element.get(name, {}), f"{place}.{name}")


def _texts(found: Members, names: Iterable[str], place: str) -> None:
    for name in names:
        if found.get(name) is not None and not isinstance(found[name], str):
            raise UnreadableError(f"{place}.{name}: expected a text")


def _lists_of_texts(found: Members, names: Iterable[str], place: str) -> None:
    for name in names:
        told = _list(found.get(name, []), f"{place}.{name}")
        if any(not isinstance(each, str) for each in told):
            raise UnreadableError(f"{place}.{name}: expected texts")


def _sources(found: Any) -> Iterator[Members]:
    for at, each in enumerate(_list(found, "sources")):
        if not isinstance(_object(each, f"sources[{at}]").get("organisation"), str):
            raise UnreadableError(f"sources[{at}].organisation: expected a text")
        yield each


def _member(whole: Members, name: str) -> Members:
    return _object(whole.get(name, {}), name)


def _object(found: Any, place: str) -> Members:
    if not isinstance(found, dict):
        raise UnreadableError(f"{place}: expected an object; give the body of an answer as it came")
    return found


def _list(found: Any, place: str) -> list[Any]:
    if not isinstance(found, list):
        raise UnreadableError(f"{place}: expected a list; give the body of an answer as it came")
    return found


def _day(at: Any) -> date | None:
    try:
        return local_day(datetime.fromisoformat(at))
    except (TypeError, ValueError, OverflowError):
        return None


_MOVING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _clean(found: Any) -> Any:
    if isinstance(found, str):
        return "".join(map(_shown, found)) if any(map(_moves, found)) else found
    if isinstance(found, list):
        return [_clean(each) for each in found]
    if isinstance(found, dict):
        return {_clean(name): _clean(each) for name, each in found.items()}
    return found


def _moves(letter: str) -> bool:
    # A terminal obeys control characters, and letters that turn the direction of a line show another line than is
    # there (CVE-2021-42574): a source's text must do neither. Half a letter (Cs) cannot be printed at all.
    return letter != "\n" and unicodedata.category(letter) in _MOVING and letter not in "\u200d\u200c"


def _shown(letter: str) -> str:
    if not _moves(letter):
        return letter
    # Above U+FFFF four digits would not hold it, and a fifth would look like a letter of the text.
    return f"\\u{ord(letter):04x}" if letter <= "\uffff" else f"\\U{ord(letter):08x}"
