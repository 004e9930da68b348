"""From what was heard over the wire to a decision that can be held against what was expected. Pure.

Released elements are read off the requester's answer, with their terms; the others, and the rules of all, off the
officer's view. A record that no source was asked for stands in neither: of the question that was not put, the officer
sees why.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from consent.decide import Case, decide, prepare
from consent.decision import Decision, ElementDecision
from consent.entries import Record
from consent.facts import Facts
from consent.world.expectation import differences
from consent.world.file import World
from gateway.live.asking import Heard
from schemas.calendar import written
from schemas.words import Outcome, Reason, Result

Place = tuple[str, str]
"""A holder and a category."""
Why = tuple[str, str | None]
"""A result and a reason."""

_OK: Final = 200
_NO: Final = 403
_NOT_RELEASED: Final = ElementDecision(result=Result.WITHHOLD, rules=())
_NOT_AVAILABLE: Final = "urn:schakel:problem:not-available"


@dataclass(frozen=True, slots=True)
class Held:
    """What differs from what was expected, one text each, and how many records nobody outside hears of.

    Of such a record only that it was not released is held on the wire; why is the core's word (`unheard` counts them):
    it was not asked for, and the officer sees why not, but the reason is that of any such record and not of this one.
    """

    differences: list[str]
    unheard: int = 0


def held(heard: Heard, file: World, position: int) -> Held:
    """Hold what was heard of a request against what `file` expects, and where that is silent against the core."""
    wrong = contradictions(heard)
    if wrong:
        return Held(wrong)
    request, expect = file.requests[position], file.expects[position] or {}
    case = prepare(request, file.facts, request.at)
    core = decide(request, file.facts, request.at)
    stops = {(each["holder"], each["category"]): (each["result"], each["reason"]) for each in heard.view["not_asked"]}
    seen = {each["id"] for each in heard.view["elements"]}
    unseen = [each for each in file.facts.records if each.id in core.elements and each.id not in seen]
    told = decision_heard(heard, {each.id: core.elements[each.id] for each in unseen})
    found = [*_wrong_stops(case, unseen, stops), *differences(told, _expectation(core, expect))]
    return Held(found, sum(stops.get(_place(each)) != _why(core.elements[each.id]) for each in unseen))


def _wrong_stops(case: Case, unseen: Sequence[Record], stops: Mapping[Place, Why]) -> Iterator[str]:
    """Yield for which records the officer is told something else than why the core would not ask."""
    holders, categories = {each.holder for each in unseen}, {each.category for each in unseen}
    foreseen = case.foresee(sorted(holders), sorted(categories), ())
    for each in unseen:
        stop = foreseen[each.holder, each.category]
        wanted = None if isinstance(stop, list) else _why(stop)
        if stops.get(_place(each)) != wanted:
            yield f"{each.id}: expected the question for it {'put' if wanted is None else f'stopped, {wanted[1]}'}"


def _place(record: Record) -> Place:
    return record.holder, record.category


def _why(decided: ElementDecision) -> Why:
    return decided.result, decided.reason


def contradictions(heard: Heard) -> list[str]:
    """Return where the wire contradicts itself or the officer's view: nothing may be released that he does not see."""
    released = heard.answer.get("released", {})
    if heard.status not in {_OK, _NO}:
        return [f"wire: expected 200 or 403, got {heard.status}"]
    if heard.status == _NO and (released or heard.answer.get("type") != _NOT_AVAILABLE):
        return [f"wire: expected a 403 that says {_NOT_AVAILABLE} and no more"]
    found = []
    if (heard.status == _OK) != bool(released):
        found.append(f"wire: {heard.status}, with {len(released)} elements released")
    if sorted(each["id"] for each in heard.answer.get("plan", {}).get("elements", ())) != sorted(released):
        found.append("wire: the plan does not hold exactly what is released")
    seen = heard.view["decision"]["elements"]
    terms = {name: _terms(each) for name, each in seen.items() if each["result"] == Result.RELEASE}
    if {name: _terms(each) for name, each in released.items()} != terms:
        found.append(f"wire: released {', '.join(sorted(released))}, the officer sees {', '.join(sorted(terms))}")
    return found


def decision_heard(heard: Heard, unseen: Mapping[str, ElementDecision]) -> Decision:
    """Return the decision as the wire and the officer told it; `unseen` is what the core says of the other records."""
    elements = {name: _NOT_RELEASED if each.result is Result.RELEASE else each for name, each in unseen.items()}
    elements |= dict(_withheld(heard.view))
    decided = heard.view["decision"]
    elements |= {
        name: _released(each, decided["elements"][name]["rules"])
        for name, each in heard.answer.get("released", {}).items()
    }
    return Decision(
        outcome=_outcome(heard.view, elements),
        at=decided["at"],
        rule_set=decided["rule_set"],
        elements=elements,
        obligations=tuple(decided["obligations"]),
        expires_at=_instant(decided["expires_at"]),
        facts=Facts(),
        rule_set_status=decided.get("rule_set_status"),
        reason=None if elements or "reason" not in decided else Reason(decided["reason"]),
    )


def _released(terms: Mapping[str, Any], rules: Sequence[str]) -> ElementDecision:
    return ElementDecision(
        result=Result.RELEASE,
        rules=tuple(rules),
        basis=terms["basis"],
        obligations=tuple(terms["obligations"]),
        expires_at=_instant(terms["expires_at"]),
    )


def _withheld(view: Mapping[str, Any]) -> Iterator[tuple[str, ElementDecision]]:
    for each in view["elements"]:
        if each["result"] != Result.RELEASE:
            result, reason = Result(each["result"]), Reason(each["reason"])
            rules = tuple(view["decision"]["elements"][each["id"]]["rules"])
            yield each["id"], ElementDecision(result=result, rules=rules, basis=each["basis"], reason=reason)


def _outcome(view: Mapping[str, Any], elements: Mapping[str, ElementDecision]) -> Outcome:
    # The gateway cannot know of what it did not ask for. All that it fetched is released, which is not all there is;
    # or a question waits for somebody, and there would have been nothing to answer.
    told = Outcome(view["outcome"])
    if told is Outcome.PERMIT and any(each.result is not Result.RELEASE for each in elements.values()):
        return Outcome.PARTIAL
    if told is Outcome.REVIEW and all(each.result is not Result.REVIEW for each in elements.values()):
        return Outcome.DENY
    return told


def _expectation(core: Decision, expect: Mapping[str, Any]) -> dict[str, Any]:
    elements = {name: _element(each) for name, each in core.elements.items()}
    for name, each in expect.get("elements", {}).items():
        elements[name] = elements.get(name, {}) | each
    whole = {
        "outcome": core.outcome,
        "reason": core.reason,
        "obligations": core.obligations,
        "expires_at": _said(core.expires_at),
    }
    return whole | {**expect, "elements": elements}


def _element(core: ElementDecision) -> dict[str, Any]:
    return {
        "result": core.result,
        "reason": core.reason,
        "basis": core.basis,
        "rules": core.rules,
        "obligations": core.obligations,
        "expires_at": _said(core.expires_at),
    }


def _terms(each: Mapping[str, Any]) -> tuple[Any, ...]:
    return each["basis"], each["obligations"], each["expires_at"]


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _said(instant: datetime | None) -> str | None:
    return None if instant is None else written(instant)
