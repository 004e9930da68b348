"""Step 0012 ends the answers that nobody repeats any more, and leaves those of today to the version that serves."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

import gateway.migrations.migrate
from gateway.database.engine import create_engine, write_transaction
from gateway.migrations.migrate import migrate

STEPS = Path(gateway.migrations.migrate.__file__).parents[1] / "migrations"
TOLD = "INSERT INTO idempotent_request (key, request, answer, recorded_at) VALUES (:key, :key, 'open', {})"
AGO = {
    "postgresql": "clock_timestamp() - INTERVAL '{} hours'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-{} hours')",
}


async def test_answers_past_their_term_end_with_the_step_and_todays_are_left(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "migrations"
    shutil.copytree(STEPS, before, ignore=shutil.ignore_patterns("__pycache__"))
    for each in (before / "versions").glob("r*.py"):
        if each.name > "r0012":
            each.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(gateway.migrations.migrate, "_STEPS", before)
        await migrate(empty_url)
    engine = create_engine(empty_url)
    async with write_transaction(engine) as connection:
        for hours in (23, 25):
            ago = AGO[connection.dialect.name].format(hours)
            await connection.execute(text(TOLD.format(ago)), {"key": bytes([hours])})
    await engine.dispose()
    await migrate(empty_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT key, answer, sealed FROM idempotent_request"))).all()
    assert [(bytes(row.key), row.answer, row.sealed) for row in rows] == [(bytes([23]), "open", None)]
    await engine.dispose()
