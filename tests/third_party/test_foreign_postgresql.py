"""The SQL door on a real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.contract import RecordSource, SourceMalformedError, SourceSilentError
from adapters.sql_view import View
from adapters.testing import RemoteSourceContract, ask
from schemas.permits import Permit
from schemas.plan import Goal
from tests.adapters import make
from tests.adapters.sql_view import views

pytestmark = pytest.mark.server


@pytest.fixture
async def url(postgres_url: str) -> str:
    await views.fill(postgres_url)
    return postgres_url


class TestSQLViewSourceOnPostgreSQL(RemoteSourceContract):
    @pytest.fixture
    def source(self, url: str) -> RecordSource:
        return views.source(url)

    @pytest.fixture
    def permit(self) -> Permit:
        return make.permit()

    @pytest.fixture
    def silent(self) -> RecordSource:
        return views.source("postgresql+asyncpg://lezer@127.0.0.1:1/dossier")


@pytest.fixture
async def door(url: str) -> AsyncIterator[RecordSource]:
    source = views.source(url)
    yield source
    await source.close()


async def _run(url: str, *statements: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def test_dates_and_numbers_of_the_database_are_read(door: RecordSource) -> None:
    mapped = await ask(door, make.permit())
    goal, secret, agreement = mapped.elements
    assert isinstance(goal, Goal)
    assert (goal.handling.created_on, goal.source.record, goal.source.version) == ("2026-01-05", "1", "4")
    assert secret.handling.told_in_confidence
    assert agreement.about == ("moeder", "sem")
    assert agreement.goals == (goal.id,)
    assert not mapped.leftovers


async def test_no_row_of_another_family_leaves_the_database(door: RecordSource) -> None:
    assert {each.id for each in await door.fetch(make.permit()) if each.kind == "doelen"} == {"1", "2"}


async def test_a_view_that_writes_cannot_write(url: str) -> None:
    await _run(
        url,
        "CREATE TABLE gelezen (n integer)",
        "CREATE FUNCTION schrijf() RETURNS integer LANGUAGE sql AS 'INSERT INTO gelezen VALUES (1) RETURNING n'",
        "CREATE VIEW v_schrijft AS SELECT doelen.*, schrijf() FROM doelen",
    )
    source = views.source(url, views=(View("doelen", "v_schrijft", ("bsn",)),))
    with pytest.raises(SourceMalformedError, match="the database refuses the question: 25006"):
        await source.fetch(make.permit())
    await source.close()


async def test_a_slow_view_is_stopped_in_the_database_and_is_silent(url: str) -> None:
    await _run(url, "CREATE VIEW v_traag AS SELECT doelen.* FROM doelen, pg_sleep(20)")
    source = views.source(url, views=(View("doelen", "v_traag", ("bsn",)),), deadline=0.2)
    with pytest.raises(SourceSilentError, match="the database does not answer: 57014"):
        await source.fetch(make.permit())
    await source.close()


@pytest.mark.parametrize("view", ["weg", "public.weg"])
async def test_a_view_that_is_not_there_is_malformed_and_no_value_is_said(url: str, view: str) -> None:
    source = views.source(url, views=(View("doelen", view, ("bsn",)),))
    with pytest.raises(SourceMalformedError, match="the database refuses the question: 42P01") as caught:
        await source.fetch(make.permit())
    assert caught.value.__cause__ is None
    assert make.SEM not in repr(caught.value.__context__)
    await source.close()


async def test_a_view_in_a_schema_with_capitals_is_found_as_it_is_written(url: str) -> None:
    await _run(url, 'CREATE SCHEMA "Gezin"', 'CREATE VIEW "Gezin"."V_Doelen" AS SELECT * FROM doelen')
    source = views.source(url, views=(View("doelen", "Gezin.V_Doelen", ("bsn",)),))
    assert len(await source.fetch(make.permit())) == 2
    await source.close()


async def test_a_number_that_is_no_number_is_not_asked_of_a_column_of_numbers(door: RecordSource) -> None:
    family = {"sem": "geen-getal"}
    assert list(await door.fetch(make.permit(family=family))) == []


async def test_a_value_that_the_database_cannot_hold_is_refused_without_being_said(door: RecordSource) -> None:
    family = {"sem": "9" * 25}
    with pytest.raises((SourceMalformedError, SourceSilentError)) as caught:
        await door.fetch(make.permit(family=family))
    assert "9999" not in str(caught.value)


async def test_the_account_may_be_one_that_can_only_read(url: str) -> None:
    await _run(
        url,
        "DROP ROLE IF EXISTS lezer",
        "CREATE ROLE lezer LOGIN",
        "GRANT SELECT ON v_doelen, v_afspraken TO lezer",
    )
    source = views.source(make_url(url).set(username="lezer").render_as_string())
    assert len((await ask(source, make.permit())).elements) == 3
    with pytest.raises(DBAPIError, match="permission denied"):
        async with source._engine.connect() as connection:
            await connection.execute(text("SELECT * FROM doelen"))
    await source.close()
    await _run(url, "DROP OWNED BY lezer", "DROP ROLE lezer")


async def test_a_database_that_is_not_there_must_be_looked_at(url: str) -> None:
    source = views.source(make_url(url).set(database="weg").render_as_string())
    with pytest.raises(SourceMalformedError, match="the database refuses the question: 3D000"):
        await source.fetch(make.permit())
    await source.close()
