"""Whose authority ends while a view is made for him does not see it any more."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from audit.prepared import Prepared
from audit.receipt import Receipt
from gateway.app import create_app
from gateway.committing.commit import Committer
from gateway.sandbox.call import Answer
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

HELP = {"id": "h1", "kind": "help", "about": "zus", "organisations": ["ggz-west"], "since": "2026-01-01"}


@dataclass(frozen=True)
class Late(Committer):
    """A committer before whose every event something else is acknowledged."""

    before: Callable[[], Awaitable[Any]] | None = None

    async def _kept(self, event: Prepared, *rest: Any) -> Receipt | None:
        assert self.before is not None
        await self.before()
        return await super()._kept(event, *rest)


async def looked_while_it_ends(gateway: Running, view: str) -> Answer:
    """Have Sem's sister looked at by her mother, whose authority ends before the event of that is kept."""

    async def end() -> None:
        answer = await gateway.call("chris", "POST", "/api/v1/facts/authority/a2/close", {"field": "until"})
        assert answer.status == 201, answer.body

    whole = gateway.gateway
    own = whole.outlook.committer
    late = Late(own.engine, own.facts, own.log, own.sealer, own.health, before=end)
    whole.outlook = replace(whole.outlook, committer=late)
    gateway.app = create_app(whole)
    return await gateway.call("moeder", "GET", f"/api/v1/persons/zus/{view}")


@pytest.mark.parametrize("view", ["who-may-see", "forecast"])
async def test_who_lost_his_authority_meanwhile_sees_nothing(view: str, tmp_path: Path, database_url: str) -> None:
    async with running(world(involvements=[HELP]), tmp_path, database_url=database_url) as gateway:
        assert (await gateway.call("moeder", "GET", f"/api/v1/persons/zus/{view}")).status == 200
        assert (await looked_while_it_ends(gateway, view)).status == 403
