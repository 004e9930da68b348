"""What may leave, as a value of its own: only `seal_release` makes a `Release`, and only from a decision."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from audit.receipt import Receipt
from consent.decision import Decision, ElementDecision
from gateway.assembling import assemble
from schemas.calendar import written
from schemas.plan import Element
from schemas.plan_json import plan_json
from schemas.words import Result

MESSAGE: Final = {
    "nl": "Er kan meer zijn dat niet gedeeld mag worden, of niets meer.",
    "en": "There may be more that may not be shared, or nothing more.",
}
"""The one constant sentence of every answer (`design.md` 1.1)."""


class EgressError(Exception):
    """A release does not fit its decision: a defect, or a source that lies. Nothing may leave."""


@dataclass(frozen=True, slots=True)
class Release:
    """The bytes that may leave once their event is durable, and what they hold.

    `body` is a whole JSON object without the receipt; `with_receipt` puts that in as its last member. The event's
    `answer` is the SHA-256 of `body`, so who strikes the last member from what he got can check it.
    """

    body: bytes = field(repr=False)
    elements: tuple[str, ...]
    holders: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The hexadecimal SHA-256 that the audit event commits to."""
        return hashlib.sha256(self.body).hexdigest()

    def with_receipt(self, receipt: Receipt) -> bytes:
        """Return the whole answer. Asks for the receipt, so that it cannot be made before the event is durable."""
        return self.body[:-1] + b',"receipt":' + orjson.dumps(receipt.document()) + b"}"


def seal_release(
    decision: Decision,
    elements: Mapping[str, Element],
    *,
    sources: Mapping[str, str],
    request_id: str,
) -> Release | None:
    """Return what `decision` lets leave of `elements`, or None where that is nothing.

    Raises:
        EgressError: what was assembled is not exactly what was released.
    """
    released = {name: each for name, each in decision.elements.items() if each.result is Result.RELEASE}
    if not released:
        return None
    plan = assemble(elements[name] for name in released)
    shown = plan_json(plan)
    _check(shown, decision, elements)
    body = {
        "plan": shown,
        "released": {name: _terms(each) for name, each in released.items()},
        "sources": [{"organisation": name, "status": status} for name, status in sorted(sources.items())],
        "message": MESSAGE,
        "request_id": request_id,
    }
    holders = tuple(sorted({elements[name].source.organisation for name in released}))
    return Release(orjson.dumps(body), tuple(released), holders)


def _terms(decided: ElementDecision) -> dict[str, Any]:
    return {
        "basis": decided.basis,
        "rules": decided.rules,
        "obligations": decided.obligations,
        "expires_at": None if decided.expires_at is None else written(decided.expires_at),
    }


def _check(shown: Mapping[str, Any], decision: Decision, elements: Mapping[str, Element]) -> None:
    # Written apart from the selection above on purpose: a shared function would share its mistakes.
    leaving = [each["id"] for each in shown["elements"]]
    if len(set(leaving)) != len(leaving):
        raise EgressError("an element would leave twice")
    for name in leaving:
        decided = decision.elements.get(name)
        if decided is None or decided.result is not Result.RELEASE or decided.basis is None:
            raise EgressError("an element would leave that was not released")
    if any(goal not in leaving for each in shown["elements"] for goal in each.get("goals", ())):
        raise EgressError("an element would name a goal that was not released")
    allowed = {person for name in leaving for person in elements[name].about}
    if not set(shown["family"]) <= allowed or any(member["element"] not in leaving for member in shown["team"]):
        raise EgressError("the plan shows a person whom no released element is about")
