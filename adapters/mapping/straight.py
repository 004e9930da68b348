"""The straight way through a rule: one member of a record, read by one converter, as almost every rule has it.

Made once for each rule when the mapping file is read. Where a value is not as it nearly always is, the straight way
gives `WINDING`, and the rule itself says what stands there, or what is wrong with it: so this must never give anything
that the rule would not give.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from adapters.mapping.converters import Converter, Day, LocalInstant, UnreadableError, ZonedInstant
from adapters.mapping.known import Known
from adapters.mapping.paths import Step

WINDING: Final = object()
"""What the straight way gives for what only the rule itself can say."""

Straight: TypeAlias = Callable[[Any, Known], Any]
"""Takes a record or item."""

_Read: TypeAlias = Callable[[str, Known], Any]
_FEW: Final = 100


def straight(step: Step, converter: Converter, *, absent: Any, many: bool) -> Straight:
    """Return what reads the member `step`; `absent` is for where nothing stands there.

    `many` says whether the value is for a target that takes several.
    """
    read = _once(converter) if isinstance(converter, Day | LocalInstant | ZonedInstant) else converter.read
    if not step.many:
        return _one(step.name, read, absent, many=many)
    return _several(step.name, read, absent) if many else _winding


def _one(name: str, read: _Read, absent: Any, *, many: bool) -> Straight:
    def way(item: Any, known: Known) -> Any:
        text = item.get(name) if type(item) is dict else WINDING
        if text is None:
            return absent
        if type(text) is not str or not (text.isascii() or _is_whole(text)):
            return WINDING
        text = text.strip()
        if not text:
            return absent
        try:
            value = read(text, known)
        except UnreadableError:
            return WINDING
        if value is None:
            return WINDING
        return (value,) if many else value

    return way


def _several(name: str, read: _Read, absent: Any) -> Straight:
    one = _one(name, read, WINDING, many=False)

    def way(item: Any, known: Known) -> Any:
        found = item.get(name) if type(item) is dict else WINDING
        if found is None:
            return absent
        if type(found) is not list or not 0 < len(found) <= _FEW:
            return WINDING
        values = [one({name: each}, known) for each in found]
        return WINDING if WINDING in values else tuple(dict.fromkeys(values))

    return way


def _winding(_item: Any, _known: Known) -> Any:
    return WINDING


def _once(converter: Day | LocalInstant | ZonedInstant) -> _Read:
    """Return what reads each text once in an answer: a plan says the same few days over and over."""

    def read(text: str, known: Known) -> Any:
        value = known.moments.get((converter, text))
        if value is None:
            value = known.moments[converter, text] = converter.read(text, known)
        return value

    return read


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
