"""What was closed, and opened again since by a later word: who closes it once more closes it anew. Pure.

What ends a fact stands for ever; these do not. Where nothing is sure it counts as opened: to close twice does no harm.
Source: facts contract, F3; decision contract, 5.1 and section 4, *A holder decision*.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import dropwhile
from typing import Any, Final

from consent.decided import SECTION as DECISIONS
from consent.known.rows import Known
from schemas.calendar import local_day, parse_moment

_SAME: Final = ("about", "holder", "asked_as", "asker", "purpose")
"""What two decisions of a holder have in common of which the later counts."""

Facts = Mapping[tuple[str, str], Known]


def no_opened_since(no: str, known: Facts) -> bool:
    """Return whether the no of this id was taken back, or a yes was said behind it that may set it aside.

    It counts as it was said last: who closes anew says the same once more, and what came before that opened nothing.
    Who says a no again for another hears whether it is taken anew, so a yes that changes nothing of it is none: of
    another person. That of the person himself may, with what he keeps wanting (decision contract, 5.3, line 3).
    """
    told = _last(("refusals", no), known, _said)
    if told is None or "withdrawn_on" in told.source:
        return True
    return any(
        each.section == "consents"
        and each.source["about"] == told.source["about"]
        and "withdrawn_on" not in each.source
        and not _is_of_another(each, told, known)
        for each in _behind(told, known)
    )


def _is_of_another(yes: Known, no: Known, known: Facts) -> bool:
    giver, refuser, person = yes.source["given_by"], no.source["given_by"], no.source["about"]
    # An organisation says it by any name of its own, so of two that are not both persons it is not sure.
    return giver not in {refuser, person} and all(("persons", each) in known for each in (giver, refuser))


def holder_opened_since(no: str, known: Facts) -> bool:
    """Return whether a holder approved, behind his no of this id as he said it last, of what that was about."""
    told = _last((DECISIONS, no), known, _decided)
    return told is None or any(
        each.section == DECISIONS and each.source["approved"] and _alike(each.source, told.source)
        for each in _behind(told, known)
    )


def finding_opened_since(person: str, known: Facts) -> bool:
    """Return whether `person`, who objected, is found incapable again."""
    findings = [each for each in known.values() if each.section == "capacity" and each.person == person]
    return any(each.source["capable"] is False for each in last_finding(findings))


def last_finding(findings: Sequence[Known]) -> Sequence[Known]:
    """Return the one of `findings`, in the order in which they were recorded, that counts; none of none."""
    # Of one day the last that was recorded counts, whatever the hour (decision contract, 5.1 *Capable*).
    return sorted(findings, key=lambda each: local_day(parse_moment(each.source["on"])))[-1:]


def partner_came_back(involvement: str, partner: str, known: Facts) -> bool:
    """Return whether `partner`, who left the joint help of this id, accepted it again."""
    joint = known.get(("involvements", involvement))
    return joint is not None and partner in (joint.word.partners or {})


def _last(name: tuple[str, str], known: Facts, said: Callable[[Known], Any]) -> Known | None:
    """Return the last fact that says what the one of this name says; None where there is none of this name."""
    told = known.get(name)
    same = [each for each in known.values() if told and each.section == told.section and said(each) == said(told)]
    return same[-1] if same else None


def _said(no: Known) -> Mapping[str, Any]:
    return {field: told for field, told in no.source.items() if field not in {"id", "on", "withdrawn_on"}}


def _decided(decision: Known) -> tuple[Any, ...]:
    source = decision.source
    return (source["approved"], source.get("categories"), *(source[name] for name in _SAME))


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in _SAME)


def _behind(told: Known, known: Facts) -> Iterator[Known]:
    # They stand in the order in which they were recorded.
    return dropwhile(lambda each: each != told, known.values())
