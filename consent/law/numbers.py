"""What a number of `law.md` is where it is no basis: a gate (G), a rule on consent (CV), a duty at release (OB).

Each stands as a row in `rows_gates`, `rows_consents`, `rows_obligations` or `rows_beside`, for those who read the law
and not the code. The code says the numbers; a test holds that it says no other than stand here.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consent.law.basis import JEUGDWET_BEGAN, Title


class Standing(StrEnum):
    """Where a number is found back."""

    WRITTEN = "written"
    """A decision carries it: in `rules`, or in `obligations`."""
    UNWRITTEN = "unwritten"
    """It decides, but no decision carries its number; an example names it in the note of a request."""
    AT_THE_DOOR = "at-the-door"
    """The gateway keeps to it, outside the decision."""
    OFF = "off"
    """The law knows it; it is switched off, and a decision that meets it says so."""
    NOT_IN_SET = "not-in-set"
    """The law knows it; the rule sets have no rule for it, so it opens nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A numbered rule that is no basis. No `articles` means: not law, but its interpretation or a policy."""

    number: str
    title: Title
    says: Title
    articles: tuple[str, ...] = ()
    standing: Standing = Standing.WRITTEN
    in_force_from: date = JEUGDWET_BEGAN
    in_force_until: date | None = None
