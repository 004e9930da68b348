"""The rows of the table of registrations, read as what they say: what counts, and which words of operators wait.

What counts is the newest row of a kind and key. What an operator says who registers something is a row of a kind of its
own, `word`: it opens nothing, and a version of the gateway that knows no such rows passes over them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, cast

from sqlalchemy import func, insert, literal_column, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.holding import alone_with_the_registry
from consent.store.statements import Prepared
from gateway.registry.snapshot import RegistryError
from gateway.registry.tables import registration

EntryKind = Literal["organisation", "client", "identity-provider", "source", "webhook", "barred", "replacement"]

_WORD: Final = "word"

NEWEST_REVISION: Final = "SELECT coalesce(max(id), 0) FROM registration"
"""The statement that gives the revision of the registry."""
_NEWEST_REVISION: Final = Prepared(select(func.coalesce(func.max(registration.c.id), literal_column("0"))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One registration; `body` None ends it.

    `key` is a client id, an issuer, `organisation/system`, or of an organisation and its webhook the organisation. Of
    `barred` it is a professional whom his organisation ended; there a body bars, and None lets him in again. A
    `replacement` stands among the facts, and here only as what an event says of its end.
    """

    kind: EntryKind
    key: str
    organisation: str
    body: Mapping[str, Any] | None = field(repr=False)

    @property
    def place(self) -> tuple[EntryKind, str]:
        """What it is about: of two with the same place the later counts."""
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class Newest:
    """What the rows come to.

    `revision` is the newest row id, `entries` has the newest entry of each place (by first registration), `since` the
    id of its row, `epochs` each client's last one. `words` has, for each place and operator, what he said last since it
    was registered or ended.
    """

    revision: int
    entries: dict[tuple[EntryKind, str], Entry]
    epochs: dict[str, int]
    words: dict[tuple[EntryKind, str], dict[str, Entry]]
    since: dict[tuple[EntryKind, str], int] = field(default_factory=dict)

    def counts(self, kind: EntryKind, key: str) -> bool:
        """Return whether this is registered now."""
        entry = self.entries.get((kind, key))
        return entry is not None and entry.body is not None

    def said_by(self, entry: Entry) -> tuple[str, ...]:
        """Return which operators say just this, the first first."""
        return tuple(name for name, said in self.words.get(entry.place, {}).items() if said == entry)


async def hold(connection: AsyncConnection) -> None:
    """Keep others from registering until the transaction ends; readers go on.

    And have the registry of facts: whoever looks here beside his commit has committed by then, or sees the change.
    """
    if connection.dialect.name == "postgresql":
        # Row ids are revisions, so they must be committed in their order. And two at once would each be the first.
        await connection.execute(text("LOCK TABLE registration IN SHARE ROW EXCLUSIVE MODE"))
    await alone_with_the_registry(connection)


async def newest(connection: AsyncConnection, places: Collection[tuple[EntryKind, str]] | None = None) -> Newest:
    """Return what is registered now; of `places` alone, and no words about them, where they are given."""
    columns = registration.c
    wanted = select(columns.id, columns.kind, columns.key, columns.organisation, columns.body, columns.recorded_by)
    if places is not None:
        wanted = wanted.where(tuple_(columns.kind, columns.key).in_(places))
    rows = await connection.execute(wanted.order_by(columns.id))
    found = Newest(0, {}, {}, {})
    for row in rows:
        found = replace(found, revision=row.id)
        if row.kind == _WORD:
            kind, _, key = row.key.partition(":")
            word = Entry(kind=cast("EntryKind", kind), key=key, organisation=row.organisation, body=row.body)
            _hear(found, word, row.recorded_by)
        else:
            _settle(found, Entry(kind=row.kind, key=row.key, organisation=row.organisation, body=row.body))
            found.since[row.kind, row.key] = row.id
    return found


def _hear(found: Newest, word: Entry, operator: str) -> None:
    words = found.words.setdefault(word.place, {})
    words.pop(operator, None)  # who says something else speaks later than who did not
    words[operator] = word


def _settle(found: Newest, entry: Entry) -> None:
    words = found.words.pop(entry.place, {})
    if entry.body is None:
        # An end is of one organisation: another may wait for the same name. What counts leaves nobody to wait for it.
        found.words[entry.place] = {by: said for by, said in words.items() if said.organisation != entry.organisation}
    if entry.body is None and entry.place not in found.entries and entry.kind != "organisation":
        return  # it only ever waited, and nobody keeps a key by a word that was ended
    found.entries[entry.place] = entry
    if entry.kind == "client" and entry.body is not None:
        found.epochs[entry.key] = entry.body.get("epoch", 0)


def changed(entry: Entry, known: Newest) -> Entry | None:
    """Return what must be appended: the entry, a client with its epoch, or None where nothing is new.

    Raises:
        RegistryError: it is registered for another organisation.
    """
    before = known.entries.get(entry.place)
    if before is not None and before.organisation != entry.organisation:
        raise RegistryError(f"{entry.kind} `{entry.key}` is registered for organisation `{before.organisation}`")
    body = entry.body
    if entry.kind == "client" and body is not None and entry.key in known.epochs:
        same_keys = before is not None and before.body is not None and before.body["jwks"] == body["jwks"]
        least = known.epochs[entry.key] + (not same_keys)
        body = {**body, "epoch": max(least, body["epoch"])}
    if body == (None if before is None else before.body):
        return None
    return replace(entry, body=body)


async def newest_revision(connection: AsyncConnection) -> int:
    """Return the id of the newest row."""
    [[revision]] = await _NEWEST_REVISION.rows(connection)
    return int(revision)


async def ever_with_source(connection: AsyncConnection) -> frozenset[str]:
    """Return which organisations have a record system here, or had one that was ended."""
    columns = registration.c
    had = select(columns.organisation).where(columns.kind == "source").distinct()
    return frozenset((await connection.execute(had)).scalars())


async def append(connection: AsyncConnection, entries: Sequence[Entry], *, recorded_by: str) -> None:
    """Append `entries`: they count, or are ended, from the commit on."""
    for entry in entries:
        row = {"kind": entry.kind, "key": entry.key, "organisation": entry.organisation, "body": entry.body}
        await connection.execute(insert(registration).values(**row, recorded_by=recorded_by))


async def append_words(connection: AsyncConnection, words: Sequence[Entry], *, recorded_by: str) -> None:
    """Append what an operator says: it opens nothing."""
    for word in words:
        row = {"kind": _WORD, "key": f"{word.kind}:{word.key}", "organisation": word.organisation, "body": word.body}
        await connection.execute(insert(registration).values(**row, recorded_by=recorded_by))
