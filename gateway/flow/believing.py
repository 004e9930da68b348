"""What of a source's answer is believed: only what it was asked, in the form that everybody keeps to.

Types do not hold at run time, and an adapter may be anybody's: a law that is a mere text, or a flag that is no flag,
would be decided on as something else than it says. What the contract has no record for could not be decided on again
from the event either.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson
from stdnum.nl import bsn

from adapters.contract import Leftover
from consent.world.fields import FieldError, moment
from schemas.permits import Permit
from schemas.plan import Element, Household, holds_its_types, source_holds, texts_of
from schemas.plan_json import decimal_text
from schemas.words import RecordSource

_LONGEST_ID: Final = 200
_APART: Final = " -."
"""What people write between the digits of a BSN."""


class Believing:
    """Says what of one answer is believed. What many of its elements share is looked at once."""

    def __init__(self, permit: Permit, bsns: Iterable[str]) -> None:
        """Take what was asked, and the `bsns` of the family (as `bsns_among` gives them)."""
        self._permit, self._bsns = permit, tuple(bsns)
        named = permit.holder, permit.system
        self._is_of_source = _Once(
            lambda each: (
                source_holds(each)
                and (each.organisation, each.system) == named
                and not self._tells_a_bsn(each.record, each.version or "")
            )
        )
        self._handles_well = _Once(_handles_well)

    def believes(self, element: Element) -> bool:
        """Say whether `element` is of the system that was asked, lies within the permit, and is well formed."""
        return (
            holds_its_types(element)
            and self._is_of_source.of(element.source)
            and 0 < len(element.id) <= _LONGEST_ID
            and not self._tells_a_bsn(element.id, element.household if isinstance(element, Household) else "")
            and self._handles_well.of(element.handling)
            and self._permit.covers(element.category, element.about)
        )

    def _tells_a_bsn(self, *words: str) -> bool:
        # What a source calls its records is shown with every element, whatever its category, and from a hash of it
        # nine digits are soon found. A BSN is a category of its own, for few.
        plain = "/".join(words)
        for each in _APART:
            plain = plain.replace(each, "")
        return any(number in plain for number in self._bsns)


def bsns_among(numbers: Iterable[str]) -> tuple[str, ...]:
    """Return which of `numbers` are a BSN, without the zero that a system may leave out."""
    return tuple(sorted({bsn.compact(each).removeprefix("0") for each in numbers if bsn.is_valid(each)}))


class _Once:
    """Checks a part that elements share once, known by where it is in memory."""

    def __init__(self, check: Callable[[Any], bool]) -> None:
        self._check = check
        # INVARIANT: the part is held as long as its verdict, so that no other can come to stand in its place.
        self._known: dict[int, tuple[Any, bool]] = {}

    def of(self, part: Any) -> bool:
        known = self._known.get(id(part))
        if known is None:
            known = self._known[id(part)] = part, self._check(part)
        return known[1]


def writable(elements: list[Element]) -> list[Element]:
    """Return those of `elements` that JSON can hold: one that it cannot must not stop the whole answer later."""
    # All at once, for there is hardly ever such a one; and only what may not fit of fields that hold their types.
    parts = {id(part): part for each in elements for part in (each.source, each.handling)}
    if _can_be_written([*map(texts_of, elements), *parts.values()]):
        return elements
    return [each for each in elements if _can_be_written(each)]


def readable(leftover: Leftover) -> Leftover:
    """Return `leftover` in characters that can be written: file names may hold what UTF-8 cannot."""
    return Leftover(*(readable_text(each) for each in (leftover.record_kind, leftover.path, leftover.why)))


def readable_text(text: str) -> str:
    """Return `text` with a question mark for half a surrogate pair, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()


def _handles_well(handling: Any) -> bool:
    return (
        type(handling.told_by) is RecordSource
        and type(handling.told_in_confidence) is bool
        and type(handling.good_care_veto) is bool
        and type(handling.restricted) is bool
        and not handling.is_confidence_of_another
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


def _can_be_written(value: object) -> bool:
    try:
        orjson.dumps(value, default=decimal_text)
    except orjson.JSONEncodeError:
        return False
    return True
