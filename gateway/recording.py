"""What the exchange writes into the audit log: one event for each request, and what became of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.events import Event, EventOutcome, Field, Kind
from consent.decision import Decision
from consent.family import Gathered
from consent.request import Request
from gateway.asking import Asking
from gateway.fetching import Fetched, Gleaned
from gateway.identity.caller import Caller
from gateway.release import Release
from schemas.plan import Element
from schemas.words import Outcome

_KINDS: Final = {
    Outcome.PERMIT: Kind.EXCHANGE_DISCLOSED,
    Outcome.PARTIAL: Kind.EXCHANGE_DISCLOSED,
    Outcome.REVIEW: Kind.EXCHANGE_REVIEWED,
    Outcome.DENY: Kind.EXCHANGE_DENIED,
}
EXCHANGE: Final = frozenset(_KINDS.values())
"""The kinds of the event that tells what was decided on a request."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that the event of one request tells."""

    caller: Caller
    request: Request
    gathered: Gathered
    asking: Asking
    gleaned: Gleaned
    decision: Decision
    release: Release | None
    waiting: tuple[str, ...] = ()
    """The holders who have to decide first, of those who know the person."""


def outcome_of(judged: Judged) -> Outcome:
    """Return the request's outcome: the decision's, or review where a question could only be put after a review."""
    if judged.decision.outcome is Outcome.DENY and judged.asking.in_review:
        return Outcome.REVIEW
    return judged.decision.outcome


def exchange_event(judged: Judged, request_id: str) -> Event:
    """Return the event that must be durable before anything leaves."""
    outcome = outcome_of(judged)
    return Event(
        kind=_KINDS[outcome],
        outcome=EventOutcome(outcome),
        organisation=judged.caller.organisation,
        counterparties=frozenset(judged.asking.holders) - {judged.caller.organisation},
        rule_set=judged.decision.rule_set,
        person=judged.gathered.person,
        request_id=request_id,
        fields=_fields(judged, request_id),
    )


def delivery_event(caller: Caller, person: str | None, request_id: str, kind: Kind) -> Event:
    """Return the event that says whether the answer's bytes were handed to the network."""
    return Event(
        kind=kind,
        outcome=EventOutcome.OK if kind is Kind.EXCHANGE_DELIVERED else EventOutcome.ERROR,
        organisation=caller.organisation,
        person=person,
        request_id=request_id,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}},
    )


def source_failed_event(fetched: Fetched, request_id: str) -> Event:
    """Return the event of a source that gave nothing, whoever asked: no person stands in it."""
    return Event(
        kind=Kind.SOURCE_FAILED,
        outcome=EventOutcome.ERROR,
        organisation="system",
        counterparties=frozenset({fetched.permit.holder}),
        request_id=request_id,
        fields={
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: {"system": fetched.permit.system, "why": fetched.failure},
        },
    )


def aborted_event(caller: Caller, request_id: str, why: str) -> Event:
    """Return the event of a request that ended without a decision; `why` tells no more than the kind of failure."""
    return Event(
        kind=Kind.EXCHANGE_ABORTED,
        outcome=EventOutcome.ERROR,
        organisation=caller.organisation,
        request_id=request_id,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}, Field.DETAIL: {"why": why}},
    )


def reading_event(caller: Caller, request_id: str, *, what: str, seen: bool) -> Event:
    """Return the event that says that somebody looked at `what` of a request, or tried to."""
    return Event(
        kind=Kind.LOG_READ,
        outcome=EventOutcome.OK if seen else EventOutcome.DENY,
        organisation=caller.organisation,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}, Field.DETAIL: {"read": what}},
    )


def actor(caller: Caller) -> dict[str, Any]:
    """Return who acted, as an event commits to it."""
    return {
        "form": caller.form,
        "id": caller.id,
        "organisation": caller.organisation,
        "role": None if caller.role is None else str(caller.role),
        "client": caller.client_id,
        "authentication": caller.acr,
    }


def _fields(judged: Judged, request_id: str) -> dict[Field, object]:
    decision, world = judged.decision.as_json(), judged.decision.facts.as_world()
    told = {
        Field.ACTOR: actor(judged.caller),
        Field.SUBJECT: judged.gathered.person,
        Field.PURPOSE: str(judged.request.purpose),
        Field.CATEGORIES: judged.request.source["categories"],
        Field.ELEMENTS: _elements(judged.decision, judged.gleaned.elements),
        Field.DECISION: decision,
        Field.FACTS: {**world, "request": judged.request.source, "digest": decision["facts_digest"]},
        Field.REQUEST: {"id": request_id},
        Field.DETAIL: _detail(judged),
    }
    if judged.release is not None:
        told[Field.ANSWER] = judged.release.answer
    if judged.request.justification is not None:
        told[Field.JUSTIFICATION] = judged.request.justification
    return told


def _elements(decision: Decision, elements: Mapping[str, Element]) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "holder": elements[name].source.organisation,
            "category": elements[name].category,
            "result": each.result,
            "basis": each.basis,
            "reason": each.reason,
        }
        for name, each in decision.elements.items()
    ]


def _detail(judged: Judged) -> dict[str, Any]:
    return {
        # As of when the facts stood so, for whoever decides again: the instant of a sandbox's request is another.
        "known": {"at": judged.gathered.at.isoformat(), "registry": judged.gathered.versions.registry},
        "not_asked": [
            {
                "holder": each.holder,
                "category": each.category,
                "result": each.result,
                "reason": each.reason,
            }
            for each in judged.asking.not_asked
        ],
        "waiting": list(judged.waiting),
        "stopped": sorted(judged.gathered.stopped),
        "silent": dict(judged.gleaned.failures),
        "leftovers": {
            name: [{"record": each.record_kind, "path": each.path, "why": each.why} for each in found]
            for name, found in judged.gleaned.leftovers.items()
            if found
        },
    }
