"""To name somebody to an officer opens nothing of what is known of him: how much that is would be told by the time."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from consent.keys import DataKey
from consent.naming import PERSON_SYSTEM
from gateway.log.persons import NOBODY, Persons
from tests.gateway.facts.desk import desk_at


@pytest.fixture
async def persons(tmp_path: Path) -> AsyncIterator[Persons]:
    """Give how persons are named where Sem is known, and nothing was read of him yet."""
    async with desk_at(f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}") as desk:
        yield Persons(desk.committer)


@pytest.fixture
def unsealed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Give where each sealed thing lay that is opened from now on."""
    places, plainly = list[bytes](), DataKey.open

    def told(key: DataKey, *what: Any, at: bytes) -> bytes:
        places.append(at)
        return plainly(key, *what, at=at)

    monkeypatch.setattr(DataKey, "open", told)
    return places


@pytest.mark.parametrize(("number", "found"), [("sem", "sem"), ("nobody", NOBODY), ("a\x00b", NOBODY)])
async def test_whom_a_number_names_is_found_without_opening_a_fact(
    persons: Persons, unsealed: list[bytes], number: str, found: str
) -> None:
    assert await persons.found(PERSON_SYSTEM, number) == found
    assert not unsealed


@pytest.mark.parametrize(("name", "known"), [("sem", "sem"), ("nobody", None), ("a\x00b", None)])
async def test_his_key_is_brought_without_opening_a_fact(
    persons: Persons, unsealed: list[bytes], name: str, known: str | None
) -> None:
    assert await persons.with_key(name) == known
    assert not unsealed
    assert persons.committer.sealer.knows(name) is (known is not None)
