"""An event beside the one that a review is of may have been changed into anything: the review is shown all the same.

What stood in it is not made up for: where it may be the one that says under what an emergency was opened, that is told.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from audit.events import Kind
from tests.gateway.emergency.house import DECLARED, crisis_world
from tests.gateway.log.test_changed_events import LEAVES, change
from tests.gateway.reviews.stage import Stage
from tests.gateway.running import running
from tests.gateway.tampering.hand import blob, tamper

REVIEWS: Final = "/api/v1/reviews"
SAYS: Final = (
    b'{"kind":["emergency.opened"]}',
    b'{"kind":"emergency.opened","counterparty":["ggz-west"]}',
    b'{"kind":"emergency.opened","counterparty":"ggz-west"}',
    b'{"kind":"emergency.opened","counterparty":"school-1"}',
)
MAY_BE: Final = {"fault": "another event of the request was changed, and may be the one that says it"}


async def asked(stage: Stage) -> None:
    """Have Kris ask in an emergency, and the reviews of it opened."""
    await stage.gateway.gateway.following.close()
    answer = await stage.gateway.ask("kris", "sem", "emergency", categories=["risk"], emergency=DECLARED)
    assert answer.status == 200, answer.body
    await stage.follow()


async def seen(stage: Stage, holder: str = "ggz-west") -> tuple[int, dict[str, Any]]:
    """Return how the officer of `holder` is answered who looks at its review."""
    who = f"officer:{holder}"
    [item] = [each["id"] for each in json.loads((await stage.gateway.call(who, "GET", REVIEWS)).body)["items"]]
    answer = await stage.gateway.call(who, "GET", f"{REVIEWS}/{item}")
    return answer.status, json.loads(answer.body)


async def opened(stage: Stage, holder: str) -> str:
    [event] = [each["id"] for each in await stage.leaves(Kind.EMERGENCY_OPENED) if each["counterparty"] == holder]
    return str(event)


@pytest.mark.parametrize("leaf", [*LEAVES, *SAYS], ids=range(len(LEAVES) + len(SAYS)))
async def test_whatever_stands_for_another_leaf_of_the_request_the_emergency_is_told(
    tmp_path: Path, leaf: bytes
) -> None:
    async with running(crisis_world(), tmp_path) as gateway:
        stage = Stage(gateway)
        await asked(stage)
        first, *_, last = [each["counterparty"] for each in await stage.leaves(Kind.EMERGENCY_OPENED)]
        await change(gateway, await opened(stage, first), leaf)
        status, review = await seen(stage, last)
        assert (status, review["event"]["emergency"]["reason_code"]) == (200, DECLARED["reason_code"])


@pytest.mark.parametrize("leaf", [*LEAVES, *SAYS], ids=range(len(LEAVES) + len(SAYS)))
async def test_where_the_leaf_that_says_why_was_changed_who_judges_is_told_so(tmp_path: Path, leaf: bytes) -> None:
    async with running(crisis_world(), tmp_path) as gateway:
        stage = Stage(gateway)
        await asked(stage)
        await change(gateway, await opened(stage, "ggz-west"), leaf)
        status, review = await seen(stage)
        assert (status, review["event"]["emergency"]) == (200, MAY_BE)
        assert review["event"]["justification"] == DECLARED["text"]


async def test_on_both_databases_a_changed_emergency_and_one_that_does_not_open_are_told_as_such(
    tmp_path: Path, database_url: str
) -> None:
    async with running(crisis_world(), tmp_path, database_url=database_url) as gateway:
        stage = Stage(gateway)
        await asked(stage)
        event = await opened(stage, "ggz-west")
        name = event.replace("-", "") if database_url.startswith("sqlite") else event
        sealed = f"UPDATE audit_event SET sealed_log = {blob(database_url, b'{')} WHERE event_id = '{name}'"  # noqa: S608 - ours
        await tamper(database_url, [sealed])
        status, review = await seen(stage)
        assert (status, review["event"]["emergency"]) == (200, {"fault": "an event cannot be opened"})
        await change(gateway, event, b"[]")
        status, review = await seen(stage)
        assert (status, review["event"]["emergency"], review["because"]) == (200, MAY_BE, None)


@pytest.mark.parametrize("leaf", LEAVES, ids=range(len(LEAVES)))
async def test_where_the_leaf_that_says_why_it_is_reviewed_was_changed_that_is_told(
    tmp_path: Path, leaf: bytes
) -> None:
    async with running(crisis_world(), tmp_path) as gateway:
        stage = Stage(gateway)
        await asked(stage)
        for each in await stage.leaves(Kind.REVIEW_OPENED):
            await change(gateway, each["id"], leaf)
        status, review = await seen(stage)
        assert (status, review["because"]) == (200, MAY_BE)
        assert review["event"]["emergency"]["reason_code"] == DECLARED["reason_code"]
