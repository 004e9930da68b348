"""Whoever is erased while a holder looks at what waits for him is not shown to him any more."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy, hold_still
from gateway.erasing.reading import hold
from gateway.holders import inbox
from gateway.holders.inbox import Inbox
from gateway.holders.questions import Waiting, waiting_for
from gateway.identity.caller import Caller
from tests.gateway.log.office import indexed
from tests.gateway.openapi.prepared import family
from tests.gateway.running import Running, running


@pytest_asyncio.fixture
async def gateway(postgres_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(family(), tmp_path, database_url=postgres_url) as one:
        await one.ask("bo", "sem", "child-protection-inquiry")
        await indexed(one)
        yield one


async def test_no_question_is_shown_about_who_is_erased_meanwhile(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Inbox._shown
    found = list[list[dict[str, Any]]]()

    async def late(self: Inbox, connection: AsyncConnection, holder: str, caller: Caller) -> list[dict[str, Any]]:
        found.append(await shown(self, connection, holder, caller))
        await _erase(gateway, "sem")
        return found[-1]

    monkeypatch.setattr(Inbox, "_shown", late)
    answer = await gateway.call("chris", "GET", "/api/v1/holder/questions")
    assert [each["about"] for each in found[0]] == ["sem"]
    assert (answer.status, json.loads(answer.body)["questions"]) == (200, [])


async def test_no_question_is_read_that_loses_its_key_meanwhile(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = list[Waiting]()

    async def late(connection: AsyncConnection, holder: str) -> list[Waiting]:
        found.extend(await waiting_for(connection, holder))
        await _erase(gateway, "sem")
        return found

    monkeypatch.setattr(inbox, "waiting_for", late)
    answer = await gateway.call("chris", "GET", "/api/v1/holder/questions")
    assert [each.person for each in found] == ["sem"]
    assert (answer.status, json.loads(answer.body)["questions"]) == (200, [])


async def _erase(gateway: Running, person: str) -> None:
    async with write_transaction(gateway.gateway.engine) as erasing:
        await hold(erasing, person)
        await hold_still(erasing)
        await destroy(erasing, person)
