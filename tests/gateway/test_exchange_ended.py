"""Who is ended while the sources answer gets nothing, also where it was decided, and is on record, that he may."""

import json
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from gateway.database.engine import write_transaction
from gateway.failpoints import Step
from gateway.identity.refusals import UnrecordedError
from gateway.registry.barred import bar
from gateway.registry.words import Operator, Words
from gateway.sandbox.call import Answer
from tests.gateway.fhir.plan_door import OPERATION, asked, parameters
from tests.gateway.running import Running, at_step, running
from tests.gateway.test_exchange_gone import kinds_of_the_request
from tests.gateway.worlds import world

EVA: Final = Operator("eva", "account")


async def natively(gateway: Running, person: str) -> Answer:
    return await gateway.ask("anna", person, "coordinate-plan")


async def in_fhir(gateway: Running, person: str) -> Answer:
    return await gateway.send("anna", "POST", OPERATION, parameters(*asked(person)))


async def end(gateway: Running, kind: str, organisation: str = "team-noord") -> None:
    """End what of `organisation` is registered as `kind`; all that is its where that is the organisation."""
    committer = gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        if kind == "professional":
            await bar(connection, "anna", organisation, by=EVA.name, at="2026-11-20T10:00:00+01:00")
            return
        words = Words(connection, committer.facts, committer.log)
        of_him = [each for each in await words.open_ones() if each.organisation == organisation]
        [named] = [each.key for each in of_him if each.kind == kind]
        assert await words.end(named, EVA, because="it was stolen")


def told(answer: Answer) -> bytes:
    """Return what an answer says, but for the id of its request."""
    return answer.body.replace(json.loads(answer.body).get("request_id", "?").encode(), b"")


@pytest.mark.parametrize("step", [Step.ASKED, Step.FETCHED, Step.COMMITTED])
@pytest.mark.parametrize("kind", ["organisation", "client", "identity-provider", "professional"])
async def test_who_is_ended_while_he_waits_hears_no_more_than_of_any_no(
    tmp_path: Path, database_url: str, kind: str, step: Step
) -> None:
    async with running(world(), tmp_path, database_url=database_url) as gateway:
        any_no = await natively(gateway, "nobody")
        gateway.change(at_step(step, partial(end, gateway, kind)))
        answer = await natively(gateway, "sem")
        assert (answer.status, told(answer)) == (403, told(any_no))
        assert (await natively(gateway, "sem")).status == 401


async def test_so_it_is_in_fhir(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        gateway.change(at_step(Step.FETCHED, partial(end, gateway, "client")))
        assert (await in_fhir(gateway, "sem")).status == 403


@pytest.mark.parametrize(
    ("step", "kinds"),
    [
        (Step.ASSEMBLED, ["exchange.aborted"]),
        (Step.COMMITTED, ["exchange.disclosed", "exchange.aborted"]),
    ],
)
async def test_the_log_says_that_it_did_not_go_out_and_nothing_was_decided_for_who_was_ended_before(
    tmp_path: Path, database_url: str, step: Step, kinds: list[str]
) -> None:
    async with running(world(), tmp_path, database_url=database_url) as gateway:
        gateway.change(at_step(step, partial(end, gateway, "client")))
        assert (await natively(gateway, "sem")).status == 403
        assert await kinds_of_the_request(gateway, len(kinds)) == kinds


async def test_the_log_says_so_too_where_nobody_can_say_whether_he_is_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(world(), tmp_path) as gateway:

        async def gone() -> None:
            monkeypatch.setattr(gateway.gateway.identity.single_use, "revision", unknown)

        gateway.change(at_step(Step.COMMITTED, gone))
        answer = await natively(gateway, "sem")
        assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")
        assert await kinds_of_the_request(gateway) == ["exchange.disclosed", "exchange.aborted"]


async def unknown() -> int:
    raise UnrecordedError("nobody can say what is registered")


async def test_whoever_else_is_ended_holds_nobody_up(tmp_path: Path, database_url: str) -> None:
    async with running(world(), tmp_path, database_url=database_url) as gateway:
        gateway.change(at_step(Step.FETCHED, partial(end, gateway, "client", "school-1")))
        assert (await natively(gateway, "sem")).status == 200
