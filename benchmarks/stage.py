"""What a run of benchmarks stands on: a PostgreSQL with the family in it, and the credentials of who asks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

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
    database_pid: int
    folder: Path
    credentials: Credentials

    def database_cpu(self) -> float:
        """Return the seconds that PostgreSQL worked."""
        return cpu_seconds(self.database_pid)

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
def stage() -> Iterator[Stage]:
    """Start PostgreSQL, and record the family in a fresh database; take all of it away afterwards."""
    with (
        postgres.server() as server,
        postgres.database(server) as url,
        TemporaryDirectory(prefix="schakel-bench-") as name,
    ):
        folder = Path(name)
        settings = sandbox_settings(folder, _ANYWHERE, Options(database_url=url))
        credentials = asyncio.run(prepare(family(date.today()), settings))  # noqa: DTZ011 - the local day will do
        yield Stage(url, _pid(server), folder, credentials)


def _pid(server: Path) -> int:
    return int((server / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
