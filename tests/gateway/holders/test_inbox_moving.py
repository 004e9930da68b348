"""Whoever is erased while a holder looks at what waits for him is not shown to him any more."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy, hold_still
from gateway.erasing.reading import hold
from gateway.holders.inbox import Inbox
from gateway.identity.caller import Caller
from tests.gateway.log.office import indexed
from tests.gateway.openapi.prepared import family
from tests.gateway.running import running


async def test_no_question_is_shown_about_who_is_erased_meanwhile(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(family(), tmp_path, database_url=postgres_url) as gateway:
        await gateway.ask("bo", "sem", "child-protection-inquiry")
        await indexed(gateway)
        shown = Inbox._shown
        found = list[list[dict[str, Any]]]()

        async def late(self: Inbox, connection: AsyncConnection, holder: str, caller: Caller) -> list[dict[str, Any]]:
            found.append(await shown(self, connection, holder, caller))
            async with write_transaction(gateway.gateway.engine) as erasing:
                await hold(erasing, "sem")
                await hold_still(erasing)
                await destroy(erasing, "sem")
            return found[-1]

        monkeypatch.setattr(Inbox, "_shown", late)
        answer = await gateway.call("chris", "GET", "/api/v1/holder/questions")
        assert [each["about"] for each in found[0]] == ["sem"]
        assert (answer.status, json.loads(answer.body)["questions"]) == (200, [])
