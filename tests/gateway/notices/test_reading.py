"""The pull list: whose it is, page after page without a gap, and on record."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.notices.told import FOR_BOTH, NOTICES, Told, family, told

Json = dict[str, Any]


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[Told]:
    async with told(tmp_path, database_url, family(consents=several(5))) as one:
        yield one


def several(times: int) -> list[Json]:
    """Return consents that end one before the other; the answer rests on the one that ends last."""
    return [{"id": f"c{n}", **FOR_BOTH, "until": f"2026-12-{10 + n}T00:00:00+01:00"} for n in range(1, times + 1)]


async def withdrawn(house: Told, times: int = 5) -> list[str]:
    """Ask and withdraw in turn; return the request ids, each of a notice of its own."""
    asked = []
    for n in range(times, 0, -1):
        request = await house.ask("anna")
        assert request is not None
        asked.append(request)
        await house.withdraw(consent=f"c{n}")
        await house.look()
    return asked


async def test_pages_follow_each_other_without_a_gap_or_a_double(house: Told) -> None:
    asked = await withdrawn(house)
    seen: list[Json] = []
    path = f"{NOTICES}?limit=2"
    for _ in range(4):
        page = json.loads((await house.get("team-noord", path)).body)
        seen += page["notices"]
        path = f"{NOTICES}?limit=2&after={page['next']}"
    assert [each["requests"] for each in seen] == [[each] for each in asked]
    assert len({each["id"] for each in seen}) == 5
    assert json.loads((await house.get("team-noord", path)).body)["notices"] == []


async def test_an_empty_page_gives_back_the_cursor_and_what_comes_later_follows_it(house: Told) -> None:
    first = json.loads((await house.get("team-noord")).body)
    assert (first["notices"], first["next"]) == ([], None)
    await withdrawn(house)
    [*_, last] = await house.notices("team-noord")
    empty = json.loads((await house.get("team-noord", f"{NOTICES}?after={last['id']}")).body)
    assert (empty["notices"], empty["next"]) == ([], last["id"])


async def test_a_cursor_of_another_organisation_and_one_that_nobody_has_are_answered_alike(house: Told) -> None:
    await withdrawn(house, 5)
    [first, *_] = await house.notices("team-noord")
    answers = [
        await house.get("school-1", f"{NOTICES}?after={each}")
        for each in (first["id"], "0b6a5a5e-0000-8000-8000-000000000000", "x", "")
    ]
    said = [json.loads(each.body) | {"request_id": None} for each in answers]
    assert {each.status for each in answers} == {422}
    assert all(each == said[0] for each in said)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1e2", "limit=1&limit=2", "a=b"]
)
async def test_a_query_that_is_wrong_is_named(tmp_path: Path, query: str) -> None:
    async with told(tmp_path) as house:
        assert (await house.get("team-noord", f"{NOTICES}?{query}")).status == 422


@pytest.mark.parametrize("who", ["anna", "sem", "officer", "officer:team-noord"])
async def test_nobody_but_an_organisations_own_client_reads_notices(tmp_path: Path, who: str) -> None:
    async with told(tmp_path) as house:
        for path in (NOTICES, f"{NOTICES}/webhook"):
            answer = await house.gateway.call(who, "GET", path)
            assert (answer.status, json.loads(answer.body)["type"]) == (403, "urn:schakel:problem:not-available")


@pytest.mark.parametrize("word", ["person", "operator"])
async def test_the_portal_of_persons_is_no_organisation_and_reads_none(tmp_path: Path, word: str) -> None:
    async with told(tmp_path) as house:
        assert (await house.get(word)).status == 403


async def test_that_notices_were_read_is_in_the_log_and_so_is_that_somebody_tried(tmp_path: Path) -> None:
    async with told(tmp_path) as house:
        asked = await house.ask("anna")
        await house.withdraw()
        await house.look()
        read = json.loads((await house.get("team-noord")).body)
        assert read["notices"][0]["requests"] == [asked]
        denied = json.loads((await house.gateway.call("anna", "GET", NOTICES)).body)
        assert await house.event(read["request_id"]) == ("log.read", "ok", {"read": "notices", "notices": _ids(read)})
        assert await house.event(denied["request_id"]) == ("log.read", "deny", {"read": "notices"})


def _ids(read: Json) -> list[str]:
    return [each["id"] for each in read["notices"]]


async def test_without_a_token_nobody_hears_anything(tmp_path: Path) -> None:
    async with told(tmp_path) as house, house.gateway.session.get(f"{house.gateway.url}{NOTICES}") as answer:
        assert answer.status == 401
