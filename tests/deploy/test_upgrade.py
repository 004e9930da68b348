"""A migration is taken while the version before it serves; and no version serves on a database that is behind it."""

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

import gateway.migrations.migrate
from gateway.commands.operating import run_serve
from gateway.database.engine import create_engine
from gateway.database.steps import OldDatabaseError, newest_step, require_migrated
from gateway.migrations.migrate import migrate
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

STEPS = Path(gateway.migrations.migrate.__file__).parents[1] / "migrations"
LATER = '''\
"""A table, a column and an index more."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("fact", sa.Column("later", sa.String(8), nullable=True))
    op.add_column("audit_event", sa.Column("later", sa.String(8), nullable=True))
    op.create_index("later_event", "audit_event", ["later"])
'''
NARROWS = re.compile(
    r"op\.(drop_\w+|alter_column|rename_table)|\b(DROP (TABLE|COLUMN)|RENAME (TO|COLUMN)|ALTER COLUMN)\b", re.IGNORECASE
)

Steps = Callable[[Path], None]


@pytest.fixture
def with_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Steps], None]:
    """Give what makes `migrate` take other steps than ours: a copy of them that was changed."""

    def change(act: Steps) -> None:
        copy = tmp_path / "migrations"
        shutil.copytree(STEPS, copy, ignore=shutil.ignore_patterns("__pycache__"))
        act(copy / "versions")
        monkeypatch.setattr(gateway.migrations.migrate, "_STEPS", copy)

    return change


async def asked(gateway: Running) -> tuple[int, int]:
    """Return how an exchange went, and whether the gateway is ready."""
    answer = await gateway.ask("anna", "sem", "coordinate-plan")
    async with gateway.session.get(f"{gateway.url}/readyz") as ready:
        return answer.status, ready.status


async def step_of(url: str) -> str:
    engine = create_engine(url)
    async with engine.connect() as connection:
        found = str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())
    await engine.dispose()
    return found


def later(versions: Path) -> None:
    (versions / "r9999_later.py").write_text(LATER.format(newest=newest_step()))


def without_the_newest(versions: Path) -> None:
    [newest] = versions.glob(f"r{newest_step()}_*.py")
    newest.unlink()


async def test_today_serves_while_a_later_step_is_taken_and_after(
    database_url: str, tmp_path: Path, with_steps: Callable[[Steps], None]
) -> None:
    async with running(world(), tmp_path, database_url=database_url) as old:
        assert await step_of(database_url) == newest_step()
        with_steps(later)
        migrating = asyncio.ensure_future(migrate(database_url))
        statuses = [await asked(old)]
        while not migrating.done():
            statuses.append(await asked(old))
        await migrating
        assert await step_of(database_url) == "9999"
        statuses.append(await asked(old))
    assert set(statuses) == {(200, 200)}
    engine = create_engine(database_url)
    await require_migrated(engine)
    await engine.dispose()


@pytest.mark.server
async def test_a_step_that_needs_a_table_which_is_held_gives_way_and_is_taken_once_it_is_free(
    postgres_url: str, with_steps: Callable[[Steps], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(postgres_url)
    with_steps(later)
    monkeypatch.setattr(gateway.migrations.migrate, "_WAITS_FOR_A_TABLE", "100ms")
    engine = create_engine(postgres_url)
    async with engine.connect() as holding:
        await holding.execute(text("LOCK TABLE fact IN ACCESS SHARE MODE"))
        migrating = asyncio.ensure_future(migrate(postgres_url))
        await asyncio.sleep(0.5)
        assert not migrating.done()
        # Without giving way, this waits for the step, and so for whoever the step waits for.
        async with engine.connect() as reading, asyncio.timeout(2):
            await reading.execute(text("SELECT count(*) FROM fact"))
    await migrating
    assert await step_of(postgres_url) == "9999"
    await engine.dispose()


async def test_a_version_refuses_a_database_that_is_behind_it(
    empty_url: str, with_steps: Callable[[Steps], None]
) -> None:
    with_steps(without_the_newest)
    await migrate(empty_url)
    engine = create_engine(empty_url)
    with pytest.raises(OldDatabaseError, match=rf"at step \d{{4}}, and this version needs {newest_step()}; run"):
        await require_migrated(engine)
    await engine.dispose()


async def test_a_version_refuses_a_database_without_its_tables(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with pytest.raises(OldDatabaseError, match="has no tables of this program; run `schakel migrate`"):
        await require_migrated(engine)
    await engine.dispose()


def test_serving_says_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {name: tmp_path / name for name in ("key_file", "log_key_file", "token_key_file")}
    for name, path in keys.items():
        path.touch(mode=0o600)
        monkeypatch.setenv(f"SCHAKEL_{name.upper()}", str(path))
    monkeypatch.setenv("SCHAKEL_PUBLIC_URL", "https://schakel.example.org")
    monkeypatch.setenv("SCHAKEL_PORT", "0")
    (tmp_path / "database").mkdir()
    monkeypatch.setenv("SCHAKEL_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'database' / 'schakel.db'}")
    assert run_serve() == (1, "the database has no tables of this program; run `schakel migrate`")


@pytest.mark.parametrize("step", sorted((STEPS / "versions").glob("r*.py")), ids=lambda each: str(each.stem))
def test_a_step_only_adds_unless_it_says_that_it_contracts(step: Path) -> None:
    source = step.read_text()
    assert source.startswith('"""Contract:') or NARROWS.search(source) is None


def test_a_step_that_takes_away_is_seen() -> None:
    taking = ("op.drop_column('fact', 'x')", "ALTER TABLE fact DROP COLUMN x", "op.alter_column('fact', 'x')")
    assert all(NARROWS.search(each) for each in taking)
    assert NARROWS.search("DROP TRIGGER IF EXISTS fact_no_update") is None
