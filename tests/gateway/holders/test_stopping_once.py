"""A stop, its lift and the crisis set are done once for one key; and a stop waits for nothing."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from consent.keys import KeyUnavailableError
from gateway.keys.files import FileKeyService
from gateway.sandbox.call import Answer
from tests.gateway.holders.world import STOP, Stage

LIFT = f"{STOP}/lift"
OPEN, CLOSE = "/api/v1/holder/crisis-set/open", "/api/v1/holder/crisis-set/close"
KEY = "5f0c-retry"


async def changes(stage: Stage) -> int:
    async with stage.gateway.gateway.engine.connect() as connection:
        leaves = (await connection.execute(text("SELECT leaf FROM audit_event"))).scalars().all()
    return sum(json.loads(leaf)["kind"] == "config.changed" for leaf in leaves)


async def posted(stage: Stage, path: str = STOP, key: str = KEY, by: str = "officer:ggz-west") -> Answer:
    return await stage.gateway.once(by, path, key)


def differ(answers: Sequence[Answer]) -> set[bytes]:
    return {each.body for each in answers}


@pytest.mark.parametrize("path", [STOP, LIFT, OPEN, CLOSE])
async def test_it_is_done_once_for_one_key(stage: Stage, path: str) -> None:
    before = await changes(stage)
    by = "administrator-of-ggz-west" if path == OPEN else "officer:ggz-west"
    answers = [await posted(stage, path, by=by) for _ in range(2)]
    assert ([each.status for each in answers], len(differ(answers))) == ([200, 200], 1)
    assert await changes(stage) == before + 1
    assert {"receipt", "request_id"} <= json.loads(answers[0].body).keys()


async def test_two_stops_at_once_with_one_key_are_one(stage: Stage) -> None:
    before = await changes(stage)
    answers = await asyncio.gather(*(posted(stage) for _ in range(3)))
    assert ({each.status for each in answers}, len(differ(answers))) == ({200}, 1)
    assert await changes(stage) == before + 1


async def test_a_key_of_something_else_is_a_conflict_and_changes_nothing(stage: Stage) -> None:
    await posted(stage)
    before = await changes(stage)
    for path in (LIFT, CLOSE):
        answer = await posted(stage, path)
        assert (answer.status, json.loads(answer.body)["type"]) == (409, "urn:schakel:problem:idempotency-conflict")
    assert await changes(stage) == before


async def test_a_stop_said_again_with_its_key_after_it_was_lifted_stops_again(small: Stage) -> None:
    first = await posted(small)
    await posted(small, LIFT, "lift-1")
    lifted = await small.as_another_officer("ggz-west").once("officer:ggz-west", LIFT, "lift-2")
    assert json.loads(lifted.body)["stopped"] is False
    before = await changes(small)
    again = await posted(small)
    assert json.loads(again.body)["stopped"] is True
    assert await changes(small) == before + 1
    # And where it stands, the answer of before is given.
    assert (await posted(small)).body == first.body != again.body
    assert await changes(small) == before + 1


async def test_a_stop_said_again_with_its_key_undoes_a_lift_that_was_proposed_since(small: Stage) -> None:
    await posted(small)
    await posted(small, LIFT, "lift-1")
    assert json.loads((await posted(small)).body)["lift_proposed"] is False
    lifted = await small.as_another_officer("ggz-west").once("officer:ggz-west", LIFT, "lift-2")
    assert json.loads(lifted.body)["stopped"] is True


async def test_the_crisis_set_closed_again_with_its_key_is_closed_again(small: Stage) -> None:
    await posted(small, CLOSE)
    await posted(small, OPEN, "open-1", by="administrator-of-ggz-west")
    opened = await small.gateway.once("second-administrator-of-ggz-west", OPEN, "open-2")
    assert json.loads(opened.body)["open"] is True
    before = await changes(small)
    assert json.loads((await posted(small, CLOSE)).body)["open"] is False
    await posted(small, CLOSE)
    assert await changes(small) == before + 1


async def test_without_a_key_each_counts(small: Stage) -> None:
    before = await changes(small)
    for _ in range(2):
        assert (await small.gateway.call("officer:ggz-west", "POST", STOP)).status == 200
    assert await changes(small) == before + 2


async def test_one_officers_key_is_not_anothers_and_a_refused_try_leaves_it_free(small: Stage) -> None:
    for by in ("chris", "chris", "officer"):
        assert (await posted(small, by=by)).status == 403
    assert (await posted(small)).status == 200
    before = await changes(small)
    assert (await posted(small, by="officer:school-1")).status == 200
    assert await changes(small) == before + 1


async def test_a_key_is_short_and_visible(small: Stage) -> None:
    before = await changes(small)
    answer = await posted(small, key="x" * 256)
    assert (answer.status, json.loads(answer.body)["errors"][0]["path"]) == (422, "Idempotency-Key")
    assert await changes(small) == before


async def test_a_stop_that_is_repeated_is_told_once_to_who_runs_the_gateway(small: Stage) -> None:
    with capture_logs() as said:
        for _ in range(2):
            await posted(small)
    assert [each["event"] for each in said if each["event"].startswith("holder.")] == ["holder.stopped"]


async def test_a_stop_waits_for_no_key_service_and_what_opens_does(
    small: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object) -> bytes:
        raise KeyUnavailableError("no answer")

    monkeypatch.setattr(FileKeyService, "hmac", silent)
    answer = await posted(small)
    assert (answer.status, json.loads(answer.body)["stopped"]) == (200, True)
    assert (await posted(small, CLOSE, "another")).status == 200
    for path, by in ((LIFT, "officer:ggz-west"), (OPEN, "administrator-of-ggz-west")):
        assert (await posted(small, path, "a-third", by=by)).status == 503
