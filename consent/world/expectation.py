"""What a world file expects of a decision: its shape, and the comparing.

Source: decision contract, end of section 6.
"""

from collections.abc import Mapping
from typing import Any, Final

from consent.decision import Decision, ElementDecision
from consent.world.fields import FieldError, Reader, expected, items, moment, nothing_or, plain_text, step, word
from schemas.calendar import written
from schemas.words import Outcome, Reason, Result


def _texts(value: Any) -> list[str]:
    if type(value) is not list:
        raise expected("a list of texts")
    return items(plain_text)(value) if value else []


def _any_mapping(value: Any) -> dict[str, Any]:
    if type(value) is dict:
        return value
    raise expected("a mapping")


_END: Final = nothing_or(moment)
_ELEMENT: Final[Mapping[str, Reader]] = {
    "result": word(Result),
    "basis": plain_text,
    "reason": word(Reason),
    "obligations": _texts,
    "expires_at": _END,
    "note": plain_text,
}
_TOP: Final[Mapping[str, Reader]] = {
    "outcome": word(Outcome),
    "elements": _any_mapping,
    "reason": word(Reason),
    "obligations": _texts,
    "expires_at": _END,
    "note": plain_text,
}


def check_expectation(expect: Any, path: str) -> list[str]:
    """Return what is wrong with an `expect`, each with its path."""
    problems = _check(expect, _TOP, path)
    elements = expect.get("elements") if type(expect) is dict else None
    if type(elements) is dict:
        for name, element in elements.items():
            problems += _check(element, _ELEMENT, f"{path}.elements.{step(name)}")
    return problems


def _check(found: Any, readers: Mapping[str, Reader], path: str) -> list[str]:
    if type(found) is not dict:
        return [f"{path}: expected a mapping"]
    problems = []
    for key, value in found.items():
        try:
            readers.get(key, _unknown)(value)
        except FieldError as error:
            problems += [f"{path}.{step(key)}{place}: {what}" for place, what in error.problems]
    return problems


def _unknown(_: Any) -> Any:
    raise FieldError(("", "unknown key"))


def differences(decision: Decision, expect: Mapping[str, Any]) -> list[str]:
    """Return what differs between a decision and what was expected of it, one text each; empty where all is equal."""
    found = _compare("", decision, expect)
    for name, wanted in expect.get("elements", {}).items():
        element = decision.elements.get(name)
        if element is None:
            found.append(f"{name}: expected, but no such element was asked for")
            continue
        found += _compare(f"{name}.", element, wanted)
    return found


def _compare(path: str, got: Decision | ElementDecision, expect: Mapping[str, Any]) -> list[str]:
    found = []
    for key, wanted in expect.items():
        if key in {"elements", "note"}:
            continue
        is_there = getattr(got, key)
        if key == "obligations":
            same = set(is_there) == set(wanted)
            is_there = ", ".join(is_there)
        elif key == "expires_at":
            same = is_there == _END(wanted)
            is_there = is_there and written(is_there)
        else:
            same = is_there == wanted
        if not same:
            found.append(f"{path}{key}: expected {wanted}, got {is_there}")
    return found
