"""What operators say of the registry: two of them let somebody in, each on his own, and one ends it at once.

Source: facts contract, *Who* (organisation, client key, identity provider), F3 and F4.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.store import AuditLog
from consent.store.fact_store import FactStore
from consent.store.recording import register
from gateway.registry.roles_of_kind import fits
from gateway.registry.rows import Entry, EntryKind, Newest, append, append_words, changed, hold, newest
from gateway.registry.said import NEEDED
from gateway.registry.snapshot import OF_THE_HOUSE, RegistryError
from gateway.registry.telling import Step, events_of
from schemas.words import OrganisationKind, Role

NAMED: Final[tuple[EntryKind, ...]] = ("organisation", "client", "identity-provider", "source")
"""What a name alone may mean; a webhook has the name of its organisation."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Whose word it is: his name as names are compared, and under whose account of the machine it was typed."""

    name: str
    account: str

    def as_json(self) -> dict[str, str]:
        """Return it as events have it."""
        return {"operator": self.name, "account": self.account}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What does not count yet: who says it, who said something else since, and whether its organisation counts."""

    entry: Entry
    said_by: tuple[str, ...]
    others: tuple[str, ...]
    organisation_counts: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What an operator's word came to: what it registered, what waits, and what he said before and now does not."""

    counts: tuple[Entry, ...]
    waits: tuple[Waiting, ...]
    taken_back: tuple[Entry, ...]


@dataclass(frozen=True)
class Words:
    """Hears operators. Call it in a write transaction: rows, facts and events are there together or not at all.

    `event_ids` grows with each event.
    """

    connection: AsyncConnection
    facts: FactStore
    log: AuditLog
    event_ids: list[str] = field(default_factory=list)

    async def say(self, entries: Sequence[Entry], by: Operator) -> Heard:
        """Record that an operator says `entries`; what another one says too counts from the commit on.

        What is of an organisation that does not count waits for it. Who says the same again is not a second.

        Raises:
            RegistryError: a client id or issuer that is registered for another organisation, or a kind of organisation
                that a provider of it does not fit.
            AuditUnavailableError: the log did not take the event; nothing is recorded.
        """
        known = await self.known()
        new = [each for each in entries if changed(each, known) is not None]
        words = [each for each in entries if _is_said_anew(each, known, by, is_new=each in new)]
        await append_words(self.connection, words, recorded_by=by.name)
        heard = await self.known() if words else known
        counts = _agreed(new, heard)
        waits = tuple(each for each in new if each not in counts)
        taken_back = tuple(each for each in words if each not in new)
        _require_fitting(counts, heard)
        await self._register(counts, heard, by)
        await self._log("waits", [each for each in waits if each in words], by, said_by=heard.said_by)
        await self._log("taken-back", taken_back, by)
        return Heard(tuple(counts), tuple(waiting(each, heard) for each in waits), taken_back)

    async def end(self, name: str, by: Operator, *, because: str, kind: EntryKind | None = None) -> tuple[Entry, ...]:
        """End what is registered, or waits, under `name`: an organisation with all that is its; return what ended.

        Raises:
            RegistryError: there is nothing of this name, or it is the name of two things.
            AuditUnavailableError: the log did not take the event; nothing is ended.
        """
        known = await self.known()
        open_ones = _open(known)
        found = [each for each in open_ones if each.key == name and each.kind in ((kind,) if kind else NAMED)]
        if not found:
            raise RegistryError(f"nothing that counts or waits is called `{name}`; `schakel org list` shows what does")
        if len({each.kind for each in found}) > 1:
            kinds = " and ".join(f"`{each}`" for each in dict.fromkeys(each.kind for each in found))
            raise RegistryError(f"`{name}` is the name of {kinds}; say which one by --kind")
        if found[0].kind == "organisation":
            found = [each for each in open_ones if each.organisation == name]
        return await self._end(found, by, because)

    async def open_ones(self) -> list[Entry]:
        """Return what counts, and what waits for each organisation of which it was said."""
        return _open(await self.known())

    async def end_all(self, entry: Entry, by: Operator, *, because: str) -> tuple[Entry, ...]:
        """End `entry`, one of `open_ones`, and of an organisation all that is its; return what ended.

        Raises:
            AuditUnavailableError: the log did not take the event; nothing is ended.
        """
        open_ones = await self.open_ones() if entry.kind == "organisation" else [entry]
        return await self._end([each for each in open_ones if each.organisation == entry.organisation], by, because)

    async def _end(self, found: Sequence[Entry], by: Operator, because: str) -> tuple[Entry, ...]:
        ended = await self.closed(found, recorded_by=by.name)
        await self._log("ended", ended, by, because=because)
        return ended

    async def closed(self, found: Sequence[Entry], *, recorded_by: str) -> tuple[Entry, ...]:
        """End `found` without an event: that is for who does it, in this transaction."""
        ended = tuple(replace(each, body=None) for each in found)
        await append(self.connection, ended, recorded_by=recorded_by)
        return ended

    async def known(self) -> Newest:
        """Return what counts and what waits, held until the transaction ends; organisations as their facts have them.

        An organisation that was registered before operators had names has no row here, and counts by its fact.
        """
        await hold(self.connection)
        known = await newest(self.connection)
        for each in (await self.facts.registry(self.connection)).organisations:
            before = known.entries.get(("organisation", each.id))
            if before is None or before.body is not None:
                body = {name: each.source[name] for name in ("name", "kind") if name in each.source}
                entry = Entry(kind="organisation", key=each.id, organisation=each.id, body=body)
                known.entries[entry.place] = entry
        return known

    async def _register(self, agreed: Sequence[Entry], heard: Newest, by: Operator) -> None:
        said_by = {each.place: heard.said_by(each) for each in agreed}
        counts = [says for each in agreed if (says := changed(each, heard)) is not None]
        await append(self.connection, counts, recorded_by=by.name)
        organisations = [
            ("organisations", {"id": each.key, **(each.body or {})}) for each in counts if each.kind == "organisation"
        ]
        if organisations:
            await register(self.connection, self.facts, organisations)
        await self._log("registered", counts, by, said_by=lambda each: said_by[each.place])

    async def _log(self, step: Step, entries: Sequence[Entry], by: Operator, **more: Any) -> None:
        for event in events_of(step, entries, actor=by.as_json(), **more):
            self.event_ids.append((await self.log.append(self.connection, event)).prepared.event_id)


