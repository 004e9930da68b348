"""How often it is used makes itself known: to officers, to who runs the gateway, and to nobody about whom."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.emergency.counting import WINDOW, warnings
from gateway.metrics.measuring import Measuring
from gateway.metrics.text import written
from tests.gateway.emergency.house import EMERGENCIES, JUST_BEFORE, House, house_at
from tests.gateway.metrics.reading import read

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def used(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Five uses: three of Kris, one of them of the school alone, one of Karl, and one of another service."""
    async with house_at(tmp_path_factory.mktemp("used")) as house:
        for by in ("kris", "kris", "karl", "kees"):
            await house.opened(by=by)
        await house.opened(records=["at-school"])
        yield house


async def test_the_gateways_officer_sees_all_uses_by_organisation_and_worker(used: House) -> None:
    told = await used.listed("officer")
    kris, karl = {"worker": "kris", "uses": 3}, {"worker": "karl", "uses": 1}
    assert told["counts"] == [
        {"organisation": "crisis-a", "uses": 4, "workers": [kris, karl]},
        {"organisation": "crisis-b", "uses": 1, "workers": [{"worker": "kees", "uses": 1}]},
    ]
    assert len(told["emergencies"]) == 9
    said = json.dumps(told)
    assert not any(word in said for word in ("sem", "Sem", "spoor", "suicide", "risk"))


async def test_another_officer_sees_what_his_own_organisation_held_or_asked_and_no_more(used: House) -> None:
    seen = {by: await used.listed(f"officer:{by}") for by in ("ggz-west", "school-1", "crisis-b", "jeugd-oost")}
    holders = {by: {each["holder"] for each in told["emergencies"]} for by, told in seen.items()}
    assert holders["ggz-west"] == {"ggz-west"}
    assert holders["school-1"] == {"school-1"}
    assert holders["crisis-b"] == {"ggz-west", "school-1"}
    assert {each["organisation"] for each in seen["crisis-b"]["emergencies"]} == {"crisis-b"}
    assert seen["jeugd-oost"]["emergencies"] == seen["jeugd-oost"]["counts"] == []
    counted = {each["organisation"]: each["uses"] for each in seen["ggz-west"]["counts"]}
    assert counted == {"crisis-a": 3, "crisis-b": 1}


async def test_nobody_else_sees_any_and_each_look_is_on_record_first(used: House) -> None:
    before = (await used.kinds()).count("log.read")
    for by in ("kris", "chris", "sem", "moeder", "anna"):
        assert (await used.gateway.call(by, "GET", EMERGENCIES)).status == 403
    weak = used.with_weak("officer:ggz-west").gateway
    assert (await weak.call("officer:ggz-west", "GET", EMERGENCIES)).status == 403
    await used.listed("officer")
    assert (await used.kinds()).count("log.read") == before + 7


async def test_from_the_threshold_on_officers_and_who_runs_the_gateway_are_warned_and_nobody_is_named(
    tmp_path: Path,
) -> None:
    async with house_at(tmp_path) as house:
        for _ in range(9):
            await house.opened(records=["risk"])
        assert (await house.listed("officer"))["warnings"] == []
        await house.opened(records=["risk"])
        [line] = (await house.listed("officer"))["warnings"]
        assert "10 times or more in 30 days" in line
        async with house.gateway.session.get(f"{house.gateway.url}/readyz") as answer:
            ready = json.loads(await answer.read())
        assert line in ready["warnings"]
        assert not any(name in line for name in ("crisis-a", "kris", "sem"))


async def test_the_metric_counts_uses_by_organisation_and_names_nobody_else(used: House) -> None:
    told = read(written(await Measuring(used.gateway.gateway).measured()))
    assert told.number("schakel_emergencies", organisation="crisis-a") == 4
    assert told.number("schakel_emergencies", organisation="crisis-b") == 1
    assert told.labels("schakel_emergencies") == {
        (("organisation", "crisis-a"),),
        (("organisation", "crisis-b"),),
    }


async def test_what_is_thirty_days_old_counts_and_what_is_older_does_not(used: House) -> None:
    used.passes(WINDOW)
    assert len((await used.listed("officer"))["emergencies"]) == 9
    used.passes(JUST_BEFORE)
    told = await used.listed("officer")
    assert told["emergencies"] == told["counts"] == []
    assert await used.gateway.gateway.emergencies.frequency.by_organisation() == {}


@pytest.mark.parametrize(
    ("uses", "said"),
    [
        ({}, []),
        ({"a": 9, "b": 9}, []),
        ({"a": 10}, ["1 organisation"]),
        ({"a": 11, "b": 10, "c": 1}, ["2 organisations"]),
    ],
)
async def test_it_warns_from_the_threshold_of_one_organisation(uses: dict[str, int], said: list[str]) -> None:
    assert [line.partition(" used")[0] for line in warnings(uses, 10)] == said


async def test_it_counts_over_thirty_days() -> None:
    assert timedelta(days=30) == WINDOW
