"""Any operator closes a holder's crisis set at once, by the command line; he opens none."""

import asyncio
import json
from pathlib import Path

import pytest

from gateway.commands.operating import Said
from gateway.commands.org import run_org_end
from gateway.failpoints import Step
from tests.gateway.emergency.house import House, elements, house_at
from tests.gateway.emergency.test_crisis_set import opened
from tests.gateway.registry.town import Town
from tests.gateway.rules.world import set_environment
from tests.gateway.running import at_step

WHY = "call of the holder, 09:15"


async def ends(house: House, monkeypatch: pytest.MonkeyPatch, holder: str = "jeugd-oost") -> Said:
    set_environment(monkeypatch, house.gateway.gateway.settings)
    return await asyncio.to_thread(run_org_end, holder, operator="c. arla", because=WHY, kind="crisis-set")


async def gets(house: House) -> list[str]:
    return elements(await house.pull(records=["not-opened"]))


async def test_an_operator_closes_it_and_it_is_on_record_who_and_why(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_at(tmp_path, database_url) as house:
        await opened(house)
        assert await gets(house) == ["not-opened"]
        assert await ends(house, monkeypatch) == (0, "closed the crisis set of jeugd-oost")
        assert await gets(house) == []
        [event] = await Town(house.gateway, tmp_path).events()
        assert (event["leaf"]["organisation"], event["leaf"]["counterparty"]) == ("operator", "jeugd-oost")
        assert (event["actor"]["operator"], event["justification"]) == ("c. arla", WHY)
        assert event["detail"] == {"crisis_set": {"holder": "jeugd-oost", "act": "closed"}}
        # Two administrators open it again.
        await opened(house)
        assert await gets(house) == ["not-opened"]


async def test_what_he_closes_before_the_commit_of_a_request_gives_it_nothing(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_at(tmp_path, database_url) as house:
        await opened(house)

        async def close() -> None:
            assert (await ends(house, monkeypatch))[0] == 0

        house.gateway.change(at_step(Step.ASSEMBLED, close))
        assert await gets(house) == []
        assert await house.events("emergency.opened") == []


async def test_what_was_proposed_counts_no_more_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house_at(tmp_path) as house:
        await house.crisis_set("open")
        assert (await ends(house, monkeypatch))[0] == 0
        assert json.loads((await house.second_opens("jeugd-oost")).body)["open"] is False


@pytest.mark.parametrize("holder", ["jeugd-oost", "nobody"])
async def test_where_there_is_nothing_to_close_he_hears_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holder: str
) -> None:
    async with house_at(tmp_path) as house:
        said = f"no crisis set of `{holder}` is open, or proposed to be opened"
        assert await ends(house, monkeypatch, holder) == (1, said)
        assert await Town(house.gateway, tmp_path).events() == []
