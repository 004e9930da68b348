"""The straight way through a rule: one member of a record, read by one converter, as almost every rule has it.

Made once for each rule when the mapping file is read. Where a value is not as it nearly always is, the straight way
gives None, and the rule itself says what stands there, or what is wrong with it: so this must never give anything that
the rule would not give.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from adapters.mapping.converters import Code, Converter, Day, LocalInstant, TextAsItIs, UnreadableError, ZonedInstant
from adapters.mapping.known import Known
from adapters.mapping.paths import Step

Read: TypeAlias = Callable[[str, Known], Any]
"""Reads a text as it stands in the record; None for what only the rule itself can say."""

_FEW: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Straight:
    """Reads the member `member`. `absent` is for where nothing stands there; `each` reads the texts of a list."""

    member: str
    read: Read
    absent: Any
    each: Read | None = None

    def give(self, item: Any, known: Known) -> Any:
        """Return the value for the target, or None where only the rule itself can say it."""
        told = item.get(self.member) if type(item) is dict else ()
        if type(told) is str:
            return self.read(told, known)
        if told is None:
            return self.absent
        if self.each is None or type(told) is not list or not 0 < len(told) <= _FEW:
            return None
        values = [self.each(text, known) if type(text) is str else None for text in told]
        return None if None in values else tuple(dict.fromkeys(values))


def straight(step: Step, converter: Converter, *, absent: Any, many: bool) -> Straight:
    """Return what reads the member `step`; `absent` is for where nothing stands there.

    `many` says whether the value is for a target that takes several.
    """
    if step.many:
        # A text that stands alone where there is a list of none.
        return Straight(step.name, never, absent, _reader(converter, None) if many else None)
    read = _reader(converter, absent)
    return Straight(step.name, _alone(read, absent) if many else read, absent)


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


def never(_told: str, _known: Known) -> Any:
    """Read nothing: the rule itself says what there is."""
    return None


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
    """Return what reads each text once in an answer, for all rules that read alike: a plan says the same few days."""
    first = _quiet(converter)

    def read(text: str, known: Known) -> Any:
        value = known.moments.get((read, text))
        if value is None:
            value = known.moments[read, text] = first(text, known)
        return value

    return read


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
