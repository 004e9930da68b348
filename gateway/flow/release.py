"""What may leave, as a value of its own: only `seal_release` makes a `Release`, and only from a decision."""

import hashlib
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from audit.receipt import Receipt
from consent.decision import Decision, ElementDecision
from gateway.flow.assembling import assemble
from schemas.calendar import local_day, parse_moment, written
from schemas.plan import ALL_ASKED, Element, OwnWords, Plan
from schemas.plan_json import plan_json
from schemas.words import Category, Result

MESSAGE: Final = {
    "nl": "Er kan meer zijn dat niet gedeeld mag worden, of niets meer.",
    "en": "There may be more that may not be shared, or nothing more.",
}
"""The one constant sentence of every answer (`design.md` 1.1)."""


class EgressError(Exception):
    """A release does not fit its decision: a defect, or a source that lies. Nothing may leave."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: about whom (internal id), and the categories that were asked for in full."""

    person: str = field(default="", repr=False)
    categories: Container[Category] = ALL_ASKED


_ANYTHING: Final = Asked()


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves, before it is written: a plan of released elements only, and by element the `terms` of its release.

    `person` is who was asked about; perhaps no element of the plan is about him. `sources` says of each holder whether
    he answered or was silent.
    """

    person: str = field(repr=False)
    plan: Plan = field(repr=False)
    terms: Mapping[str, Mapping[str, Any]] = field(repr=False)
    sources: Mapping[str, str]
    request_id: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """One way to write what leaves. `body` gives a whole JSON object; it gets nothing but what was released.

    `last` makes of a receipt's document the one member that comes last, of a name that `body` does not use.
    """

    media_type: str
    body: Callable[[Leaving], bytes]
    last: Callable[[Mapping[str, str]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Release:
    """The bytes that may leave once their event is durable.

    `body` is a whole JSON object without the receipt; `with_receipt` puts that in as its last member. The event's
    `answer` is the SHA-256 of `body`, so who strikes the last member from what he got can check it.
    """

    body: bytes = field(repr=False)
    rendering: Rendering

    @property
    def answer(self) -> str:
        """The hexadecimal SHA-256 that the audit event commits to."""
        return hashlib.sha256(self.body).hexdigest()

    def with_receipt(self, receipt: Receipt) -> bytes:
        """Return the whole answer. Asks for the receipt, so that it cannot be made before the event is durable."""
        return self.body[:-1] + b"," + orjson.dumps(self.rendering.last(receipt.document()))[1:]


def _body(leaving: Leaving) -> bytes:
    return orjson.dumps(
        {
            "plan": plan_json(leaving.plan),
            "released": leaving.terms,
            "sources": [{"organisation": name, "status": status} for name, status in sorted(leaving.sources.items())],
            "message": MESSAGE,
            "request_id": leaving.request_id,
        }
    )


NATIVE: Final = Rendering("application/json", _body, lambda receipt: {"receipt": receipt})
"""The answer as `docs/reference/plan.schema.json` describes its plan."""


def seal_release(  # noqa: PLR0913 - each is one thing that an answer follows from, by name
    decision: Decision,
    elements: Mapping[str, Element],
    *,
    sources: Mapping[str, str],
    request_id: str,
    asked: Asked = _ANYTHING,
    rendering: Rendering = NATIVE,
) -> Release | None:
    """Return what `decision` lets leave of `elements`, written as `rendering` does, or None where that is nothing.

    Raises:
        EgressError: what was assembled, or written, is not exactly what was released.
    """
    released = {name: each for name, each in decision.elements.items() if each.result is Result.RELEASE}
    if not released:
        return None
    plan = assemble((elements[name] for name in released), local_day(parse_moment(decision.at)), asked.categories)
    _check(plan, decision, elements)
    # Of what is alike there is one decision, and its terms are written once.
    of_each = {id(each): _terms(each) for each in {id(each): each for each in released.values()}.values()}
    terms = {name: of_each[id(each)] for name, each in released.items()}
    leaving = Leaving(asked.person, plan, terms, sources, request_id)
    # A copy of just its size: the library leaves its buffer as it grew, up to twice that, and many wait at one time.
    body = bytes(memoryview(rendering.body(leaving)))
    return Release(body, rendering)


def _terms(decided: ElementDecision) -> dict[str, Any]:
    # The rules stay in the event: they tell that somebody is incapable, has a curator, or is the only guardian.
    return {
        "basis": decided.basis,
        "obligations": decided.obligations,
        "expires_at": None if decided.expires_at is None else written(decided.expires_at),
    }


def _check(plan: Plan, decision: Decision, elements: Mapping[str, Element]) -> None:
    # Written apart from what selects and assembles on purpose: a shared function would share its mistakes.
    leaving = frozenset([each.id for each in plan.elements])
    if len(leaving) != len(plan.elements):
        raise EgressError("an element would leave twice")
    for name in leaving:
        decided = decision.elements.get(name)
        if decided is None or decided.result is not Result.RELEASE or decided.basis is None:
            raise EgressError("an element would leave that was not released")
    if any(goal not in leaving for each in plan.elements for goal in each.goals):
        raise EgressError("an element would name a goal that was not released")
    housemates = [each for household in plan.households for each in household.members]
    members = (*plan.team, *plan.coordinators)
    grounds = {name for gap in plan.gaps for name in gap.elements}
    grounds |= {each.element for each in housemates} | {each.element for each in members}
    if not grounds <= leaving:
        raise EgressError("the plan would stand on an element that was not released")
    if any(each.name != getattr(elements[each.element], "name", None) for each in members):
        raise EgressError("the team would name somebody whom its element does not name")
    named = {
        *plan.family,
        *(person for gap in plan.gaps for person in gap.about),
        *(each.person for each in housemates),
    }
    if not named <= {person for name in leaving for person in elements[name].about}:
        raise EgressError("the plan would name a person whom no released element is about")
    for each in plan.elements:
        if isinstance(each, OwnWords) and each.speaker is not None and each.speaker not in elements[each.id].about:
            raise EgressError("own words would name a speaker whom they are not about")
