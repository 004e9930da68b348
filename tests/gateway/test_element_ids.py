"""The id of an element follows from its source alone: nothing that another source has can be seen in it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.wiring import open_gateway
from schemas.plan import Element
from schemas.words import Category
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling, element
from tests.gateway.worlds import world

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOAL = element("goal-1", "school-1", category=Category.SCHOOL)
SERVING = element("goal-2", "school-1", category=Category.SCHOOL, goals=("goal-1",))
KEY = bytes(range(32))
NAMED = "e-32222faffb3af8466fb5dc87"
"""What the gateway calls `goal-1` of the school, under its key."""

OTHERS: dict[str, list[Element]] = {
    "it has nothing": [],
    "what it withholds has the same id": [element("goal-1", good_care_veto=True)],
    "what it gives has the same id": [element("goal-1")],
    "it uses the id that would tell them apart": [element("goal-1"), element("school-1/sandbox/goal-1")],
    "it uses the id of the gateway": [element(NAMED)],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with running(
        world(),
        tmp_path_factory.mktemp("gateway"),
        # As outside a sandbox, where nobody holds the ids of all sources against each other.
        exchange=lambda exchange: replace(exchange, element_key=KEY),
    ) as one:
        yield one


async def asked(gateway: Running, others: list[Element], **more: Any) -> tuple[int, dict[str, Any]]:
    sources = {"school-1": [Telling("school-1", [GOAL, SERVING])], "ggz-west": [Telling("ggz-west", others)]}
    gateway.change(lambda exchange: replace(exchange, sources=lambda: sources))
    answer = await gateway.ask("anna", "sem", "coordinate-plan", **more)
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("others", OTHERS.values(), ids=[name.replace(" ", "-") for name in OTHERS])
async def test_what_a_source_has_changes_nothing_of_anothers_elements(others: list[Element], gateway: Running) -> None:
    _, body = await asked(gateway, others)
    of_school = [each for each in body["plan"]["elements"] if each["source"]["organisation"] == "school-1"]
    shown = {each["source"]["record"]: each for each in of_school}
    assert shown["goal-1"]["id"] == NAMED
    assert shown["goal-2"]["goals"] == [NAMED]


@pytest.mark.parametrize("others", OTHERS.values(), ids=[name.replace(" ", "-") for name in OTHERS])
async def test_nor_whether_an_element_is_found_by_its_id(others: list[Element], gateway: Running) -> None:
    status, body = await asked(gateway, others, records=[NAMED])
    assert (status, list(body["released"])) == (200, [NAMED])


async def test_the_key_of_a_gateway_is_its_own_and_stays(gateway: Running, tmp_path: Path) -> None:
    async with running(world(), tmp_path) as another:
        keys = [await key_of(each) for each in (gateway, another, gateway)]
    assert [None if each is None else len(each) for each in keys] == [32, 32, 32]
    assert keys[0] == keys[2] != keys[1]


async def key_of(one: Running) -> bytes | None:
    """Return the key under which a gateway on the database and the keys of `one` names elements."""
    async with open_gateway(one.gateway.settings) as production:
        return production.exchange.element_key
