"""Whatever somebody tries, the whole answer is the same with and without what he may not learn."""

from collections.abc import Mapping

import pytest
import pytest_asyncio

from tests.gateway.hidden.hidden import HIDDEN, Hidden
from tests.gateway.hidden.town import ABROAD, AROUND, HOME, STAY, SYSTEM, Visitor, town
from tests.gateway.hidden.trying import Heard, Trying, do
from tests.gateway.notices.told import client_token
from tests.gateway.running import running

pytestmark = pytest.mark.asyncio(loop_scope="module")

Answers = Mapping[Visitor, Heard]


async def answered(hidden: Hidden, made: pytest.TempPathFactory) -> Answers:
    """Return what those are answered at every door who come."""
    async with running(hidden.otherwise(town()), made.mktemp("town")) as gateway:
        if SYSTEM in hidden.come:
            gateway.hold(SYSTEM.who, *await client_token(gateway, SYSTEM.at))
        for deed in hidden.elsewhere:
            await deed(gateway, made.mktemp("elsewhere"))
        everybody = [Trying(gateway, one) for one in hidden.come]
        for each in everybody:
            facts = await each.come()
            if hidden.stay:
                await do(gateway, hidden.since(each.one.child))
                await each.come_again(facts)
        return {each.one: each.heard for each in everybody if each.one not in hidden.knows}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(tmp_path_factory: pytest.TempPathFactory) -> Mapping[bool, Answers]:
    """Return what they are answered where nothing is hidden, and what those are who stay there."""
    passing = [await answered(Hidden(come=come), tmp_path_factory) for come in (ABROAD, AROUND, HOME)]
    staying = await answered(Hidden(come=STAY, stay=True), tmp_path_factory)
    return {False: {one: heard for each in passing for one, heard in each.items()}, True: staying}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=[each.replace(" ", "-") for each in HIDDEN])
async def test_nobody_is_told_what_is_hidden_from_him(
    hidden: Hidden, plain: Mapping[bool, Answers], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for one, heard in (await answered(hidden, tmp_path_factory)).items():
        differs = [(was, now) for was, now in zip(plain[hidden.stay][one], heard, strict=True) if was != now]
        assert differs == [], one.who


async def test_much_of_what_is_tried_is_done(plain: Mapping[bool, Answers]) -> None:
    done = {one: sum(status in {200, 201} for _, status, _ in heard) for one, heard in plain[False].items()}
    assert [(one.who, done[one]) for one in done if done[one] < one.least] == []
