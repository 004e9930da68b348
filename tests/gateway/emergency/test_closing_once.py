"""An emergency is closed once for one key."""

import asyncio
import json
from pathlib import Path

from tests.gateway.emergency.house import EMERGENCIES, house_at

KEY = "5f0c-retry"


async def test_it_is_closed_once_for_one_key(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as house:
        path = f"{EMERGENCIES}/{await house.opened()}/close"
        answers = await asyncio.gather(*(house.gateway.once("officer:ggz-west", path, KEY) for _ in range(3)))
        answers.append(await house.gateway.once("officer:ggz-west", path, KEY))
        assert ({each.status for each in answers}, len({each.body for each in answers})) == ({200}, 1)
        assert len(await house.events("emergency.closed")) == 1
        # Without the key it is another request, which finds that nothing is left to do.
        again = await house.gateway.call("officer:ggz-west", "POST", path)
        assert json.loads(again.body)["request_id"] != json.loads(answers[0].body)["request_id"]
        assert len(await house.events("emergency.closed")) == 1


async def test_a_repeated_answer_is_the_first_also_where_nothing_was_left_to_do(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        opened = await house.opened()
        await house.close(opened, "officer:ggz-west")
        path = f"{EMERGENCIES}/{opened}/close"
        first, second = [await house.gateway.once("officer:ggz-west", path, KEY) for _ in range(2)]
        assert (first.status, first.body) == (200, second.body)


async def test_a_key_of_another_emergency_is_a_conflict_and_a_refused_try_leaves_it_free(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        first, second = [f"{EMERGENCIES}/{await house.opened()}/close" for _ in range(2)]
        for _ in range(2):
            assert (await house.gateway.once("officer:ggz-west", f"{EMERGENCIES}/nothing/close", KEY)).status == 403
        assert (await house.gateway.once("officer:ggz-west", first, KEY)).status == 200
        answer = await house.gateway.once("officer:ggz-west", second, KEY)
        assert (answer.status, json.loads(answer.body)["type"]) == (409, "urn:schakel:problem:idempotency-conflict")
