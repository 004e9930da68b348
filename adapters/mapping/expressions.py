"""What stands under `as`: the name of a converter and what it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.mapping.converters import (
    Code,
    Converter,
    Day,
    ElementOf,
    LocalInstant,
    Number,
    PersonNumber,
    PersonReference,
    TextAsItIs,
    ZonedInstant,
)
from adapters.mapping.dates import parse_form
from adapters.mapping.problems import Problems, allowed
from adapters.mapping.tables import Table
from adapters.mapping.targets import Gives, OneOf, Target

MAX_DIGITS: Final = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """A converter, and whether one text holds several (`separator`) or several texts become one (`lines`)."""

    converter: Converter
    separator: str | None = None
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Expressions:
    """Makes readings of `as`. Every method raises ValueError with what is wrong and what may stand there."""

    tables: Mapping[str, Table]
    problems: Problems

    def reading(self, text: str, target: Target) -> Reading:
        """Return what `text` says, for `target`."""
        name, _, rest = text.strip().partition(" ")
        make = self._makers().get(name)
        if make is None:
            raise ValueError(f"no converter `{name}`; {allowed(self._makers(), name)}")
        reading = make(rest.strip(), target)
        if reading.converter.gives not in target.takes:
            wanted = " or ".join(sorted(each.value for each in target.takes))
            raise ValueError(f"`{name}` gives {reading.converter.gives.value}; `{target.name}` takes {wanted}")
        return reading

    def _makers(self) -> dict[str, Callable[[str, Target], Reading]]:
        return {
            "text": _text,
            "lines": _lines,
            "word": _word,
            "code": self._code,
            "boolean": _boolean,
            "number": _number,
            "date": lambda rest, _: Reading(_day(rest, 0)),
            "last-day": lambda rest, _: Reading(_day(rest, 1)),
            "day-with-zone": lambda rest, _: _bare(rest, Day(())),
            "last-day-with-zone": lambda rest, _: _bare(rest, Day((), 1)),
            "instant": _instant,
            "person": _person,
            "element": _element,
            "list": self._list,
        }

    def _list(self, rest: str, target: Target) -> Reading:
        separator, _, inner = rest.partition(" ")
        if len(separator) != 1 or separator.isalnum():
            raise ValueError("write `list ; person`: one sign, and how each is read")
        reading = self.reading(inner, target)
        if reading.separator or reading.lines:
            raise ValueError("a list holds no list")
        return Reading(reading.converter, separator)

    def _code(self, rest: str, target: Target) -> Reading:
        if rest not in self.tables:
            raise ValueError(f"no table `{rest}`; {allowed(self.tables, rest)}")
        if target.constant is None:
            raise ValueError(f"`{target.name}` cannot be a code")
        meanings: dict[str, Any] = {}
        for source, row in self.tables[rest].rows.items():
            try:
                meanings[source] = target.constant(row.target) if row.target else None
            except ValueError as error:
                self.problems.add(row.place, f"target: {error} (`{target.name}` takes it)")
        return Reading(Code(rest, meanings, _only(target)))


def _only(target: Target) -> Gives:
    # A table's words are read by the target itself, so what they give is what it takes.
    return min(target.takes, key=lambda each: each.value)


def _bare(rest: str, converter: Converter) -> Reading:
    if rest:
        raise ValueError("nothing may stand behind this word")
    return Reading(converter)


def _text(rest: str, _: Target) -> Reading:
    if not rest:
        return Reading(TextAsItIs())
    word, _space, number = rest.partition(" ")
    if word != "max" or not number.isascii() or not number.isdigit() or int(number) == 0:
        raise ValueError("write `text` or `text max 200`")
    return Reading(TextAsItIs(int(number)))


def _lines(rest: str, target: Target) -> Reading:
    if rest or target.many:
        raise ValueError("`lines` stands alone, for a target that holds one text")
    return Reading(TextAsItIs(), lines=True)


def _word(rest: str, target: Target) -> Reading:
    if rest:
        raise ValueError("nothing may stand behind this word")
    words = target.constant
    if isinstance(words, OneOf):
        return Reading(Code("word", {each.value: each for each in words.words}, Gives.WORD))
    raise ValueError(f"`{target.name}` has no list of words")


def _boolean(rest: str, _: Target) -> Reading:
    yes, slash, no = (each.strip() for each in rest.partition("/"))
    if not yes or not slash or not no or yes == no:
        raise ValueError("write `boolean J/N`: what is yes, what is no")
    return Reading(Code("boolean", {yes: True, no: False}, Gives.YES_NO))


def _number(rest: str, target: Target) -> Reading:
    if rest not in {"", "comma"}:
        raise ValueError("write `number`, or `number comma` where a comma stands before the fraction")
    if Gives.NUMBER not in target.takes or target.constant is None:
        raise ValueError(f"`{target.name}` takes no number")
    return Reading(Number(target.constant, comma=rest == "comma"))


def _day(rest: str, days_on: int) -> Day:
    if not rest:
        raise ValueError("write how a day is written: `date dd-mm-jjjj`")
    return Day(tuple(parse_form(each) for each in rest.split()), days_on)


def _instant(rest: str, _: Target) -> Reading:
    if not rest:
        return Reading(ZonedInstant())
    return Reading(LocalInstant(None if rest == "local" else parse_form(rest)))


def _person(rest: str, _: Target) -> Reading:
    words = rest.split()
    if not words:
        return Reading(PersonNumber())
    if words[0] == "digits" and len(words) == 2 and words[1].isdecimal() and 0 < int(words[1]) <= MAX_DIGITS:  # noqa: PLR2004  # the two words of `digits 9`
        return Reading(PersonNumber(int(words[1])))
    kinds, _except, others = " ".join(words[1:]).partition(" except ")
    if words[0] != "via" or not kinds or bool(_except) is not bool(others):
        raise ValueError("write `person`, `person digits 9`, `person via KIND` or `person via KIND except KIND`")
    return Reading(PersonReference(tuple(kinds.split()), frozenset(others.split())))


def _element(rest: str, _: Target) -> Reading:
    words = rest.split()
    if len(words) not in {2, 3} or words[0] != "of":
        raise ValueError("write `element of KIND` or `element of KIND PART`")
    return Reading(ElementOf(words[1], words[2] if words[2:] else "goal"))
