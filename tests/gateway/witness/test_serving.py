"""The witness over HTTP: the answers of C2SP tlog-witness, and one signature at a time."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import combinations
from pathlib import Path
from time import sleep

import aiohttp
import pytest
from yarl import URL

from audit.checkpoint import cosigner_of, read_note
from audit.signing import SigningKey
from audit.witness import Held, Refused, judge
from gateway.witness.desk import WitnessDesk
from tests.audit.make import ORIGIN
from tests.audit.test_witness import LOG, LOGS, Log, branch
from tests.gateway.witness import make

HOUSE = Path(__file__).resolve().parents[3]
FORK = Log(branch("fork", 3))


@pytest.fixture
async def witness(tmp_path: Path) -> AsyncIterator[make.Serving]:
    async with make.serving(tmp_path / "w1") as one:
        yield one


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def post(http: aiohttp.ClientSession, witness: make.Serving, body: bytes) -> tuple[int, str, str]:
    async with http.post(f"{witness.url}/add-checkpoint", data=body) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


async def test_a_good_request_is_answered_with_a_cosignature(
    http: aiohttp.ClientSession, witness: make.Serving
) -> None:
    status, kind, line = await post(http, witness, LOG.request(0, 7))
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert cosigner_of(line, LOG.head(7), [witness.desk.key.verifier]) == witness.desk.key.verifier
    assert line.startswith("— w1.example ")
    assert line.endswith("\n")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"nonsense", 400),
        (LOG.request(9, 8), 400),
        (LOG.request(7, 9, SigningKey.from_seed("other.example", bytes(32))), 403),
        (LOG.request(7, 9).replace(ORIGIN.encode(), b"log.schakel.example/none"), 404),
        (FORK.request(7, 9), 422),
        (b"x" * 70_000, 413),
    ],
)
async def test_a_bad_request_is_answered_as_the_standard_says(
    http: aiohttp.ClientSession, witness: make.Serving, body: bytes, status: int
) -> None:
    await post(http, witness, LOG.request(0, 7))
    assert (await post(http, witness, body))[0] == status


@pytest.mark.parametrize("body", [LOG.request(0, 9), FORK.request(7, 7)], ids=["another size", "another root"])
async def test_a_conflict_tells_the_size_that_was_signed(
    http: aiohttp.ClientSession, witness: make.Serving, body: bytes
) -> None:
    await post(http, witness, LOG.request(0, 7))
    assert await post(http, witness, body) == (409, "text/x.tlog.size", "7\n")


async def test_what_was_signed_is_shown_as_the_log_signed_it(
    http: aiohttp.ClientSession, witness: make.Serving
) -> None:
    address = f"{witness.url}/log.schakel.example%2Ftest/checkpoint"
    async with http.get(URL(address, encoded=True)) as answer:
        assert answer.status == 404
    await post(http, witness, LOG.request(0, 7))
    async with http.get(URL(address, encoded=True)) as answer:
        assert read_note(await answer.read())[0] == LOG.head(7)


async def test_where_the_state_cannot_be_kept_the_answer_is_503(
    http: aiohttp.ClientSession, witness: make.Serving
) -> None:
    whole = witness.desk.keep

    def full(_: object) -> None:
        raise OSError(28, "no space left")

    witness.desk.keep = full
    assert (await post(http, witness, LOG.request(0, 7)))[0] == 503
    witness.desk.keep = whole
    assert (await post(http, witness, LOG.request(0, 7)))[0] == 200


async def test_of_many_requests_at_once_that_contradict_each_other_one_is_signed(
    http: aiohttp.ClientSession, witness: make.Serving
) -> None:
    await post(http, witness, LOG.request(0, 7))
    bodies = [_from(Log(branch(f"b{at}", 7))) for at in range(8)]
    answers = await asyncio.gather(*(post(http, witness, body) for body in bodies))
    assert sorted(status for status, *_ in answers) == [200] + [409] * 7


def _from(log: Log) -> bytes:
    """Return the request that leads from the common 7 leaves to 9 of which the last two are the branch's own."""
    return Log(lambda at: LOG.leaf(at) if at < 7 else log.leaf(at)).request(7, 9)


class Hasty(WitnessDesk):
    """The broken twin: it looks at what is held, lets go, and keeps what it signs."""

    def add(self, body: bytes) -> str | Refused:
        judged = judge(body, LOGS, self.held)
        if isinstance(judged, Refused):
            return judged
        self.keep({ORIGIN: judged})
        self.held = {ORIGIN: judged}
        return f"{judged.checkpoint.root.hex()}\n"


@pytest.mark.parametrize(("desk", "most"), [(WitnessDesk, 1), (Hasty, 8)])
async def test_the_race_above_catches_a_witness_that_does_not_wait(desk: type[WitnessDesk], most: int) -> None:
    def keep(_: object) -> None:
        sleep(0.05)  # as a slow disk

    held = {ORIGIN: Held(LOG.head(7), "")}
    one = desk(make.witness_key(1), LOGS, held, keep, lambda: 1)
    bodies = [_from(Log(branch(f"b{at}", 7))) for at in range(8)]
    answers = await asyncio.gather(*(asyncio.to_thread(one.add, body) for body in bodies))
    signed = [each for each in answers if isinstance(each, str)]
    assert len(signed) == 1 if most == 1 else len(signed) > 1


async def test_a_witness_signs_a_head_again_with_its_clock_of_then(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    clock = [1_772_452_800.9]
    async with make.serving(tmp_path / "w2", now=lambda: clock[0]) as witness:
        first = await post(http, witness, LOG.request(0, 7))
        clock[0] -= 86_400
        again = await post(http, witness, LOG.request(7, 7))
    lines = [read_note(f"{LOG.head(7).text()}\n{line}".encode())[1][0] for *_, line in (first, again)]
    assert [int.from_bytes(each.signature[:8]) for each in lines] == [1_772_452_800, 1_772_366_400]


def test_the_witness_loads_no_database_and_no_rule_of_law() -> None:
    code = "import sys, gateway.commands.witness; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    loaded = {each.partition(".")[0] for each in done.stdout.split()}
    assert not loaded & {"sqlalchemy", "aiosqlite", "asyncpg", "alembic", "fastapi", "consent", "adapters"}


def test_two_heads_of_one_size_in_these_tests_are_two() -> None:
    heads = [Log(branch(f"b{at}", 7)).head(9) for at in range(3)]
    assert all(one != other for one, other in combinations(heads, 2))
