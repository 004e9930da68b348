"""One operator ends what counts or waits, at once; it comes back by two again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.registry.town import ALL, CLIENT, FILE, ISSUER, WHY, Town, town


@pytest.fixture
async def place(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with town(tmp_path, database_url, monkeypatch) as made:
        await made.add("anna")
        await made.add("bert")
        assert await made.gets_token()
        yield made


@pytest.mark.parametrize(("name", "ended"), [("west", ALL), (CLIENT, ALL[1:2]), (ISSUER, ALL[2:])])
async def test_a_token_is_dead_at_the_next_request(place: Town, name: str, ended: tuple[str, ...]) -> None:
    assert await place.status() != 401
    assert await place.end(name) == (0, "\n".join(f"ended {each}" for each in ended))
    assert await place.status() == 401
    assert not await place.gets_token()


@pytest.mark.parametrize(("name", "ended"), [("west", ALL), (CLIENT, ALL[1:2]), (ISSUER, ALL[2:])])
async def test_what_was_ended_comes_back_by_two_again(place: Town, name: str, ended: tuple[str, ...]) -> None:
    await place.end(name)
    assert [line.split(",")[0] for line in await place.add("anna")] == [f"waits: {each}" for each in ended]
    assert not await place.gets_token()
    assert await place.add("bert") == [f"registered {each}" for each in ended]
    assert await place.gets_token()


async def test_a_token_of_before_the_end_stays_dead_when_the_client_is_back(place: Town) -> None:
    await place.end(CLIENT)
    await place.add("anna")
    await place.add("bert")
    assert await place.status() == 401
    assert await place.gets_token()


@pytest.mark.parametrize("name", ["west", CLIENT])
async def test_what_waited_is_ended_too_and_a_word_of_before_the_end_counts_no_more(place: Town, name: str) -> None:
    changed = FILE.replace('"west.jwks.json"', '"west.jwks.json"\nlegacy_algorithms = ["RS256"]', 1)
    await place.add("anna", file=changed)
    await place.end(name)
    said = await place.add("bert", file=changed)
    assert all(line.startswith("waits: ") for line in said)
    assert not await place.gets_token()


async def test_of_what_waits_for_two_organisations_the_end_of_one_leaves_no_word(place: Town) -> None:
    new = FILE.replace('"west-system"', '"new-system"').replace("login.west", "login.new")
    await place.add("anna", file=new)
    await place.add("bert", file=new.replace('"west"', '"oost"'))
    await place.end("west")
    assert [line for line in await place.add("bert", file=new) if "anna" in line] == []


async def test_an_end_changes_no_row_and_says_in_the_log_who_and_why(place: Town) -> None:
    rows = await place.rows()
    await place.end(CLIENT)
    assert await place.rows() == rows + 1
    event = (await place.events())[-1]
    assert (event["leaf"]["outcome"], event["leaf"]["counterparty"]) == ("ok", "west")
    assert (event["actor"]["operator"], event["justification"]) == ("carla", WHY)
    assert event["detail"] == {"ended": [{"kind": "client", "key": CLIENT, "digest": None}]}
    assert f"ended: client {CLIENT} of west" in await place.listed()


async def test_what_only_waits_is_ended_and_keeps_its_name_from_nobody(place: Town) -> None:
    await place.add("anna", file=FILE.replace("west", "oost").replace("oost.jwks", "west.jwks"))
    assert (await place.end("oost-system"))[0] == 0
    other = FILE.replace('client_id = "west-system"', 'client_id = "oost-system"')
    await place.add("anna", file=other)
    assert await place.add("bert", file=other) == ["registered client oost-system of west"]


async def test_what_nobody_registered_cannot_be_ended(place: Town) -> None:
    for name in ("nobody", ""):
        code, said = await place.end(name)
        assert (code, said) == (
            1,
            f"nothing that counts or waits is called `{name}`; `schakel org list` shows what does",
        )
    await place.end(CLIENT)
    assert (await place.end(CLIENT))[0] == 1


async def test_of_two_things_with_one_name_nothing_ends_until_the_kind_is_said(place: Town) -> None:
    file = FILE.replace('client_id = "west-system"', 'client_id = "west"')
    await place.add("anna", file=file)
    code, said = await place.end("west")
    assert (code, said) == (1, "`west` is the name of `organisation` and `client`; say which one by --kind")
    assert await place.status() != 401
    assert await place.end("west", kind="client") == (0, "ended client west of west")
    assert await place.status() != 401


async def test_a_webhook_is_ended_by_its_kind(place: Town) -> None:
    file = f'{FILE}\n[organisations.webhook]\nurl = "http://127.0.0.1:9/hook"\n'
    await place.add("anna", file=file)
    await place.add("bert", file=file)
    assert await place.end("west", kind="webhook") == (0, "ended webhook west of west")
    assert await place.status() != 401


async def test_of_what_waits_for_two_organisations_the_end_of_one_leaves_the_word_for_the_other(place: Town) -> None:
    new = FILE.replace('"west-system"', '"new-system"').replace("login.west", "login.new")
    oost = new.replace('"west"', '"oost"')
    await place.add("anna", file=oost)
    await place.add("bert", file=new)
    await place.end("west")
    said = await place.add("carla", file=oost)
    assert "registered client new-system of oost" in said
