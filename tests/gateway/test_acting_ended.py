"""Who is ended before what he does is kept has nothing done, at whatever door; that he tried is in the log."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from audit.tables import audit_event
from gateway.api import who
from gateway.database.engine import write_transaction
from gateway.failpoints import Step
from gateway.identity.caller import Caller, authenticate, is_let_in_at_commit
from gateway.sandbox.call import Answer
from schemas.words import Role
from tests.gateway.emergency.house import DECLARED
from tests.gateway.openapi.acts import DECIDED, stands_in
from tests.gateway.openapi.prepared import family
from tests.gateway.running import PLAN, Running, at_step, question, running
from tests.gateway.test_exchange_ended import end
from tests.gateway.waiting import waits
from tests.gateway.worlds import YES, world

WORKER = {"organisation": "team-noord", "role": "youth-professional"}
TOLD = world(
    involvements=[
        {"id": f"{name}-sem", "kind": "help", "about": "sem", "organisations": [name], "since": "2026-01-01"}
        for name in ("team-noord", "ggz-west")
    ],
    consents=[{"id": "c1", **YES}],
    professionals=[
        {"id": "anna", **WORKER},
        {"id": "wim", **WORKER},
        {"id": "chris", "organisation": "ggz-west", "role": "therapist"},
    ],
)
FACT: dict[str, Any] = {"kind": "help", "about": "zus"}
OF_HIS_OWN_ACCORD = {**DECIDED, "about": "sem", "asker": {"organisation": "team-noord"}, "purpose": "coordinate-plan"}
STOLEN = {"kind": "client", "name": "ggz-west-system", "because": "De laptop is gestolen."}
DOORS: dict[str, tuple[str, str, str, dict[str, Any] | None]] = {
    "a fact": ("anna", "team-noord", "/api/v1/facts/involvements", FACT),
    "a withdrawal": ("anna", "team-noord", "/api/v1/facts/consents/c1/close", {}),
    "a withdrawal in FHIR": ("anna", "team-noord", "/fhir/Consent/yes-c1/$revoke", None),
    "a holder's decision": ("chris", "ggz-west", "/api/v1/holder/decisions", OF_HIS_OWN_ACCORD),
    "a holder's stop": ("officer:ggz-west", "ggz-west", "/api/v1/holder/stop", None),
    "a ticket": (
        "officer:ggz-west",
        "ggz-west",
        "/api/v1/log/tickets",
        {"reason": "complaint", "scope": {"person": "sem"}},
    ),
    "a stand-in": ("administrator-of-team-noord", "team-noord", "/api/v1/facts/replacements", stands_in()),
    "an end of his own client": (
        "administrator-of-ggz-west",
        "ggz-west",
        "/api/v1/facts/organisations/close",
        STOLEN,
    ),
}


def ended_then(house: Running, organisation: str, kind: str = "client") -> Callable[..., Any]:
    """Return what lets somebody in, and ends him before he goes on."""

    async def let_in(*given: Any, **named: Any) -> Caller:
        caller = await authenticate(*given, **named)
        await end(house, kind, organisation)
        return caller

    return let_in


async def acts(house: Running) -> list[str]:
    """Return the kinds of all events, in their order, but for those of logging in and of what operators do."""
    async with house.gateway.engine.connect() as connection:
        rows = await connection.execute(select(audit_event.c.leaf).order_by(audit_event.c.id))
    leaves = [json.loads(row.leaf) for row in rows]
    return [each["kind"] for each in leaves if each["organisation"] != "operator" and each["kind"] != "token.issued"]


async def sent(house: Running, door: str) -> Answer:
    asker, _, path, body = DOORS[door]
    kind = "application/fhir+json" if path.startswith("/fhir") else "application/json"
    return await house.send(asker, "POST", path, None if body is None else json.dumps(body).encode(), kind)


@pytest.mark.parametrize("door", DOORS)
async def test_who_is_not_ended_has_it_done(door: str, tmp_path: Path) -> None:
    async with running(TOLD, tmp_path) as house:
        answer = await sent(house, door)
        assert answer.status in {200, 201}, answer


@pytest.mark.parametrize("door", DOORS)
async def test_who_is_ended_meanwhile_has_nothing_done(
    door: str, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker, organisation, path, _ = DOORS[door]
    async with running(TOLD, tmp_path, database_url=database_url) as house:
        await house.headers(asker, "POST", path)
        before = await acts(house)
        with monkeypatch.context() as patched:
            patched.setattr(who, "authenticate", ended_then(house, organisation))
            answer = await sent(house, door)
        assert answer.status == 403, answer
        assert (await acts(house))[len(before) :] == ["fact.refused"]
        assert (await sent(house, door)).status == 401


@pytest.mark.parametrize("kind", ["organisation", "identity-provider", "professional"])
async def test_however_he_is_ended(
    kind: str, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(TOLD, tmp_path, database_url=database_url) as house:
        with monkeypatch.context() as patched:
            patched.setattr(who, "authenticate", ended_then(house, "team-noord", kind))
            assert (await sent(house, "a fact")).status == 403
        assert (await sent(house, "a fact")).status == 401


async def test_whoever_else_is_ended_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(TOLD, tmp_path) as house:
        monkeypatch.setattr(who, "authenticate", ended_then(house, "school-1"))
        assert (await sent(house, "a fact")).status == 201


@pytest.mark.server
async def test_nor_is_anything_done_for_who_is_ended_while_he_waits_for_another(
    tmp_path: Path, postgres_url: str
) -> None:
    async with running(TOLD, tmp_path, database_url=postgres_url) as house:
        committer = house.gateway.exchange.committer
        async with write_transaction(committer.engine) as connection:
            await committer.held(connection, "sem")
            acting = asyncio.create_task(sent(house, "a fact"))
            assert await waits(acting, committer.engine)
            await end(house, "client")
        assert (await acting).status == 403


@pytest.mark.server
async def test_and_who_ends_him_waits_for_an_act_that_is_being_kept(tmp_path: Path, postgres_url: str) -> None:
    async with running(TOLD, tmp_path, database_url=postgres_url) as house:
        committer = house.gateway.exchange.committer
        async with write_transaction(committer.engine) as connection:
            assert await is_let_in_at_commit(connection, anna(house))
            ending = asyncio.create_task(end(house, "client"))
            assert await waits(ending, committer.engine)
        await ending
        async with write_transaction(committer.engine) as connection:
            assert not await is_let_in_at_commit(connection, anna(house))


async def test_an_emergency_of_who_is_ended_before_it_is_kept_is_none(tmp_path: Path, database_url: str) -> None:
    told = family()
    async with running(told, tmp_path, database_url=database_url) as house:
        pull = question("sem", "emergency", categories=["risk"], emergency=DECLARED)
        house.change(at_step(Step.ASSEMBLED, partial(end, house, "client", "crisis-a")))
        assert (await house.call("kris", "POST", PLAN, pull)).status == 403
        assert await acts(house) == ["exchange.aborted"]


def anna(house: Running) -> Caller:
    keys = house.credentials.keys["team-noord"]
    return Caller(
        form="professional",
        id="anna",
        organisation="team-noord",
        role=Role.YOUTH_PROFESSIONAL,
        trusted=True,
        officer_of=None,
        client_id=keys.client_id,
        acr=None,
    )
