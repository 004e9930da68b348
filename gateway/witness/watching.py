"""The worker that has the log's tree heads cosigned: once a minute, beside the sequencer, one process at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.checkpoint import NoteError, read_note, verify_note
from audit.grow import BrokenTreeError, tree_size
from audit.heads import (
    add_cosignature,
    anchored_size,
    contains,
    first_head_above,
    newest_size,
    note_for,
    witnessed_by,
)
from audit.policy import Policy, Witness
from audit.proving import consistency_proof
from audit.sequence import checkpoint
from audit.signing import VerifierKey
from audit.store import AuditLog
from audit.witness import MOST_BYTES
from gateway.database.engine import write_transaction
from gateway.health.anchor import WARN_FROM, Anchor
from gateway.health.log_health import LogHealth
from gateway.logs import logger, where
from gateway.witness.asking import Asker, Cosigned, Head, Holds, Silent, Wire

if TYPE_CHECKING:
    from adapters.http import HTTPClient

EVERY: Final = timedelta(minutes=1)
_LOCK: Final = 0x5C8A_4E13  # no other part of the gateway locks the same
_TRY: Final = text("SELECT pg_try_advisory_lock(:lock)")
_LEAVE: Final = text("SELECT pg_advisory_unlock(:lock)")


class RestoredBackupError(Exception):
    """A witness holds a tree head that this log signed and this database does not contain: refuse to serve from it."""


@dataclass
class Watch:
    """Asks the witnesses of `policy`, keeps what they sign, and tells `health` how the log is anchored."""

    engine: AsyncEngine
    log: AuditLog
    policy: Policy
    health: LogHealth
    wires: dict[str, Wire]
    """By the witness's name in the policy."""
    anchor: Anchor = field(default_factory=lambda: Anchor(time.monotonic))
    _confirming: set[VerifierKey] = field(default_factory=set)
    _anchored: int = 0

    async def begin(self) -> None:
        """Ask every witness whether it knows more of this log than the database does; nothing is sequenced before.

        One that does not answer is asked again; until enough have, nothing is disclosed.

        Raises:
            RestoredBackupError: a witness proved that it does; the message says what to do.
        """
        self.health.anchor = self.anchor
        async with write_transaction(self.engine) as connection:
            if await newest_size(connection) is None:
                await checkpoint(connection, self.log)
        contradiction = await self._ask_all()
        if contradiction is not None:
            raise RestoredBackupError(contradiction)
        await self._look()

    async def run(self, stop: asyncio.Event) -> None:
        """Ask every minute until `stop`; whatever goes wrong in one round, the next one comes."""
        while not await _stopped(stop, EVERY):
            try:
                await self.round()
            except Exception as error:  # noqa: BLE001 - a round that is lost counts as one without an anchor
                logger().warning("audit.unavailable", **where(error))
            self._warn()

    async def round(self) -> None:
        """Ask once, where no other process does, and look how the log is anchored."""
        async with self._turn() as is_mine:
            # Who was not confirmed yet asks in any case: what the others heard he does not know.
            contradiction = await self._ask_all() if is_mine or not self.anchor.confirmed else None
        if contradiction is not None:
            self.health.broken, self.health.why = True, contradiction
            logger().error("audit.contradicted", why=contradiction)
        await self._look()

    async def _ask_all(self) -> str | None:
        """Ask every witness side by side, and return what one of them proved against us."""
        head = await self._head()
        found = await asyncio.gather(*(self._ask(witness, head) for witness in self.policy.witnesses))
        self.anchor.confirmed = self.policy.needs(self._confirming)
        return next((each for each in found if each is not None), None)

    async def _ask(self, witness: Witness, head: Head) -> str | None:
        try:
            return await self._heard(witness, head)
        except (SQLAlchemyError, OSError, BrokenTreeError, NoteError) as error:
            self._is_silent(witness, "its answer could not be dealt with")
            logger().warning("audit.unavailable", **where(error))
            return None

    async def _heard(self, witness: Witness, head: Head) -> str | None:
        async with self.engine.connect() as connection:
            old = await witnessed_by(connection, witness.key)
        asker = Asker(witness, self.log.key.verifier, self.wires[witness.name], self._prove, self.log.now)
        said = await asker.ask(head, min(old, head.checkpoint.size))
        if isinstance(said, Cosigned):
            async with write_transaction(self.engine) as connection:
                size = head.checkpoint.size
                await add_cosignature(connection, size=size, line=said.line, witnesses=[witness.key])
            self._confirming.add(witness.key)
            self.anchor.silent.pop(witness.name, None)
            return None
        if isinstance(said, Holds):
            contradiction = await self._contradiction(witness, said)
            if contradiction is not None:
                return contradiction
            self._confirming.discard(witness.key)
        self._is_silent(witness, said.why if isinstance(said, Silent) else f"it says that it holds {said.size} events")
        return None

    async def _contradiction(self, witness: Witness, held: Holds) -> str | None:
        """Return what the head that the witness shows proves: only our own key can have signed it."""
        try:
            shown = verify_note(held.note or b"", [self.log.key.verifier]).checkpoint
        except ValueError:
            return None
        async with self.engine.connect() as connection:
            # Looked at now, not as it was when the witness was asked: another process may have gone on since.
            if await contains(connection, size=shown.size, root=shown.root):
                return None
            size = await tree_size(connection)
        return (
            f"witness `{witness.name}` holds a checkpoint of {shown.size} events that this log signed, and the database"
            f" with {size} events does not contain it: it is an old backup, or its log was changed; put back the newest"
            " database, and see docs/how-to/run-a-witness.md"
        )

    def _is_silent(self, witness: Witness, why: str) -> None:
        if self.anchor.silent.get(witness.name) != why:
            logger().warning("witness.silent", witness=witness.name, why=why)
        self.anchor.silent[witness.name] = why

    async def _head(self) -> Head:
        async with self.engine.connect() as connection:
            size = await newest_size(connection)
            note = await note_for(connection, size or 0, [])
        return Head(read_note(note.encode())[0], note)

    async def _prove(self, old: int, new: int) -> Sequence[bytes]:
        async with self.engine.connect() as connection:
            return await consistency_proof(connection, old, new)

    async def _look(self) -> None:
        async with self.engine.connect() as connection:
            log = self.log.key.verifier
            self._anchored = await anchored_size(connection, log, self.policy, above=self._anchored)
            first = await first_head_above(connection, self._anchored)
        if first is None:
            self.anchor.saw(None, timedelta(0))
        else:
            self.anchor.saw(first[0], self.log.now() - first[1])

    def _warn(self) -> None:
        if self.anchor.age >= WARN_FROM or not self.anchor.confirmed:
            why = self.anchor.obstacle() or ""
            logger().warning("audit.unanchored", minutes=int(self.anchor.age.total_seconds() // 60), why=why)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[bool]:
        """Give whether it is this process's turn to ask; nobody else's is meanwhile."""
        if self.engine.dialect.name != "postgresql":
            yield True  # there is one process
            return
        async with self.engine.connect() as connection:
            # Without a transaction, which for as long as it lasts would hold up the sequencer.
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            taken = bool((await alone.execute(_TRY, {"lock": _LOCK})).scalar_one())
            try:
                yield taken
            finally:
                if taken:
                    await alone.execute(_LEAVE, {"lock": _LOCK})


async def _stopped(stop: asyncio.Event, within: timedelta) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), within.total_seconds())
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def watched(engine: AsyncEngine, log: AuditLog, policy: Policy | None, health: LogHealth) -> AsyncIterator[None]:
    """Have the log watched meanwhile by the witnesses of `policy`; without one nobody does.

    Raises:
        RestoredBackupError: refuse to start; the message says what to do.
    """
    if policy is None:
        yield
        return
    async with AsyncExitStack() as stack:
        clients = {each.name: _client(each) for each in policy.witnesses}
        for client in clients.values():
            stack.push_async_callback(client.close)
        watch = Watch(engine, log, policy, health, {**clients})
        await watch.begin()
        stop = asyncio.Event()
        task = asyncio.create_task(watch.run(stop))
        try:
            yield
        finally:
            stop.set()
            # A round in which a witness is slow is not waited for: what it would sign can be signed later.
            task.cancel()
            await asyncio.wait([task])


def _client(witness: Witness) -> "HTTPClient":
    # An HTTP client is 7 MiB in memory, and not every gateway has witnesses.
    from yarl import URL  # noqa: PLC0415

    from adapters.http import HTTPClient, HTTPSettings  # noqa: PLC0415

    settings = HTTPSettings(URL(witness.url or ""), accept="text/plain", size_limit=MOST_BYTES, connections=1)
    return HTTPClient(settings)
