"""Whatever somebody tries, the whole answer is the same with and without what he may not learn."""

import json
from collections.abc import Mapping

import pytest
import pytest_asyncio

from tests.gateway.hidden.doors import FACTS, Try, Trying, tries
from tests.gateway.hidden.town import EVERYBODY, GETS, HIDDEN, MENTOR, SAYS, Hidden, town
from tests.gateway.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

Answers = list[tuple[Try, tuple[int, str]]]
SUCCEEDS = {SAYS: 50, GETS: 10, MENTOR: 5}
"""How often each gets what he tries, at least, or the comparison says little."""


async def say(gateway: Running, hidden: Hidden) -> None:
    last = ""
    for who, path, body in hidden.said:
        answer = await gateway.call(who, "POST", f"{FACTS}/{path.replace('LAST', last)}", body)
        assert answer.status == 201, (path, answer.body)
        last = json.loads(answer.body)["id"]


async def answered(hidden: Hidden, made: pytest.TempPathFactory) -> Mapping[str, Answers]:
    """Return what those are answered at every door from whom this is hidden."""
    async with running(town(hidden.told), made.mktemp("town")) as gateway:
        await say(gateway, hidden)
        people = [Trying(gateway, who) for who in hidden.by]
        return {each.who: [(one, await each.told(one)) for one in tries(each.who)] for each in people}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, ...], Mapping[str, Answers]]:
    """Return what they are answered where nothing is hidden, by who else asks."""
    return {by: await answered(Hidden({}, by), tmp_path_factory) for by in {each.by for each in HIDDEN.values()}}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=[each.replace(" ", "-") for each in HIDDEN])
async def test_nobody_is_told_what_is_hidden_from_him(
    hidden: Hidden,
    plain: Mapping[tuple[str, ...], Mapping[str, Answers]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found = await answered(hidden, tmp_path_factory)
    for who, before in plain[hidden.by].items():
        differs = [(one, other) for one, other in zip(before, found[who], strict=True) if one != other]
        assert differs == [], who


async def test_much_of_what_is_tried_is_done(plain: Mapping[tuple[str, ...], Mapping[str, Answers]]) -> None:
    done = {who: [status for _, (status, _) in told if status in {200, 201}] for who, told in plain[EVERYBODY].items()}
    assert {who for who, least in SUCCEEDS.items() if len(done[who]) < least} == set()
