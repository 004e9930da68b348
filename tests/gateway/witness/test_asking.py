"""A hostile or broken witness makes that its own cosignature is missing, and nothing else."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from audit.checkpoint import cosign, sign_checkpoint
from audit.policy import Witness
from audit.signing import Algorithm, SigningKey
from gateway.witness.asking import Asker, Cosigned, Head, Holds, Said, Silent
from tests.audit.make import LOG_KEY, ORIGIN
from tests.audit.test_witness import LOG
from tests.gateway.witness import make

KEY = make.witness_key(1)
HEAD = Head(LOG.head(9), sign_checkpoint(LOG.head(9), LOG_KEY))
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
GOOD = cosign(HEAD.checkpoint, KEY, seconds=SECONDS)

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def prove(old: int, new: int) -> Sequence[bytes]:
    return LOG.proof(old, new)


@asynccontextmanager
async def asker(answers: Answers, *, deadline: float = 2.0) -> AsyncIterator[Asker]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers)
    async with TestServer(app) as server:
        witness = Witness("w1", KEY.verifier, f"http://127.0.0.1:{server.port}/prefix")
        wire = make.client(witness, deadline=deadline)
        try:
            yield Asker(witness, make.LOG_KEY, wire, prove, lambda: NOW, timedelta(seconds=deadline))
        finally:
            await wire.close()


async def said(answers: Answers, old: int = 7, **how: float) -> Said:
    async with asker(answers, **how) as one:
        return await one.ask(HEAD, old)


def always(status: int, text: str | bytes, **headers: str) -> Answers:
    body = text.encode() if isinstance(text, str) else text

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers=headers)

    return answer


async def test_a_cosignature_of_its_own_is_taken() -> None:
    assert await said(always(200, GOOD)) == Cosigned(GOOD)


async def test_lines_of_others_beside_its_own_are_left_out() -> None:
    other = cosign(HEAD.checkpoint, make.witness_key(2), seconds=SECONDS)
    assert await said(always(200, other + GOOD)) == Cosigned(GOOD)


CHANGED = GOOD[:-10] + ("A" if GOOD[-10] != "A" else "B") + GOOD[-9:]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "ok\n",
        "\n\n",
        GOOD.removesuffix("\n"),
        cosign(LOG.head(8), KEY, seconds=SECONDS),
        cosign(HEAD.checkpoint, make.witness_key(2), seconds=SECONDS),
        cosign(
            HEAD.checkpoint, SigningKey(KEY.name, make.witness_key(2).private, Algorithm.COSIGNATURE), seconds=SECONDS
        ),
        CHANGED,
        GOOD + CHANGED,
        sign_checkpoint(HEAD.checkpoint, SigningKey(KEY.name, KEY.private)).rsplit("\n\n", 1)[1],
        f"— {KEY.name} {b64encode(KEY.verifier.key_id + b'short').decode()}\n",
        f"x\n\n{LOG.head(8).text()}\n{GOOD}",
        b"\xff\xfe" + GOOD.encode(),
        GOOD * 65,
    ],
    ids=[
        "nothing",
        "no signature",
        "blank lines",
        "no newline",
        "an older head",
        "another witness",
        "another key under its name",
        "a changed bit",
        "a good and a bad one",
        "its key as a log's",
        "too short",
        "another note behind it",
        "no UTF-8",
        "very many",
    ],
)
async def test_what_is_no_cosignature_of_its_own_on_this_head_counts_for_nothing(answer: str | bytes) -> None:
    told = await said(always(200, answer))
    assert isinstance(told, Silent), told
    assert told.why == "its answer is no signature of its own on this checkpoint"


@pytest.mark.parametrize("apart", [-301, 301, -SECONDS, 2**62])
async def test_a_cosignature_of_another_time_is_not_taken(apart: int) -> None:
    told = await said(always(200, cosign(HEAD.checkpoint, KEY, seconds=SECONDS + apart)))
    assert told == Silent("its clock and ours are more than 5 minutes apart; set the one that is wrong")


@pytest.mark.parametrize("apart", [-300, 0, 300])
async def test_a_clock_a_little_off_does_no_harm(apart: int) -> None:
    assert isinstance(await said(always(200, cosign(HEAD.checkpoint, KEY, seconds=SECONDS + apart))), Cosigned)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    followed: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/elsewhere":
            followed.append(request.path)
            return web.Response(text=GOOD)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    told = await said(answer)
    assert isinstance(told, Silent)
    assert "redirect" in told.why
    assert followed == []


async def test_a_slow_witness_is_given_up_at_its_deadline() -> None:
    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response(text=GOOD)

    begun = asyncio.get_running_loop().time()
    told = await said(answer, deadline=0.2)
    assert isinstance(told, Silent)
    assert asyncio.get_running_loop().time() - begun < 3


async def test_a_witness_that_drips_is_given_up_too() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for byte in GOOD.encode():
            await response.write(bytes([byte]))
            await asyncio.sleep(0.05)
        return response

    assert isinstance(await said(answer, deadline=0.3), Silent)


async def test_a_huge_answer_is_not_read_to_its_end() -> None:
    sent = [0]

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(2_000):
            await response.write(b"x" * 65_536)
            sent[0] += 65_536
        return response

    told = await said(answer)
    assert isinstance(told, Silent)
    assert sent[0] < 50_000_000


async def test_a_compressed_answer_is_not_unpacked() -> None:
    told = await said(always(200, b"\x1f\x8b" + bytes(50), **{"Content-Encoding": "gzip"}))
    assert isinstance(told, Silent)


@pytest.mark.parametrize("status", [201, 400, 403, 404, 413, 500, 503])
async def test_another_status_is_a_silent_witness(status: int) -> None:
    told = await said(always(status, GOOD))
    assert isinstance(told, Silent)
    assert str(status) in told.why


async def test_nobody_there_is_a_silent_witness_and_no_address_is_told() -> None:
    witness = Witness("w1", KEY.verifier, "http://127.0.0.1:1/secret-prefix")
    wire = make.client(witness)
    told = await Asker(witness, make.LOG_KEY, wire, prove, lambda: NOW).ask(HEAD, 7)
    await wire.close()
    assert isinstance(told, Silent)
    assert "secret" not in told.why
    assert "127" not in told.why


def conflicts(sizes: list[str], note: str | None) -> tuple[Answers, list[str]]:
    """Answer each request for a signature with the next of `sizes`; show `note` as the newest head."""
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(f"{request.method} {request.rel_url.raw_path}")
        if request.method == "GET":
            return web.Response(status=404) if note is None else web.Response(text=note)
        return web.Response(status=409, text=sizes.pop(0))

    return answer, heard


async def test_a_witness_that_holds_another_size_is_asked_once_more_from_there() -> None:
    bodies: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response(text=GOOD) if len(bodies) == 2 else web.Response(status=409, text="5\n")

    assert await said(answer, old=0) == Cosigned(GOOD)
    assert bodies == [LOG.request(0, 9), LOG.request(5, 9)]


async def test_a_witness_that_holds_more_is_asked_to_show_it() -> None:
    larger = sign_checkpoint(LOG.head(12), LOG_KEY)
    answer, heard = conflicts(["12\n"], larger)
    assert await said(answer) == Holds(12, larger.encode())
    assert heard == ["POST /prefix/add-checkpoint", f"GET /prefix/{ORIGIN.replace('/', '%2F')}/checkpoint"]


async def test_a_witness_that_holds_more_and_shows_nothing_only_says_so() -> None:
    answer, _ = conflicts(["12\n"], None)
    assert await said(answer) == Holds(12, None)


async def test_a_witness_that_says_another_size_each_time_is_not_asked_for_ever() -> None:
    answer, heard = conflicts(["5\n", "6\n", "7\n"], None)
    assert await said(answer, old=0) == Holds(6, None)
    assert len(heard) == 3


@pytest.mark.parametrize("size", ["", "7", "-1\n", "07\n", "7 \n", "9" * 5000 + "\n", "seven\n"])
async def test_a_conflict_that_tells_no_size_is_a_silent_witness(size: str) -> None:
    answer, _ = conflicts([size], None)
    assert await said(answer) == Silent("status 409 without a size")


async def test_a_proof_that_a_witness_does_not_believe_makes_it_show_what_it_holds() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="shown") if request.method == "GET" else web.Response(status=422)

    assert await said(answer) == Holds(7, b"shown")
