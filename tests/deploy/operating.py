"""An installation as an operator makes it: commands that are typed, a database with its roles, nginx, a process."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import make_url

from gateway.roles.rights import Role
from tests.deploy.door import Door, door
from tests.gateway.roles.house import House, built
from tests.postgres import BINARIES

START_SECONDS = 60
SCHAKEL = str(Path(sys.executable).with_name("schakel"))


@dataclass(frozen=True)
class Installation:
    """A machine with an empty database, settings in its environment, and nginx before a port of it."""

    folder: Path
    house: House
    front: Door
    env: dict[str, str]

    def schakel(self, *command: str) -> str:
        """Run a command of `schakel` as an operator does; return what it prints."""
        done = subprocess.run(
            (SCHAKEL, *command), check=False, capture_output=True, text=True, env=self.env, cwd=self.folder
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make_tables(self) -> None:
        self.schakel("migrate", "--database", self.house.url("migrator"))
        assert self.house.grant().returncode == 0

    def set(self, **settings: str) -> None:
        """Write settings down, as in the file that the service reads."""
        self.env.update({f"SCHAKEL_{name}": value for name, value in settings.items()})

    def back_up(self) -> str:
        """Make a backup; return the name of its file."""
        folder = self.folder / "backups"
        folder.mkdir()
        self.schakel("backup", "--out", str(folder))
        [made] = folder.iterdir()
        return str(made)

    @contextmanager
    def restored(self, backup: str) -> Iterator["Installation"]:
        """Restore a backup into a new database, and give the installation on that."""
        server = Path(str(make_url(self.house.superuser).query["host"]))
        with built(server) as house:
            again = replace(self, house=house, env={**self.env, **_databases(house)})
            again.schakel("restore", backup, "--key", "backups.private", "--database", house.url("migrator"))
            assert house.grant().returncode == 0
            yield again

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Run `schakel serve` until the block ends, from when it is ready."""
        with (self.folder / "serve.log").open("w+") as said:
            process = subprocess.Popen((SCHAKEL, "serve"), stdout=said, stderr=said, env=self.env, cwd=self.folder)
            try:
                self._ready(process)
                yield
            finally:
                process.terminate()
                assert process.wait(timeout=30) == 0, (self.folder / "serve.log").read_text()

    def _ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.front.behind}/readyz"):
                    return
            except OSError:
                alive = process.poll() is None and time.monotonic() < until
                assert alive, (self.folder / "serve.log").read_text()
                time.sleep(0.05)


@contextmanager
def installed(folder: Path, house: House) -> Iterator[Installation]:
    """Make the settings of `deploy/schakel.env` in `folder`, with a key folder that is empty, and open the door."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    (folder / "tombstones").mkdir(mode=0o700)
    (folder / "nginx").mkdir()
    port = _free_port()
    with door(folder / "nginx", behind=port) as front:
        settings = {
            "PUBLIC_URL": front.url,
            "PORT": str(port),
            "KEY_FILE": str(keys / "persons.json"),
            "LOG_KEY_FILE": str(keys / "log.key"),
            "TOKEN_KEY_FILE": str(keys / "tokens.json"),
            "TOMBSTONES": str(folder / "tombstones"),
        }
        programs = {"PATH": f"{BINARIES}:{os.environ['PATH']}"}  # pg_dump, of the server's version
        installation = Installation(folder, house, front, os.environ | programs | _databases(house))
        installation.set(**settings)
        yield installation


def _databases(house: House) -> dict[str, str]:
    writer, sequencer = house.url(Role.WRITER), house.url(Role.SEQUENCER)
    return {"SCHAKEL_DATABASE_URL": writer, "SCHAKEL_SEQUENCER_DATABASE_URL": sequencer}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
