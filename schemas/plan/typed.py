"""Whether an element holds what its fields say: types do not hold at run time, and a source may be anybody's."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any, Final, TypeAlias, get_args, get_origin, get_type_hints

from schemas.plan.element import Element, Period, Source
from schemas.plan.kinds import KINDS

MOST_DIGITS: Final = 30
"""Of a number, before and behind its point together: as many zeros as its exponent asks for would be written out."""

_Check: TypeAlias = Callable[[Any], bool]
_Field: TypeAlias = tuple[str, frozenset[type], _Check | None]
"""A field's name, the types that it may have, and what else holds of what is of such a type."""


def holds_its_types(element: Any) -> bool:
    """Say whether `element` is of a known kind, and each of its fields exactly of the type that it is declared with.

    Looks into its period too, and at the form that `Element` asks of `about`. Into its source looks `source_holds`, for
    many elements have one; into its handling nobody.
    """
    return type(element) in _KINDS and _holds(element) and _is_sorted(element.about)


def source_holds(source: Source) -> bool:
    """Say whether each field of `source` is exactly of the type that it is declared with."""
    return _holds(source)


def texts_of(element: Element) -> Any:
    """Return what of the fields of `element`, which holds its types, may hold a text or an instant; not its parts'."""
    return _TEXTS[type(element)](element)


def is_short(number: Decimal) -> bool:
    """Say whether `number` is one that can be written out in some digits."""
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    # Of a finite number the exponent is a whole one.
    return len(digits) + abs(int(exponent)) <= MOST_DIGITS


def _holds(value: Any) -> bool:
    for name, types, check in _FIELDS[type(value)]:
        held = getattr(value, name)
        if type(held) not in types or (check is not None and held is not None and not check(held)):
            return False
    return True


def _is_sorted(about: tuple[str, ...]) -> bool:
    return len(about) == 1 or (bool(about) and [*about] == sorted(set(about)))


def _has_zone(instant: datetime) -> bool:
    return instant.utcoffset() is not None


def _all_of(kind: type) -> _Check:
    def check(held: tuple[Any, ...]) -> bool:
        for each in held:  # noqa: SIM110  # most hold one or none, and a generator costs more than both
            if type(each) is not kind:
                return False
        return True

    return check


def _declared(kind: type) -> Iterator[_Field]:
    hints = get_type_hints(kind, include_extras=True)
    for each in fields(kind):
        hint = hints[each.name]
        if get_origin(hint) is tuple:
            yield each.name, frozenset({tuple}), _all_of(get_args(hint)[0])
        elif get_origin(hint) is Annotated:
            plain, within = get_args(hint)
            yield each.name, frozenset({plain}), range(within.ge, within.le + 1).__contains__
        else:
            types = frozenset(get_args(hint) or {hint})
            yield each.name, types, next((_CHECKS[one] for one in types if one in _CHECKS), None)


_CHECKS: Final[dict[type, _Check]] = {Period: _holds, datetime: _has_zone, Decimal: is_short}
_KINDS: Final[frozenset[type[Element]]] = frozenset(KINDS.values())
_FIELDS: Final = {kind: tuple(_declared(kind)) for kind in (*_KINDS, Source, Period)}
_WRITTEN: Final = frozenset({str, tuple, datetime})
_TEXTS: Final = {kind: attrgetter(*(name for name, types, _ in _FIELDS[kind] if types & _WRITTEN)) for kind in _KINDS}
