"""A gateway with keys of its own, its settings as an environment, and the real command line."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import text

from audit.policy import Policy
from audit.signing import VerifierKey
from consent.world.file import world_of as read_world
from gateway.app import create_app
from gateway.backup.keys import make_backup_key, read_private
from gateway.backup.making import back_up
from gateway.backup.restoring import require_as_backed_up, restore
from gateway.backup.sealed import Header, open_sealed
from gateway.commands.log import log_of
from gateway.database.engine import create_engine
from gateway.keys.first import read_log_key
from gateway.migrations.migrate import TABLES
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.running import Options, prepare, sandbox_settings, world_of
from gateway.serving import listen, served
from gateway.settings import PREFIX, Settings
from gateway.wiring import open_gateway, utc_now
from gateway.witness.folder import make_folder
from gateway.witness.policy_file import load_policy
from tests.audit.make import settle
from tests.gateway.running import Running
from tests.gateway.witness import make as witnesses
from tests.gateway.worlds import world
from tests.postgres import BINARIES

HOUSE = Path(__file__).resolve().parents[3]
_NAMES = (
    "environment",
    "public_url",
    "host",
    "port",
    "database_url",
    "key_file",
    "log_key_file",
    "token_key_file",
    "witness_policy",
    "backup_key",
    "disk_folder",
    "disk_minimum_free",
)


@dataclass
class House:
    """An installation: its settings, the keys with which to ask, the folder of its backups, and the private key."""

    settings: Settings
    credentials: Credentials
    backups: Path
    private: Path

    @property
    def key(self) -> X25519PrivateKey:
        return read_private(self.private)

    @property
    def log(self) -> VerifierKey:
        return read_log_key(self.settings).verifier

    def env(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        told = {each: getattr(self.settings, each) for each in _NAMES}
        ours = {f"{PREFIX}{name.upper()}": str(value) for name, value in told.items() if value is not None}
        ours |= {f"{PREFIX}REQUIRE_CONFIRMED_RULES": "false", f"{PREFIX}INSECURE_BUILTIN_IDENTITY_PROVIDER": "true"}
        return kept | {"PATH": f"{BINARIES}:{kept['PATH']}"} | ours | changes

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run the command line to its end."""
        return subprocess.run(
            schakel(*arguments),
            env=self.env(**changes),
            cwd=HOUSE,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    async def schakel(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(self.run, *arguments, **changes)

    def on(self, url: str) -> "House":
        """Return the same house on another database."""
        settings = self.settings.model_copy(update={"database_url": url})
        return House(settings, self.credentials, self.backups, self.private)

    async def back_up(self) -> tuple[Path, Header]:
        async with log_of(self.settings) as committer:
            return await back_up(committer, self.settings, self.backups, actor={"operator": "test"}, now=utc_now)

    async def restore(self, path: Path, url: str, *, key: X25519PrivateKey | None = None) -> Header:
        with path.open("rb") as file:
            sealed = open_sealed(file, key=key or self.key, log=self.log)

            async def verify(at: str) -> None:
                async with log_of(self.on(at).settings) as committer:
                    await require_as_backed_up(committer, sealed.header)

            await restore(sealed, url, verify)
        return sealed.header


def schakel(*arguments: str) -> list[str]:
    # Not the installed program, so that a copy of the house tests itself.
    return [sys.executable, "-c", "from gateway.cli import main; main()", *arguments]


async def house(folder: Path, database_url: str) -> House:
    """Make an installation in `folder` whose database is at `database_url`, with a small family in it."""
    keys, backups = folder / "keys", folder / "backups"
    for each in (keys, backups):
        each.mkdir()
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    public = make_backup_key(folder / "private")
    made = sandbox_settings(keys, f"http://127.0.0.1:{port}", Options(database_url=database_url))
    settings = made.model_copy(update={"backup_key": public, "port": port})
    credentials = await prepare(read_world(world()), settings)
    return House(settings, credentials, backups, folder / "private")


@asynccontextmanager
async def serving(house: House, told: Mapping[str, Any] | None = None) -> AsyncIterator[Running]:
    """Serve the house with its family, or the one that is `told`, at its own address, in this process."""
    settings, file = house.settings, read_world(dict(told or world()))
    with listen("127.0.0.1", settings.port) as listening:
        async with (
            open_gateway(settings, world_of(file, file.requests[0])) as gateway,
            served(gateway, listening.dup()),
            aiohttp.ClientSession() as session,
        ):
            asked = file.requests[0].requester
            first = house.credentials.with_first(asked.form, asked.id)
            yield Running(gateway, first, settings.public_url, session, create_app(gateway))


@asynccontextmanager
async def witnessed(house: House, folder: Path) -> AsyncIterator[tuple[House, Policy]]:
    """Have the log of the house watched by one witness; give the house with that setting, and the policy."""
    key = make_folder(folder, "w1.example")
    (folder / "logs").write_text(f"{house.log.encoded()}\n")
    async with witnesses.serving(folder) as witness:
        path = folder.parent / "policy"
        path.write_text(f"witness w1 {key.encoded()} {witness.url}\nquorum w1\n")
        settings = house.settings.model_copy(update={"witness_policy": path})
        watched = House(settings, house.credentials, house.backups, house.private)
        yield watched, load_policy(path, origin=settings.origin)


async def cosign(running: Running, policy: Policy) -> None:
    """Have all that was kept placed, and cosigned now: not only with the next minute."""
    await settle(running.gateway.engine, running.gateway.log)
    async with witnesses.watch(running.gateway.engine, running.gateway.log, policy) as watch:
        await watch.begin()
        assert watch.anchor.obstacle() is None


async def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    engine, found = create_engine(url), {}
    try:
        async with engine.connect() as connection:
            for each in (table.name for metadata in TABLES for table in metadata.tables.values()):
                cast = "t.*::text" if connection.dialect.name == "postgresql" else "t.*"
                query = text(f"SELECT {cast} FROM {each} t")  # noqa: S608 - our own tables
                found[each] = sorted((tuple(row) for row in await connection.execute(query)), key=repr)
    finally:
        await engine.dispose()
    return found


@contextmanager
def served_by_command(house: House) -> Iterator[subprocess.Popen[str]]:
    """Run `schakel serve` meanwhile."""
    process = subprocess.Popen(
        schakel("serve"), env=house.env(), cwd=HOUSE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


async def ready(url: str, *, seconds: float = 60) -> Mapping[str, Any]:
    """Wait until the gateway at `url` is ready, and return what it says of itself."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(seconds):
        while True:
            try:
                async with session.get(f"{url}/readyz") as answer:
                    return dict(await answer.json())
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
