"""Real processes to kill, what their clients got of them, and what their database holds afterwards."""

import asyncio
import contextlib
import hashlib
import json
import multiprocessing
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from sqlalchemy import select

from audit.read import entries, events_of_request, opened
from audit.sequence import checkpoint
from audit.tables import audit_event
from audit.verifying.checks import Verdict
from audit.verifying.database import verify_database
from consent.world.file import world_of
from gateway.commands.opening import KeyBringer
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine, write_transaction
from gateway.failpoints import Step
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.sandbox.call import fetch_token, proof
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.running import Options, prepare, sandbox_settings
from gateway.settings import Settings
from gateway.wiring import open_log
from tests.audit.make import sequence_from_the_start
from tests.faults.serve_world import Order, serve_world
from tests.gateway.running import PERSON, PLAN, question
from tests.gateway.worlds import world

START_SECONDS = 30
_PROCESSES = multiprocessing.get_context("forkserver")
# What is imported there once need not be imported in every process that will be killed.
_PROCESSES.set_forkserver_preload(["tests.faults.serve_world", "tests.faults.sequencing_worker"])


@dataclass(frozen=True)
class Prepared:
    """A database on which a gateway can be started, killed and started again."""

    settings: Settings
    credentials: Credentials
    world: Mapping[str, Any] = field(default_factory=world)

    @property
    def port(self) -> int:
        return int(self.settings.public_url.rpartition(":")[2])


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def prepared(folder: Path, database_url: str, told: Mapping[str, Any] | None = None) -> Prepared:
    url = f"http://127.0.0.1:{free_port()}"
    settings = sandbox_settings(folder, url, Options(database_url=database_url))
    served = dict(told or world())
    return Prepared(settings, await prepare(world_of(served), settings), served)


@contextmanager
def started(
    on: Prepared,
    *,
    failpoint: Step | None = None,
    broken: bool = False,
    slow_seconds: float = 0.0,
    forgetful: bool = False,
) -> Iterator[BaseProcess]:
    """Start a process that serves; it dies by itself at `failpoint`, and at the end in any case."""
    settings = on.settings.model_copy(update={"insecure_failpoint": failpoint})
    order = Order(json.dumps(on.world).encode(), settings, broken, slow_seconds, forgetful)
    with running_process(serve_world, order) as process:
        yield process


@contextmanager
def running_process(work: Callable[[Any, Connection], None], order: object) -> Iterator[BaseProcess]:
    """Start a process that does `work`, wait for its word, and kill it at the end."""
    hear, tell = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=work, args=(order, tell), daemon=True)
    process.start()
    tell.close()
    try:
        assert hear.poll(START_SECONDS), "the process did not start"
        hear.recv()
        yield process
    finally:
        process.kill()
        process.join()
        hear.close()


@dataclass(frozen=True)
class Asker:
    """Somebody with a token of the gateway, and what he asks."""

    on: Prepared
    key: SigningKey
    token: str
    body: bytes = json.dumps(question("sem", "coordinate-plan")).encode()

    async def ask(self, port: int | None = None) -> bytes:
        """Return every byte that comes back, until the connection ends, however it ends; of one process, by `port`."""
        port = port or self.on.port
        body = self.body
        shown = proof(self.key, "POST", f"{self.on.settings.public_url}{PLAN}", access_token=self.token)
        head = (
            f"POST {PLAN} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: DPoP {self.token}\r\nDPoP: {shown}\r\n\r\n"
        )
        got = bytearray()
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(head.encode() + body)
                while chunk := await reader.read(65536):
                    got += chunk
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        return bytes(got)


async def asker(on: Prepared, who: str = "anna") -> Asker:
    """Return somebody, who gets a token from a process that runs."""
    key = new_signing_key()
    async with aiohttp.ClientSession() as session:
        token = await fetch_token(session, on.credentials, on.credentials.named(who), key)
    return Asker(on, key, token)


@dataclass(frozen=True)
class Kept:
    """What the database holds: kinds of events, the hash of each answer by request id, and the verdict on the log."""

    kinds: list[str]
    answers: dict[str, str]
    verdict: Verdict


async def kept(on: Prepared) -> Kept:
    """Read back, with keys and database only, what was on record when the process died."""
    async with committing(on) as committer:
        async with write_transaction(committer.engine) as connection:
            if connection.dialect.name == "postgresql":
                await sequence_from_the_start(connection, committer.log)
        async with write_transaction(committer.engine) as connection:
            await checkpoint(connection, committer.log)
        verdict = await verify_database(
            committer.engine, keys=[committer.log.key.verifier], open_with=KeyBringer(committer)
        )
        async with committer.engine.connect() as connection:
            leaves = [orjson.loads(each.leaf) async for each in entries(connection, since=0, size=10**6)]
        return Kept([leaf["kind"] for leaf in leaves], await answers_on_record(committer), verdict)


@asynccontextmanager
async def committing(on: Prepared) -> AsyncIterator[Committer]:
    """Give what reads and writes the log of `on` beside the processes that serve it."""
    engine = create_engine(on.settings.database_url)
    try:
        committer = await open_log(on.settings, engine)
        await committer.gather(PERSON, "sem", also=frozenset())
        yield committer
    finally:
        await engine.dispose()


async def answers_on_record(committer: Committer) -> dict[str, str]:
    """Return the hash of each answer that an event tells of, by request id."""
    async with committer.engine.connect() as connection:
        rows = (await connection.execute(select(audit_event.c.request_id, audit_event.c.leaf))).all()
        disclosed = [row.request_id for row in rows if orjson.loads(row.leaf)["kind"] == "exchange.disclosed"]
        assert len(set(disclosed)) == len(disclosed)
        found = {}
        for request_id in disclosed:
            for entry in await events_of_request(connection, request_id):
                fields = opened(committer.sealer, entry)
                if "answer" in fields:
                    found[request_id] = fields["answer"]["value"]
        return found


def left_without_a_record(got: bytes, on_record: dict[str, str]) -> bool:
    """Say whether bytes of an answer left that no event in `on_record` tells of."""
    if not got.startswith(b"HTTP/1.1 200"):
        return False
    _, _, body = got.partition(b"\r\n\r\n")
    try:
        request_id = json.loads(body)["request_id"]
    except ValueError:
        return not on_record
    released, _, _ = body.rpartition(b',"receipt":')
    return on_record.get(request_id) != hashlib.sha256(released + b"}").hexdigest()


def since(before: Kept, after: Kept) -> dict[str, str]:
    """Return the answers that came on record in between."""
    return {request_id: answer for request_id, answer in after.answers.items() if request_id not in before.answers}
