"""A file that an officer brings along for one look: names, addresses and rosters, which do not stand in the log.

They are hashed under a key that is drawn for this look and forgotten behind it, and nothing of them is kept: so the
gateway never comes to hold the names of clients for the sake of watching employees.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Final

from audit.signals.hours import Roster
from audit.signals.looked import Known
from gateway.signals.pseudonyms import Pseudonyms
from gateway.toml_file import TomlFileError, read_toml

_TABLES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "employee": (frozenset({"organisation", "id"}), frozenset({"names", "postcode", "house"})),
    "person": (frozenset({"id"}), frozenset({"names", "postcode", "house"})),
    "roster": (frozenset({"organisation", "days", "opens", "closes"}), frozenset({"on_holidays"})),
}
"""For each table of the file what an entry must and may have."""


class KnownFileError(Exception):
    """The file cannot be used; the message says where, and never what stands there."""


@dataclass(frozen=True)
class _Marks:
    """Hashes under a key of its own: equal names give equal marks, and nobody else can make them."""

    key: bytes

    def of(self, entry: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(self._mark(*each) for each in _marked(entry))

    def _mark(self, what: str, said: str) -> str:
        return hmac.digest(self.key, f"{what}\0{said}".encode(), hashlib.sha256).hex()


async def read_known(path: Path, pseudonyms: Pseudonyms) -> Known:
    """Return what the file at `path` (TOML: `[[employee]]`, `[[person]]`, `[[roster]]`) knows.

    Raises:
        KnownFileError: it cannot be read, or holds something else.
        KeyUnavailableError: the key service does not answer.
    """
    told = _read(path)
    marks = _Marks(secrets.token_bytes(32))
    accounts = {
        await pseudonyms.of_account(each["organisation"], "professional", each["id"]): marks.of(each)
        for each in _entries(told, "employee")
    }
    persons = {await pseudonyms.of_person(each["id"]): marks.of(each) for each in _entries(told, "person")}
    rosters = {each["organisation"]: _roster(each, n) for n, each in enumerate(_entries(told, "roster"), 1)}
    return Known(accounts=accounts, persons=persons, rosters=rosters)


def _read(path: Path) -> dict[str, Any]:
    try:
        told = read_toml(path)
    except OSError as error:
        raise KnownFileError(f"{path} cannot be read: {error.strerror}") from None
    except TomlFileError:  # whose text could repeat what stands there of people
        raise KnownFileError(f"{path} is no TOML") from None
    if not told or set(told) - set(_TABLES):
        raise KnownFileError(f"{path} holds anything but the tables {', '.join(_TABLES)}")
    return told


def _entries(told: Mapping[str, Any], table: str) -> Iterator[Mapping[str, Any]]:
    found = told.get(table, [])
    must, may = _TABLES[table]
    for n, each in enumerate(found if isinstance(found, list) else [None], 1):
        if not isinstance(each, dict) or not must <= set(each) <= must | may:
            raise KnownFileError(f"{table} {n}: expected {', '.join(sorted(must))}, and maybe {', '.join(sorted(may))}")
        texts = must & {"organisation", "id"} | {"postcode", "house"} & set(each)
        if not all(isinstance(each[name], str) and each[name] for name in texts) or not _is_names(each.get("names")):
            raise KnownFileError(f"{table} {n}: every member is a text, and `names` a list of texts")
        yield each


def _is_names(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def _marked(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    names: Sequence[str] = entry.get("names", ())
    yield from (("name", said) for each in names if (said := _family_name(each)))
    if "postcode" in entry and "house" in entry:
        yield "address", f"{_letters(entry['postcode'])} {_house(entry['house'])}"


def _family_name(said: str) -> str:
    """Return a family name without what stands before it (de, van der), wherever a system puts that."""
    words = [_letters(each) for each in _BETWEEN_WORDS.split(said)]
    return "".join(each for each in words if each not in _BEFORE_A_NAME) or _letters(said)


def _house(said: str) -> str:
    """Return a house number with its additions kept apart: 12-1 is not 121, and 12a is 12 A."""
    return "-".join(_PART_OF_A_HOUSE.findall(unicodedata.normalize("NFKD", said).casefold()))


def _letters(said: str) -> str:
    """Return `said` without accents, case, spaces and signs: as different systems write one name."""
    return "".join(each for each in unicodedata.normalize("NFKD", said).casefold() if each.isalnum())


def _roster(entry: Mapping[str, Any], n: int) -> Roster:
    try:
        days, on_holidays = frozenset(entry["days"]), entry.get("on_holidays", False)
        roster = Roster(
            days=days,
            opens=time.fromisoformat(entry["opens"]),
            closes=time.fromisoformat(entry["closes"]),
            on_holidays=on_holidays is True,
        )
    except (TypeError, ValueError):
        raise KnownFileError(f"roster {n}: {_ROSTER}") from None
    local = roster.opens.tzinfo is roster.closes.tzinfo is None
    if not local or not days <= set(range(1, 8)) or not isinstance(on_holidays, bool):
        raise KnownFileError(f"roster {n}: {_ROSTER}")
    if roster.closes <= roster.opens and roster.closes != time.min:
        raise KnownFileError(f"roster {n}: {_AT_NIGHT}")
    return roster


_BETWEEN_WORDS: Final = re.compile(r"[\s,'\u2019`]+")
_PART_OF_A_HOUSE: Final = re.compile(r"[0-9]+|[a-z]+")
_PREFIXES: Final = (
    "aan af bij d da de del den der des di do dos du el het in l la las le les los naar onder op over s t te ten ter"
    " tot uit uijt van vanden vom von voor zu zum zur"
)
_BEFORE_A_NAME: Final = frozenset(_PREFIXES.split())
"""Prefixes of Dutch family names and of some others: one system writes them, another keeps them apart."""
_AT_NIGHT: Final = "expected `closes` after `opens`, or at 00:00; who works through the night has every hour"
_ROSTER: Final = "expected `days` of 1 (Monday) to 7, and `opens` and `closes` such as 08:30"
