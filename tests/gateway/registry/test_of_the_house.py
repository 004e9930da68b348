"""People for themselves, and the gateway's own officers, come in as organisations do: by the word of two operators."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from audit.read import events_named, opened
from audit.tables import audit_event
from consent.entries import Person
from consent.facts import Facts
from consent.registers.said import NUMBER_SYSTEM
from gateway.database.engine import write_transaction
from gateway.identity.builtin_provider import Login
from gateway.identity.keys import new_signing_key
from gateway.identity.tokens import Form
from gateway.registry.file import RegistryFileError, read_registry_file
from gateway.registry.persons import is_stranger
from gateway.registry.snapshot import OPERATOR, PERSONS
from gateway.sandbox.call import CallError, fetch_token
from gateway.sandbox.credentials import OrganisationKeys, Someone
from gateway.sandbox.loading import load_world
from tests.gateway.registry.town import Town, town

NUMBER: Final = "999990019"
NOBODYS: Final = "999990020"
KIM: Final = "kim"
FAMILY: Final = Facts(persons=(Person(source={"id": KIM, "born": "2010-03-14"}, id=KIM, born=date(2010, 3, 14)),))
LOGIN, DESK = "https://login.people.example", "https://login.desk.example"
FILE: Final = f"""
[[persons.clients]]
client_id = "my-plan"
jwks_file = "west.jwks.json"

[[persons.identity_providers]]
issuer = "{LOGIN}"
jwks_file = "west.jwks.json"
trusted_acr = ["substantial"]
person_system = "{NUMBER_SYSTEM}"

[[operator.clients]]
client_id = "desk"
jwks_file = "west.jwks.json"

[[operator.identity_providers]]
issuer = "{DESK}"
jwks_file = "west.jwks.json"
trusted_acr = ["substantial"]
officers = ["privacy-officer"]
"""
ALL: Final = (
    "client my-plan of person",
    f"identity-provider {LOGIN} of person",
    "client desk of operator",
    f"identity-provider {DESK} of operator",
)


@pytest.fixture
async def place(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with town(tmp_path, database_url, monkeypatch) as made:
        committer = made.gateway.gateway.exchange.committer
        async with write_transaction(committer.engine) as connection:
            numbers = {NUMBER_SYSTEM: {KIM: NUMBER}}
            await load_world(connection, committer.facts, FAMILY, family=KIM, identifiers=numbers)
        yield made


async def comes_in(place: Town, organisation: str, form: Form, subject: str) -> bool:
    """Say whether who is called `subject` at his provider gets a token; it is held under that name."""
    client, issuer = ("my-plan", LOGIN) if organisation == PERSONS else ("desk", DESK)
    keys = OrganisationKeys(
        organisation=organisation, client_id=client, client_key=place.key, issuer=issuer, issuer_key=place.key
    )
    credentials = replace(place.gateway.credentials, keys={organisation: keys})
    key, someone = new_signing_key(), Someone(organisation=organisation, login=Login(form=form, id=subject))
    try:
        token = await fetch_token(place.gateway.session, credentials, someone, key)
    except CallError:
        return False
    place.gateway.hold(subject, key, token)
    return True


async def issued_to(place: Town) -> list[str]:
    """Return to whom the log says that tokens were issued, oldest first."""
    committer = place.gateway.gateway.exchange.committer
    async with committer.engine.connect() as connection:
        names = list((await connection.execute(select(audit_event.c.event_id).order_by(audit_event.c.id))).scalars())
        entries = await events_named(connection, names)
    found = [each for each in entries if each.leaf_json["kind"] == "token.issued"]
    found.sort(key=lambda each: names.index(each.event_id))
    return [opened(committer.sealer, each)["actor"]["value"]["id"] for each in found]


async def test_one_operator_alone_lets_no_person_and_no_officer_in(place: Town) -> None:
    said = await place.add("anna", file=FILE)
    assert said == [f"waits: {each}, said by anna; a second operator must say the same" for each in ALL]
    assert not await comes_in(place, PERSONS, "person", NUMBER)
    assert not await comes_in(place, OPERATOR, "officer", "olga")


async def test_the_second_operator_lets_them_in(place: Town) -> None:
    await place.add("anna", file=FILE)
    assert await place.add("bert", file=FILE) == [f"registered {each}" for each in ALL]
    assert await comes_in(place, OPERATOR, "officer", "olga")
    assert (await place.gateway.call("olga", "GET", "/api/v1/log")).status == 200


async def test_a_person_is_who_has_the_number_under_which_his_provider_knows_him(place: Town) -> None:
    await place.add("anna", file=FILE)
    await place.add("bert", file=FILE)
    assert await comes_in(place, PERSONS, "person", NUMBER)
    own = await place.gateway.call(NUMBER, "GET", "/api/v1/me/access-log")
    assert (own.status, json.loads(own.body)["person"]) == (200, KIM)
    assert (await issued_to(place))[-1] == KIM
    assert not is_stranger(KIM)


async def test_who_has_no_number_here_comes_in_as_a_stranger_whom_nothing_leads_back_to(place: Town) -> None:
    await place.add("anna", file=FILE)
    await place.add("bert", file=FILE)
    assert await comes_in(place, PERSONS, "person", NOBODYS)
    assert (await place.gateway.call(NOBODYS, "GET", "/api/v1/me/access-log")).status == 403
    assert await comes_in(place, PERSONS, "person", NOBODYS)
    first, second = (await issued_to(place))[-2:]
    assert first != second
    assert all(is_stranger(each) and NOBODYS not in each for each in (first, second))


@pytest.mark.parametrize(("name", "who"), [(LOGIN, (PERSONS, "person", NUMBER)), (DESK, (OPERATOR, "officer", "olga"))])
async def test_one_operator_ends_what_is_of_the_house(place: Town, name: str, who: tuple[str, Form, str]) -> None:
    await place.add("anna", file=FILE)
    await place.add("bert", file=FILE)
    assert await comes_in(place, *who)
    assert (await place.end(name))[0] == 0
    assert (await place.gateway.call(who[2], "GET", "/api/v1/me/access-log")).status == 401
    assert not await comes_in(place, *who)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('officers = ["privacy-officer"]', "", "operator.identity_providers[0].officers"),
        ('officers = ["privacy-officer"]', "officers = []", "operator.identity_providers[0].officers"),
        ("officers =", 'roles = {a = "teacher"}\nofficers =', "operator.identity_providers[0].roles"),
        ("person_system =", "officers = []\nperson_system =", "persons.identity_providers[0].officers"),
        ("person_system =", "role_claim = 'x'\nperson_system =", "persons.identity_providers[0].role_claim"),
        (DESK, LOGIN, "operator.identity_providers[0].issuer"),
        ('"desk"', '"my-plan"', "operator.clients[0].client_id"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, old: str, new: str, where: str) -> None:
    (tmp_path / "west.jwks.json").write_text(json.dumps({"keys": [new_signing_key().published()]}))
    (tmp_path / "house.toml").write_text(FILE.replace(old, new))
    with pytest.raises(RegistryFileError) as refused:
        read_registry_file(tmp_path / "house.toml", invented_people_only=False)
    assert [each.split(": ")[1] for each in refused.value.problems] == [where]
