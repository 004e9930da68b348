"""Whom his administrator ended is nobody from the next request on, until that one registers him again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from gateway.administering.turns import EACH_MINUTE
from gateway.database.engine import write_transaction
from gateway.emergency.tables import crisis_set
from gateway.holders.lifting import propose, proposer
from gateway.identity.builtin_provider import Login
from gateway.identity.subject_token import is_id_of
from gateway.registry.words import Operator, Words
from gateway.sandbox.call import CallError
from gateway.sandbox.credentials import Someone
from schemas.words import Role
from tests.gateway.administering.house import ADMINISTRATOR, FACTS, asks, house_at, leaves, told
from tests.gateway.running import Running

CLOSE = "professionals/gijs/close"
NEWCOMER = "gi:0123456789abcdef"
AGAIN = {"id": "gijs", "role": "family-guardian"}


async def comes_in(gateway: Running, who: str) -> bool:
    """Return whether somebody gets a new token, and then asks with it."""
    gateway.forget(who)
    try:
        answer = await asks(gateway, who)
    except CallError:
        return False
    assert answer != 401
    return True


async def test_his_token_is_dead_and_he_gets_no_other(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as gateway:
        assert await asks(gateway, "gijs") == 200
        assert (await told(gateway, CLOSE, {"field": "until"})).status == 201
        assert await asks(gateway, "gijs") == 401
        assert not await comes_in(gateway, "gijs")
        # What is his colleague's stays, and so does he once he is registered again.
        assert await comes_in(gateway, "geert")
        assert (await told(gateway, "professionals", AGAIN)).status == 201
        assert await comes_in(gateway, "gijs")
        assert await asks(gateway, "gijs") == 200


@pytest.mark.parametrize("by", ["geert", "officer:gi", "administrator-of-gi-2", "sem"])
async def test_nobody_else_ends_or_registers_him(tmp_path: Path, by: str) -> None:
    async with house_at(tmp_path) as gateway:
        assert (await told(gateway, CLOSE, {}, by=by)).status == 403
        assert await asks(gateway, "gijs") == 200
        assert (await told(gateway, CLOSE, {})).status == 201
        assert (await told(gateway, "professionals", AGAIN, by=by)).status == 403
        assert not await comes_in(gateway, "gijs")
        assert len(await leaves(gateway, "fact.refused")) == 2


async def test_nobody_is_registered_whom_his_organisation_does_not_know(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        for name in ("gea", "nobody", "sem", "gi"):
            assert (await told(gateway, "professionals", {"id": name, "role": "family-guardian"})).status == 403
            assert (await told(gateway, f"professionals/{name}/close", {})).status == 403


async def test_who_came_in_and_is_not_registered_is_ended_and_let_in_again_too(
    tmp_path: Path, database_url: str
) -> None:
    async with house_at(tmp_path, database_url) as gateway:
        login = Login(form="professional", id=NEWCOMER, role=Role.FAMILY_GUARDIAN, trusted=False)
        newcomer = Someone(organisation="gi", login=login)
        gateway.credentials = replace(gateway.credentials, people=(newcomer, *gateway.credentials.people))
        assert await asks(gateway, NEWCOMER) == 403
        again = {"id": NEWCOMER, "role": "family-guardian"}
        # Nobody is registered on his administrator's word alone.
        assert (await told(gateway, "professionals", again)).status == 403
        assert (await told(gateway, f"professionals/{NEWCOMER}/close", {})).status == 201
        assert await asks(gateway, NEWCOMER) == 401
        assert not await comes_in(gateway, NEWCOMER)
        assert (await told(gateway, "professionals", again, by="administrator-of-gi-2")).status == 403
        assert (await told(gateway, "professionals", again)).status == 201
        assert await comes_in(gateway, NEWCOMER)


async def test_who_may_be_nobody_is_ended_so_often_a_minute_only(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        names = [f"gi:{number:016x}" for number in range(EACH_MINUTE + 1)]
        statuses = [(await told(gateway, f"professionals/{each}/close", {})).status for each in names]
        assert statuses == [201] * EACH_MINUTE + [422]
        assert (await told(gateway, CLOSE, {})).status == 201


@pytest.mark.parametrize(
    ("organisation", "name", "is_his"),
    [
        ("gi", "gi:0123456789abcdef", True),
        ("gi", "gi-2:0123456789abcdef", False),
        ("gi", "gi:0123456789ABCDEF", False),
        ("gi", "gi:0123456789abcde", False),
        ("gi", "gi", False),
        ("z" * 47, f"{'z' * 47}:0123456789abcdef", True),
        # The ids of two such organisations begin alike.
        ("z" * 48, f"{'z' * 47}:0123456789abcdef", False),
        ("z" * 48, f"{'z' * 48}:0123456789abcdef", False),
    ],
)
def test_whose_an_id_is_its_form_says(organisation: str, name: str, is_his: bool) -> None:  # noqa: FBT001 - expected
    assert is_id_of(organisation, name) is is_his


async def test_a_role_that_nobody_has_there_is_refused_and_lets_nobody_in(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        await told(gateway, CLOSE, {})
        answer = await told(gateway, "professionals", AGAIN | {"role": "crisis-worker"})
        assert (answer.status, json.loads(answer.body)["errors"][0]["path"]) == (422, "role")
        assert not await comes_in(gateway, "gijs")


async def test_who_ends_him_again_with_his_key_after_he_was_let_in_ends_him_again(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        path = f"{FACTS}/{CLOSE}"
        first = await gateway.once(ADMINISTRATOR, path, "k", {})
        assert (await gateway.once(ADMINISTRATOR, path, "k", {})).body == first.body
        await told(gateway, "professionals", AGAIN)
        assert await comes_in(gateway, "gijs")
        assert (await gateway.once(ADMINISTRATOR, path, "k", {})).body != first.body
        assert not await comes_in(gateway, "gijs")


async def test_he_stays_ended_where_his_organisation_is_ended_and_comes_back(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        await told(gateway, CLOSE, {})
        committer, registrations = gateway.gateway.exchange.committer, gateway.gateway.identity.registrations
        async with write_transaction(committer.engine) as connection:
            words = Words(connection, committer.facts, committer.log)
            await words.end("gi", Operator("o. perator", "root"), because="proef")
        assert (await registrations.renewed()).barred == frozenset({"gijs"})


async def test_what_he_had_proposed_counts_no_more_once_he_is_let_in_again(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        engine = gateway.gateway.engine
        async with write_transaction(engine) as connection:
            await propose(connection, "gi", "gijs")
            await connection.execute(insert(crisis_set).values(holder="gi", officer="gijs", act="admin-proposed"))
        assert (await told(gateway, CLOSE, {})).status == 201
        assert (await told(gateway, "professionals", AGAIN)).status == 201
        async with engine.connect() as connection:
            assert await proposer(connection, "gi") is None
        opened = json.loads((await gateway.call(ADMINISTRATOR, "POST", "/api/v1/holder/crisis-set/open")).body)
        assert (opened["open"], opened["proposed"]) == (False, True)
