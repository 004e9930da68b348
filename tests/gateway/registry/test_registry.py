"""Registration: a file that is wholly right or not taken at all, rows that only grow, roles that fit."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.database.engine import write_transaction
from gateway.identity.keys import new_signing_key
from gateway.registry.file import RegistryFileError, read_registry_file
from gateway.registry.roles_of_kind import ROLES_OF_KIND, fits
from gateway.registry.rows import Entry
from gateway.registry.snapshot import RegistryError
from gateway.registry.store import Registrations, load_registry, record
from gateway.registry.tables import registration
from schemas.words import OrganisationKind, Role
from tests.gateway.identity.world import World, make_world

KEY = new_signing_key()
JWKS = {"keys": [KEY.published()]}
FILE = """
[[organisations]]
id = "team-noord"
name = "Team Noord"
kind = "local-team"
emergency_opt_in = true

[[organisations.clients]]
client_id = "noord-ehr"
assertion_audience = "token-endpoint"
jwks_file = "noord.json"

[[organisations.identity_providers]]
issuer = "https://login.noord.example"
audience = "noord-ehr-at-login"
trusted_acr = ["hoog"]
roles = { jeugdhulpverlener = "youth-professional", toegang = "access-officer" }
officers = ["fg"]
administrators = ["beheer"]
jwks_file = "noord.json"

[[organisations.sources]]
system = "ehr"
door = "fhir"
url = "https://ehr.noord.example"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "noord.json").write_text(json.dumps(JWKS))
    return tmp_path


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    made = await make_world(database_url)
    yield made
    await made.engine.dispose()


def read(folder: Path, content: str = FILE, *, invented: bool = False) -> tuple[Entry, ...]:
    file = folder / "registry.toml"
    file.write_text(content)
    return read_registry_file(file, invented_people_only=invented).entries


def wrong(folder: Path, content: str) -> list[str]:
    with pytest.raises(RegistryFileError) as refused:
        read(folder, content)
    return [problem.removeprefix(f"{folder / 'registry.toml'}: ") for problem in refused.value.problems]


async def registered(world: World, *entries: Entry) -> tuple[Entry, ...]:
    async with write_transaction(world.engine) as connection:
        return await record(connection, entries, log=world.log, recorded_by="operator-1")


async def test_what_a_file_says_is_what_is_registered(world: World, folder: Path) -> None:
    await registered(world, *read(folder))
    async with world.engine.connect() as connection:
        registry = await load_registry(connection, builtin_allowed=True)
    client = registry.clients["noord-ehr"]
    assert (client.organisation, client.assertion_audience, client.epoch) == ("team-noord", "token-endpoint", 0)
    provider = registry.providers["https://login.noord.example"]
    assert provider.roles == {"jeugdhulpverlener": Role.YOUTH_PROFESSIONAL, "toegang": Role.ACCESS_OFFICER}
    assert (provider.officers, provider.builtin) == (frozenset({"fg"}), False)
    assert provider.administrators == frozenset({"beheer"})
    (source,) = registry.sources
    assert (source.organisation, source.system, source.settings["door"]) == ("team-noord", "ehr", "fhir")


def test_a_provider_with_registered_keys_says_what_it_said_before_any_published_theirs(folder: Path) -> None:
    assert not any("jwks_uri" in (each.body or {}) for each in read(folder))


def test_a_provider_without_administrators_says_what_it_said_before_there_were_any(folder: Path) -> None:
    bodies = [each.body or {} for each in read(folder, FILE.replace('administrators = ["beheer"]\n', ""))]
    assert not any("administrators" in each for each in bodies)


