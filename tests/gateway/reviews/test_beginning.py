"""Where reviews and questions begin: at the end of the log as it stood at the step that brought them."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

import gateway.migrations.migrate
from gateway.database.engine import create_engine, write_transaction
from gateway.migrations.migrate import migrate

STEPS = Path(gateway.migrations.migrate.__file__).parents[1] / "migrations"
FIRST_OF_OURS = "r0008"


async def _migrated(
    url: str, events: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, int], list[int]]:
    """Take the steps before ours, keep so many events, and take the others; return where followers and sample begin."""
    before = folder / "migrations"
    shutil.copytree(STEPS, before, ignore=shutil.ignore_patterns("__pycache__"))
    for each in (before / "versions").glob("r*.py"):
        if each.name >= FIRST_OF_OURS:
            each.unlink()
    with monkeypatch.context() as earlier:
        earlier.setattr(gateway.migrations.migrate, "_STEPS", before)
        await migrate(url)
    engine = create_engine(url)
    if url.startswith("sqlite"):
        # There foreign keys are off unless somebody says so: the events themselves are not needed.
        with closing(sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))) as plain:
            plain.executemany("INSERT INTO audit_leaf VALUES (?, ?, ?)", [(n, f"{n:032x}", b"") for n in range(events)])
            plain.commit()
    else:
        async with write_transaction(engine) as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            row = text("INSERT INTO audit_leaf VALUES (:seq, CAST(:event AS uuid), '')")
            for n in range(events):
                await connection.execute(row, {"seq": n, "event": f"{n:032x}"})
    await migrate(url)
    async with engine.connect() as connection:
        places = await connection.execute(text("SELECT name, next FROM log_follower"))
        begins = {row.name: row.next for row in places}
        drawn = [int(each) for each in (await connection.execute(text("SELECT size FROM review_sample"))).scalars()]
    await engine.dispose()
    return begins, drawn


@pytest.mark.parametrize(("events", "begins", "drawn"), [(0, 0, []), (7, 7, [7])])
async def test_what_happened_before_opens_no_review_no_question_and_no_sample(  # noqa: PLR0913, PLR0917 - fixtures, and what is expected
    empty_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    events: int,
    begins: int,
    drawn: list[int],
) -> None:
    assert await _migrated(empty_url, events, tmp_path, monkeypatch) == (
        {"reviews": begins, "questions": begins},
        drawn,
    )
