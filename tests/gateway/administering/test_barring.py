"""Whom his administrator ended is nobody from the next request on, until that one registers him again."""

import json
from pathlib import Path

import pytest

from gateway.database.engine import write_transaction
from gateway.registry.words import Operator, Words
from gateway.sandbox.call import CallError
from tests.gateway.administering.house import ADMINISTRATOR, FACTS, asks, house_at, leaves, told
from tests.gateway.running import Running

CLOSE = "professionals/gijs/close"
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