def test_a_file_says_who_the_organisation_is_and_nothing_of_its_opt_in(folder: Path) -> None:
    read(folder)
    (organisation,) = read_registry_file(folder / "registry.toml", invented_people_only=False).organisations
    assert organisation.key == "team-noord"
    assert organisation.body == {"name": "Team Noord", "kind": OrganisationKind.LOCAL_TEAM}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "team-noord"', 'id = "Team Noord"', "organisations[0].id"),
        ('id = "team-noord"', 'id = "operator"', "organisations[0].id"),
        ('id = "team-noord"', 'id = "person"', "organisations[0].id"),
        ('name = "Team Noord"', "", "organisations[0].name"),
        ('kind = "local-team"', 'kind = "bank"', "organisations[0].kind"),
        ("emergency_opt_in = true", 'emergency_opt_in = "x"', "organisations[0].emergency_opt_in"),
        ('kind = "local-team"', 'kind = "local-team"\nkindd = 1', "organisations[0].kindd"),
        ('"token-endpoint"', '"anything"', "organisations[0].clients[0].assertion_audience"),
        ('"https://login.noord.example"', '"login.noord"', "organisations[0].identity_providers[0].issuer"),
        ('"youth-professional"', '"king"', "organisations[0].identity_providers[0].roles.jeugdhulpverlener"),
        (
            '"youth-professional"',
            '"crisis-worker"',
            "organisations[0].identity_providers[0].roles.jeugdhulpverlener",
        ),
        ('"noord.json"', '"nowhere.json"', "organisations[0].clients[0].jwks_file"),
        ('jwks_file = "noord.json"', "", "organisations[0].clients[0]"),
        (
            '"token-endpoint"',
            '"issuer"\njwks_uri = "https://noord.example/keys"',
            "organisations[0].clients[0].jwks_uri",
        ),
        ('officers = ["fg"]', 'officers = ["toegang"]', "organisations[0].identity_providers[0].officers"),
        ('["beheer"]', '["toegang"]', "organisations[0].identity_providers[0].administrators"),
        ('["beheer"]', '["fg"]', "organisations[0].identity_providers[0].administrators"),
        ('system = "ehr"', "", "organisations[0].sources[0].system"),
        (
            'officers = ["fg"]',
            "subject_is_professional_id = true",
            "organisations[0].identity_providers[0].subject_is_professional_id",
        ),
        ('officers = ["fg"]', "builtin = true", "organisations[0].identity_providers[0].builtin"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(folder: Path, old: str, new: str, place: str) -> None:
    assert old in FILE
    assert wrong(folder, FILE.replace(old, new))[0].startswith(f"{place}: ")


def test_everything_that_is_wrong_is_named_at_once(folder: Path) -> None:
    content = FILE.replace('"local-team"', '"bank"').replace('"token-endpoint"', '"x"')
    assert len(wrong(folder, content)) == 2


def test_the_same_client_twice_is_refused(folder: Path) -> None:
    again = FILE.replace('"team-noord"', '"team-zuid"').replace("login.noord", "login.zuid")
    assert "stands in this file already" in wrong(folder, FILE + again)[0]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "organisations = []",
        "x",
        "\ufeff",
        "organisations = 1",
        f"organisations = {'[' * 5_000}",
        f"n = {'9' * 5_000}",
    ],
)
def test_a_file_that_registers_nobody_is_refused(folder: Path, content: str) -> None:
    assert wrong(folder, content)


def test_keys_with_too_many_levels_are_told_by_their_place(folder: Path) -> None:
    (folder / "noord.json").write_text("[" * 100_000)
    assert wrong(folder, FILE)[0] == "organisations[0].clients[0].jwks_file: not JSON"


def test_a_mark_before_the_first_line_is_no_mistake(folder: Path) -> None:
    (folder / "marked.toml").write_text("\ufeff" + FILE)
    assert read_registry_file(folder / "marked.toml", invented_people_only=False).organisations


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryFileError, match="cannot read"):
        read_registry_file(tmp_path / "nowhere.toml", invented_people_only=False)


