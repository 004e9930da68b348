"""What an officer asks of the log: read from a URL or a body, and written as the URL that asks the same again. Pure.

A URL never holds a number of a person from outside: only his id inside Schakel, or what `Persons` sealed.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from audit.events import EventOutcome, Kind
from audit.finding.search import LAST
from audit.finding.terms import YES, Term, What
from audit.part import WHOLE
from schemas.calendar import ASKED_YEARS, is_askable, parse_moment
from schemas.words import Purpose

PATH: Final = "/api/v1/log"
MOST: Final = 200
_PAGE: Final = 50
_LONGEST: Final = 200
_DIGITS: Final = 18


class Why(StrEnum):
    """Why an officer looks for one person, or for what is not his to see without a second one."""

    COMPLAINT = "complaint"
    ACCESS_REQUEST = "access-request"
    SIGNAL = "signal"
    SAMPLE = "sample"
    BREACH = "breach"
    OTHER = "other"


class QuestionError(Exception):
    """A member of the question is wrong; `member` names it and `what` says what to do. Never its value."""

    def __init__(self, member: str, what: str) -> None:
        """Take both."""
        super().__init__(f"{member}: {what}")
        self.member = member
        self.what = what


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends: the id of its last event, and how many events had a place when the first page was read.

    So all pages answer as of one instant: nothing stands on two of them, and nothing is missed, whatever arrives.
    """

    size: int
    before: str

    def encoded(self) -> str:
        """Return it as text for a URL."""
        return base64.urlsafe_b64encode(f"{self.size}.{UUID(self.before).hex}".encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return what `encoded` wrote.

        Raises:
            QuestionError: it wrote no such text.
        """
        cursor: Cursor | None
        try:
            decoded = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
            size, _, before = decoded.partition(".")
            cursor = cls(int(size[:_DIGITS]), str(UUID(hex=before)))
        except (ValueError, binascii.Error):
            cursor = None
        if cursor is None or cursor.size < 0 or cursor.encoded() != text:
            raise QuestionError("after", "is no place that an answer named; leave it out to begin anew")
        return cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: events that have each of `asked`, about `person` (as a URL names him), in the period.

    `since` is the first instant, `until` the first that is not asked any more.
    """

    asked: Mapping[What, str]
    person: str | None = None
    why: Why | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = _PAGE
    after: Cursor | None = None

    def terms(self, viewer: str) -> list[Term]:
        """Return the terms that `viewer` looks for: of one person only where he may know that it is he."""
        found = [Term(viewer, what, value) for what, value in self.asked.items()]
        if self.person is not None:
            return found if viewer == WHOLE else [*found, Term(viewer, What.KNOWN)]
        return found or [Term(viewer, What.EVERY)]

    @property
    def before(self) -> str:
        """The id behind those that are asked."""
        return LAST if self.after is None else self.after.before

    def holds(self, at: datetime) -> bool:
        """Say whether `at` lies in the period."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def url(self, person: str | None) -> str:
        """Return the address that asks this again, from the first page on; `person` is how a URL names him."""
        members = {str(what): value for what, value in self.asked.items()}
        members |= {} if person is None else {"person": person}
        members |= {} if self.why is None else {"reason": str(self.why)}
        members |= {} if self.since is None else {"from": self.since.isoformat()}
        members |= {} if self.until is None else {"to": self.until.isoformat()}
        members |= {} if self.limit == _PAGE else {"limit": str(self.limit)}
        return f"{PATH}?{urlencode(members)}" if members else PATH


def read_question(members: Mapping[str, str]) -> Question:
    """Return the question that `members` ask, each given once.

    Raises:
        QuestionError: a member that is not known, or not one that can be asked.
    """
    unknown = sorted(members.keys() - KNOWN)
    if unknown:
        raise QuestionError("(question)", f"only {', '.join(sorted(KNOWN))} are known here")
    question = Question(
        asked={what: _value(what, members[what]) for what in _ASKED if what in members},
        person=_word("person", members["person"]) if "person" in members else None,
        why=_why(members.get("reason")),
        since=_moment("from", members.get("from")),
        until=_moment("to", members.get("to")),
        limit=_limit(members.get("limit", str(_PAGE))),
        after=Cursor.read(members["after"]) if "after" in members else None,
    )
    if question.since is not None and question.until is not None and question.until <= question.since:
        raise QuestionError("to", "choose an end after the beginning")
    if question.person is not None and question.why is None:
        raise QuestionError("reason", f"say why you look for one person: one of {', '.join(Why)}")
    return question


_ASKED: Final = tuple(what for what in What if what not in {What.EVERY, What.KNOWN})
_LISTS: Final[Mapping[What, type[StrEnum]]] = {
    What.KIND: Kind,
    What.OUTCOME: EventOutcome,
    What.PURPOSE: Purpose,
}
KNOWN: Final = frozenset({*(str(what) for what in _ASKED), "person", "reason", "from", "to", "limit", "after"})
"""Every member that a question may have."""


def _value(what: What, value: str) -> str:
    words = _LISTS.get(what)
    if words is not None and value not in set(words):
        raise QuestionError(what, f"is none of the words of its list ({words.__name__.lower()}s)")
    if what is What.EMERGENCY and value != YES:
        raise QuestionError(what, f"is `{YES}`, or left out")
    return _word(what, value)


def _word(member: str, value: str) -> str:
    if not 0 < len(value) <= _LONGEST or not value.isprintable():
        raise QuestionError(member, "is empty, too long, or no text")
    return value


def _why(value: str | None) -> Why | None:
    if value is None:
        return None
    if value not in set(Why):
        raise QuestionError("reason", f"is one of {', '.join(Why)}")
    return Why(value)


def _moment(member: str, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = parse_moment(value)
    except ValueError:
        raise QuestionError(
            member, "is a day, or an instant with its offset, such as 2026-11-26T09:00:00+01:00"
        ) from None
    if not is_askable(moment):
        raise QuestionError(member, f"is a day or an instant {ASKED_YEARS}")
    return moment


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(MOST)) and 0 < int(value) <= MOST):
        raise QuestionError("limit", f"is a number from 1 to {MOST}")
    return int(value)
