"""A process that dies leaves a fact whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.store.fact_store import FactStore
from tests.consent.store import make

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(("moment", "kept"), [("before", 0), ("after", 1)])
async def test_a_fact_is_there_if_and_only_if_it_was_committed(
    engine: AsyncEngine, store: FactStore, database_url: str, moment: str, kept: int
) -> None:
    async with engine.connect() as connection:
        before = await store.gather(connection, make.BSN, make.SEM)
    command = [sys.executable, "-m", "tests.consent.store.crash", database_url, moment]
    ended = subprocess.run(command, cwd=ROOT, check=False, timeout=60)  # noqa: ASYNC221 - nothing else runs here
    assert ended.returncode == -9
    async with engine.connect() as connection:
        after = await store.gather(connection, make.BSN, make.SEM)
    assert len(after.facts.consents) == kept
    assert (after.versions != before.versions) is bool(kept)
    # Nothing stays locked either.
    await make.record(engine, store, "consents", make.CONSENT)
