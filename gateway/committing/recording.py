"""What the exchange writes into the audit log: one event for each request, and what became of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from audit.events import ERASED, Event, EventOutcome, Field, Kind
from audit.part import DECIDED
from audit.sentences.released import TOLD, left_of_released
from consent.decided import ASKED
from consent.decision import Decision, ElementDecision
from consent.keys import KeyClass
from consent.known.family import Gathered
from consent.request import Emergency, Request
from gateway.committing.calls import Call
from gateway.flow.asking import Asking
from gateway.flow.fetching import Fetched, Gleaned
from gateway.flow.release import Release
from gateway.identity.caller import Caller
from schemas.canonical_json import Written, canonical, digest
from schemas.plan import Element
from schemas.words import Outcome, Result

_ASKED: Final = ("records", *ASKED)
"""What the asker said himself of what he wants, beside what stands in fields of its own."""


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
    waiting: tuple[str, ...]
    """The holders who have to decide first, of those who know the person."""
    barred: Mapping[str, str]
    """The holders who were not asked because of an earlier emergency, and why."""


def outcome_of(judged: Judged) -> Outcome:
    """Return the request's outcome: the decision's, or review where a question could only be put after a review."""
    if judged.decision.outcome is Outcome.DENY and judged.asking.in_review:
        return Outcome.REVIEW
    return judged.decision.outcome


def exchange_event(judged: Judged, request_id: str) -> Event:
    """Return the event that must be durable before anything leaves."""
    outcome = EventOutcome(outcome_of(judged))
    # All that is made of the facts is made of one writing of them: they are the most of what an event holds.
    world = judged.decision.facts.as_written_world()
    made = digest(world)
    facts = canonical({**world, "request": judged.request.source, "digest": made})
    decision, told_of = judged.decision.as_json(facts_digest=made), _told_of(judged, facts)
    return Event(
        kind=DECIDED[outcome],
        outcome=outcome,
        organisation=judged.caller.organisation,
        counterparties=frozenset(judged.asking.holders) - {judged.caller.organisation},
        rule_set=judged.decision.rule_set,
        person=judged.gathered.person,
        also_about=_others(judged),
        told_of=told_of,
        request_id=request_id,
        fields=_fields(judged, request_id, decision, Written(facts)),
        left={Field.DECISION: left_of(decision)} if told_of else {},
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


def event_about(  # noqa: PLR0913 - the members of the event that differ, by name
    caller: Caller,
    request_id: str,
    kind: Kind,
    detail: Mapping[str, Any],
    *,
    person: str | None,
    outcome: EventOutcome = EventOutcome.OK,
    because: str | None = None,
) -> Event:
    """Return the event of what somebody did, or tried, about `person` if his key is at hand.

    The subject is null where there is nobody, and never left out: an event's commitments can be read by who may not
    learn whether somebody is known.
    """
    why = {} if because is None else {Field.JUSTIFICATION: because}
    return Event(
        kind=kind,
        outcome=outcome,
        organisation=caller.organisation,
        person=person,
        request_id=request_id,
        fields={
            Field.ACTOR: actor(caller),
            Field.SUBJECT: person,
            **why,
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: dict(detail),
        },
    )


def refused_event(caller: Caller, call: Call, person: str | None) -> Event:
    """Return the event of who may not; `person` is whom it would have been about, as far as anybody."""
    detail = {"path": call.path}
    return event_about(caller, call.request_id, Kind.FACT_REFUSED, detail, person=person, outcome=EventOutcome.DENY)


def aborted_event(caller: Caller, request_id: str, why: str) -> Event:
    """Return the event of a request that ended without a decision; `why` tells no more than the kind of failure."""
    return Event(
        kind=Kind.EXCHANGE_ABORTED,
        outcome=EventOutcome.ERROR,
        organisation=caller.organisation,
        request_id=request_id,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}, Field.DETAIL: {"why": why}},
    )


def reading_event(caller: Caller, request_id: str, *, what: str, seen: bool, person: str | None = None) -> Event:
    """Return the event that says that somebody looked at `what` of a request, or tried to.

    About `person`, whose key is at hand, where he saw whom it was about. Else the subject is null, and never left out:
    what an event commits to must not tell whether somebody is known.
    """
    return Event(
        kind=Kind.LOG_READ,
        outcome=EventOutcome.OK if seen else EventOutcome.DENY,
        organisation=caller.organisation,
        person=person,
        fields={
            Field.ACTOR: actor(caller),
            Field.SUBJECT: person,
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: {"read": what},
        },
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


def _fields(judged: Judged, request_id: str, decision: Mapping[str, Any], facts: Written) -> dict[Field, Any]:
    told: dict[Field, Any] = {
        Field.ACTOR: actor(judged.caller),
        Field.SUBJECT: judged.gathered.person,
        Field.PURPOSE: str(judged.request.purpose),
        Field.CATEGORIES: judged.request.source["categories"],
        Field.ELEMENTS: _elements(judged.decision, judged.gleaned.elements),
        Field.DECISION: decision,
        Field.FACTS: facts,
        Field.REQUEST: {"id": request_id},
        Field.DETAIL: {**_detail(judged), TOLD: _told_of_himself(judged, decision)},
    }
    if judged.release is not None:
        told[Field.ANSWER] = judged.release.answer
    justification = judged.request.justification or _text_of(judged.request.emergency)
    if justification is not None:
        told[Field.JUSTIFICATION] = justification
    return told


def left_of(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be read of `decision` (its contract, section 6) when the facts that it was made of are gone.

    Its digest of them goes, and when anything ends: it ends on birthdays, and with what somebody else agreed to.
    """
    of_all = {name: ERASED for name in ("facts_digest", "expires_at") if name in decision}
    # Of what is alike there is one writing, as in the decision itself.
    alike = {id(each): each for each in decision["elements"].values()}
    left = {key: {**each, "expires_at": ERASED} if "expires_at" in each else each for key, each in alike.items()}
    return {**decision, **of_all, "elements": {name: left[id(each)] for name, each in decision["elements"].items()}}