@pytest.mark.parametrize("key", [KEY.key.as_dict(private=True) | {"kid": "1"}, {"kty": "oct", "k": "AAAA", "kid": "1"}])
def test_a_secret_cannot_be_registered(folder: Path, key: dict[str, Any]) -> None:
    (folder / "noord.json").write_text(json.dumps({"keys": [key]}))
    problems = wrong(folder, FILE)
    assert problems[0].startswith("organisations[0].clients[0].jwks_file: ")
    assert all(str(secret) not in problem for secret in (key.get("d"), key.get("k")) for problem in problems if secret)


async def test_registering_the_same_again_changes_nothing(world: World, folder: Path) -> None:
    await registered(world, *read(folder))
    events = len(await world.logged("config.changed"))
    assert await registered(world, *read(folder)) == ()
    assert len(await world.logged("config.changed")) == events


async def test_each_registration_is_one_event_for_its_organisation(world: World, folder: Path) -> None:
    await registered(world, *read(folder))
    event = (await world.logged("config.changed"))[-1]
    assert (event["organisation"], event["counterparty"]) == ("operator", "team-noord")
    assert event["opened"]["actor"] == {"operator": "operator-1"}
    assert [each["kind"] for each in event["opened"]["detail"]["registered"]] == [
        "client",
        "identity-provider",
        "source",
    ]


async def test_a_change_is_a_new_row_and_no_old_one_goes(world: World, folder: Path) -> None:
    async def rows() -> int:
        async with world.engine.connect() as connection:
            return int((await connection.execute(select(func.count()).select_from(registration))).scalar_one())

    await registered(world, *read(folder))
    before = await rows()
    new = await registered(world, *read(folder, FILE.replace('"hoog"', '"midden"')))
    assert [each.kind for each in new] == ["identity-provider"]
    assert await rows() == before + 1


async def test_a_client_or_an_issuer_of_one_organisation_cannot_become_anothers(world: World, folder: Path) -> None:
    await registered(world, *read(folder))
    with pytest.raises(RegistryError, match="is registered for organisation `team-noord`"):
        await registered(world, *read(folder, FILE.replace('id = "team-noord"', 'id = "team-zuid"')))


async def test_where_one_entry_is_refused_none_is_registered(world: World, folder: Path) -> None:
    ours = Entry(kind="client", key="new-client", organisation="team-zuid", body={"jwks": JWKS, "epoch": 0})
    stolen = Entry(kind="client", key="team-noord-system", organisation="team-zuid", body={"jwks": JWKS, "epoch": 0})
    with pytest.raises(RegistryError):
        await registered(world, ours, stolen)
    async with world.engine.connect() as connection:
        registry = await load_registry(connection, builtin_allowed=True)
    assert "new-client" not in registry.clients
    assert read(folder)


async def test_a_gateway_that_is_no_sandbox_refuses_a_database_with_the_built_in_provider(world: World) -> None:
    with pytest.raises(RegistryError, match="sandbox and demo only"):
        await Registrations(world.engine, builtin_allowed=False).renew()


def test_every_kind_of_organisation_has_its_roles() -> None:
    assert ROLES_OF_KIND.keys() == set(OrganisationKind)


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.CRISIS_WORKER, OrganisationKind.CRISIS_SERVICE),
        (Role.BILLING_CLERK, OrganisationKind.MUNICIPALITY),
        (Role.CONTROLLER, OrganisationKind.MUNICIPALITY),
        (Role.FAMILY_GUARDIAN, OrganisationKind.CERTIFIED_INSTITUTION),
        (Role.BOARD_INVESTIGATOR, OrganisationKind.CHILD_PROTECTION_BOARD),
        (Role.SAFETY_WORKER, OrganisationKind.SAFE_AT_HOME),
    ],
)
def test_a_role_that_the_facts_contract_names_fits_its_kind_and_no_other(role: Role, kind: OrganisationKind) -> None:
    assert [each for each in OrganisationKind if fits(role, each)] == [kind]
