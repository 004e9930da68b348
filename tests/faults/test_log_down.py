"""Whatever single thing fails, the answer is no: 503, and not a word of any record (promises I1 and I11)."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.keys import KeyClass, KeyService, KeyUnavailableError
from gateway.database.engine import create_engine
from gateway.exchange import Exchange
from gateway.failpoints import Step
from gateway.sandbox.call import CallError
from tests.gateway.running import PLAN, Running, at_step, question, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import world

SECRET = "zij zegt dat zij bang is"
SOURCES = instead(Telling("ggz-west", [element("e1", text=SECRET)]), Telling("school-1"))

Breaks = Callable[[AsyncEngine], Awaitable[None]]


async def is_read_only(engine: AsyncEngine) -> None:
    """Let every connection of SQLite refuse to write, as where its file may only be read."""
    _at_each_connection(engine, "PRAGMA query_only = ON")


async def is_full(engine: AsyncEngine) -> None:
    """Let SQLite find no room for another page, as on a full disk."""
    async with engine.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
    _at_each_connection(engine, f"PRAGMA max_page_count = {pages}")


async def has_lost_its_tables(engine: AsyncEngine) -> None:
    """Let the log's table be away, as after a restore that went wrong."""
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_event RENAME TO audit_event_away"))


def _at_each_connection(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "checkout")
    def _checked_out(connection: object, _record: object, _proxy: object) -> None:
        connection.cursor().execute(statement)  # type: ignore[attr-defined] # the driver's own


async def is_gone(engine: AsyncEngine) -> None:
    """Let PostgreSQL throw everybody out, and let nobody in again."""
    url = make_url(engine.url.render_as_string(hide_password=False))
    other = create_engine(url.set(database="postgres").render_as_string(hide_password=False), pool_size=1)
    async with other.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false'))
        await alone.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": url.database}
        )
    await other.dispose()


async def hold_that_nothing_leaves(gateway: Running) -> None:
    body = json.dumps(question("sem", "coordinate-plan")).encode()
    answer = await gateway.raw("anna", "POST", PLAN, body)
    assert answer.startswith(b"HTTP/1.1 503 "), answer[:200]
    assert b'"type":"urn:schakel:problem:log-unavailable"' in answer
    assert SECRET.encode() not in answer


WHEN = [Step.AUTHENTICATED, Step.FETCHED, Step.ASSEMBLED]
SQLITE_BREAKS: list[Breaks] = [is_read_only, is_full, has_lost_its_tables]


@pytest.mark.parametrize("breaks", SQLITE_BREAKS, ids=[each.__name__ for each in SQLITE_BREAKS])
@pytest.mark.parametrize("step", WHEN)
async def test_nothing_leaves_when_the_database(breaks: Breaks, step: Step, tmp_path: Path) -> None:
    gateway: Running

    async def act() -> None:
        await breaks(gateway.gateway.engine)

    async with running(world(), tmp_path, change=SOURCES, exchange=at_step(step, act)) as gateway:
        await hold_that_nothing_leaves(gateway)


@pytest.mark.server
@pytest.mark.parametrize("step", WHEN)
async def test_nothing_leaves_when_postgresql_is_gone(step: Step, tmp_path: Path, postgres_url: str) -> None:
    gateway: Running

    async def act() -> None:
        await is_gone(gateway.gateway.engine)

    change = at_step(step, act)
    async with running(world(), tmp_path, database_url=postgres_url, change=SOURCES, exchange=change) as gateway:
        await hold_that_nothing_leaves(gateway)


async def test_nobody_gets_in_where_the_database_is_broken_before_he_comes(tmp_path: Path) -> None:
    async with running(world(), tmp_path, change=SOURCES) as gateway:
        await gateway.headers("anna", "POST", PLAN)
        await is_read_only(gateway.gateway.engine)
        await hold_that_nothing_leaves(gateway)


async def test_nobody_gets_a_token_where_the_tree_of_the_log_was_found_broken(tmp_path: Path) -> None:
    async with running(world(), tmp_path, change=SOURCES) as gateway:
        gateway.gateway.exchange.committer.health.broken = True
        with pytest.raises(CallError, match="503"):
            await gateway.headers("anna", "POST", PLAN)


class Failing:
    """A key service that is down, for some of what it is asked."""

    def __init__(self, behind: KeyService, *fails: str) -> None:
        self.behind, self.fails = behind, fails

    async def wrap(self, key: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        self._fail("wrap")
        return await self.behind.wrap(key, key_class=key_class, context=context)

    async def unwrap(self, wrapped: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        self._fail("unwrap")
        return await self.behind.unwrap(wrapped, key_class=key_class, context=context)

    async def hmac(self, message: bytes) -> bytes:
        self._fail("hmac")
        return await self.behind.hmac(message)

    def _fail(self, what: str) -> None:
        if what in self.fails:
            raise KeyUnavailableError("no answer")


def with_failing_keys(*fails: str) -> Callable[[Exchange], Exchange]:
    def change(exchange: Exchange) -> Exchange:
        facts = exchange.committer.facts
        facts.keys = Failing(facts.keys, *fails)
        return exchange

    return change


@pytest.mark.parametrize("what", ["hmac", "unwrap"])
async def test_nothing_leaves_when_the_key_service_does_not(what: str, tmp_path: Path) -> None:
    async with running(world(), tmp_path, change=SOURCES, exchange=with_failing_keys(what)) as gateway:
        await hold_that_nothing_leaves(gateway)


async def test_nothing_leaves_when_the_stored_tree_was_found_broken(tmp_path: Path) -> None:
    async with running(world(), tmp_path, change=SOURCES) as gateway:
        await gateway.headers("anna", "POST", PLAN)  # she came in before
        gateway.gateway.exchange.committer.health.broken = True
        await hold_that_nothing_leaves(gateway)


async def test_when_it_works_again_so_does_the_gateway(tmp_path: Path) -> None:
    async with running(world(), tmp_path, change=SOURCES, exchange=with_failing_keys("hmac")) as gateway:
        await hold_that_nothing_leaves(gateway)
        failing = gateway.gateway.exchange.committer.facts.keys
        assert isinstance(failing, Failing)
        failing.fails = ()
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert answer.status == 200
    assert SECRET.encode() in answer.body


async def test_an_answer_that_is_on_record_leaves_though_its_echo_is_lost(tmp_path: Path) -> None:
    gateway: Running

    async def act() -> None:
        await is_read_only(gateway.gateway.engine)

    async with running(world(), tmp_path, change=SOURCES, exchange=at_step(Step.COMMITTED, act)) as gateway:
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert answer.status == 200
