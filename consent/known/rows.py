"""The rows of facts as they are kept, opened, and put together: each fact as it stands after all that was said of it.

Source: facts contract, F2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from consent.keys import DataKey, KeyClass, SealBrokenError, place
from consent.known.foster_care import is_ended
from consent.known.objections import OBJECTION, opens_more
from consent.known.registered import merged
from consent.known.word import NO_WORD, WORD, Word
from consent.naming import WITHOUT_ID

Keys = Mapping[tuple[str, KeyClass, int], DataKey]


class StoreBrokenError(Exception):
    """What is stored cannot be what was recorded. Decide nothing on it, and let somebody look."""


class FactBrokenError(SealBrokenError):
    """A row of a fact is not what was sealed there: somebody changed or moved it. Says which fact."""

    def __init__(self, section: str, fact_id: str) -> None:
        """Take the section and the id of the fact."""
        super().__init__(f"a fact in `{section}` is not what was sealed")
        self.section = section
        self.fact_id = fact_id


class FactName(NamedTuple):
    """What names one row of `fact`. `amends` is the version of the first row of the fact that it changes."""

    person: str
    version: int
    section: str
    id: str
    amends: int | None

    def place(self, column: str) -> bytes:
        """Return what binds a sealed column to its row."""
        return place("fact", column, *self)


class SealedFact(NamedTuple):
    """One row of `fact`, and where it stands among all rows."""

    seq: int
    name: FactName
    key_version: int
    sealed: bytes
    recorded_at: datetime


class Told(NamedTuple):
    """One row of `fact`, opened: what it says, the word of the fact where it says that too, and when it was known."""

    name: FactName
    fields: Mapping[str, Any]
    word: Mapping[str, Any] | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """One fact as it stands: the person and version of its first row, and fields and word after all changes.

    `objected` is the version at which somebody objected to it after it was recorded; None where nobody did. `widened`
    is that at which it opened more than it did, as joint help by the word it waited for; 0 where it never did. `ended`
    is that at which it was last said that a foster parent's place ends which another than foster care ended; else 0.
    """

    section: str
    id: str
    person: str
    version: int
    source: Mapping[str, Any]
    word: Word = NO_WORD
    objected: int | None = None
    widened: int = 0
    ended: int = 0


def opened(rows: Iterable[SealedFact], keys: Keys) -> tuple[Told, ...]:
    """Return what `rows` say: first rows as they were recorded, then changes by version.

    Raises:
        SealBrokenError: a row was moved or changed.
        StoreBrokenError: a row without its key.
    """
    return tuple(_told(row, keys) for row in sorted(rows, key=_order))


def known_of(rows: Iterable[Told]) -> dict[tuple[str, str], Known]:
    """Return the facts of `rows`, as `opened` orders them, changes worked in, in the order of their first rows.

    Raises:
        StoreBrokenError: a change of nothing.
    """
    known: dict[tuple[str, str], Known] = {}
    for (person, version, section, fact_id, amends), told, said, _ in rows:
        if amends is None:
            source = told if section in WITHOUT_ID else {"id": fact_id, **told}
            known[section, fact_id] = Known(section, fact_id, person, version, source, _word(said, NO_WORD))
            continue
        earlier = known.get((section, fact_id))
        if earlier is None or (earlier.person, earlier.version) != (person, amends):
            raise StoreBrokenError(f"a change in `{section}` names no earlier fact of its person")
        objected = version if OBJECTION in told and earlier.objected is None else earlier.objected
        source, word = merged(earlier.source, told), _word(said, earlier.word)
        opens = opens_more(earlier.source, source, earlier.word, word)
        widened = version if opens else earlier.widened
        ended = version if is_ended(section, source, told, word) else earlier.ended
        known[section, fact_id] = replace(
            earlier, source=source, word=word, objected=objected, widened=widened, ended=ended
        )
    return known


def _word(said: Mapping[str, Any] | None, earlier: Word) -> Word:
    if said is None:
        return earlier
    return Word(**{**said, **{name: tuple(said.get(name, ())) for name in ("needs", "without")}})


def _order(row: SealedFact) -> tuple[bool, int]:
    # First rows as they were recorded; then changes by version, which the seal covers and `seq` it does not.
    return (False, row.seq) if row.name.amends is None else (True, row.name.version)


def _told(row: SealedFact, keys: Keys) -> Told:
    fields = _open(row, keys)
    return Told(row.name, fields, fields.pop(WORD, None), row.recorded_at)


def _open(row: SealedFact, keys: Keys) -> dict[str, Any]:
    key = keys.get((row.name.person, KeyClass.CONSENT, row.key_version))
    if key is None:
        raise StoreBrokenError(f"a fact in `{row.name.section}` has no key")
    try:
        told: dict[str, Any] = orjson.loads(key.open(row.sealed, at=row.name.place("entry")))
    except SealBrokenError:
        raise FactBrokenError(row.name.section, row.name.id) from None
    return told
