"""Whether an element holds what its fields say: types do not hold at run time, and a source may be anybody's."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from schemas.plan.element import Element, Period, Source
from schemas.plan.kinds import KINDS

MOST_DIGITS: Final = 30
"""Of a number, before and behind its point together: as many zeros as its exponent asks for would be written out."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    types: frozenset[type]
    of: frozenset[type] | None
    """What a tuple holds."""
    within: range | None
    """The whole numbers that it may hold."""


def holds_its_types(element: Any) -> bool:
    """Say whether `element` is of a known kind, and each of its fields exactly of the type that it is declared with.

    Looks into its source and its period too, and at the form that `Element` asks of `about`. Not into its handling.
    """
    return type(element) in _KINDS and _holds(element) and _is_sorted(element.about)


def is_short(number: Decimal) -> bool:
    """Say whether `number` is one that can be written out in some digits."""
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    # Of a finite number the exponent is a whole one.
    return len(digits) + abs(int(exponent)) <= MOST_DIGITS


def _holds(value: Any) -> bool:
    return all(_fits(getattr(value, each.name), each) for each in _FIELDS[type(value)])


def _fits(value: Any, declared: _Field) -> bool:
    kind = type(value)
    if kind not in declared.types:
        return False
    if declared.of is not None:
        return all(type(each) in declared.of for each in value)
    if declared.within is not None:
        return value in declared.within
    if kind in _INSIDE:
        return _holds(value)
    if kind is datetime:
        return value.utcoffset() is not None
    return kind is not Decimal or is_short(value)


def _is_sorted(about: tuple[str, ...]) -> bool:
    return bool(about) and all(one < after for one, after in pairwise(about))


def _declared(kind: type) -> Iterator[_Field]:
    hints = get_type_hints(kind, include_extras=True)
    for each in fields(kind):
        hint = hints[each.name]
        if get_origin(hint) is tuple:
            yield _Field(each.name, frozenset({tuple}), frozenset({get_args(hint)[0]}), None)
        elif get_origin(hint) is Annotated:
            plain, within = get_args(hint)
            yield _Field(each.name, frozenset({plain}), None, range(within.ge, within.le + 1))
        else:
            yield _Field(each.name, frozenset(get_args(hint) or {hint}), None, None)


_INSIDE: Final = frozenset({Source, Period})
_KINDS: Final[frozenset[type[Element]]] = frozenset(KINDS.values())
_FIELDS: Final = {kind: tuple(_declared(kind)) for kind in (*_KINDS, *_INSIDE)}
