"""A busy log: what no rule looks at costs nothing, and where too much happened that is said."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from audit.events import Kind
from gateway.signals import period
from tests.gateway.running import running
from tests.gateway.signals.conftest import House
from tests.gateway.worlds import world

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST = 30


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("busy")
    async with running(world(), folder) as one:
        yield House(one, folder)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(period, "MOST", MOST)


async def test_what_no_rule_looks_at_and_what_others_did_is_not_counted(busy: House) -> None:
    await busy.happened(MOST, kind=Kind.CONSENT_GIVEN)
    await busy.happened(MOST, organisation="politie", role="police-officer")
    await busy.happened(20)
    told = await busy.get("officer:team-noord")
    assert told["looked"] == 20
    assert "SG-01" in {each["rule"] for each in told["signals"]}
    assert told["complete_up_to"]["events"] > 2 * MOST
    assert told["complete_up_to"]["behind"] < MOST


async def test_where_the_weeks_before_are_too_many_they_are_left_out_and_that_is_said(busy: House) -> None:
    await busy.happened(MOST, ago=timedelta(days=8))
    told = await busy.get("officer:team-noord")
    [signal] = [each for each in told["signals"] if each["rule"] == "SG-01"]
    assert (signal["count"], signal["normal"]) == (20, None)
    unable = {each["rule"] for each in told["unable"] if "8 weeks before" in each["why"]["en"]}
    assert unable == {"SG-01", "SG-06"}


async def test_what_the_index_has_not_reached_yet_is_said(busy: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(_connection: object, _name: str) -> int:
        return 1

    monkeypatch.setattr(period, "place_of", nowhere)
    told = await busy.get("officer:team-noord")
    assert (told["looked"], told["complete_up_to"]["events"]) == (0, 1)
    assert told["complete_up_to"]["behind"] > 2 * MOST


async def test_a_period_with_too_much_in_it_is_refused_by_name(busy: House) -> None:
    told = await busy.get("officer", status=422)
    assert [each["path"] for each in told["errors"]] == ["until"]
