"""Settings are part of the configuration: who serves has them on record first."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from audit.events import Field, Kind
from audit.store import AuditUnavailableError
from audit.tables import audit_event
from gateway.database.engine import create_engine
from gateway.identity.keys import TokenKeys, new_signing_key
from gateway.keys.first import make_first_keys
from gateway.sandbox.running import Options, sandbox_settings
from gateway.serving import listen, serve
from gateway.settings import Settings
from gateway.settings_told import tell_settings, told_of
from schemas.whole_file import LARGEST
from tests.gateway.log.followers import placed
from tests.gateway.log.office import told as all_told
from tests.gateway.running import Running, running
from tests.gateway.worlds import world
from tests.laid import lay


async def kinds(url: str) -> list[str]:
    """Return of what kind each event of the log is, oldest first."""
    engine = create_engine(url)
    async with engine.connect() as connection:
        leaves = (await connection.execute(select(audit_event.c.leaf).order_by(audit_event.c.id))).scalars().all()
    await engine.dispose()
    return [json.loads(leaf)["kind"] for leaf in leaves]


async def tell(one: Running, **changes: Any) -> None:
    """Have it on record that the gateway is started on settings with these `changes`."""
    settings = one.gateway.settings.model_copy(update=changes)
    await tell_settings(one.gateway.exchange.committer, settings, one.gateway.identity.keys)


async def told(one: Running, what: str = "settings") -> list[dict[str, Any]]:
    """Return all that is told of settings, or of keys, oldest first."""
    await placed(one)
    details = [each.fields.get(Field.DETAIL, {}) for each in await all_told(one)]
    return [each[what] for each in details if what in each]


@pytest.fixture
def production(tmp_path: Path) -> Settings:
    # The url names a port that nobody listens on: nothing is asked here.
    settings = sandbox_settings(tmp_path, "http://127.0.0.1:8420", Options())
    changes = {"environment": "production", "insecure_builtin_identity_provider": False, "insecure_http": True}
    return settings.model_copy(update=changes)


async def test_who_serves_has_his_settings_on_record_first(production: Settings) -> None:
    make_first_keys(production)
    await lay(production.database_url)
    ready = asyncio.Event()
    with listen("127.0.0.1", 0) as listening:
        serving = asyncio.create_task(serve(production, listening, ready=ready.set))
        await asyncio.wait([serving, asyncio.create_task(ready.wait())], return_when=asyncio.FIRST_COMPLETED)
        assert await kinds(production.database_url) == [Kind.CONFIG_CHANGED]
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_each_start_is_told_on_the_same_settings_and_on_others(tmp_path: Path, database_url: str) -> None:
    async with running(world(), tmp_path, database_url=database_url) as one:
        for warning in (10, 11, 10, 10):
            await tell(one, emergency_warning=warning)
        assert [each["emergency_warning"] for each in await told(one)] == [10, 11, 10, 10]


async def test_who_may_open_the_log_is_told_by_what_the_file_says(tmp_path: Path) -> None:
    keys = tmp_path / "officers"
    async with running(world(), tmp_path) as one:
        await tell(one, officer_keys=keys)
        for content in ("anna\n", "anna\nbram\n"):
            keys.write_text(content)
            await tell(one, officer_keys=keys)
        nobody, first, second = (each["officer_keys"] for each in await told(one))
    assert nobody == "unreadable"
    assert first != second
    assert first.startswith("sha256:")


async def test_a_key_that_may_sign_tokens_too_is_told(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as one:
        await tell(one)
        more = TokenKeys(new_signing_key(), {}, b"{}")
        await tell_settings(one.gateway.exchange.committer, one.gateway.settings, more)
        keys = await told(one, "keys")
    assert [each["log"] for each in keys] == [one.gateway.log.key.verifier.label] * 2
    assert keys[0]["tokens"] != keys[1]["tokens"]


def test_no_password_and_no_place_of_a_key_is_told(production: Settings) -> None:
    changes = {"database_url": "postgresql+asyncpg://schakel:geheim@db/schakel", "backup_key": None}
    said = json.dumps(told_of(production.model_copy(update=changes)))
    assert "geheim" not in said
    assert str(production.key_file.parent) not in said


async def test_nobody_serves_on_settings_that_cannot_be_told(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as one:
        one.gateway.exchange.committer.health.broken = True
        with pytest.raises(AuditUnavailableError):
            await tell(one)


def test_a_public_file_without_an_end_is_told_as_unreadable(tmp_path: Path) -> None:
    settings = sandbox_settings(tmp_path, "http://127.0.0.1", Options())
    with (tmp_path / "endless").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert told_of(settings.model_copy(update={"officer_keys": tmp_path / "endless"}))["officer_keys"] == "unreadable"
