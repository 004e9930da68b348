"""What an emergency request lacks by itself, whoever sends it about whomever. Pure.

Only this may be said to who gets nothing (`design.md` 1.1): it follows from his own words, and says nothing about
whether there is anything. Source: decision contract, LB-24.
"""

from collections.abc import Iterator
from typing import Final

from consent.law.rows_authorities import LONG_ENOUGH
from gateway.flow.question import DeclaredEmergency, Question
from schemas.words import Purpose

CONDITIONS: Final = ("live_contact", "cannot_consent", "holder_unreachable")


def lacking(question: Question) -> tuple[tuple[str, str], ...]:
    """Return path and what to do for each thing that no emergency can do without; empty of any other request."""
    if question.purpose is not Purpose.EMERGENCY:
        return ()
    if question.emergency is None:
        return (("emergency", "say what is happening, and which conditions are met"),)
    return tuple(_of(question.emergency))


def _of(declared: DeclaredEmergency) -> Iterator[tuple[str, str]]:
    if declared.reason_code is None:
        yield "emergency.reason_code", "say which kind of danger it is"
    if declared.text is None or len(declared.text) < LONG_ENOUGH:
        yield "emergency.text", f"say what is happening, in at least {LONG_ENOUGH} characters"
    for name in CONDITIONS:
        if not getattr(declared, name):
            yield f"emergency.{name}", "without this condition it is no emergency pull; call the holder"
