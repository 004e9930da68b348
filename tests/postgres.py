"""A real PostgreSQL for tests: one server a test run, one fresh database a test."""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.canaries.watch import WATCH

BINARIES = Path("/usr/lib/postgresql/15/bin")
ACCOUNT = "postgres"
START_SECONDS = 30


def missing(what: str, install: str) -> None:
    """Skip with the reason `what`, and say what to install; under CI such a skip is a failure."""
    reason = f"{what} is not on this machine; install it with: {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _as_account(*command: str) -> list[str]:
    # PostgreSQL refuses to run as root.
    return ["runuser", "-u", ACCOUNT, "--", *command] if os.geteuid() == 0 else list(command)


def _options(folder: Path, more: Sequence[str]) -> list[str]:
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "max_connections=100", *more)
    return [word for setting in settings for word in ("-c", setting)]


@contextmanager
def server(*settings: str) -> Iterator[Path]:
    """Run a server on a socket in a temporary folder, without TCP; yield the socket's folder."""
    if not (BINARIES / "initdb").exists():
        missing("PostgreSQL 15", "apt-get install postgresql-15")
    # A unix socket's path has at most 107 bytes, so the folder is made where names are short.
    folder = Path(tempfile.mkdtemp(prefix="schakel-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT)
    data = folder / "data"
    initdb = _as_account(
        str(BINARIES / "initdb"), "-D", str(data), "-A", "trust", "-U", ACCOUNT, "-E", "UTF8", "--no-locale"
    )
    subprocess.run(initdb, check=True, capture_output=True)
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        _as_account(str(BINARIES / "postgres"), "-D", str(data), *_options(folder, settings)), stdout=log, stderr=log
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        ready = [str(BINARIES / "pg_isready"), "-q", "-h", str(folder), "-U", ACCOUNT]
        while subprocess.run(ready, check=False).returncode != 0:
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"postgres did not start: {(folder / 'log').read_text()}")
            time.sleep(0.1)
        yield folder
    finally:
        crash(folder)
        process.wait(timeout=30)
        log.close()
        for each in folder.glob("log*"):
            WATCH.look("the log of PostgreSQL", each.read_text(errors="replace"))
        shutil.rmtree(folder, ignore_errors=True)


def crash(folder: Path) -> None:
    """Stop the server at `folder` at once, as a power cut would: what is not on disk is lost."""
    _control(folder, "-m", "immediate", "stop", check=False)


def start_again(folder: Path, *settings: str) -> None:
    """Start the server at `folder` after `crash`, and wait until it takes connections."""
    _control(folder, "-w", "-l", str(folder / "log-again"), "-o", " ".join(_options(folder, settings)), "start")


def keep_a_replica(folder: Path) -> None:
    """Keep a copy of the data of the server at `folder`, which is stopped: a replica that hears nothing more."""
    subprocess.run(_as_account("cp", "-a", str(folder / "data"), str(folder / "replica")), check=True)


def take_over(folder: Path) -> None:
    """Have the replica that was kept take the place of the server at `folder`, which is stopped."""
    follow(folder)
    _control(folder, "-w", "promote")


def follow(folder: Path) -> None:
    """Start the replica that was kept in the place of the server at `folder`, which is stopped; it only reads."""
    shutil.rmtree(folder / "data")
    (folder / "replica").rename(folder / "data")
    subprocess.run(_as_account("touch", str(folder / "data" / "standby.signal")), check=True)
    start_again(folder)


def put_back(folder: Path) -> None:
    """Start the server at `folder`, which is stopped, on the files that were kept, as if nothing had happened since."""
    shutil.rmtree(folder / "data")
    (folder / "replica").rename(folder / "data")
    start_again(folder)


def _control(folder: Path, *command: str, check: bool = True) -> None:
    control = _as_account(str(BINARIES / "pg_ctl"), "-D", str(folder / "data"), *command)
    # Nothing of ours is handed on to a server that is started: it would be held open for as long as that runs.
    subprocess.run(control, check=check, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def database(folder: Path, *, template: str = "template1") -> Iterator[str]:
    """Create a database on the server at `folder`, a copy of `template`; yield its SQLAlchemy URL; drop it afterwards.

    Nobody may be connected to `template`.
    """
    url = created(folder, template=template)
    try:
        yield url
    finally:
        _say(folder, f"DROP DATABASE {make_url(url).database} WITH (FORCE)", check=False)


def created(folder: Path, *, template: str = "template1") -> str:
    """Create a database as `database` does, which stays for as long as the server; return its SQLAlchemy URL."""
    name = f"schakel_{uuid.uuid4().hex[:12]}"
    _say(folder, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return f"postgresql+asyncpg://{ACCOUNT}@/{name}?host={folder}"


def _say(folder: Path, statement: str, *, check: bool = True) -> None:
    psql = [str(BINARIES / "psql"), "-q", "-h", str(folder), "-U", ACCOUNT, "-d", "postgres", "-c", statement]
    subprocess.run(psql, check=check, capture_output=True)
