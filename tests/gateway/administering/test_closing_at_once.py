"""What an administrator ends waits for no key service, and for no operator but in one order."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from consent.keys import KeyUnavailableError
from gateway.backup.snapshot import snapshot
from gateway.database.engine import write_transaction
from gateway.keys.files import FileKeyService
from gateway.registry.rows import hold
from gateway.registry.words import Words
from tests.gateway.administering.house import ADMINISTRATOR, FACTS, asks, house_at, told
from tests.gateway.administering.test_replacing import STANDS_IN, recorded
from tests.gateway.waiting import somebody_waits

CLIENT = {"kind": "client", "name": "gi-system", "because": "De laptop is gestolen."}
LONG = 20
"""Seconds: nothing here takes as long, but for who waits for the backup to end."""


async def test_it_waits_for_no_key_service_and_what_opens_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house_at(tmp_path) as gateway:
        replacement = await recorded(gateway)
        assert [await asks(gateway, who) for who in ("gijs", "geert")] == [200, 200]

        async def silent(*_: object) -> bytes:
            raise KeyUnavailableError("no answer")

        with monkeypatch.context() as patched:
            patched.setattr(FileKeyService, "hmac", silent)
            for path, body, status in (
                ("replacements", STANDS_IN, 503),
                ("professionals", {"id": "gijs", "role": "family-guardian"}, 503),
                (f"replacements/{replacement}/close", {}, 201),
                ("professionals/gijs/close", {}, 201),
            ):
                answer = await gateway.once(ADMINISTRATOR, f"{FACTS}/{path}", f"key-{path}", body)
                assert answer.status == status, (path, answer.body)
        assert [await asks(gateway, who) for who in ("gijs", "geert")] == [401, 403]


@pytest.mark.server
async def test_an_operator_and_an_administrator_at_one_time_do_not_wait_for_each_other(
    tmp_path: Path, postgres_url: str
) -> None:
    async with house_at(tmp_path, postgres_url) as gateway:
        assert await asks(gateway, "gijs") == 200
        committer = gateway.gateway.exchange.committer
        async with write_transaction(committer.engine) as connection:
            await hold(connection)
            ending = asyncio.create_task(told(gateway, "organisations/close", CLIENT))
            await somebody_waits(committer.engine)
            # What the operator's command does next.
            await Words(connection, committer.facts, committer.log).open_ones()
        assert (await ending).status == 201
        assert await asks(gateway, "gijs") == 401


@pytest.mark.server
@pytest.mark.parametrize(
    ("by", "path"), [(ADMINISTRATOR, f"{FACTS}/professionals/gijs/close"), ("officer:gi", "/api/v1/holder/stop")]
)
async def test_it_waits_for_no_backup_and_nobody_waits_for_it_meanwhile(
    tmp_path: Path, postgres_url: str, by: str, path: str
) -> None:
    async with house_at(tmp_path, postgres_url) as gateway, snapshot(gateway.gateway.engine) as connection:
        # As `pg_dump` does to each table, until its end.
        await connection.execute(text("LOCK TABLE registry_fact IN ACCESS SHARE MODE"))
        async with asyncio.timeout(LONG):
            assert (await gateway.call(by, "POST", path, {} if by == ADMINISTRATOR else None)).status in {200, 201}
            assert await asks(gateway, "geert") == 403
