"""What an officer does with signals is done once for one key, and a repeated request is answered alike."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson
import pytest

from audit.events import Kind
from gateway.sandbox.call import Answer
from tests.gateway.log.office import indexed
from tests.gateway.signals.conftest import PATH, House
from tests.gateway.signals.test_explained import OFFICER, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def once(house: House, what: str, body: Mapping[str, Any], key: str, who: str = OFFICER) -> Answer:
    await indexed(house.running)
    return await house.running.once(who, f"{PATH}/{what}", key, body)


async def twice(house: House, what: str, body: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """Post the same twice under one key: one event, one answer, which is returned."""
    before, key = len(await house.events(kind)), str(uuid4())
    answers = [await once(house, what, body, key) for _ in range(2)]
    assert ({each.status for each in answers}, len({each.body for each in answers})) == ({201}, 1)
    assert len(await house.events(kind)) == before + 1
    return dict(orjson.loads(answers[0].body))


async def test_an_explanation_is_accepted_and_ended_once(house: House) -> None:
    body = said(house, account=await refused(house, "tess"))
    kept = await twice(house, "explained", body, Kind.CONFIG_CHANGED)
    ended = await twice(house, f"explained/{kept['id']}/end", {}, Kind.CONFIG_CHANGED)
    assert ended["ended"] == kept["id"]
    assert {"request_id", "receipt"} <= ended.keys() & kept.keys()


async def test_a_review_is_opened_once_and_its_id_told_again(house: House) -> None:
    account = await refused(house, "ugo")
    body = {"rule": "SG-04", "organisation": "team-noord", "account": account}
    told = await twice(house, "review", body, Kind.LOG_UNMASKED)
    assert told["review"] is not None
    assert told["account"]["id"] == "ugo"


async def test_a_repeated_review_is_answered_though_the_rules_see_no_signal_any_more(house: House) -> None:
    account, key = await refused(house, "vera"), str(uuid4())
    body = {"rule": "SG-04", "organisation": "team-noord", "account": account}
    first = await once(house, "review", body, key)
    await house.post(OFFICER, "explained", said(house, account=account))
    await house.post(OFFICER, "review", body, status=422)
    again = await once(house, "review", body, key)
    assert (again.status, again.body) == (201, first.body)


async def test_of_two_at_once_with_one_key_one_is_done(house: House) -> None:
    body, key = said(house, account=await refused(house, "wout")), str(uuid4())
    before = len(await house.events(Kind.CONFIG_CHANGED))
    answers = await asyncio.gather(*(once(house, "explained", body, key) for _ in range(3)))
    assert ({each.status for each in answers}, len({each.body for each in answers})) == ({201}, 1)
    assert len(await house.events(Kind.CONFIG_CHANGED)) == before + 1


async def test_a_key_of_something_else_is_a_conflict_and_does_nothing(house: House) -> None:
    body, key = said(house, account=await refused(house, "xena")), str(uuid4())
    kept = orjson.loads((await once(house, "explained", body, key)).body)
    before = len(await house.events(Kind.CONFIG_CHANGED))
    review = {"rule": "SG-04", "organisation": "team-noord", "account": body["account"]}
    for what, other in (
        ("explained", body | {"because": "iets anders"}),
        (f"explained/{kept['id']}/end", {}),
        ("review", review),
    ):
        answer = await once(house, what, other, key)
        assert (answer.status, orjson.loads(answer.body)["type"]) == (409, "urn:schakel:problem:idempotency-conflict")
    assert len(await house.events(Kind.CONFIG_CHANGED)) == before
