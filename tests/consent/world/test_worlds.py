"""Every world that an independent implementation decided, and every scenario that lawyers can read."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consent.decide import decide, prepare
from consent.world.expectation import differences
from consent.world.file import World, read_world, world_of
from schemas.words import Category, Result
from tests.consent.asking import may_ask


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.suffix in {".yaml", ".json"})


@pytest.fixture(scope="module", params=["scenarios", "worlds"])
def found(request: pytest.FixtureRequest, shared: Path) -> dict[str, World]:
    return {file.name: read_world(file.read_bytes()) for file in _files(shared / str(request.param))}


def test_every_decision_is_as_expected(found: dict[str, World]) -> None:
    wrong = {
        f"{name} {position}": difference
        for name, world in found.items()
        for position, (request, expect) in enumerate(zip(world.requests, world.expects, strict=True))
        if expect is not None and (difference := differences(decide(request, world.facts, request.at), expect))
    }
    assert wrong == {}


def test_whatever_is_released_might_be_asked_for(found: dict[str, World]) -> None:
    for world in found.values():
        for request in world.requests:
            case = prepare(request, world.facts, request.at)
            asked = may_ask(case, [one.id for one in world.facts.organisations], Category)
            elements = case.decide(world.facts.records).elements
            for record in world.facts.records:
                if record.id in elements and elements[record.id].result is Result.RELEASE:
                    assert (record.holder, record.category) in asked


def test_a_withdrawal_never_releases_more(shared: Path) -> None:
    for file in list(_files(shared / "worlds"))[::8]:
        value = json.loads(file.read_bytes())
        before = _released(value)
        for position in range(len(value.get("consents", []))):
            fewer = copy.deepcopy(value)
            fewer["consents"][position]["withdrawn_on"] = fewer["consents"][position]["on"]
            assert _released(fewer) <= before


def _released(value: dict[str, Any]) -> set[tuple[int, str]]:
    world = world_of(value)
    return {
        (position, name)
        for position, request in enumerate(world.requests)
        for name, one in decide(request, world.facts, request.at).elements.items()
        if one.result is Result.RELEASE
    }
