"""What of a source's answer is believed: only what it was asked, in the form that everybody keeps to.

Types do not hold at run time, and an adapter may be anybody's: a law that is a mere text, or a flag that is no flag,
would be decided on as something else than it says. What the contract has no record for could not be decided on again
from the event either.
"""

from typing import Any, Final

import orjson

from adapters.contract import Leftover
from consent.fields import FieldError, moment
from schemas.permits import Permit
from schemas.plan import Element, holds_its_types
from schemas.plan_json import decimal_text
from schemas.words import RecordSource

_LONGEST_ID: Final = 200
_NOT_IN_CONFIDENCE: Final = frozenset({RecordSource.PARENT, RecordSource.THIRD_PARTY})
"""What they told is not told in confidence by the person himself (decision contract, 2.1, **record**)."""


def believed(element: Element, permit: Permit) -> bool:
    """Say whether `element` is of the system that was asked, lies within `permit`, and is well formed."""
    return (
        _is_well_formed(element)
        and element.source.organisation == permit.holder
        and element.source.system == permit.system
        and all(person in permit.family for person in element.about)
        and any(element.category in permit.categories.get(person, ()) for person in element.about)
    )


def writable(elements: list[Element]) -> list[Element]:
    """Return those of `elements` that JSON can hold: one that it cannot must not stop the whole answer later."""
    # All at once, for there is hardly ever such a one.
    return elements if _can_be_written(elements) else [each for each in elements if _can_be_written(each)]


def readable(leftover: Leftover) -> Leftover:
    """Return `leftover` in characters that can be written: file names may hold what UTF-8 cannot."""
    return Leftover(*(readable_text(each) for each in (leftover.record_kind, leftover.path, leftover.why)))


def readable_text(text: str) -> str:
    """Return `text` with a question mark for half a surrogate pair, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()


def _is_well_formed(element: Any) -> bool:
    return holds_its_types(element) and 0 < len(element.id) <= _LONGEST_ID and _handles_well(element.handling)


def _handles_well(handling: Any) -> bool:
    return (
        type(handling.told_by) is RecordSource
        and type(handling.told_in_confidence) is bool
        and type(handling.good_care_veto) is bool
        and type(handling.restricted) is bool
        and not (handling.told_in_confidence and handling.told_by in _NOT_IN_CONFIDENCE)
        and _are_names(handling.confidential_from)
        and all(handling.confidential_from)
        and _is_moment(handling.created_on)
    )


def _are_names(names: Any) -> bool:
    return type(names) is tuple and all(type(name) is str for name in names)


def _is_moment(created_on: Any) -> bool:
    try:
        moment(created_on)
    except FieldError:
        return False
    return True


def _can_be_written(value: Element | list[Element]) -> bool:
    try:
        orjson.dumps(value, default=decimal_text)
    except orjson.JSONEncodeError:
        return False
    return True
