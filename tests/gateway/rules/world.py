"""A family that asks after the amendment, a gateway that wants confirmed rules, and the words of two officers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from gateway.commands import rules as cli_rules
from gateway.commands.operating import Said
from gateway.exchange import Exchange
from gateway.keys.first import make_first_keys
from gateway.migrations.migrate import migrate
from gateway.settings import Settings
from gateway.wiring import Gateway
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

AFTER = "2027-01-05T10:00:00+01:00"
WHY = "read the Stb. of 1 December against every row"


def world_at(at: str) -> dict[str, Any]:
    told = world()
    return told | {"request": {**told["request"], "at": at}}


def strict(exchange: Exchange) -> Exchange:
    """Want confirmed rules, as production does."""
    return replace(exchange, require_confirmed_rules=True)


@asynccontextmanager
async def gateway_at(at: str, folder: Path, *, database_url: str | None = None) -> AsyncIterator[Running]:
    async with running(world_at(at), folder, exchange=strict, database_url=database_url) as one:
        one.gateway.rules = replace(one.gateway.rules, required=True)
        yield one


def set_environment(monkeypatch: pytest.MonkeyPatch, settings: Settings, **more: str) -> None:
    told = {
        "ENVIRONMENT": settings.environment,
        "PUBLIC_URL": settings.public_url,
        "DATABASE_URL": settings.database_url,
        "KEY_FILE": str(settings.key_file),
        "LOG_KEY_FILE": str(settings.log_key_file),
        "TOKEN_KEY_FILE": str(settings.token_key_file),
    }
    for name, value in {**told, **more}.items():
        monkeypatch.setenv(f"SCHAKEL_{name}", value)


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Make an installation of production, with keys and tables, that the environment names."""
    (folder / "keys").mkdir()
    made = Settings(
        public_url="https://schakel.example.org",
        database_url=f"sqlite+aiosqlite:///{folder / 'schakel.db'}",
        key_file=folder / "keys" / "persons.json",
        log_key_file=folder / "keys" / "log.key",
        token_key_file=folder / "keys" / "tokens.json",
    )
    make_first_keys(made)
    asyncio.run(migrate(made.database_url))
    set_environment(monkeypatch, made)
    return made


async def confirm(officer: str, *, name: str = "2027-01", because: str = WHY) -> Said:
    """Run the command, which has a loop of its own, beside the gateway."""
    return await asyncio.to_thread(cli_rules.run_confirm, name, officer=officer, because=because)


async def leaves(gateway: Gateway, kind: str) -> list[dict[str, Any]]:
    async with gateway.engine.connect() as connection:
        rows = await connection.execute(text("SELECT leaf FROM audit_event ORDER BY id"))
        found = [orjson.loads(row[0]) for row in rows]
    return [each for each in found if each["kind"] == kind]


async def view(one: Running, request_id: str, who: str = "officer") -> dict[str, Any]:
    body: dict[str, Any] = json.loads((await one.call(who, "GET", f"/api/v1/decisions/{request_id}")).body)
    return body
