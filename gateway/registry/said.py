"""What an officer says when he confirms what needs two: who he is, and why. Read, not yet recorded."""

import unicodedata
from collections.abc import Iterable
from typing import Final

NEEDED: Final = 2
"""So many officers, each another person, must say that it is right."""

NAME_LENGTH: Final = 100
REASON_LENGTH: Final = 2_000


class ConfirmationError(Exception):
    """It cannot be confirmed, not so or not by him; the message says what to do. Nothing was recorded."""


def officer_named(name: str) -> str:
    """Return an officer's name as it is recorded and compared: one spelling, so that nobody is two persons.

    Raises:
        ConfirmationError: it is no name.
    """
    found = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    if not found or len(found) > NAME_LENGTH or not found.isprintable():
        raise ConfirmationError(f"an officer has a name of 1 to {NAME_LENGTH} characters; say whose word this is")
    return found


def require_officer(officer: str, officers: Iterable[str]) -> None:
    """Let pass who is among `officers`.

    Raises:
        ConfirmationError: he is not.
    """
    if officer not in {officer_named(each) for each in officers}:
        raise ConfirmationError(f"`{officer}` is not among the officers in the settings (SCHAKEL_OFFICERS)")


def reason_given(because: str) -> str:
    """Return why an officer confirms, on one line.

    Raises:
        ConfirmationError: he does not say.
    """
    found = " ".join(because.split())
    if not found or len(found) > REASON_LENGTH or not found.isprintable():
        raise ConfirmationError(
            f"--because is empty, too long or unreadable; say in 1 to {REASON_LENGTH} characters what was checked"
        )
    return found
