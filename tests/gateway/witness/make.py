"""Logs, witnesses and the wires between them, for the tests of both sides."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from yarl import URL

from adapters.http import HTTPClient, HTTPSettings
from audit.policy import Policy, Witness, read_policy
from audit.signing import Algorithm, SigningKey
from audit.store import AuditLog
from audit.tables import audit_cosignature
from gateway.health.anchor import Anchor
from gateway.health.log_health import LogHealth
from gateway.witness.desk import WitnessDesk
from gateway.witness.folder import make_folder, opened
from gateway.witness.serving import witnessing
from gateway.witness.watching import Watch
from tests.audit import make

LOG_KEY = make.LOG_KEY.verifier


def log() -> AuditLog:
    """Return a log whose clock is the machine's, as its witnesses' is."""
    return AuditLog(key=make.LOG_KEY, sealer=make.KeyService(), now=lambda: datetime.now(UTC))


def witness_key(number: int) -> SigningKey:
    return SigningKey.from_seed(f"w{number}.example", bytes([number] * 32), Algorithm.COSIGNATURE)


@contextmanager
def folder(path: Path, name: str = "w.example") -> Iterator[Path]:
    """Make the folder of a witness that trusts the log of these tests."""
    make_folder(path, name)
    (path / "logs").write_text(f"# ours\n{LOG_KEY.encoded()}\n")
    yield path


@dataclass
class Serving:
    """A witness that serves: where, under which key, and its desk."""

    url: str
    desk: WitnessDesk


@asynccontextmanager
async def serving(path: Path, *, now: Callable[[], float] = time) -> AsyncIterator[Serving]:
    """Serve the witness in the folder at `path`, which is made where it is not there."""
    ready = nullcontext(path) if path.exists() else folder(path, f"{path.name}.example")  # noqa: ASYNC240 - a test
    with ready, opened(path) as one:
        desk = WitnessDesk(one.key, one.logs, one.held, one.keep, now)
        async with witnessing(desk, "127.0.0.1", 0) as url:
            yield Serving(url, desk)


def policy(needed: int | str, *witnesses: tuple[str, SigningKey, str]) -> Policy:
    lines = [f"witness {name} {key.verifier.encoded()} {url}" for name, key, url in witnesses]
    names = " ".join(name for name, _, _ in witnesses)
    return read_policy("\n".join([*lines, f"group all-of-them {needed} {names}", "quorum all-of-them", ""]).encode())


def of(needed: int | str, *servings: Serving) -> Policy:
    return policy(needed, *((f"w{at}", each.desk.key, each.url) for at, each in enumerate(servings, start=1)))


@dataclass
class Clock:
    """Seconds that only a test moves."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_(self, time: timedelta) -> None:
        self.seconds += time.total_seconds()


@asynccontextmanager
async def watch(engine: AsyncEngine, log: AuditLog, policy: Policy, clock: Clock | None = None) -> AsyncIterator[Watch]:
    """Give a watch that does nothing by itself: `begin` and `round` are the test's."""
    wires = {each.name: client(each) for each in policy.witnesses}
    anchor = Anchor(clock or Clock())
    try:
        yield Watch(engine, log, policy, LogHealth(), {**wires}, anchor)
    finally:
        for each in wires.values():
            await each.close()


def client(witness: Witness, *, deadline: float = 2.0) -> HTTPClient:
    return HTTPClient(HTTPSettings(URL(witness.url or ""), "text/plain", deadline_seconds=deadline, size_limit=65_536))


async def grow(engine: AsyncEngine, log: AuditLog, events: int) -> str:
    """Keep so many events and sign the head."""
    await make.keep(engine, log, *(make.event() for _ in range(events)))
    return await make.settle(engine, log)


@asynccontextmanager
async def witnesses(tmp_path: Path, number: int) -> AsyncIterator[list[Serving]]:
    """Serve so many witnesses."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(serving(tmp_path / f"w{at}")) for at in range(1, number + 1)]


def moved(serving: Serving, url: str) -> Serving:
    """Return the witness as if it were reached at `url`."""
    return Serving(url, serving.desk)


async def signers(engine: AsyncEngine) -> list[tuple[int, str]]:
    """Return who signed which size, by the first word of his name."""
    async with engine.connect() as connection:
        rows = await connection.execute(select(audit_cosignature.c.size, audit_cosignature.c.witness))
        return sorted((row.size, row.witness.partition(".")[0]) for row in rows)
