"""Reading the parameters of a search for AuditEvents strictly. Pure.

Source: IHE ITI-81 (Retrieve ATNA Audit Event); HL7 FHIR R4, *Search* and *RESTful API*.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from audit.finding.terms import What
from consent.world.fields import FieldError
from gateway.fhir.searching import (
    IDENTIFIER,
    BadSearchError,
    Reader,
    identifier,
    read_each,
    require_json_format,
    span,
    whole_number,
)
from gateway.log.question import MOST, Cursor, Question, QuestionError, Why
from schemas.calendar import ASKED_YEARS, is_askable

PAGE: Final = 50
_FEWEST: Final = 2
"""AuditEvents on a page: one event may be two of them, and stands on one page."""
_LONGEST: Final = 200
_AGENTS: Final[Mapping[str, tuple[What, ...]]] = {
    "Practitioner": (What.ACTOR,),
    "Device": (What.CLIENT,),
    "Organization": (What.ORGANISATION, What.COUNTERPARTY),
}
AFTER: Final = "_after"
PATIENT: Final = "Patient/"


@dataclass(slots=True)
class AuditSearch:
    """What is looked for.

    `person` is what a URL names him by, `identifier` a system and a number, in a body only. An event is looked for
    that has one of the words of `agents`, which are all where there is none. `used` are the parameters that a link may
    repeat: none of them holds anything of a person.
    """

    person: str | None = None
    identifier: tuple[str, str] | None = None
    why: Why | None = None
    agents: tuple[tuple[What, str], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    count: int = PAGE
    after: Cursor | None = None
    used: list[tuple[str, str]] = field(default_factory=list)

    def questions(self, person: str | None) -> list[Question]:
        """Return the questions that together find what is looked for, about `person` where one is named."""
        alternatives: list[tuple[tuple[What, str], ...]] = [(each,) for each in self.agents]
        return [
            Question(
                asked=dict(each),
                person=person,
                why=self.why,
                since=self.since,
                until=self.until,
                limit=self.count,
                after=self.after,
            )
            for each in alternatives or [()]
        ]


def read_audit_search(parameters: Iterable[tuple[str, str]], *, in_url: bool) -> AuditSearch:
    """Return what `parameters` ask. What is not known is refused, also where the client would be lenient.

    Whoever finds less in a log than he thinks he asked for draws the wrong conclusion.

    Raises:
        BadSearchError: with everything that is wrong.
    """
    search = AuditSearch()
    wrong, seen = read_each(
        parameters, _READERS, search, in_url=in_url, resource="AuditEvent", several=frozenset({"date"})
    )
    wrong = wrong or _missing(search, seen)
    if wrong:
        raise BadSearchError(*wrong)
    return search


def _missing(search: AuditSearch, seen: set[str]) -> list[tuple[str, str]]:
    named = {"patient", IDENTIFIER, "entity"} & seen
    if len(named) > 1:
        return [(sorted(named)[1], "name a person once")]
    if named and search.why is None:
        return [("reason", f"say why you look for one person: one of {', '.join(Why)}")]
    if search.since is not None and search.until is not None and search.until <= search.since:
        return [("date", "choose an end after the beginning")]
    return []


def _date(search: AuditSearch, value: str) -> None:
    prefix, wanted = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    if prefix not in {"eq", "ge", "gt", "le", "lt"}:
        raise ValueError("expected one of eq, ge, gt, le, lt before the date, or none")
    try:
        begins, ends = span(wanted)
    except (FieldError, OverflowError):
        raise ValueError("expected a whole date, or an instant with an offset") from None
    if not is_askable(begins):
        raise ValueError(f"expected a date or an instant {ASKED_YEARS}")
    after = {"eq": begins, "ge": begins, "gt": ends}.get(prefix)
    before = {"eq": ends, "le": ends, "lt": begins}.get(prefix)
    if after is not None:
        search.since = after if search.since is None else max(search.since, after)
    if before is not None:
        search.until = before if search.until is None else min(search.until, before)
    search.used.append(("date", value))


def _patient(search: AuditSearch, value: str) -> None:
    name = value.removeprefix(PATIENT)
    if not name or not name.isprintable() or "/" in name or "," in name or len(name) > _LONGEST:
        raise ValueError("expected one person: `Patient/` and what an answer called him in a link, or his id")
    search.person = name


def _entity(search: AuditSearch, value: str) -> None:
    if not value.startswith(PATIENT):
        raise ValueError("expected `Patient/` and one person; events are not found by other entities here")
    _patient(search, value)


def _identifier(search: AuditSearch, value: str) -> None:
    search.identifier = identifier(value)


def _agent(search: AuditSearch, value: str) -> None:
    kind, bar, name = value.partition("/") if "/" in value else ("", "", value)
    if not 0 < len(name) <= _LONGEST or not name.isprintable() or "," in name or (bar and kind not in _AGENTS):
        raise ValueError(f"expected one id, or one of {', '.join(_AGENTS)}, a `/` and an id")
    whats = _AGENTS[kind] if bar else tuple(what for each in _AGENTS.values() for what in each)
    search.agents = tuple((what, name) for what in whats)
    search.used.append(("agent", value))


def _reason(search: AuditSearch, value: str) -> None:
    if value not in set(Why):
        raise ValueError(f"expected one of {', '.join(Why)}")
    search.why = Why(value)
    search.used.append(("reason", value))


def _count(search: AuditSearch, value: str) -> None:
    count = whole_number(value)
    if count < _FEWEST:
        raise ValueError(f"expected {_FEWEST} or more: one event may be two AuditEvents")
    search.count = min(count, MOST)
    search.used.append(("_count", str(search.count)))


def _after(search: AuditSearch, value: str) -> None:
    try:
        search.after = Cursor.read(value)
    except QuestionError as error:
        raise ValueError(error.what) from None


_READERS: Final[Mapping[str, Reader[AuditSearch]]] = {
    "date": _date,
    "patient": _patient,
    IDENTIFIER: _identifier,
    "agent": _agent,
    "entity": _entity,
    "reason": _reason,
    "_count": _count,
    AFTER: _after,
    "_format": require_json_format,
}
