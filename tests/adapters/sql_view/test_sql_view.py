import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from adapters.contract import RecordSource, SourceMalformedError, SourceSilentError
from adapters.sql_view import View
from adapters.testing import RemoteSourceContract, ask
from schemas.permits import Permit
from tests.adapters import make
from tests.adapters.sql_view import views


@pytest.fixture
async def url(tmp_path: Path) -> str:
    found = f"sqlite+aiosqlite:///{tmp_path / 'dossier.db'}"
    await views.fill(found)
    return found


class TestSQLViewSource(RemoteSourceContract):
    @pytest.fixture
    def source(self, url: str) -> RecordSource:
        return views.source(url)

    @pytest.fixture
    def permit(self) -> Permit:
        return make.permit()

    @pytest.fixture
    def silent(self, tmp_path: Path, url: str) -> Iterator[RecordSource]:
        other = sqlite3.connect(tmp_path / "dossier.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        yield views.source(f"{url}?timeout=0")
        other.close()


async def test_rows_of_others_do_not_even_leave_the_database(url: str) -> None:
    source = views.source(url)
    records = await source.fetch(make.permit())
    assert [(each.kind, each.id, each.version) for each in records] == [
        ("doelen", "1", "4"),
        ("doelen", "2", "1"),
        ("afspraken", "1", None),
    ]
    await source.close()


async def test_a_row_about_two_persons_is_found_by_either(url: str) -> None:
    source = views.source(url)
    mapped = await ask(source, make.permit(about=("moeder",)))
    assert [each.about for each in mapped.elements] == [("moeder", "sem")]
    await source.close()


async def test_nothing_can_be_written(url: str) -> None:
    source = views.source(url)
    with pytest.raises(OperationalError, match="readonly"):
        async with source._engine.begin() as connection:
            await connection.execute(text("DELETE FROM doelen"))
    await source.close()


async def test_a_number_is_bound_and_never_part_of_the_statement(url: str) -> None:
    source = views.source(url)
    family = {"sem": "x' OR '1'='1"}
    assert await source.fetch(make.permit(family=family)) == []
    await source.close()


@pytest.mark.parametrize(
    "view",
    [
        View("doelen", "v_weg", ("bsn",)),
        View("doelen", "v_doelen", ("bsn_weg",)),
    ],
)
async def test_a_view_that_is_not_as_the_settings_say_is_malformed_not_empty(url: str, view: View) -> None:
    source = views.source(url, views=(view,))
    with pytest.raises(SourceMalformedError) as caught:
        await source.fetch(make.permit())
    assert make.SEM not in str(caught.value)
    assert caught.value.__cause__ is None
    await source.close()


async def test_more_rows_than_the_limit_are_refused(url: str) -> None:
    source = views.source(url, rows=1)
    with pytest.raises(SourceMalformedError, match="view of `doelen`: more than 1 rows"):
        await source.fetch(make.permit())
    await source.close()


async def test_a_row_without_an_id_makes_all_of_it_malformed(tmp_path: Path, url: str) -> None:
    with sqlite3.connect(tmp_path / "dossier.db") as other:
        other.execute("UPDATE doelen SET doel_id = NULL WHERE doel_id = 2")
    source = views.source(url)
    with pytest.raises(SourceMalformedError, match="view of `doelen`: a row without an id"):
        await source.fetch(make.permit())
    await source.close()


async def test_a_column_that_is_new_in_the_view_is_listed(url: str) -> None:
    source = views.source(url)
    records = await source.fetch(make.permit())
    more = [replace(each, content=each.content | {"nieuw": "iets"}) for each in records]
    assert {each.path for each in source.map(more, make.permit()).leftovers} == {"nieuw"}
    await source.close()


@pytest.mark.parametrize("name", ["", "doelen; DROP TABLE x", 'a"b', "a.b.c", "1a", "a-b", "a" * 64, "dóelen"])
def test_a_name_that_is_not_plain_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        View("doelen", name, ("bsn",))
    with pytest.raises(ValueError, match="letters, digits"):
        View("doelen", "v", (name,))


async def test_a_database_file_that_cannot_be_opened_is_silence(tmp_path: Path) -> None:
    source = views.source(f"sqlite+aiosqlite:///{tmp_path / 'weg' / 'dossier.db'}")
    with pytest.raises(SourceSilentError, match="the database does not answer: SQLITE_CANTOPEN"):
        await source.fetch(make.permit())
    await source.close()
    await asyncio.sleep(0.1)  # aiosqlite leaves the thread of a failed connection to end by itself


def test_the_password_is_never_shown() -> None:
    source = views.source("postgresql+asyncpg://lezer:geheim@localhost/dossier")
    assert "geheim" not in repr(source._settings)
    assert "geheim" not in repr(source._engine)


async def test_no_server_is_silence() -> None:
    source = views.source("postgresql+asyncpg://lezer@127.0.0.1:1/dossier")
    with pytest.raises(SourceSilentError):
        await source.fetch(make.permit())
    await source.close()
