"""The log as a file after NEN 7513 over the doors of a whole gateway: who may, what it holds, what is on record."""

import csv
import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from audit.events import Kind
from gateway.identity.caller import Caller
from tests.gateway.renderings.logged import SECRET, told, with_a_log
from tests.gateway.running import Running

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.served]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with with_a_log(tmp_path_factory.mktemp("gateway")) as one:
        yield one


def lines(body: bytes) -> list[dict[str, str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))


async def test_an_officers_nen_7513_file_holds_his_part_and_is_on_record_before_it_leaves(gateway: Running) -> None:
    await gateway.gateway.following.catch_up()
    answer = await gateway.call("officer:ggz-west", "GET", "/api/v1/log/nen7513?from=2026-01-01")
    assert (answer.status, answer.content_type) == (200, "text/csv")
    last = (await told(gateway))[-1]
    assert (last.kind, last.organisation) == (Kind.LOG_EXPORTED, "ggz-west")
    [line] = [each for each in lines(answer.body) if each["gebeurteniscode"] == "110106" and each["gevoeligheid"]]
    assert (line["gebruikers-ID"], line["resultaat"], line["toestemmingsprofiel"]) == ("anna", "0", "")
    assert SECRET.encode() not in answer.body
    assert b'"sem"' not in answer.body
    whole = await gateway.call("officer", "GET", "/api/v1/log/nen7513")
    assert len(lines(whole.body)) > len(lines(answer.body))
    assert [each for each in lines(whole.body) if each["toestemmingsprofiel"]]


async def test_a_file_that_is_read_in_many_bundles_holds_every_event_once(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gateway.gateway.following.catch_up()
    whole = lines((await gateway.call("officer", "GET", "/api/v1/log/nen7513")).body)
    monkeypatch.setattr("gateway.log.rendering.AT_ONCE", 2)
    bundles = lines((await gateway.call("officer", "GET", "/api/v1/log/nen7513")).body)
    # What was added since is the newest, and stands first.
    assert bundles[-len(whole) :] == whole
    assert len({each["volgnummer"] for each in bundles}) == len(bundles)


async def test_a_file_is_broken_off_where_the_officer_is_ended_meanwhile(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []

    async def ended_the_second_time(_: Caller, **_of: object) -> bool:
        looked.append(True)
        return len(looked) < 2

    monkeypatch.setattr("gateway.api.who.is_let_in", ended_the_second_time)
    monkeypatch.setattr("gateway.api.log.nen7513._LOOKED_AGAIN", 3)
    with pytest.raises(aiohttp.ClientPayloadError):
        await gateway.call("officer", "GET", "/api/v1/log/nen7513")
    assert looked == [True, True]


async def test_a_file_about_one_person_holds_what_is_about_him_and_he_finds_that_it_was_made(gateway: Running) -> None:
    await gateway.gateway.following.catch_up()
    assert (await gateway.call("officer", "GET", "/api/v1/log/nen7513?person=sem")).status == 422
    answer = await gateway.call("officer", "GET", "/api/v1/log/nen7513?person=sem&reason=access-request")
    assert (await told(gateway))[-1].person == "sem"
    assert len({each["identificator cliënt"] for each in lines(answer.body)} - {""}) == 1


async def test_a_nen_7513_file_of_a_page_or_of_a_future_is_refused_or_empty(gateway: Running) -> None:
    assert (await gateway.call("officer", "GET", "/api/v1/log/nen7513?limit=5")).status == 422
    assert (await gateway.call("officer", "GET", "/api/v1/log/nen7513?patient.identifier=1")).status == 422
    answer = await gateway.call("officer", "GET", "/api/v1/log/nen7513?from=2999-01-01")
    assert lines(answer.body) == []


async def test_the_code_book_is_for_everybody(gateway: Running) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{gateway.url}/api/v1/log/nen7513/codes") as answer:
        book = lines(await answer.read())
    assert {"kolom": "resultaat", "code": "8", "betekenis": "geweigerd of mislukt"} in book
