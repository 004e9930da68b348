"""A house with a planted person, an officer and a tombstone journal; and the commands, in this process."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import NONCE_BYTES, KeyClass
from consent.naming import PERSON_SYSTEM
from consent.store.reading import identifier_place
from consent.store.tables import person_identifier
from consent.world.file import world_of as read_world
from gateway.backup.keys import make_backup_key
from gateway.commands.erasing import Wish, run_erase, run_tombstones_begin, run_tombstones_replay
from gateway.commands.keys import run_keys_destroy, run_keys_renew, run_keys_rotate
from gateway.commands.log import log_of, run_audit_export, run_audit_verify
from gateway.commands.operating import Said
from gateway.commands.retention import run_retention
from gateway.database.engine import create_engine, write_transaction
from gateway.erasing.journal import Journal
from gateway.erasing.tombstone import Line, next_after
from gateway.keys.officers import Opening, make_officer_key
from gateway.roles.rights_sql import columns_of
from gateway.sandbox.running import Options, prepare, sandbox_settings
from gateway.serving import listen
from tests.gateway.backup import make as backups
from tests.gateway.worlds import world

SYSTEM: Final = "urn:example:number"
NUMBER: Final = "999912345-PLANTED"
REASON: Final = "PLANTED Jip van Geheim woont Kastanjelaan 12"
REFERENCE: Final = "PLANTED-C/09/123456"
JUSTIFICATION: Final = "PLANTED justification with token eyJhbGciOi.PLANTED"
PLANTED: Final = (NUMBER, REASON, REFERENCE, JUSTIFICATION)
TODAY: Final = "2026-11-26"


@dataclass
class House:
    """An installation: as in the tests of backups, with an officer and a journal."""

    inner: backups.House
    folder: Path
    officer: Path

    @property
    def url(self) -> str:
        return self.inner.settings.database_url

    @property
    def journal(self) -> Path:
        return self.folder / "tombstones" / "tombstones.ndjson"

    def on(self, url: str) -> "House":
        return House(self.inner.on(url), self.folder, self.officer)

    async def begin(self) -> Said:
        return await self.run(run_tombstones_begin)

    async def erase(
        self, person: str, *, on_request: str | None = TODAY, dry_run: bool = False, key_broken: bool = False
    ) -> Said:
        wish = Wish(person, Opening("anna", self.officer), on_request, dry_run, key_broken)
        return await self.run(lambda: run_erase(wish))

    async def retention(self, *, apply: bool = False) -> Said:
        applied_by = Opening("anna", self.officer) if apply else None
        return await self.run(lambda: run_retention(applied_by=applied_by))

    async def rotate(self) -> Said:
        return await self.run(run_keys_rotate)

    async def destroy_epochs(self, older_than: str) -> Said:
        return await self.run(lambda: run_keys_destroy(older_than))

    async def renew(self, person: str | None = None, *, older_than: str | None = None, apply: bool = True) -> Said:
        return await self.run(lambda: run_keys_renew(person, older_than, apply=apply))

    async def replay(self) -> Said:
        return await self.run(run_tombstones_replay)

    async def verify(self, folder: Path | None = None) -> Said:
        """Verify the database, or the export in `folder`."""
        database = self.url if folder is None else None
        return await self.run(lambda: run_audit_verify(folder, checkpoint=None, database=database))

    async def export(self, out: Path, *, opened: bool = False) -> Said:
        opening = Opening("anna", self.officer) if opened else None
        return await self.run(lambda: run_audit_export(out, since=0, opening=opening))

    async def run(self, command: Any) -> Said:
        with self.environment():
            said: Said = await asyncio.to_thread(command)
        return said

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Have the settings of this house, and no others, in the environment meanwhile."""
        told = self.env()
        with pytest.MonkeyPatch.context() as patched:
            for name in set(os.environ):
                patched.delenv(name)
            for name, value in told.items():
                patched.setenv(name, value)
            yield

    def env(self) -> dict[str, str]:
        return self.inner.env(
            SCHAKEL_TOMBSTONES=str(self.journal.parent), SCHAKEL_OFFICER_KEYS=str(self.folder / "officers")
        )


