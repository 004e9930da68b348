"""What an officer may see of an event: all of it, or his own institution's part; nobody's content. Pure.

Of a decision the asking side sees what was released, a holder what was its own. So even kind and outcome are those of
the part: of a request that gave nothing the asking side's officer learns that, and not whether something waits.
After erasure the asking side keeps its part of what it received, and of nothing else: an event that stayed without its
elements would tell that the person of whom nothing was given was known.

Source: `design.md` 1.1; `reference/law.md` R7.5 (each his own data, the gateway's own officer the metadata of all).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from audit.events import EventOutcome, Field, Kind
from audit.told import Told
from schemas.words import Reason, Result

WHOLE: Final = "gateway"
"""The viewer who sees of every event all that an officer may."""

Element: TypeAlias = Mapping[str, Any]
"""What became of one element, as the event tells it: `id`, `holder`, `category`, `result`, `basis`, `reason`."""

_ELEMENT: Final = frozenset({"id", "holder", "category", "result", "basis", "reason"})
_WHY: Final = frozenset({"result", "reason"})
_QUESTION: Final = frozenset({"holder", "category"}) | _WHY
PEOPLE: Final = frozenset({"person", "mentor"})
"""The forms of an actor who is himself somebody whom data is about: lists name him by a pseudonym."""
_RESERVED: Final = frozenset({"person", "operator", "system", WHOLE})
DECIDED: Final[Mapping[EventOutcome, Kind]] = {
    EventOutcome.PERMIT: Kind.EXCHANGE_DISCLOSED,
    EventOutcome.PARTIAL: Kind.EXCHANGE_DISCLOSED,
    EventOutcome.REVIEW: Kind.EXCHANGE_REVIEWED,
    EventOutcome.DENY: Kind.EXCHANGE_DENIED,
}
"""Which kind the event of a decision is, by how the decision ended."""
EXCHANGE: Final = frozenset(DECIDED.values())
"""The kinds of the event that tells what was decided on a request."""

_ALSO_OF_THE_OTHER: Final = frozenset(
    {
        Kind.SOURCE_FAILED,
        Kind.NOTIFICATION_GIVEN,
        Kind.NOTIFICATION_FAILED,
        Kind.EMERGENCY_OPENED,
        Kind.EMERGENCY_CLOSED,
        Kind.REVIEW_OPENED,
        Kind.REVIEW_DECIDED,
        Kind.OBLIGATION_DONE,
    }
)
"""What concerns the counterparty as much as who acted."""

_KNOWS_THE_PERSON: Final = frozenset(
    {
        Kind.CONSENT_GIVEN,
        Kind.CONSENT_REFUSED,
        Kind.CONSENT_WITHDRAWN,
        Kind.CONSENT_CONFIRMED,
        Kind.FACT_RECORDED,
        Kind.FACT_CONFIRMED,
        Kind.FACT_CLOSED,
        Kind.AUTHORITY_CHANGED,
        Kind.ORDER_CHANGED,
        Kind.CAPACITY_RECORDED,
        Kind.MANDATE_CHANGED,
        Kind.EMERGENCY_OPENED,
        Kind.EMERGENCY_CLOSED,
        Kind.HOLDER_DECIDED,
        Kind.REVIEW_OPENED,
        Kind.REVIEW_DECIDED,
        Kind.OBLIGATION_DONE,
        Kind.LOG_READ,
    }
)
"""What an institution can only have done (well) about somebody whom it knows. A kind that is not here tells nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the officer of `viewer` may see of `told`.

    `kind` and `outcome` are None where they were those of a part that was erased. `person` is None where he may not
    learn whom it is about. `elements` in the order of the event, none after erasure; `waiting` are the questions that
    were not put to him, and on which he has to decide; `holders` those that he may know to be concerned.
    """

    viewer: str
    told: Told
    kind: Kind | None
    outcome: EventOutcome | None
    person: str | None
    holders: tuple[str, ...]
    elements: tuple[Element, ...]
    waiting: tuple[Element, ...]

    @property
    def not_asked(self) -> tuple[Element, ...]:
        """The questions that were not put, of those that he may know; read only where they are shown, for many are."""
        return _not_asked(self.told) if self.viewer == WHOLE else self.waiting

    @property
    def released(self) -> tuple[Element, ...]:
        """Those of `elements` that left."""
        return tuple(each for each in self.elements if each["result"] == Result.RELEASE)

    @property
    def is_whole(self) -> bool:
        """Whether he sees all that the event's open members say, and not a part of it only.

        Of a decision nobody's part ever is, also where there was no other: or he would learn that there was none.
        """
        told = self.told
        if told.kind in EXCHANGE and self.viewer != WHOLE:
            return False
        return (self.kind, self.outcome, {*self.holders}) == (told.kind, told.outcome, {*told.counterparties})

    @property
    def to_be_told(self) -> Told | None:
        """What may be told on to whom it is about: all of it, or of a decision what of his part was released.

        None where that is nothing, or cannot be told from what is another's part.
        """
        told = self.told
        if self.is_whole:
            return told
        is_his = not told.facts_gone or self.viewer == told.organisation
        if told.kind is not Kind.EXCHANGE_DISCLOSED or not self.released or not is_his:
            return None
        decision = said_in(told, Field.DECISION)
        decided = decision.get("elements", {})
        own = {each["id"]: decided[each["id"]] for each in self.released if each["id"] in decided}
        # What the decision obliges to stays: what may be told later only is told later, whosever part is why.
        return replace(told, fields={**told.fields, Field.DECISION: {**decision, "elements": own}})


def parts(told: Told) -> tuple[Part, ...]:
    """Return the part of everybody whose officers may see something of `told`, each once."""
    elements = _elements(told)
    named = (told.organisation, *told.counterparties, *(each["holder"] for each in elements), *_who_decide(told))
    everybody = dict.fromkeys((WHOLE, *named))
    return tuple(found for each in everybody if (found := _part(told, each, elements)) is not None)


def part(told: Told, viewer: str) -> Part | None:
    """Return what the officer of `viewer` may see of `told`; None where he has no part in it."""
    return _part(told, viewer, _elements(told))


def _part(told: Told, viewer: str, elements: tuple[Element, ...]) -> Part | None:
    if viewer == WHOLE:
        return _whole(told, elements)
    if viewer in _RESERVED:
        return None
    if told.kind not in EXCHANGE:
        return _own_act(told, viewer)
    return _asked(told, viewer, elements) if viewer == told.organisation else _held(told, viewer, elements)


def _whole(told: Told, elements: tuple[Element, ...]) -> Part:
    return Part(
        viewer=WHOLE,
        told=told,
        kind=told.kind,
        outcome=told.outcome,
        person=told.person,
        holders=told.counterparties,
        elements=elements,
        waiting=(),
    )


def _own_act(told: Told, viewer: str) -> Part | None:
    is_own = viewer == told.organisation
    if not is_own and not (told.kind in _ALSO_OF_THE_OTHER and viewer in told.counterparties):
        return None
    return Part(
        viewer=viewer,
        told=told,
        kind=told.kind,
        outcome=told.outcome,
        person=told.person if _is_about_somebody_known(told) else None,
        holders=told.counterparties if is_own else (viewer,),
        elements=(),
        waiting=(),
    )


def _is_about_somebody_known(told: Told) -> bool:
    # An act that was refused says nothing of whom it was about, and what an officer looks for he need not have found:
    # either would tell him who is known here.
    by_an_officer = said_in(told, Field.ACTOR).get("form") == "officer"
    in_the_log = told.kind is Kind.LOG_READ and by_an_officer
    return told.kind in _KNOWS_THE_PERSON and told.outcome is not EventOutcome.DENY and not in_the_log


def _asked(told: Told, viewer: str, elements: tuple[Element, ...]) -> Part | None:
    if is_erased(told) and told.kind is not Kind.EXCHANGE_DISCLOSED:
        return None
    released = tuple(each for each in elements if each["result"] == Result.RELEASE)
    outcome = EventOutcome.PERMIT if released else EventOutcome.DENY
    return _of_decision(
        told,
        viewer,
        outcome=None if is_erased(told) else outcome,
        # Whom it was about follows from what was released and from nothing else: or he would learn who is known here.
        person=told.person if released else None,
        elements=released,
    )


def _held(told: Told, viewer: str, elements: tuple[Element, ...]) -> Part | None:
    own = tuple(each for each in elements if each["holder"] == viewer)
    waiting = _waiting(told, viewer)
    if not own and not waiting:
        return None
    outcome = _outcome({each["result"] for each in own}, is_waiting=bool(waiting))
    return _of_decision(told, viewer, outcome=outcome, person=told.person, elements=own, waiting=waiting)


def _waiting(told: Told, viewer: str) -> tuple[Element, ...]:
    """Return the questions that were not put to `viewer` and on which he has to decide.

    Another one is his only where he has to decide about it and knows the person: else he would learn of a family that
    he need not know.
    """
    if viewer not in _who_decide(told):
        return ()
    return tuple(
        each
        for each in _not_asked(told)
        if each["holder"] == viewer and each["reason"] == Reason.HOLDER_DECISION_PENDING
    )


def _who_decide(told: Told) -> tuple[str, ...]:
    """Return the holders who have to decide, of those who know the person."""
    waiting = said_in(told, Field.DETAIL).get("waiting") if told.kind in EXCHANGE else None
    return tuple(each for each in waiting if isinstance(each, str)) if isinstance(waiting, list) else ()


def _outcome(results: Iterable[str], *, is_waiting: bool) -> EventOutcome:
    found = set(results)
    if Result.RELEASE in found:
        return EventOutcome.PERMIT if found == {Result.RELEASE} and not is_waiting else EventOutcome.PARTIAL
    return EventOutcome.REVIEW if is_waiting or Result.REVIEW in found else EventOutcome.DENY


def _of_decision(  # noqa: PLR0913 - the members of a part, by name
    told: Told,
    viewer: str,
    *,
    outcome: EventOutcome | None,
    person: str | None,
    elements: tuple[Element, ...],
    waiting: tuple[Element, ...] = (),
) -> Part:
    return Part(
        viewer=viewer,
        told=told,
        kind=None if outcome is None else DECIDED[outcome],
        outcome=outcome,
        person=person,
        holders=tuple(dict.fromkeys(each["holder"] for each in (*elements, *waiting))),
        elements=elements,
        waiting=waiting,
    )


def is_erased(told: Told) -> bool:
    """Say whether what a decision held about a person is gone."""
    return told.kind in EXCHANGE and Field.ELEMENTS not in told.fields


def said_in(told: Told, name: Field) -> Mapping[str, Any]:
    """Return a field that holds an object; an empty one where it is gone, or something else stands there."""
    found = told.fields.get(name)
    return found if isinstance(found, Mapping) else {}


def _elements(told: Told) -> tuple[Element, ...]:
    return _whole_ones(told.fields.get(Field.ELEMENTS), _ELEMENT) if told.kind in EXCHANGE else ()


def _not_asked(told: Told) -> tuple[Element, ...]:
    found = _whole_ones(said_in(told, Field.DETAIL).get("not_asked"), _WHY)
    apart = [one for each in found for one in (_apart(each) if "asked" in each else [each])]
    # In the order in which they would have been put, as they stand in events in which each stands by itself.
    return tuple(sorted(_whole_ones(apart, _QUESTION), key=lambda each: (str(each["holder"]), str(each["category"]))))


def _apart(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each question of those that were not put for one reason: `asked` has the categories of each holder."""
    asked = found["asked"] if isinstance(found["asked"], Mapping) else {}
    return [
        {"category": category, "holder": holder, "reason": found["reason"], "result": found["result"]}
        for holder, categories in asked.items()
        if isinstance(categories, list)
        for category in categories
    ]


def _whole_ones(found: Any, members: frozenset[str]) -> tuple[Element, ...]:
    # What nobody understands is nobody's part, and must not stop who reads the events behind it.
    listed = found if isinstance(found, list) else []
    return tuple([each for each in listed if isinstance(each, (dict, Mapping)) and each.keys() >= members])
