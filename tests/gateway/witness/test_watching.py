"""The log and its witnesses: what they sign is kept, a restored backup is noticed, one liar stops nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.checkpoint import Checkpoint, cosign, sign_checkpoint
from audit.export import export
from audit.heads import anchored_size, newest_size, note_of
from audit.store import AuditLog
from audit.tables import audit_checkpoint, audit_cosignature
from audit.verifying.folder import verify_folder
from audit.witness import Held
from gateway.database.engine import create_engine, write_transaction
from gateway.health.anchor import STOP_FROM
from gateway.migrations.migrate import migrate
from gateway.witness.watching import Watch
from tests.audit.make import LOG_KEY as SIGNING
from tests.audit.make import ORIGIN
from tests.gateway.witness import make
from tests.gateway.witness.make import LOG_KEY


@asynccontextmanager
async def instead(answer: web.StreamResponse | None = None, seconds: float = 0) -> AsyncIterator[str]:
    """Serve something that is no witness, and give its address."""

    async def answers(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return answer or web.Response(text="nonsense")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


async def test_a_head_is_cosigned_by_every_witness_and_anchored(engine: AsyncEngine, three: list[make.Serving]) -> None:
    log = make.log()
    await make.grow(engine, log, 3)
    async with make.watch(engine, log, make.of(2, *three)) as watch:
        await watch.begin()
        assert await make.signers(engine) == [(3, "w1"), (3, "w2"), (3, "w3")]
        assert (watch.anchor.obstacle(), watch.anchor.warnings()) == (None, [])
        await make.grow(engine, log, 4)
        await watch.round()
    assert await make.signers(engine) == [(size, w) for size in (3, 7) for w in ("w1", "w2", "w3")]


async def test_a_log_that_did_not_grow_is_asked_about_and_nothing_is_kept_twice(
    engine: AsyncEngine, three: list[make.Serving]
) -> None:
    log = make.log()
    await make.grow(engine, log, 3)
    async with make.watch(engine, log, make.of(2, *three)) as watch:
        await watch.begin()
        for _ in range(3):
            await watch.round()
        assert watch.anchor.obstacle() is None
    assert len(await make.signers(engine)) == 3


async def test_an_empty_log_may_begin(engine: AsyncEngine, three: list[make.Serving]) -> None:
    log = make.log()
    async with make.watch(engine, log, make.of("all", *three)) as watch:
        await watch.begin()
        assert watch.anchor.obstacle() is None


async def test_what_witnesses_signed_stands_in_an_export_and_verifies(
    engine: AsyncEngine, three: list[make.Serving], tmp_path: Path
) -> None:
    log, policy = make.log(), make.of(2, *three)
    await make.grow(engine, log, 3)
    async with make.watch(engine, log, policy) as watch:
        await watch.begin()
        await make.grow(engine, log, 2)
        await watch.round()
    await export(engine, tmp_path / "out", keys=[LOG_KEY, *policy.keys])
    verdict = verify_folder(tmp_path / "out")
    assert (verdict.exit_status, verdict.line.partition("root")[0]) == (0, "ok: 5 events, ")
    assert verdict.line.endswith("2 checkpoints, 6 cosignatures")


async def test_one_liar_among_three_stops_nobody(sqlite: AsyncEngine, three: list[make.Serving]) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    liar = instead(web.Response(status=409, text="1000000\n"))
    async with liar as url, make.watch(sqlite, log, make.of(2, *three[:2], make.moved(three[2], url))) as watch:
        await watch.begin()
        assert watch.anchor.obstacle() is None
        assert watch.anchor.silent == {"w3": "it says that it holds 1000000 events"}
        assert not watch.health.broken


async def test_a_liar_that_shows_a_head_signed_by_somebody_else_proves_nothing(
    sqlite: AsyncEngine, three: list[make.Serving]
) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    forged = sign_checkpoint(Checkpoint(ORIGIN, 9, bytes(32)), make.witness_key(9))

    async def answers(request: web.Request) -> web.Response:
        return web.Response(text=forged) if request.method == "GET" else web.Response(status=409, text="9\n")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers)
    async with TestServer(app) as server:
        liar = make.moved(three[2], f"http://127.0.0.1:{server.port}")
        async with make.watch(sqlite, log, make.of(2, *three[:2], liar)) as watch:
            await watch.begin()
            assert watch.anchor.obstacle() is None


async def test_two_liars_among_three_could_be_a_quorum_that_knows_more(
    sqlite: AsyncEngine, three: list[make.Serving]
) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    async with instead(web.Response(status=409, text="9\n")) as url:
        liars = [make.moved(each, url) for each in three[1:]]
        async with make.watch(sqlite, log, make.of(2, three[0], *liars)) as watch:
            await watch.begin()
            assert watch.anchor.obstacle() is not None


async def test_a_slow_witness_holds_up_nobody(sqlite: AsyncEngine, three: list[make.Serving]) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    async with (
        instead(seconds=30) as url,
        make.watch(sqlite, log, make.of(2, make.moved(three[0], url), *three[1:])) as watch,
    ):
        begun = asyncio.create_task(watch.begin())
        async with asyncio.timeout(1.5):
            while len(await make.signers(sqlite)) < 2:  # noqa: ASYNC110 - only the database says when
                await asyncio.sleep(0.02)
        assert not begun.done()
        await begun
        assert watch.anchor.obstacle() is None


async def test_a_log_that_is_rewritten_while_it_runs_is_stopped(sqlite: AsyncEngine, three: list[make.Serving]) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
        # As an administrator who swaps the database under the running service would have it.
        forked = Checkpoint(ORIGIN, 5, bytes(32))
        for each in three:
            await asyncio.to_thread(_sign_by_force, each, forked)
        await watch.round()
        assert watch.health.broken
        assert "holds a checkpoint of 5 events" in watch.health.why


def _sign_by_force(serving: make.Serving, head: Checkpoint) -> None:
    serving.desk.held = {ORIGIN: Held(head, sign_checkpoint(head, SIGNING))}


async def test_another_process_that_went_on_meanwhile_is_no_contradiction(
    sqlite: AsyncEngine, three: list[make.Serving]
) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
        head = await watch._head()
        await make.grow(sqlite, log, 2)
        async with make.watch(sqlite, log, make.of(2, *three)) as other:
            await other.begin()
        assert [await watch._ask(each, head) for each in watch.policy.witnesses] == [None] * 3
        assert not watch.health.broken


async def test_cosignatures_that_somebody_wrote_into_the_database_anchor_nothing(
    sqlite: AsyncEngine, three: list[make.Serving]
) -> None:
    log, policy = make.log(), make.of(2, *three)
    await make.grow(sqlite, log, 3)
    async with sqlite.connect() as connection:
        checkpoint = Checkpoint(
            ORIGIN, 3, (await connection.execute(select(audit_checkpoint.c.root))).scalars().all()[-1]
        )
    forged = [(each, cosign(checkpoint, make.witness_key(9), seconds=1)) for each in policy.keys]
    async with write_transaction(sqlite) as connection:
        for key, line in forged:
            named = line.replace("w9.example", key.name)
            await connection.execute(insert(audit_cosignature).values(size=3, witness=key.label, line=named))
        assert await anchored_size(connection, LOG_KEY, policy, above=0) == 0


async def test_too_few_cosignatures_do_not_anchor_and_after_4_hours_nothing_leaves_until_there_are_enough(
    sqlite: AsyncEngine, three: list[make.Serving]
) -> None:
    log, clock = make.log(), make.Clock()
    async with make.watch(sqlite, log, make.of(2, *three), clock) as watch:
        await watch.begin()
        whole = dict(watch.wires)
        nobody = make.client(make.of(2, *(make.moved(each, "http://127.0.0.1:1") for each in three)).witnesses[0])
        watch.wires |= {"w2": nobody, "w3": nobody}
        await make.grow(sqlite, log, 3)
        await watch.round()
        clock.pass_(STOP_FROM - timedelta(minutes=1))
        await watch.round()
        assert watch.anchor.obstacle() is None
        clock.pass_(timedelta(minutes=1))
        assert "no checkpoint was anchored for 240 minutes" in (watch.anchor.obstacle() or "")
        watch.wires |= whole
        await watch.round()
        assert watch.anchor.obstacle() is None
        await nobody.close()


async def test_a_clock_of_ours_that_is_a_day_off_is_not_confirmed(
    sqlite: AsyncEngine, three: list[make.Serving]
) -> None:
    log = AuditLog(key=SIGNING, sealer=make.log().sealer, now=lambda: datetime.now(UTC) - timedelta(days=1))
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
        assert watch.anchor.obstacle() is not None
        assert all("clock" in why for why in watch.anchor.silent.values())


@pytest.mark.server
async def test_among_several_processes_one_asks(postgres_url: str, three: list[make.Serving]) -> None:
    await migrate(postgres_url)
    engine, log = create_engine(postgres_url), make.log()
    asked: list[str] = []

    class Counting(Watch):
        async def _ask_all(self) -> str | None:
            asked.append("asked")
            await asyncio.sleep(0.2)
            return await super()._ask_all()

    async with make.watch(engine, log, make.of(2, *three)) as first:
        await first.begin()
        watches = [Counting(engine, log, first.policy, first.health, first.wires, first.anchor) for _ in range(3)]
        await asyncio.gather(*(each.round() for each in watches))
        assert asked == ["asked"]
        await asyncio.gather(*(each.round() for each in watches))
        assert asked == ["asked", "asked"]
    await engine.dispose()


async def test_the_newest_head_is_shown_with_what_was_signed(sqlite: AsyncEngine, three: list[make.Serving]) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
    async with sqlite.connect() as connection:
        assert await newest_size(connection) == 3
        assert (await note_of(connection, 3)).count("\n— ") == 4