def waiting(entry: Entry, known: Newest) -> Waiting:
    """Return who says an entry, and who something else."""
    said_by = known.said_by(entry)
    others = tuple(each for each in known.words.get(entry.place, {}) if each not in said_by)
    counts = entry.organisation in OF_THE_HOUSE or known.counts("organisation", entry.organisation)
    return Waiting(entry, said_by, others, counts)


def all_waiting(known: Newest) -> list[Waiting]:
    """Return all that waits, each thing that is said of a place once."""
    found: list[Entry] = []
    for words in known.words.values():
        for each in words.values():
            if each not in found and changed(each, known) is not None:
                found.append(each)
    return [waiting(each, known) for each in found]


def _is_said_anew(entry: Entry, known: Newest, by: Operator, *, is_new: bool) -> bool:
    # Who now says what counts already takes back what he said of it before.
    said = known.words.get(entry.place, {}).get(by.name)
    return said != entry and (is_new or said is not None)


def _agreed(entries: Sequence[Entry], heard: Newest) -> list[Entry]:
    """Return those of `entries` that enough operators say, and whose organisation counts or begins to.

    Where it begins to, what enough of them said of it before begins with it.
    """
    agreed = [each for each in entries if len(heard.said_by(each)) >= NEEDED]
    begin = {each.key for each in agreed if each.kind == "organisation"}
    waited = [each for each in _ready(heard) if each.organisation in begin and each not in agreed]
    kinds = _kinds([*heard.entries.values(), *agreed])
    return [each for each in (*agreed, *waited) if _fits(each, kinds.get(each.organisation))]


def _ready(heard: Newest) -> list[Entry]:
    """Return what waits though enough operators say it; nothing of a place of which two things are said so often."""
    found = [each.entry for each in all_waiting(heard) if len(each.said_by) >= NEEDED]
    times = Counter(each.place for each in found)
    return [each for each in found if times[each.place] == 1]


def _kinds(entries: Iterable[Entry]) -> dict[str, str]:
    """Return of which kind each organisation is that counts; of two entries the later says it."""
    said = {each.key: each.body for each in entries if each.kind == "organisation"}
    return {name: str(body["kind"]) for name, body in said.items() if body is not None}


def _fits(entry: Entry, kind: str | None) -> bool:
    """Return whether `entry` may count for an organisation of `kind`, None for one that does not count.

    A file is held against its own kind alone, and two operators who agree on a provider may differ on that. What is of
    the house has no kind and gives no roles.
    """
    if entry.organisation in OF_THE_HOUSE:
        return True
    if kind is None or entry.kind != "identity-provider" or entry.body is None:
        return kind is not None
    return all(fits(Role(each), OrganisationKind(kind)) for each in entry.body["roles"].values())


def _require_fitting(counts: Sequence[Entry], heard: Newest) -> None:
    """Raise where an organisation would become of another kind, which a provider of it does not fit."""
    before = _kinds(heard.entries.values())
    after = {**heard.entries, **{each.place: each for each in counts}}
    becomes = {name: kind for name, kind in _kinds(after.values()).items() if before.get(name, kind) != kind}
    for each in after.values():
        if each.organisation in becomes and not _fits(each, becomes[each.organisation]):
            raise RegistryError(
                f"identity provider `{each.key}` gives roles that nobody has in an organisation of kind"
                f" `{becomes[each.organisation]}`; say in the same file which it gives, or end it"
            )


def _open(known: Newest) -> list[Entry]:
    """Return what counts, and what waits for each organisation of which it was said; who is barred is not among it."""
    said = [each for words in known.words.values() for each in words.values()]
    found = {
        (each.place, each.organisation): each
        for each in [*known.entries.values(), *said]
        if each.body is not None and each.kind != "barred"
    }
    return list(found.values())
