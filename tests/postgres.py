"""A real PostgreSQL for tests: one server a test run, one fresh database a test."""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

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


@contextmanager
def server() -> Iterator[Path]:
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
    settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "max_connections=100"]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        _as_account(str(BINARIES / "postgres"), "-D", str(data), *settings), stdout=log, stderr=log
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
        subprocess.run(
            _as_account(str(BINARIES / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"),
            check=False,
            capture_output=True,
        )
        process.wait(timeout=30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Create a fresh database on the server at `folder`; yield its SQLAlchemy URL; drop it afterwards."""
    name = f"schakel_{uuid.uuid4().hex[:12]}"
    psql = [str(BINARIES / "psql"), "-q", "-h", str(folder), "-U", ACCOUNT, "-d", "postgres", "-c"]
    subprocess.run([*psql, f"CREATE DATABASE {name}"], check=True, capture_output=True)
    try:
        yield f"postgresql+asyncpg://{ACCOUNT}@/{name}?host={folder}"
    finally:
        subprocess.run([*psql, f"DROP DATABASE {name} WITH (FORCE)"], check=False, capture_output=True)
