"""The straight way through a rule: one member of a record, read by one converter, as almost every rule has it.

Made once for each rule when the mapping file is read. Where a value is not as it nearly always is, the straight way
gives None, and the rule itself says what stands there, or what is wrong with it: so this must never give anything that
the rule would not give.
"""

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any, Final, TypeAlias

from adapters.mapping.converters import Code, Converter, Day, LocalInstant, TextAsItIs, UnreadableError, ZonedInstant
from adapters.mapping.known import Known
from adapters.mapping.paths import Step

Straight: TypeAlias = Callable[[Any, Known], Any]
"""Gives what a rule gives of an item (or of the record); None for what only the rule itself can say."""

Read: TypeAlias = Callable[[str, Known], Any]
"""Reads a text as it stands in the record; None likewise."""

_FEW: Final = 100
_DAYS: Final = 4_000
"""Ten years of days, and some; of instants it is what was told last."""
_LONGEST: Final = 100
_NOBODY: Final = Known("", "", {}, {})


def straight(step: Step, converter: Converter, *, absent: Any, many: bool) -> Straight:
    """Return what reads the member `step`; `absent` is for where nothing stands there.

    `many` says whether the value is for a target that takes several.
    """
    if step.many:
        return _of_list(step.name, _reader(converter, None), absent) if many else never
    read = _reader(converter, absent)
    return _of_one(step.name, _alone(read, absent) if many else read, absent)


def never(_item: Any, _known: Known) -> Any:
    """Give nothing: the rule itself says what there is."""
    return None


def always(constant: Any) -> Straight:
    """Return what gives `constant`, whatever there is."""
    return lambda _item, _known: constant


def _of_one(member: str, read: Read, absent: Any) -> Straight:
    def give(item: Any, known: Known) -> Any:
        told = item.get(member) if type(item) is dict else ()
        if type(told) is str:
            return read(told, known)
        return absent if told is None else None

    return give


def _of_list(member: str, read: Read, absent: Any) -> Straight:
    def give(item: Any, known: Known) -> Any:
        told = item.get(member) if type(item) is dict else ()
        if told is None:
            return absent
        if type(told) is not list or not 0 < len(told) <= _FEW:
            return None
        values = [read(text, known) if type(text) is str else None for text in told]
        return None if None in values else tuple(dict.fromkeys(values))

    return give


def _reader(converter: Converter, absent: Any) -> Read:
    """Return what `converter` reads of a text with white space round it; `absent` where there is nothing else."""
    if isinstance(converter, Code):
        return _word(converter, absent)
    plain = _once(converter) if isinstance(converter, Day | LocalInstant | ZonedInstant) else _quiet(converter)

    def read(told: str, known: Known) -> Any:
        if not (told.isascii() or _is_whole(told)):
            return None
        text = told.strip()
        return plain(text, known) if text else absent

    return read


def _word(converter: Code, absent: Any) -> Read:
    # No code of a mapping file has white space round it, so what is found as it stands is what the rule would find.
    words = {**converter.meanings, "": absent}

    def read(told: str, _known: Known) -> Any:
        found = words.get(told)
        return words.get(told.strip()) if found is None else found

    return read


def _alone(read: Read, absent: Any) -> Read:
    """Return what gives what `read` does as the one value of a target that takes several."""

    def alone(told: str, known: Known) -> Any:
        value = read(told, known)
        return value if value is None or value is absent else (value,)

    return alone


def _quiet(converter: Converter) -> Read:
    if isinstance(converter, TextAsItIs) and converter.maximum is None:
        return converter.read  # reads every text

    def read(text: str, known: Known) -> Any:
        try:
            return converter.read(text, known)
        except UnreadableError:
            return None

    return read


@cache
def _once(converter: Day | LocalInstant | ZonedInstant) -> Read:
    """Return what reads each text once, for all rules that read alike: plans say the same few days.

    What is no day or instant is not kept, nor what is written longer than one needs: that the rule itself reads.
    """
    once = lru_cache(_DAYS)(partial(converter.read, known=_NOBODY))

    def read(text: str, _known: Known) -> Any:
        try:
            return once(text) if len(text) <= _LONGEST else None
        except UnreadableError:
            return None

    return read


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
