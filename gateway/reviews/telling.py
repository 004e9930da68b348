"""Reviews and duties as an officer reads them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from audit.review.rows import Reason, duty_row, review_row
from audit.review.verdicts import Given, Standing, breach_by, standing
from gateway.reviews.duties import Duty
from gateway.reviews.items import Item
from schemas.calendar import local_day, utc_milliseconds


def shown_item(item: Item, given: Sequence[Given], *, today: date, is_yours: bool) -> dict[str, Any]:
    """Return an item without what anybody found in it."""
    how = standing(given, judges=item.judges)
    row = review_row(Reason(item.reason), local_day(item.opened_at))
    return {
        "id": item.id,
        "reason": item.reason,
        "text": None if row is None else {"nl": row.nl, "en": row.en},
        "organisation": item.organisation,
        "opened_at": utc_milliseconds(item.opened_at),
        "due": str(item.due),
        "overdue": how is not Standing.CLOSED and item.due < today,
        "standing": str(how),
        "judges": item.judges,
        "yours": is_yours,
    }


def shown_verdict(given: Given, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a verdict with what its event still tells; the reason is gone where the person was forgotten."""
    return {
        "verdict": str(given.verdict),
        "follow_up": str(given.follow_up),
        "at": utc_milliseconds(given.at),
        "by": said.get("by"),
        "reason": said.get("reason"),
        "answers": said.get("answers"),
    }


def shown_breach(given: Sequence[Given]) -> str | None:
    """Return until when a possible breach must be reported."""
    until = breach_by(given)
    return None if until is None else utc_milliseconds(until)


def shown_duty(duty: Duty, *, today: date) -> dict[str, Any]:
    """Return a duty."""
    row = duty_row(duty.code, duty.due)
    return {
        "id": duty.id,
        "code": duty.code,
        "text": None if row is None else {"nl": row.nl, "en": row.en},
        "organisation": duty.organisation,
        "event": duty.event,
        "due": str(duty.due),
        "overdue": not duty.is_done and duty.due < today,
        "done": duty.is_done,
    }
