"""Which holders have to decide before a request can be answered. Pure.

Source: decision contract, section 4, *A holder decision*; facts contract, *Ways in*.
"""

from collections.abc import Mapping, Sequence

from adapters.contract import RecordSource
from consent.decision import Decision
from gateway.flow.asking import Asking
from schemas.plan import Element
from schemas.words import Reason


def waiting(
    asking: Asking,
    decision: Decision,
    elements: Mapping[str, Element],
    knowing: frozenset[str],
) -> tuple[str, ...]:
    """Return the holders whose decision is waited for, sorted: of those who know the person, `knowing`.

    Who does not know him is not told of the question: it would tell him of a family that he need not know.
    """
    before = {holder for (holder, _), each in asking.not_asked.items() if each.reason is Reason.HOLDER_DECISION_PENDING}
    after = {
        elements[name].source.organisation
        for name, each in decision.elements.items()
        if each.reason is Reason.HOLDER_DECISION_PENDING
    }
    return tuple(sorted((before | after) & knowing))


def who_know(
    sources: Mapping[str, Sequence[RecordSource]], identifiers: Mapping[str, Mapping[str, str]], person: str | None
) -> frozenset[str]:
    """Return the holders of whom a record system has a number for `person`; `identifiers` by system and person."""
    return frozenset(
        holder
        for holder, systems in sources.items()
        if any(person in identifiers.get(each.identifier_system, {}) for each in systems)
    )
