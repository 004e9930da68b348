"""Who gains by it says himself who is registered, in which role, or what a record is; registered rightly it opens."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.commands.org import run_org_add
from gateway.database.engine import write_transaction
from gateway.identity.builtin_provider import Login
from gateway.identity.keys import new_signing_key
from gateway.registry.file import RegistryFileError, read_registry_file
from gateway.registry.store import record
from gateway.sandbox.call import CallError
from gateway.sandbox.credentials import OrganisationKeys, Someone
from schemas.words import Role
from tests.gateway.facts.attacks.attacking import Json, ask, opens, refused, registered
from tests.gateway.rules.world import set_environment
from tests.gateway.running import Running, running
from tests.properties.every_basis import world_of_basis

ISSUER = "https://login.{name}.example"
FILE = """
[[organisations]]
id = "{name}"
name = "Invented"
kind = "{kind}"
emergency_opt_in = true

[[organisations.identity_providers]]
issuer = "https://login.{name}.example"
trusted_acr = ["substantial"]
subject_is_professional_id = true
roles = {{ wie = "{role}" }}
jwks_file = "jwks.json"
"""


def with_keys(gateway: Running, organisation: str, **more: object) -> None:
    """Let everybody of `organisation` come with other keys from now on."""
    keys: dict[str, OrganisationKeys] = dict(gateway.credentials.keys)
    keys[organisation] = replace(keys[organisation], **more)  # type: ignore[arg-type] # whichever a test names
    gateway.credentials = replace(gateway.credentials, keys=keys)


async def get_no_token(gateway: Running, world: Json) -> None:
    with pytest.raises(CallError, match="gives no token"):
        await ask(gateway, world)


async def test_organisation_that_nobody_registered_gets_no_token(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-24")
    async with running(world, tmp_path, database_url=database_url) as gateway:
        right = gateway.credentials
        with_keys(gateway, "crisis", client_id="crisis-too-system", issuer=ISSUER.format(name="crisis-too"))
        await get_no_token(gateway, world)
        await refused(gateway, "juf", "organisations", {"id": "crisis-too", "kind": "crisis-service"}, status=404)
        gateway.credentials = right
        assert await opens(gateway, world)


@pytest.mark.parametrize("key", ["client_key", "issuer_key"])
async def test_client_key_or_that_of_an_identity_provider_that_nobody_registered_gets_no_token(
    key: str, tmp_path: Path
) -> None:
    world = world_of_basis("LB-24")
    async with running(world, tmp_path) as gateway:
        right = gateway.credentials
        with_keys(gateway, "crisis", **{key: new_signing_key()})
        await get_no_token(gateway, world)
        gateway.credentials = right
        assert await opens(gateway, world)


async def test_emergency_opt_in_that_is_not_the_holders_own_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of_basis("LB-24")
    for each in world["organisations"]:
        each["emergency_opt_in"] = False
    async with running(world, tmp_path) as gateway:
        opted = {"id": "ggz", "kind": "youth-mental-health", "emergency_opt_in": True}
        await refused(gateway, "kris chris", "organisations", opted, status=404)
        # Nor does an operator say it for him in the file with which he registers organisations.
        set_environment(monkeypatch, gateway.gateway.settings)
        file = write_file(tmp_path, "ggz", "youth-mental-health", "therapist")
        await asyncio.to_thread(run_org_add, file, operator="anna")
        code, said = await asyncio.to_thread(run_org_add, file, operator="bert")
        assert (code, said.splitlines()[0]) == (0, "registered organisation ggz")
        assert not await opens(gateway, world)
        await registered(gateway, "organisations", opted)
        assert await opens(gateway, world)


def write_file(folder: Path, name: str, kind: str, role: str) -> Path:
    file = folder / f"{name}.toml"
    keys = folder / "jwks.json"
    if not keys.exists():
        keys.write_text(json.dumps({"keys": [new_signing_key().published()]}), encoding="utf-8")
    file.write_text(FILE.format(name=name, kind=kind, role=role), encoding="utf-8")
    return file


async def test_professional_and_role_are_not_what_a_school_makes_of_its_teacher(tmp_path: Path) -> None:
    world = world_of_basis("LB-24")
    with pytest.raises(RegistryFileError, match="no `crisis-worker` works in an organisation of kind `school`"):
        read_registry_file(write_file(tmp_path, "school", "school", "crisis-worker"), invented_people_only=True)
    async with running(world, tmp_path) as gateway:
        committer = gateway.gateway.exchange.committer

        async def register(connection: AsyncConnection, name: str, kind: str, role: str) -> None:
            file = read_registry_file(write_file(tmp_path, name, kind, role), invented_people_only=True)
            await record(connection, file.entries, log=committer.log, recorded_by="operator")

        key = new_signing_key()
        (tmp_path / "jwks.json").write_text(json.dumps({"keys": [key.published()]}), encoding="utf-8")
        async with write_transaction(committer.engine) as connection:
            await register(connection, "school", "school", "teacher")
            await register(connection, "crisis", "crisis-service", "crisis-worker")
        for name in ("school", "crisis"):
            with_keys(gateway, name, issuer=ISSUER.format(name=name), issuer_key=key)
        assert await asks_as(gateway, world, "school", "crisis-worker") is None
        assert await asks_as(gateway, world, "school", "wie") is False
        assert await asks_as(gateway, world, "crisis", "wie") is True


async def asks_as(gateway: Running, world: Json, organisation: str, role: str) -> bool | None:
    """Ask as somebody new, of whom his organisation says this role: whether he gets it, None where he gets no token."""
    name = f"new-{organisation}-{role}"
    one = Someone(organisation=organisation, login=Login(form="professional", id=name, role=Role.OTHER))
    one = replace(one, login=replace(one.login, role=role))  # type: ignore[arg-type] # a word of that provider's own
    gateway.credentials = replace(gateway.credentials, people=(*gateway.credentials.people, one))
    world["request"]["requester"] = {"professional": name}
    try:
        return await opens(gateway, world)
    except CallError:
        return None


@pytest.mark.parametrize("word", ["regime", "about", "records_told"])
async def test_record_is_what_its_holders_system_tells_and_never_the_asker(word: str, tmp_path: Path) -> None:
    telling = {"category": "help-status"}
    world = world_of_basis("LB-26", record=telling | {"regime": "jeugdwet"})
    told = {"holder": "ggz", "about": ["sem"], "regime": "wgbo", **telling}
    async with running(world, tmp_path) as gateway:
        await refused(gateway, "anna chris", "records", {"id": "r1", **told}, status=404)
        assert (await ask(gateway, world, **{word: told.get(word, [told])})).status == 422
        assert not await opens(gateway, world)
    (tmp_path / "twin").mkdir()
    twin = world_of_basis("LB-26", record=telling | {"regime": "wgbo"})
    async with running(twin, tmp_path / "twin") as gateway:
        assert await opens(gateway, twin)
