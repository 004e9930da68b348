"""A gateway that runs, a newcomer with a system and a login of its own, and the operators who type."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from audit.read import events_named, opened
from audit.tables import audit_event
from gateway.commands.operating import Said
from gateway.commands.org import run_org_add, run_org_end, run_org_list
from gateway.identity.builtin_provider import Login
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.registry.rows import EntryKind
from gateway.sandbox.call import CallError, fetch_token
from gateway.sandbox.credentials import OrganisationKeys, Someone
from schemas.words import Role
from tests.gateway.rules.world import set_environment
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

CLIENT, ISSUER = "west-system", "https://login.west.example"
FILE = """
[[organisations]]
id = "west"
name = "Team West (verzonnen)"
kind = "local-team"

[[organisations.clients]]
client_id = "west-system"
jwks_file = "west.jwks.json"

[[organisations.identity_providers]]
issuer = "https://login.west.example"
trusted_acr = ["substantial"]
subject_is_professional_id = true
roles = { wie = "youth-professional" }
jwks_file = "west.jwks.json"
"""
WHY = "the contract with west ended"
ALL = ("organisation west", f"client {CLIENT} of west", f"identity-provider {ISSUER} of west")


def publishing(address: str, more: str = "") -> str:
    """Return the registry file in which the provider publishes its keys at `address`; `more` is said of it besides."""
    return f'{FILE.rpartition("jwks_file =")[0]}jwks_uri = "{address}"\n{more}\n'


@dataclass
class Town:
    """The gateway, and the newcomer's registry file."""

    gateway: Running
    folder: Path
    key: SigningKey = field(default_factory=new_signing_key)

    def __post_init__(self) -> None:
        self.publish(self.key)
        keys = OrganisationKeys(
            organisation="west", client_id=CLIENT, client_key=self.key, issuer=ISSUER, issuer_key=self.key
        )
        wim = Someone(organisation="west", login=Login(form="professional", id="wim", role=Role.OTHER))
        wim = replace(wim, login=replace(wim.login, role="wie"))  # type: ignore[arg-type] # a word of that provider's own
        before = self.gateway.credentials
        self.gateway.credentials = replace(before, keys={**before.keys, "west": keys}, people=(*before.people, wim))

    def publish(self, key: SigningKey) -> None:
        (self.folder / "west.jwks.json").write_text(json.dumps({"keys": [key.published()]}), encoding="utf-8")

    def log_in_with(self, key: SigningKey) -> None:
        """Have the newcomer's provider sign with `key` from now on."""
        had = self.gateway.credentials
        keys = {**had.keys, "west": replace(had.keys["west"], issuer_key=key)}
        self.gateway.credentials = replace(had, keys=keys)

    async def add(self, operator: str, *, file: str = FILE) -> list[str]:
        """Let an operator add a file; return the lines that he reads."""
        code, said = await self.adding(operator, file=file)
        assert code == 0, said
        return said.splitlines()

    async def adding(self, operator: str, *, file: str = FILE, name: str = "west.toml") -> Said:
        (self.folder / name).write_text(file, encoding="utf-8")
        return await asyncio.to_thread(run_org_add, self.folder / name, operator=operator)

    async def end(self, name: str, operator: str = "carla", *, kind: EntryKind | None = None) -> Said:
        return await asyncio.to_thread(run_org_end, name, operator=operator, because=WHY, kind=kind)

    async def listed(self) -> list[str]:
        code, said = await asyncio.to_thread(run_org_list)
        assert code == 0, said
        return said.splitlines()

    async def gets_token(self) -> bool:
        """Say whether the newcomer's system gets a token for its professional."""
        someone = self.gateway.credentials.named("wim")
        key = new_signing_key()
        try:
            token = await fetch_token(self.gateway.session, self.gateway.credentials, someone, key)
        except CallError:
            return False
        self.gateway.hold("wim", key, token)
        return True

    async def status(self) -> int:
        """Return how the gateway answers the token that the newcomer has."""
        return (await self.gateway.call("wim", "GET", "/api/v1/holder/questions")).status

    async def knows_west(self) -> bool:
        """Say whether the newcomer is an organisation among the facts."""
        committer = self.gateway.gateway.exchange.committer
        async with committer.engine.connect() as connection:
            return "west" in await committer.facts.registry(connection)

    async def events(self) -> list[dict[str, Any]]:
        """Return what operators with a name did, oldest first: the outcome, and what the event holds."""
        committer = self.gateway.gateway.exchange.committer
        async with committer.engine.connect() as connection:
            names = list(
                (await connection.execute(select(audit_event.c.event_id).order_by(audit_event.c.id))).scalars()
            )
            entries = await events_named(connection, names)
        told = [
            {"leaf": each.leaf_json, **{name: of["value"] for name, of in opened(committer.sealer, each).items()}}
            for each in sorted(entries, key=lambda each: names.index(each.event_id))
            if each.leaf_json["kind"] == "config.changed"
        ]
        return [each for each in told if "account" in each["actor"]]

    async def rows(self) -> int:
        async with self.gateway.gateway.engine.connect() as connection:
            return int((await connection.execute(text("SELECT count(*) FROM registration"))).scalar_one())


@asynccontextmanager
async def town(
    folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, *, of: dict[str, Any] | None = None, **how: Any
) -> AsyncIterator[Town]:
    """Run the gateway, round another world where it is said; `how` goes to `running`."""
    async with running(world() if of is None else of, folder, database_url=database_url, **how) as gateway:
        set_environment(monkeypatch, gateway.gateway.settings)
        yield Town(gateway, folder)
