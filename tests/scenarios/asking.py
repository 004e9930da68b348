"""Asking the requests of a world file over the wire, and holding the answer against what the file expects."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from consent.decide import decide
from consent.request import Request
from consent.world import World
from schemas.words import Result
from tests.gateway.running import PERSON

_SAID = ("order", "referral", "question", "justification", "matter", "emergency", "records", "purpose", "categories")
"""What a requester may say himself; what else stands in a request comes from the token, the clock and the store."""


def can_be_asked(request: Request) -> bool:
    """Say whether a requester can ask this: who tells of his own accord asks nothing."""
    return request.initiative is None


def body_of(request: Request) -> dict[str, Any]:
    """Return the body with which the requester asks it."""
    said = {name: request.source[name] for name in _SAID if name in request.source}
    if "emergency" in said:
        said["emergency"] = {name: value for name, value in said["emergency"].items() if name != "note"}
    return {"person": {"system": PERSON, "value": request.about}, **said}


def terms_expected(file: World, position: int) -> dict[str, tuple[str, frozenset[str], datetime | None]]:
    """Return basis, obligations and end of every element that must be released, by id."""
    request = file.requests[position]
    decision = decide(request, file.facts, request.at)
    return {
        name: (str(each.basis), frozenset(each.obligations), each.expires_at)
        for name, each in decision.elements.items()
        if each.result is Result.RELEASE
    }


def terms_got(body: bytes) -> dict[str, tuple[str, frozenset[str], datetime | None]]:
    """Return the same of a 200 answer, after a look that the plan holds those elements and no other."""
    answer = json.loads(body)
    assert sorted(each["id"] for each in answer["plan"]["elements"]) == sorted(answer["released"])
    return {
        name: (each["basis"], frozenset(each["obligations"]), _instant(each["expires_at"]))
        for name, each in answer["released"].items()
    }


def differences_from_file(got: Mapping[str, Any], expect: Mapping[str, Any] | None) -> list[str]:
    """Return what differs between released terms and the `expect` of the file itself, for the elements it names."""
    found = []
    for name, wanted in (expect or {}).get("elements", {}).items():
        released = wanted.get("result", "release") == "release"
        if (name in got) != released and "result" in wanted:
            found.append(f"{name}: {'not ' if released else ''}released")
            continue
        if name not in got:
            continue
        basis, obligations, ends = got[name]
        if "basis" in wanted and wanted["basis"] != basis:
            found.append(f"{name}: basis {basis}")
        if "obligations" in wanted and set(wanted["obligations"]) != obligations:
            found.append(f"{name}: obligations {sorted(obligations)}")
        if "expires_at" in wanted and _instant(wanted["expires_at"]) != ends:
            found.append(f"{name}: ends {ends}")
    return found


def elements_expected(file: World, position: int) -> dict[str, tuple[str, str | None, str | None]]:
    """Return result, reason and basis of every element, as an officer may see them."""
    request = file.requests[position]
    decision = decide(request, file.facts, request.at)
    return {
        name: (str(each.result), None if each.reason is None else str(each.reason), each.basis)
        for name, each in decision.elements.items()
    }


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
