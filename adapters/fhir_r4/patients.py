"""Whether a Patient resource says who somebody is: by a number that is in use, on a file that is in use. Pure.

A file that was once entered under another's number keeps that number as an old one, and is still found by it.
Source: FHIR R4 (4.0.1), datatypes.html, Identifier (`use` changes its meaning) and patient.html (so do `active`, which
marks a file that was made in error, and `link`).
"""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from schemas.calendar import local_day

_IN_USE: Final = (None, "usual", "official", "secondary")
_DAY: Final = len("2026-01-01")

Why = tuple[str, str]
"""The member that stands in the way, and why."""


def has_number(patient: Mapping[str, Any], system: str, numbers: Container[str]) -> bool:
    """Say whether one of `numbers` stands in it, in use or not."""
    return any(each.get("value") in numbers for each in _numbers(patient, system))


def why_not(patient: Mapping[str, Any], system: str, at: datetime, *, passed_over: Container[str] = ()) -> Why | None:
    """Return why it does not say who somebody is, or None. Of `passed_over` somebody decided that they do not count."""
    if "active" not in passed_over and patient.get("active", True) is not True:
        return "active", "it is not in use any more, or not surely"
    if "link" not in passed_over and any(each.get("type") == "replaced-by" for each in _listed(patient, "link")):
        return "link", "another replaced it"
    if not all(_is_in_use(each, local_day(at).isoformat()) for each in _numbers(patient, system)):
        return "identifier", "a number that is not in use"
    return None


def _numbers(patient: Mapping[str, Any], system: str) -> Iterable[Mapping[str, Any]]:
    return (each for each in _listed(patient, "identifier") if each.get("system") == system)


def _listed(patient: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    told = patient.get(name)
    return (each for each in (told if isinstance(told, list) else [told]) if isinstance(each, dict))


def _is_in_use(identifier: Mapping[str, Any], today: str) -> bool:
    period = identifier.get("period")
    last = period.get("end") if isinstance(period, dict) else None
    return identifier.get("use") in _IN_USE and (last is None or _is_not_before(last, today))


def _is_not_before(last: object, today: str) -> bool:
    # A year or a month is its last day; what is no date begins with no digit of one.
    return isinstance(last, str) and last[:4].isdecimal() and last[:_DAY] >= today[: len(last[:_DAY])]
