"""Whose authority ends while a view is made for him does not see it any more; a newcomer elsewhere changes nothing."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from audit.prepared import Prepared
from audit.receipt import Receipt
from consent.store.recording import register
from gateway.app import create_app
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
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


async def looked_while(gateway: Running, view: str, before: Callable[[], Awaitable[Any]]) -> Answer:
    """Have Sem's sister looked at by her mother, where `before` happens just before each event of that is kept."""
    whole = gateway.gateway
    own = whole.outlook.committer
    late = Late(own.engine, own.facts, own.log, own.sealer, own.health, before=before)
    whole.outlook = replace(whole.outlook, committer=late)
    gateway.app = create_app(whole)
    return await gateway.call("moeder", "GET", f"/api/v1/persons/zus/{view}")


async def registered(gateway: Running, section: str, told: dict[str, Any]) -> None:
    committer = gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        await register(connection, committer.facts, [(section, told)])


@pytest.mark.parametrize("view", ["who-may-see", "forecast"])
async def test_who_lost_his_authority_meanwhile_sees_nothing(view: str, tmp_path: Path, database_url: str) -> None:
    async with running(world(involvements=[HELP]), tmp_path, database_url=database_url) as gateway:

        async def end() -> None:
            answer = await gateway.call("chris", "POST", "/api/v1/facts/authority/a2/close", {"field": "until"})
            assert answer.status == 201, answer.body

        assert (await gateway.call("moeder", "GET", f"/api/v1/persons/zus/{view}")).status == 200
        assert (await looked_while(gateway, view, end)).status == 403


@pytest.mark.parametrize("view", ["who-may-see", "forecast"])
async def test_a_newcomer_elsewhere_has_nobody_look_again(view: str, tmp_path: Path, database_url: str) -> None:
    async with running(world(involvements=[HELP]), tmp_path, database_url=database_url) as gateway:
        looks: list[str] = []

        async def come_in() -> None:
            looks.append(f"newcomer-{len(looks)}")
            await registered(
                gateway, "professionals", {"id": looks[-1], "organisation": "ggz-west", "role": "therapist"}
            )

        assert ((await looked_while(gateway, view, come_in)).status, len(looks)) == (200, 1)


async def test_a_holder_who_stops_meanwhile_is_seen(tmp_path: Path, database_url: str) -> None:
    consent = {"id": "c1", "about": "zus", "given_by": "moeder", "on": "2026-11-01", "holders": ["ggz-west"]}
    more = {"recipients": ["team-noord"], "purposes": ["coordinate-plan"], "categories": ["goals"]}
    told = world(involvements=[HELP], consents=[consent | more])
    async with running(told, tmp_path, database_url=database_url) as gateway:

        async def stop() -> None:
            await registered(gateway, "stops", {"id": "ggz-west", "stopped": True})

        before = json.loads((await gateway.call("moeder", "GET", "/api/v1/persons/zus/who-may-see")).body)
        during = json.loads((await looked_while(gateway, "who-may-see", stop)).body)
        assert "ggz-west" in json.dumps(before["sights"])
        assert "ggz-west" not in json.dumps(during["sights"])
