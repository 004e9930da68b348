"""While the registry moves, who is known and who is not are answered alike: whoever can move it learns nothing."""

from pathlib import Path

import pytest

from consent.store.recording import register
from gateway.database.engine import write_transaction
from gateway.failpoints import Step
from tests.gateway.running import Running, at_step, running
from tests.gateway.worlds import world


@pytest.mark.parametrize(("times", "status"), [(1, 403), (3, 503)])
@pytest.mark.parametrize("person", ["sem", "niemand"])
async def test_who_is_known_is_not_told_by_having_to_ask_again(
    tmp_path: Path, database_url: str, person: str, times: int, status: int
) -> None:
    gateways: list[Running] = []
    judged = 0

    async def count() -> None:
        nonlocal judged
        judged += 1
        if judged <= times:
            committer = gateways[0].gateway.exchange.committer
            async with write_transaction(committer.engine) as connection:
                await register(connection, committer.facts, [("stops", {"id": "school-1", "stopped": True})])

    moving = at_step(Step.ASSEMBLED, count, times=9)
    async with running(world(), tmp_path, database_url=database_url, exchange=moving) as gateway:
        gateways.append(gateway)
        answer = await gateway.ask("piet", person, "police-inquiry")
    assert (answer.status, judged) == (status, min(times + 1, 3))
