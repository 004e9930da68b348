"""What reviewers say, and what comes of it.

Nothing is ever approved by itself, by the lapse of a term, or several at a time: an item closes by verdicts, one person
and one item at a time. Source: `ux.md` P5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SHORTEST_REASON: Final = 20
"""Characters, without spaces round them."""

BREACH_CLOCK: Final = timedelta(hours=72)
"""Within which a possible breach is reported (AVG 33); from the verdict that says so."""


class Verdict(StrEnum):
    """What a reviewer finds."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"
    NEEDS_EXPLANATION = "needs-explanation"
    """No verdict yet: who acted has to explain first. It closes nothing, and stops no term."""


FINAL: Final = frozenset({Verdict.JUSTIFIED, Verdict.UNJUSTIFIED})


class FollowUp(StrEnum):
    """What is done about it."""

    NONE = "none"
    TALK = "talk"
    REPAIR = "repair"
    POSSIBLE_BREACH = "possible-breach"


QUESTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "danger": ("Was er gevaar?", "Was there danger?"),
    "no_time": ("Was wachten te laat geweest?", "Would waiting have been too late?"),
    "lighter_way": ("Was er een lichtere weg?", "Was there a lighter way?"),
    "no_more_than_needed": ("Was het niet meer dan nodig?", "Was it no more than needed?"),
    "family_told": (
        "Is het gezin ingelicht, of is uitstel uitgelegd?",
        "Was the family told, or was the delay explained?",
    ),
}
"""The five questions of every review, each answered yes or no, in Dutch and English."""


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict as it is kept. `who` stands for the reviewer and tells nobody who that is."""

    who: bytes
    verdict: Verdict
    follow_up: FollowUp
    at: datetime


class Standing(StrEnum):
    """How far a review is."""

    OPEN = "open"
    WAITS_FOR_EXPLANATION = "waits-for-explanation"
    SECOND = "second"
    """A second reviewer must look; he does not see what the first said."""
    DISPUTED = "disputed"
    """Two reviewers differ: the gateway's officer decides."""
    CLOSED = "closed"


def standing(given: Sequence[Given], *, judges: int) -> Standing:
    """Return how far a review is that asks so many `judges`; `given` is oldest first."""
    final = [each for each in given if each.verdict in FINAL]
    if conclusion(given, judges=judges) is not None:
        return Standing.CLOSED
    if len(final) >= judges:
        return Standing.DISPUTED
    if given and given[-1].verdict is Verdict.NEEDS_EXPLANATION:
        return Standing.WAITS_FOR_EXPLANATION
    return Standing.SECOND if final else Standing.OPEN


def conclusion(given: Sequence[Given], *, judges: int) -> Verdict | None:
    """Return the verdict that closes a review, or None while it is not closed.

    As many different persons as it asks must say the same; where they differ the next one's word closes it.
    """
    final = [each for each in given if each.verdict in FINAL]
    if len({each.who for each in final}) != len(final) or len(final) < judges:
        return None
    agree = len({each.verdict for each in final[:judges]}) == 1
    if agree:
        return final[0].verdict
    return final[judges].verdict if len(final) > judges else None


def has_judged(given: Sequence[Given], who: bytes) -> bool:
    """Say whether `who` gave his verdict, so that he gives no second one."""
    return any(each.who == who and each.verdict in FINAL for each in given)


def breach_by(given: Sequence[Given]) -> datetime | None:
    """Return until when a possible breach must be reported, from the first who called it one; None where nobody did."""
    called = [each.at for each in given if each.follow_up is FollowUp.POSSIBLE_BREACH]
    return min(called) + BREACH_CLOCK if called else None