def _told_of_himself(judged: Judged, decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what of a release is told of in the log of the person, also once somebody else is erased."""
    person, facts = judged.gathered.person, judged.decision.facts
    if person is None or judged.release is None:
        return []
    return left_of_released(
        person,
        elements=decision["elements"],
        records=(each.source for each in facts.records),
        consents=(each.source for each in facts.consents),
    )


def _others(judged: Judged) -> tuple[str, ...]:
    """Return of whom else in the family something is released: it stands in their logs too."""
    family = {name for name, _ in judged.gathered.versions.persons} - {judged.gathered.person}
    released = {name for name, each in judged.decision.elements.items() if each.result is Result.RELEASE}
    about = [one.about for one in judged.decision.facts.records if one.id in released]
    return tuple(sorted(family & frozenset().union(*about)))


def _told_of(judged: Judged, facts: bytes) -> tuple[str, ...]:
    """Return who else of the family is named anywhere in `facts`, which are written, of those who have a key."""
    person = judged.gathered.person
    family = {name for name, key_class in judged.gathered.keys if key_class is KeyClass.AUDIT and name != person}
    return tuple(sorted(each for each in family if canonical(each) in facts)) if person is not None else ()


def _text_of(emergency: Emergency | None) -> str | None:
    return None if emergency is None else emergency.text


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
        "not_asked": _not_asked(judged.asking),
        "waiting": list(judged.waiting),
        # For every request, whoever waits for it: from this a question is opened, behind the log.
        "asked": {name: value for name in _ASKED if (value := judged.request.source.get(name)) is not None},
        # Who decided for a holder may not judge the event, also when its facts are gone.
        "deciders": sorted({each.by for each in judged.request.holder_decisions}),
        "stopped": sorted(judged.gathered.stopped),
        "barred": dict(judged.barred),
        "silent": dict(judged.gleaned.failures),
        "leftovers": {
            name: [{"record": each.record_kind, "path": each.path, "why": each.why} for each in found]
            for name, found in judged.gleaned.leftovers.items()
            if found
        },
    }


def _not_asked(asking: Asking) -> list[dict[str, Any]]:
    """Return why questions were not put, once for all that were not for one reason; `audit.part` tells them apart.

    What somebody has yet to decide on stands by itself: the version before this looks for it by its holder.
    """
    alike = {id(each): each for each in asking.not_asked.values()}
    asked: dict[int, dict[str, list[str]]] = {key: {} for key in alike}
    for (holder, category), each in asking.not_asked.items():
        asked[id(each)].setdefault(holder, []).append(category)
    return [one for key, each in alike.items() for one in _why(each, asked[key])]


def _why(found: ElementDecision, asked: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    why = {"result": found.result, "reason": found.reason}
    if found.result is not Result.REVIEW:
        return [{"asked": asked, **why}]
    return [{"holder": holder, "category": each, **why} for holder, categories in asked.items() for each in categories]
