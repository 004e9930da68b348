"""What an event opens: reviews, and duties that people still have to do.

Where an event tells less than it should, more is opened, never less.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from audit.events import Field, Kind
from audit.review.rows import GATEWAY, KINDS, DutyRow, Reason, ReviewRow, Side, duty_row, review_row
from audit.review.working_days import working_days_after
from audit.told import Told
from schemas.calendar import local_day
from schemas.words import Reason as Why
from schemas.words import Result

EMERGENCY_BASIS: Final = "LB-24"
_REVIEW: Final = "OB-REV"
_TERM: Final = re.compile(r"OB-[A-Z0-9]+\(([1-9][0-9]?)(wd|d)\)")
_OWN: Final = "own-login"
_YOUTH_FIRST: Final = "OB-YOUTH1"
_DECIDED: Final = frozenset({Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_REVIEWED, Kind.EXCHANGE_DENIED})
_NOTICE_OF_END: Final = "consent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A review that an event opens. `organisation` is the one whose officer judges, or `gateway`.

    `about` is the request of the event, or the event: of one request there is one review for each reason and holder.
    """

    about: str
    event: str
    reason: Reason
    organisation: str
    due: date
    judges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A duty that an event leaves. `organisation` owes it; `notice` is the notice whose reading does it, if one is."""

    about: str
    event: str
    code: str
    organisation: str
    due: date
    notice: str | None = None


def openings(event: Told, organisations: Container[str] = frozenset()) -> tuple[Opening, ...]:
    """Return the reviews that `event` opens by what it is; none for most events.

    `organisations` are those that are registered: another recipient of a yes may be who recorded it, or his colleague.
    """
    if event.kind not in KINDS:
        return ()
    if Field.ACTOR not in event.fields:
        # The actor outlives erasure, so where he is missing the event was changed: nobody can say what it asks.
        return _opened(event, Reason.UNREADABLE, (GATEWAY,))
    if event.kind is Kind.EMERGENCY_OPENED:
        return _opened(event, Reason.EMERGENCY, event.counterparties or (GATEWAY,))
    if event.kind is Kind.CONSENT_GIVEN:
        return _opened(event, Reason.ASSISTED_CONSENT, (GATEWAY,)) if _let_himself_in(event, organisations) else ()
    found: list[Opening] = []
    for (holder, code), bases in sorted(_asked(event).items()):
        if code.startswith(_REVIEW):
            reason = Reason.EMERGENCY if EMERGENCY_BASIS in bases else Reason.EXCEPTION
            found += _opened(event, reason, (holder,), term=_working_days(code))
    return tuple(found)


def opened_by_hand(
    event: Told, reason: Reason, organisation: str, *, at: datetime, about: str | None = None
) -> Opening:
    """Return the review of `event` that the sample or an officer opens at `at`; its term begins then.

    `about` is what it is one of, where that is not the event's request.

    Raises:
        ValueError: no row says how such a review goes on that day.
    """
    row = review_row(reason, local_day(at))
    if row is None:
        raise ValueError(f"no row opens a review for the reason `{reason}` on that day")
    opening = _opening(event, row, organisation, due=working_days_after(at, row.working_days))
    return opening if about is None else replace(opening, about=about)


def opened_as_unreadable(event_id: str, *, about: str, at: datetime) -> Opening:
    """Return the review, opened at `at`, of an event of which nothing that its leaf says is proven.

    Raises:
        ValueError: no row says how such a review goes on that day.
    """
    row = review_row(Reason.UNREADABLE, local_day(at))
    if row is None:
        raise ValueError("no row opens a review of what cannot be read on that day")
    due = working_days_after(at, row.working_days)
    return Opening(about=about, event=event_id, reason=row.reason, organisation=GATEWAY, due=due, judges=row.judges)


def owed(event: Told) -> tuple[Owed, ...]:
    """Return the duties that `event` leaves to people."""
    if event.kind is Kind.NOTIFICATION_GIVEN:
        return _warning(event)
    if event.kind not in _DECIDED:
        return ()
    found, day = [], local_day(event.at)
    for holder, code in sorted({*_asked(event), *((holder, _YOUTH_FIRST) for holder in _keeps_a_confidence(event))}):
        row = duty_row(code, day)
        if row is not None:
            found.append(_owed(event, code, holder if row.side is Side.HOLDER else GATEWAY, row))
    return tuple(found)


def notices_read(event: Told) -> tuple[str, ...]:
    """Return the notices that `event` says their recipient read."""
    detail = event.fields.get(Field.DETAIL)
    if event.kind is not Kind.LOG_READ or not isinstance(detail, Mapping) or detail.get("read") != "notices":
        return ()
    return tuple(each for each in detail.get("notices", ()) if isinstance(each, str))


def acted(event: Told) -> frozenset[str]:
    """Return the ids of all who had a hand in `event`, and so never judge it.

    They are who asked or recorded, who decided for a holder, and who opened the emergency.
    """
    actor, detail, facts = (_mapping(event.fields.get(each)) for each in (Field.ACTOR, Field.DETAIL, Field.FACTS))
    # Since the facts go with whomever they tell of, who decided stands in the detail too; before it is in them only.
    before = _mapping(facts.get("request")).get("holder_decisions", ())
    deciders = [*detail.get("deciders", ()), *(_mapping(each).get("by") for each in before)]
    named = [actor.get("id"), detail.get("worker"), *deciders]
    return frozenset(each for each in named if isinstance(each, str))


def holders_released(event: Told) -> frozenset[str]:
    """Return the holders of whom `event` released something; none where it cannot be opened any more."""
    return frozenset(each["holder"] for each in _released(event))


def _warning(event: Told) -> tuple[Owed, ...]:
    detail = _mapping(event.fields.get(Field.DETAIL))
    notice, kind = detail.get("notice"), detail.get("kind")
    row = duty_row("OB-WARN", local_day(event.at))
    if row is None or not isinstance(notice, str) or not str(kind).startswith(_NOTICE_OF_END):
        return ()
    return (replace(_owed(event, row.code, GATEWAY, row), about=notice, notice=notice),)


def _owed(event: Told, code: str, organisation: str, row: DutyRow) -> Owed:
    days, working_days, said = row.days, row.working_days, _TERM.fullmatch(code)
    if said is not None:
        days, working_days = (int(said[1]), None) if said[2] == "d" else (None, int(said[1]))
    due = (
        working_days_after(event.at, working_days) if working_days else local_day(event.at) + timedelta(days=days or 0)
    )
    about = event.request_id or event.id
    return Owed(about=about, event=event.id, code=code, organisation=organisation, due=due)


def _opened(
    event: Told, reason: Reason, organisations: Iterable[str], *, term: int | None = None
) -> tuple[Opening, ...]:
    row = review_row(reason, local_day(event.at))
    if row is None:
        return ()
    due = working_days_after(event.at, term or row.working_days)
    return tuple(_opening(event, row, each, due=due) for each in organisations)


def _opening(event: Told, row: ReviewRow, organisation: str, *, due: date) -> Opening:
    return Opening(
        about=event.request_id or event.id,
        event=event.id,
        reason=row.reason,
        organisation=organisation,
        due=due,
        judges=row.judges,
    )


def _working_days(code: str) -> int:
    said = _TERM.fullmatch(code)
    # A term that is not in working days, or cannot be read: the shortest.
    return int(said[1]) if said is not None and said[2] == "wd" else 1


def _let_himself_in(event: Told, organisations: Container[str]) -> bool:
    said = _mapping(_mapping(event.fields.get(Field.DETAIL)).get("said"))
    if not said and event.person is None:
        return False  # erased: there is no yes any more
    if said.get("form") == _OWN:
        return False
    actor = _mapping(event.fields.get(Field.ACTOR))
    own = {event.organisation, actor.get("organisation"), actor.get("id")}
    recipients = said.get("recipients")
    # Who is no organisation is somebody, and whose colleague he is the event does not say.
    return not isinstance(recipients, list) or any(each in own or each not in organisations for each in recipients)


def _keeps_a_confidence(event: Told) -> frozenset[str]:
    """Return who has to talk with the youth because of what he told them, and nobody else may learn of it."""
    decided = _mapping(event.fields.get(Field.DECISION))
    if _YOUTH_FIRST not in decided.get("obligations", ()):
        return frozenset()
    kept = [each for each in event.fields.get(Field.ELEMENTS, ()) if each["result"] == Result.WITHHOLD]
    return frozenset(each["holder"] for each in kept if each.get("reason") == Why.YOUTH_OBJECTION)


def _asked(event: Told) -> dict[tuple[str, str], set[str]]:
    """Return each obligation with its holder, and the bases of the elements of which it was asked."""
    decided, released = _mapping(event.fields.get(Field.DECISION)), _released(event)
    by_element = _mapping(decided.get("elements"))
    # Forty elements were decided on in a few ways.
    ways = {(each["holder"], *_way(by_element.get(each["id"]))) for each in released}
    found: dict[tuple[str, str], set[str]] = {}
    on_elements: set[str] = set()
    for holder, basis, codes in ways:
        on_elements.update(codes)
        for code in codes:
            found.setdefault((holder, code), set()).add(basis)
    for code in {*decided.get("obligations", ())} - on_elements - {_YOUTH_FIRST}:
        for holder in {each["holder"] for each in released}:
            found.setdefault((holder, code), set())
    return found


def _way(decided: object) -> tuple[str, tuple[str, ...]]:
    told = _mapping(decided)
    return str(told.get("basis")), tuple(told.get("obligations", ()))


def _released(event: Told) -> list[Mapping[str, Any]]:
    if event.kind is not Kind.EXCHANGE_DISCLOSED:
        return []
    return [each for each in event.fields.get(Field.ELEMENTS, ()) if each["result"] == "release"]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, (dict, Mapping)) else {}
