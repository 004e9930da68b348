"""What is known of one family, opened and put together as `decide` takes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

import orjson

from consent.entries import entry
from consent.entry import Entry
from consent.facts import Facts, assemble
from consent.keys import DataKey, KeyClass, place
from consent.naming import WITHOUT_ID, names_in
from consent.registered import Registered, merged

Keys = Mapping[tuple[str, KeyClass, int], DataKey]


class StoreBrokenError(Exception):
    """What is stored cannot be what was recorded. Decide nothing on it, and let somebody look."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What the facts of one family rest on: each member's version, by id, and the registry's. None of an unknown."""

    persons: tuple[tuple[str, int], ...]
    registry: int


@dataclass(frozen=True, slots=True, repr=False)
class Gathered:
    """The facts about the family of the person named, as they stand now. `person` is None where nobody is named.

    `at` is the database's clock when it was read: no fact in it became known later, so what was acknowledged as ended
    has ended by then.
    `identifiers` gives for each system the number of each member there; `keys` each member's newest data keys.
    """

    person: str | None
    at: datetime
    facts: Facts
    versions: Versions
    identifiers: Mapping[str, Mapping[str, str]]
    keys: Mapping[tuple[str, KeyClass], DataKey]

    def __repr__(self) -> str:
        return f"<Gathered {self.facts!r}>"


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """One fact as it stands: the person and version of its first row, and its fields after all changes."""

    section: str
    id: str
    person: str
    version: int
    source: Mapping[str, Any]


@dataclass(frozen=True, repr=False)
class Family:
    """Everything about the members of one family, as of `read_at` (the database's clock); empty of nobody."""

    read_at: datetime
    members: tuple[tuple[str, int], ...] = ()
    known: Mapping[tuple[str, str], Known] = field(default_factory=dict)
    identifiers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[tuple[str, KeyClass], DataKey] = field(default_factory=dict)
    _facts: dict[tuple[int, frozenset[str]], Facts] = field(default_factory=dict, compare=False)

    @cached_property
    def sections(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries by section, each in the order in which they were recorded, as far as `decide` may have them."""
        found: dict[str, list[Entry]] = {}
        for each in self.known.values():
            if may_decide(each):
                found.setdefault(each.section, []).append(entry(each.section, each.source, each.section))
        return {section: tuple(entries) for section, entries in found.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every id in the entries."""
        return frozenset(
            name
            for section, entries in self.sections.items()
            for each in entries
            for name in names_in(section, each.source)
        )

    def facts(self, registry: Registered, also: frozenset[str]) -> Facts:
        """Return the facts, with the entries of the registry for all whom they name, and for `also`."""
        kept = self._facts.get((registry.version, also))
        if kept is None:
            kept = self._assembled(registry, also)
            if len(self._facts) >= MOST_VIEWS:
                self._facts.clear()
            self._facts[registry.version, also] = kept
        return kept

    def _assembled(self, registry: Registered, also: frozenset[str]) -> Facts:
        named = registry.named(self.names | also)
        facts = assemble(self.sections)
        return replace(
            facts,
            organisations=named.organisations,
            professionals=named.professionals,
            involvements=(*facts.involvements, *named.replacements),
        )


MOST_VIEWS: Final = 16


def may_decide(known: Known) -> bool:
    """Say whether a fact is handed to `decide`.

    A mandate whose switches are all off opens nothing, and the contract has no entry with an empty list, so it is not.
    """
    return known.section != "mandates" or bool(known.source["categories"])


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


def opened(rows: Iterable[SealedFact], keys: Keys) -> dict[tuple[str, str], Known]:
    """Return the facts of `rows`, changes worked in, in the order of their first rows.

    Raises:
        SealBrokenError: a row was moved or changed.
        StoreBrokenError: a change of nothing, or a row without its key.
    """
    known: dict[tuple[str, str], Known] = {}
    for row in sorted(rows, key=_order):
        person, version, section, fact_id, amends = row.name
        told = _open(row, keys)
        if amends is None:
            source = told if section in WITHOUT_ID else {"id": fact_id, **told}
            known[section, fact_id] = Known(section, fact_id, person, version, source)
            continue
        earlier = known.get((section, fact_id))
        if earlier is None or (earlier.person, earlier.version) != (person, amends):
            raise StoreBrokenError(f"a change in `{section}` names no earlier fact of its person")
        known[section, fact_id] = replace(earlier, source=merged(earlier.source, told))
    return known


def _order(row: SealedFact) -> tuple[bool, int]:
    # First rows as they were recorded; then changes by version, which the seal covers and `seq` it does not.
    return (False, row.seq) if row.name.amends is None else (True, row.name.version)


def _open(row: SealedFact, keys: Keys) -> dict[str, Any]:
    key = keys.get((row.name.person, KeyClass.CONSENT, row.key_version))
    if key is None:
        raise StoreBrokenError(f"a fact in `{row.name.section}` has no key")
    told: dict[str, Any] = orjson.loads(key.open(row.sealed, at=row.name.place("entry")))
    return told