async def house(folder: Path, database_url: str, told: dict[str, Any] | None = None) -> House:
    """Make an installation in `folder`, in whose database something is planted about Sem, or what is `told`."""
    keys = folder / "keys"
    for each in (keys, folder / "backups", folder / "tombstones"):
        each.mkdir()
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    public = make_backup_key(folder / "private")
    made = sandbox_settings(keys, f"http://127.0.0.1:{port}", Options(database_url=database_url))
    changed = {"backup_key": public, "port": port, "tombstones": folder / "tombstones"}
    settings = made.model_copy(update=changed)
    credentials = await prepare(read_world(told or planted()), settings)
    officer = folder / "anna.key"
    (folder / "officers").write_text(f"{make_officer_key('anna', officer).encoded()}\n")
    one = House(backups.House(settings, credentials, folder / "backups", folder / "private"), folder, officer)
    await _number(one)
    return one


def planted() -> dict[str, Any]:
    """Return the world, with texts about Sem that are found nowhere else."""
    finding = {"person": "sem", "capable": True, "on": "2026-10-01", "by": "chris", "reason": REASON}
    order = {
        "id": "o1",
        "kind": "supervision-order",
        "subject": "sem",
        "since": "2024-01-01",
        "until": "2025-01-01",
        "reference": REFERENCE,
    }
    return world(capacity=[finding], orders=[order])


async def _number(house: House) -> None:
    """Have Sem known under a number."""
    async with log_of(house.inner.settings) as committer:
        gathered = await committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
        lookup = (await committer.facts.name(SYSTEM, NUMBER)).lookup
        key = gathered.keys["sem", KeyClass.CONSENT]
        sealed = key.seal(NUMBER.encode(), at=identifier_place(SYSTEM, "sem"), nonce=os.urandom(NONCE_BYTES))
        async with write_transaction(committer.engine) as connection:
            row = {"person": "sem", "system": SYSTEM, "lookup": lookup, "sealed": sealed}
            await connection.execute(insert(person_identifier).values(**row))


async def secrets_of(url: str, person: str) -> list[bytes]:
    """Return what of `person` may be in no file after erasing: wrapped keys, lookups, and of SQLite the sealed facts.

    PostgreSQL's file of facts, which is large, is not written anew: what is left in it has lost its key.
    """
    sealed = [("entry", "fact")] if url.startswith("sqlite") else []
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            found = []
            for column, table in (("wrapped", "person_key"), ("lookup", "person_identifier"), *sealed):
                told = text(f"SELECT {column} FROM {table} WHERE person = :person")  # noqa: S608 - our own names
                found += [bytes(each) for each in (await connection.execute(told, {"person": person})).scalars()]
            return found
    finally:
        await engine.dispose()


async def kept_answers(url: str) -> list[bytes]:
    """Return what is kept of the answers to requests that may be repeated."""
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            return [bytes(each) for each in (await connection.execute(_KEPT)).scalars()]
    finally:
        await engine.dispose()


_KEPT: Final = text("SELECT sealed FROM idempotent_request WHERE sealed IS NOT NULL")


async def everywhere(url: str, value: str) -> list[str]:
    """Return every column of the database in which some row holds the text `value` and nothing else."""
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            return await where(connection, value)
    finally:
        await engine.dispose()


async def where(connection: AsyncConnection, value: str) -> list[str]:
    """Do as `everywhere`, as `connection` sees it."""
    found = []
    for table, columns in columns_of().items():
        for column in columns:
            query = text(f"SELECT 1 FROM {table} WHERE CAST({column} AS text) = :value LIMIT 1")  # noqa: S608 - our own names
            if (await connection.execute(query, {"value": value})).first():
                found.append(f"{table}.{column}")
    return found


async def checkpoint(url: str) -> None:
    """Have PostgreSQL bring to disk, and take from it, what it did."""
    engine = create_engine(url)
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
    await engine.dispose()


def write_again(journal: Journal, *lines: Line) -> None:
    """Write `lines` once more, the last one where none are given: as who looks back for them and does not find them."""
    *_, last = journal.read()
    for told in [each.tombstone for each in lines or (last,)]:
        again = next_after(last, at=told.at, kind=told.kind, pseudonym=told.pseudonym, epoch=told.epoch)
        with journal.path.open("ab") as file:
            file.write(again.encoded(journal.key))
        *_, last = journal.read()
