"""What a run of benchmarks stands on: a database with the family in it, and the credentials of who asks."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.family import family
from benchmarks.processes import Server, cpu_seconds, serving
from benchmarks.serve import GATEWAY, HELLO, INSERT
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.running import Options, prepare, sandbox_settings
from tests import postgres

_ANYWHERE = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Stage:
    """One database, and everything that the servers on it need."""

    database_url: str
    database_pid: int | None
    folder: Path
    credentials: Credentials

    def database_cpu(self) -> float:
        """Return the seconds that PostgreSQL worked; none where the database is a file, whose work is the gateway's."""
        return 0.0 if self.database_pid is None else cpu_seconds(self.database_pid)

    @contextmanager
    def gateway(self) -> Iterator[Server]:
        """Run a gateway."""
        with serving(GATEWAY, self.database_url, self.folder) as server:
            yield server

    @contextmanager
    def insert(self) -> Iterator[Server]:
        """Run the anchor E0."""
        with serving(INSERT, self.database_url, self.folder) as server:
            yield server

    @contextmanager
    def hello(self) -> Iterator[Server]:
        """Run the hello of B9."""
        with serving(HELLO, self.database_url, self.folder) as server:
            yield server

    def credentials_for(self, server: Server) -> Credentials:
        """Return the credentials with which to ask the gateway that is `server`."""
        return replace(self.credentials, gateway_url=server.url)


@contextmanager
def stage_on(server: Path | None) -> Iterator[Stage]:
    """Record the family in a fresh database on the PostgreSQL at `server`, or in a file where there is none."""
    with TemporaryDirectory(prefix="schakel-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        if server is not None:
            url = stack.enter_context(postgres.database(server))
        settings = sandbox_settings(folder, _ANYWHERE, Options(database_url=url))
        today = date.today()  # noqa: DTZ011 - the local day will do
        # In a thread of its own, because B4 opens its stages from within a loop.
        credentials = _run(prepare(family(today), settings))
        yield Stage(url, None if server is None else _pid(server), folder, credentials)


def _run(work: Coroutine[Any, Any, Credentials]) -> Credentials:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _pid(server: Path) -> int:
    return int((server / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
