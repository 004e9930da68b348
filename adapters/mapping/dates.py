"""Days and instants as Dutch systems write them: `dd-mm-jjjj`, `jjjjmmdd`, `dd-mm-jjjj uu:mm`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from schemas.calendar import AMSTERDAM, local_day

_PARTS: Final = {
    "uu:mm:ss": r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})",
    "uu:mm": r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})",
    "jjjj": r"(?P<year>[0-9]{4})",
    "mm": r"(?P<month>[0-9]{2})",
    "dd": r"(?P<day>[0-9]{2})",
    "m": r"(?P<month>[0-9]{1,2})",
    "d": r"(?P<day>[0-9]{1,2})",
}
_PART: Final = re.compile("|".join(_PARTS) + "|.", re.DOTALL)
_ORDER: Final = ("year", "month", "day", "hour", "minute", "second")
_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a day or a local time. `places` are the groups of `pattern`: year, month, day, then time."""

    pattern: re.Pattern[str]
    places: tuple[int, ...]

    def read(self, text: str) -> datetime | None:
        """Return what `text` says, without a zone, or None where it is not of this form or no such moment exists."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        parts = map(int, match.group(*self.places))
        try:
            return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # a zone is added by who knows it
        except ValueError:
            return None


def parse_form(text: str) -> Form:
    """Return the form that `text` (`dd-mm-jjjj`) writes.

    Raises:
        ValueError: not a form of a whole day; the message says what one is.
    """
    pieces = _PART.findall(text)
    written = "".join(_PARTS.get(each, re.escape(each)) for each in pieces)
    strange = [each for each in pieces if each not in _PARTS and each.isalnum() and each != "T"]
    try:
        pattern = re.compile(written)
    except re.error:
        pattern = re.compile("")
    if strange or not {"year", "month", "day"} <= pattern.groupindex.keys():
        raise ValueError("not a form of a date: it is made of `jjjj`, `mm` or `m`, `dd` or `d`, each once, and `uu:mm`")
    return Form(pattern, tuple(pattern.groupindex[each] for each in _ORDER if each in pattern.groupindex))


def local_instant(moment: datetime) -> datetime | None:
    """Return `moment` (without zone, Dutch local time) in UTC, or None for an hour that is skipped or comes twice."""
    offset = AMSTERDAM.utcoffset(moment)
    if offset is None or offset != AMSTERDAM.utcoffset(moment.replace(fold=1)):
        return None
    return moment.replace(tzinfo=UTC) - offset


def zoned_instant(text: str) -> datetime | None:
    """Return the instant that ISO 8601 with an offset writes, in UTC, or None."""
    try:
        instant = datetime.fromisoformat(text)
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zoned_day(text: str) -> date | None:
    """Return the day that an ISO date names, or the Amsterdam day of an instant with an offset, or None."""
    try:
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
        instant = zoned_instant(text)
        return None if instant is None else local_day(instant)
    except (ValueError, OverflowError):
        return None
