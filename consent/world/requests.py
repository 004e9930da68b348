"""The shape of a request, and reading one.

Source: decision contract, section 2, *Keys*.
"""

from collections.abc import Mapping
from typing import Any, Final

from consent.entry import EVERYTHING, Categories
from consent.request import Emergency, HolderDecision, Request, Requester
from consent.world.fields import (
    FieldError,
    expected,
    flag,
    identifier,
    ids,
    items,
    moment,
    one_of,
    only,
    set_of,
    text,
    word,
    words,
)
from consent.world.shape import WorldError, shape
from schemas.calendar import parse_moment
from schemas.words import ALL, Category, Purpose

EARLIEST: Final = parse_moment("2015-01-01")
"""The Jeugdwet began; before it there is no rule set."""

_FORMS: Final = ("professional", "person", "mentor")
_CATEGORIES: Final = words(Category)


def _requester(value: Any) -> Requester:
    if type(value) is not dict or len(value) != 1 or next(iter(value)) not in _FORMS:
        raise expected(f"a mapping with one of {', '.join(_FORMS)}")
    [(form, name)] = value.items()
    try:
        return Requester(form=form, id=identifier(name))
    except FieldError as error:
        raise FieldError(*((f".{form}", what) for _, what in error.problems)) from None


def _categories(value: Any) -> Categories:
    if value == ALL:
        return EVERYTHING
    return _CATEGORIES(value)


def _request_check(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "at" in values and values["at"] < EARLIEST:
        return [(".at", "before 2015-01-01")]
    return []


_HOLDER_DECISION: Final = shape(
    HolderDecision,
    {
        "holder!": identifier,
        "by!": identifier,
        "on!": moment,
        "approved!": flag,
        "categories": _CATEGORIES,
        "reason": text,
        "meldcode_steps": set_of(one_of(range(1, 6))),
        "step3_skipped_because": text,
    },
)

_EMERGENCY: Final = shape(
    Emergency,
    {
        "reason_code": text,
        "text": text,
        "live_contact": flag,
        "cannot_consent": flag,
        "holder_unreachable": flag,
    },
    note=False,
)

_REQUEST: Final = shape(
    Request,
    {
        "at!": moment,
        "requester!": _requester,
        "about!": identifier,
        "purpose!": word(Purpose),
        "categories!": _categories,
        "records": ids,
        "order": identifier,
        "referral": identifier,
        "question": text,
        "justification": text,
        "matter": text,
        "initiative": only("holder"),
        "holder_decisions": lambda value: tuple(items(_HOLDER_DECISION.read)(value)),
        "emergency": _EMERGENCY.read,
    },
    check=_request_check,
)


def read_request(mapping: Any, path: str) -> Request:
    """Return the request that `mapping` describes; does not look for dangling ids (`consent.world.links` does).

    Raises:
        WorldError: with every problem, each beginning with `path`.
    """
    try:
        return _REQUEST.read(mapping)
    except FieldError as error:
        raise WorldError(tuple(f"{path}{place}: {what}" for place, what in error.problems)) from None
