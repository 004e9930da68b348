"""Whose authority ends while facts are read for him does not see them any more."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import KeyService
from consent.store.fact_store import FactStore
from gateway.app import create_app
from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy, hold_still
from gateway.erasing.reading import hold
from tests.gateway.running import running
from tests.gateway.worlds import world

HELP = {"id": "h1", "kind": "help", "about": "zus", "organisations": ["ggz-west"], "since": "2026-01-01"}
VIEW = "/api/v1/persons/zus/facts"


class LateStore(FactStore):
    """A store behind whose reading of a family, and once, something else is acknowledged."""

    def __init__(self, keys: KeyService, then: Callable[[], Awaitable[Any]]) -> None:
        super().__init__(keys)
        self._then: Callable[[], Awaitable[Any]] | None = then

    async def clock(self, connection: AsyncConnection) -> datetime:
        then, self._then = self._then, None
        if then is not None:
            await then()
        return await super().clock(connection)


async def test_who_lost_his_authority_meanwhile_sees_nothing(tmp_path: Path, postgres_url: str) -> None:
    # SQLite has one writer at a time, so there nothing can come between.
    async with running(world(involvements=[HELP]), tmp_path, database_url=postgres_url) as gateway:
        assert (await gateway.call("moeder", "GET", VIEW)).status == 200
        whole = gateway.gateway
        desk, before = whole.facts_desk, gateway.app

        async def end() -> None:
            now, gateway.app = gateway.app, before
            answer = await gateway.call("chris", "POST", "/api/v1/facts/authority/a2/close", {"field": "until"})
            assert answer.status == 201, answer.body
            gateway.app = now

        late = replace(desk.committer, facts=LateStore(desk.committer.facts.keys, end))
        whole.facts_desk = replace(desk, committer=late)
        gateway.app = create_app(whole)
        assert (await gateway.call("moeder", "GET", VIEW)).status == 403


@pytest.mark.parametrize("path", [VIEW, "/api/v1/persons/zus/forecast"])
async def test_of_who_is_erased_meanwhile_nothing_can_be_read(tmp_path: Path, postgres_url: str, path: str) -> None:
    async with running(world(involvements=[HELP]), tmp_path, database_url=postgres_url) as gateway:
        whole = gateway.gateway
        desk, outlook = whole.facts_desk, whole.outlook

        async def erase() -> None:
            async with write_transaction(whole.engine) as connection:
                await hold(connection, "zus")
                await hold_still(connection)
                await destroy(connection, "zus")

        late = replace(desk.committer, facts=LateStore(desk.committer.facts.keys, erase))
        whole.facts_desk, whole.outlook = replace(desk, committer=late), replace(outlook, committer=late)
        gateway.app = create_app(whole)
        assert (await gateway.call("chris", "GET", path)).status == 503
        assert (await gateway.call("chris", "GET", path)).status == 403
