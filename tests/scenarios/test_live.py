"""Every request of the scenarios through a whole gateway: released is exactly what the file expects, on its terms."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from consent.world import World, read_world
from tests.gateway.running import PLAN, Running, running
from tests.scenarios.asking import (
    body_of,
    can_be_asked,
    differences_from_file,
    elements_expected,
    terms_expected,
    terms_got,
)

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
SCENARIOS = sorted((SHARED / "scenarios").rglob("*.yaml"))
QUICK = 20
"""How many of them `make quick` runs: every tenth or so."""
WORLDS = sorted((SHARED / "worlds").glob("*.json"))[::40]


def files() -> Sequence[object]:
    """Return the files; most are marked as `server`, not because they need one but because they are many."""
    every = max(1, len(SCENARIOS) // QUICK)
    slow = pytest.mark.server
    return [
        pytest.param(path, id=f"{path.parent.name}/{path.stem}", marks=() if place % every == 0 else slow)
        for place, path in enumerate(SCENARIOS)
    ] + [pytest.param(path, id=path.stem, marks=slow) for path in WORLDS]


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("path", files())
async def test_what_is_released_is_what_the_file_expects(path: Path, tmp_path: Path) -> None:
    file = read_world(path.read_bytes())  # noqa: ASYNC240 - a small file, before anything runs
    asked = [place for place, request in enumerate(file.requests) if can_be_asked(request)]
    if not asked:
        pytest.skip("nobody asks in this file: the holder tells of his own accord")
    async with running(file, tmp_path, request=asked[0]) as gateway:
        for position in asked:
            gateway.stand_at(file, file.requests[position])
            await hold(gateway, file, position)


async def hold(gateway: Running, file: World, position: int) -> None:
    request = file.requests[position]
    answer = await gateway.call(request.requester.id, "POST", PLAN, body_of(request))
    assert answer.status in {200, 403}, answer.body
    got = terms_got(answer.body) if answer.status == 200 else {}
    assert got == terms_expected(file, position), position
    assert differences_from_file(got, file.expects[position]) == [], position
    await hold_officers_view(gateway, file, position, json.loads(answer.body)["request_id"])


async def hold_officers_view(gateway: Running, file: World, position: int, request_id: str) -> None:
    view = json.loads((await gateway.call("officer", "GET", f"/api/v1/decisions/{request_id}")).body)
    seen = {each["id"]: (each["result"], each["reason"], each["basis"]) for each in view["elements"]}
    expected = elements_expected(file, position)
    assert seen.items() <= expected.items(), position
    # What was not fetched could not have been released, and the outcome does not depend on it but for `permit`.
    missing = {name: each for name, each in expected.items() if name not in seen}
    assert all(result != "release" for result, _, _ in missing.values()), position
