"""Days of the demonstration: its data are written as on one base day and moved, whole days, to today."""

import re
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BASE_DAY: Final = date(2026, 11, 25)
"""The day on which the data of the demonstration are written: every date in them is as on this day."""

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_INSTANT: Final = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_ISO_DATE: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b(?!T)")
_DUTCH_DATE: Final = re.compile(r"\b(\d\d?)-(\d\d?)-(\d{4})\b")


def moved(text: str, *, today: date) -> str:
    """Return `text` with every date in it as far from `today` as it is from the base day.

    Knows `2026-11-25`, `25-11-2026`, `9-3-2026` and `2026-11-25T15:30:00+01:00`, which keeps its time on an Amsterdam
    clock. Birth dates move with the rest, so ages stay: no birthday of the family lies near the base day.
    """
    shift = today - BASE_DAY
    text = _INSTANT.sub(lambda found: _moved_instant(found[0], shift), text)
    text = _ISO_DATE.sub(lambda found: (date.fromisoformat(found[0]) + shift).isoformat(), text)
    return _DUTCH_DATE.sub(lambda found: _moved_dutch(found, shift), text)


def _moved_instant(text: str, shift: timedelta) -> str:
    # The clock on the wall moves, not the instant: an appointment at half past three stays there in summer.
    wall = datetime.fromisoformat(text).astimezone(AMSTERDAM).replace(tzinfo=None) + shift
    return wall.replace(tzinfo=AMSTERDAM).isoformat()


def _moved_dutch(found: re.Match[str], shift: timedelta) -> str:
    day = date(int(found[3]), int(found[2]), int(found[1])) + shift
    padded = len(found[1]) == len(found[2]) == len("01")
    return day.strftime("%d-%m-%Y") if padded else f"{day.day}-{day.month}-{day.year}"
