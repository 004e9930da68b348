"""Steps 2, 3 and 9 of the exchange: read the facts, and hold them still while the event is kept. No commit, no data."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import Event
from audit.grow import BrokenTreeError
from audit.prepared import Prepared
from audit.receipt import Receipt
from audit.sealing import ErasedError
from audit.store import AuditLog, AuditUnavailableError, Pending
from consent.keys import KeyUnavailableError, SealBrokenError
from consent.known.family import Family, Gathered, Versions
from consent.known.registered import Registered
from consent.known.rows import StoreBrokenError
from consent.store.fact_store import FactStore
from consent.store.finding import Found, Name, find_many
from consent.store.holding import lock_family
from gateway.committing.keeping import NO_FACTS, Keeper, Resting
from gateway.committing.relied import Relied
from gateway.database.engine import write_transaction
from gateway.database.line import Line
from gateway.database.together import Together
from gateway.health.log_health import LogHealth
from gateway.keys.sealing import AuditSealer
from gateway.registry.snapshot import RegistryError

Beside = Callable[[AsyncConnection], Awaitable[None]]
"""Keeps something more in the transaction of an event, or raises `OverError`."""
Remember = Callable[[Sequence[str]], Awaitable[None]]
"""Has what the events with these ids took back stand outside of the database too; raises where that is gone."""
Stands = Callable[[Registered], bool]
"""Says whether what an event took from the registry is said in a later version of it just so."""

_NOT_KEPT: Final = (SQLAlchemyError, OSError, ErasedError, KeyUnavailableError, BrokenTreeError, RegistryError)


class OverError(Exception):
    """What an event rests on has ended by the time it would be kept: gather the facts anew, as where they moved."""


def rests_on_all(_later: Registered) -> bool:
    """Say no: of what rests on more of the registry than anybody wrote down."""
    return False


async def nowhere_else(_event_ids: Sequence[str]) -> None:
    """Leave it at the database: what is done where there is no tombstone journal."""


@dataclass(frozen=True)
class Committer:
    """Reads facts, and keeps an event if, and only if, the facts it rests on still stand.

    Behind the commit of an act, and before anybody is told of it, `remember` is given its events.
    """

    engine: AsyncEngine
    facts: FactStore
    log: AuditLog
    sealer: AuditSealer
    health: LogHealth = field(default_factory=LogHealth)
    remember: Remember = field(default=nowhere_else)

    async def gather(self, system: str, value: str, *, also: frozenset[str]) -> Gathered:
        """Return the facts about the family of the person named, and have his key at hand for the event.

        Raises:
            AuditUnavailableError: database or key service do not answer, or what is stored cannot be trusted, or the
                log is not anchored: what is gathered is to be shown.
        """
        self.health.require_anchored()
        try:
            gathered = await self._recalled(system, value, also) or await self._gathered(system, value, also)
        except (SQLAlchemyError, OSError, KeyUnavailableError, SealBrokenError, StoreBrokenError) as error:
            raise AuditUnavailableError("the facts cannot be read") from error
        self.sealer.know(gathered.versions.persons, gathered.keys)
        return gathered

    async def held(self, connection: AsyncConnection, person: str) -> Family:
        """Return the family of `person` as `FactStore.held` does, and have their keys at hand for events about them.

        Raises:
            As `FactStore.held`.
        """
        family = await self.facts.held(connection, person)
        self.sealer.know(family.members, family.keys)
        return family

    async def _gathered(self, system: str, value: str, also: frozenset[str]) -> Gathered:
        async with self.engine.connect() as connection:
            return await self.facts.gather(connection, system, value, also=also)

    async def _recalled(self, system: str, value: str, also: frozenset[str]) -> Gathered | None:
        if self._finding is None:
            return None
        name = await self.facts.name(system, value)
        return self.facts.recall(name, await self._finding.ask(name), also=also)

    def prepare(self, event: Event) -> Prepared:
        """Return `event` sealed, for `commit`; what it was made of may go.

        Raises:
            AuditUnavailableError: it cannot be sealed; nothing may leave.
        """
        try:
            return self.log.build(event)
        except _NOT_KEPT as error:
            raise AuditUnavailableError("the audit event cannot be sealed") from error

    async def commit(
        self,
        event: Prepared,
        versions: Versions,
        *,
        stands: Stands = rests_on_all,
        relied: Relied | None = None,
        beside: Beside | None = None,
    ) -> Receipt | None:
        """Keep `event` and return the proof, or None where a person's facts moved since `versions` were read, or ended.

        Or the registry, unless all that the event took from it `stands` in the registry of now; or what it `relied` on
        of clients, providers and record systems is not registered any more as it was. The version rows stay
        locked in share mode until the event is durable, so whoever changes a fact is acknowledged before this look at
        the versions, and counts, or after the event (facts contract, F5). What `beside` keeps is kept with the event or
        not at all.

        Raises:
            AuditUnavailableError: the event is not kept; nothing may leave.
        """
        self.health.require_anchored()
        return await self._kept(event, versions, stands, relied, beside)

    async def keep(self, event: Event) -> Receipt:
        """Keep an event that rests on no facts.

        Raises:
            AuditUnavailableError: the event is not kept; do not go on.
        """
        self.health.require_whole()
        receipt = await self._kept(self.prepare(event), None, rests_on_all, None, None)
        assert receipt is not None  # noqa: S101 - for the type checker: nothing that it rests on could move
        return receipt

    async def _kept(
        self,
        event: Prepared,
        versions: Versions | None,
        stands: Stands,
        relied: Relied | None,
        beside: Beside | None,
    ) -> Receipt | None:
        try:
            revision = None if relied is None else relied.registry.revision
            resting = Resting(event, NO_FACTS if versions is None else versions, revision)
            if beside is None and self._together is not None and await self._together.ask(resting):
                return self.log.receipt(Pending(event, is_open=lambda: False))
            # Alone: it waits for who changes the facts, and then looks whether they moved.
            async with write_transaction(self.engine) as connection:
                if versions is not None and not await self._stand(connection, versions, stands):
                    return None
                if relied is not None and not await relied.stands(connection):
                    return None
                pending = await self.log.insert(connection, event)
                if beside is not None:
                    await beside(connection)
        except OverError:
            return None
        except _NOT_KEPT as error:
            raise AuditUnavailableError("the database did not keep the audit event") from error
        return self.log.receipt(pending)

    async def _stand(self, connection: AsyncConnection, versions: Versions, stands: Stands) -> bool:
        version = await lock_family(connection, versions)
        if version is None or versions.registry in {None, version}:
            return version is not None
        # INVARIANT: it is read behind that version, in the transaction of the event, for which who has the registry
        # alone (`consent.store.holding`) waits by then: what closes there does so once the event is kept.
        return stands(await self.facts.registry(connection))

    @cached_property
    def _together(self) -> Together[Resting, bool] | None:
        if self.engine.dialect.name != "postgresql":
            return None  # there, who writes is alone anyway
        # Two, so that one statement is worked on while the other waits for the disk.
        return Together(Keeper(self.engine).keep, Keeper(self.engine).keep)

    @cached_property
    def _finding(self) -> Together[Name, Found] | None:
        if self.engine.dialect.name != "postgresql":
            return None
        return Together(partial(find_many, Line(self.engine).fetch))
