"""`GET /audit/tile/LEVEL/INDEX`: whoever has tiles and a checkpoint needs nothing else of ours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.published import published
from audit.tiles import Tile
from tests.gateway.log_routes.conftest import Published
from tests.gateway.log_routes.fetching import Reader, fetch
from tests.gateway.log_routes.growing import grow_to, lay, leaf_hash, root_of

SIZES = [0, 1, 2, 3, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 66_000]


async def test_the_root_of_every_checkpoint_can_be_built_from_tiles_alone(log: Published) -> None:
    reader, hashes = Reader(log.url), [leaf_hash(number) for number in range(SIZES[-1])]
    for size in SIZES:
        await grow_to(log.engine, size)
        assert await reader.head() == (size, root_of(hashes[:size]))
        assert await reader.root(size) == root_of(hashes[:size])
    # What was cached at one size holds at every later one.
    for size in SIZES:
        assert await reader.root(size) == root_of(hashes[:size])
    assert await reader.hashes(1, 0, 256) == [root_of(hashes[at : at + 256]) for at in range(0, 65_536, 256)]
    assert await reader.hashes(2, 0, 1) == [root_of(hashes[:65_536])]


async def test_what_is_laid_and_not_yet_signed_is_not_shown(log: Published) -> None:
    await grow_to(log.engine, 255)
    await lay(log.engine, 600)
    shown = {
        name: (await fetch(log.url, f"/audit/tile/{name}")).status
        for name in ("0/000.p/255", "0/000", "0/001.p/1", "1/000.p/1")
    }
    assert shown == {"0/000.p/255": 200, "0/000": 404, "0/001.p/1": 404, "1/000.p/1": 404}


async def test_nothing_is_shown_of_a_log_that_never_signed(log: Published) -> None:
    await lay(log.engine, 300)
    assert (await fetch(log.url, "/audit/tile/0/000")).status == 404
    assert (await fetch(log.url, "/audit/checkpoint")).status == 404


async def test_a_full_tile_may_be_kept_for_ever_a_partial_one_for_a_while_a_checkpoint_not(log: Published) -> None:
    await grow_to(log.engine, 300)
    kept = {
        path: (await fetch(log.url, f"/audit/{path}")).headers["cache-control"]
        for path in ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "checkpoint", "tile/0/001")
    }
    assert kept == {
        "tile/0/000": "public, max-age=31536000, immutable",
        "tile/0/001.p/44": "public, max-age=3600, immutable",
        "tile/1/000.p/1": "public, max-age=3600, immutable",
        "checkpoint": "no-cache",
        "tile/0/001": "no-store",
    }


async def test_a_tile_is_bytes_and_nothing_else(log: Published) -> None:
    await grow_to(log.engine, 3)
    answer = await fetch(log.url, "/audit/tile/0/000.p/3")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.body == leaf_hash(0) + leaf_hash(1) + leaf_hash(2)


@pytest.mark.parametrize(("name", "looks"), [("0/000", 2), ("0/001.p/1", 2), ("1/000.p/1", 2), ("entries/000", 3)])
async def test_a_tile_is_looked_up_and_never_looked_for(sqlite: AsyncEngine, name: str, looks: int) -> None:
    await grow_to(sqlite, 257)
    async with sqlite.connect() as connection:
        with statements(sqlite) as asked:
            await published(connection, Tile.read(name))
        assert len(asked) == looks
        for statement, values in asked:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            # By its key, never through a table. The head is the last row of an index.
            assert all("SEARCH" in row.detail or "audit_checkpoint" in row.detail for row in plan)


async def test_a_tile_of_which_a_part_is_gone_is_not_given_out_in_part(sqlite_log: Published) -> None:
    async with sqlite_log.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER audit_node_no_delete"))
        await connection.execute(text("DELETE FROM audit_node WHERE level = 8"))
    answer = await fetch(sqlite_log.url, "/audit/tile/1/000.p/1")
    assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")


@contextmanager
def statements(engine: AsyncEngine) -> Iterator[list[tuple[str, Any]]]:
    """Give the list of what is asked of the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    event.listen(engine.sync_engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", hear)
