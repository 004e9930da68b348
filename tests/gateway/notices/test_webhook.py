"""Webhooks, to a real receiver that checks the signature: thin, signed, tried again, and given up with an alarm."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.database.engine import write_transaction
from gateway.notices.attempts import MOST_ATTEMPTS, WAITS
from gateway.notices.notice import Notice, keep_notice
from gateway.notices.places import Place
from gateway.notices.tables import notice_attempt, notice_settled
from tests.gateway.notices.receiving import Receiver, receiver
from tests.gateway.notices.told import FOR_BOTH, Told, told


@asynccontextmanager
async def announced(folder: Path, url: str | None = None) -> AsyncIterator[tuple[Told, Receiver]]:
    """Run a gateway and a receiver that trusts its keys; one notice waits to be announced."""
    async with receiver() as there, told(folder, url) as house:
        await house.ask("anna")
        await house.register("team-noord", there.url)
        await house.withdraw()
        await house.look()
        there.keys = await house.public_keys("team-noord")
        yield house, there


@asynccontextmanager
async def knocks() -> AsyncIterator[tuple[int, list[bool]]]:
    """Listen on this machine; note every connection, whatever becomes of it."""
    heard: list[bool] = []

    async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(True)
        writer.close()

    async with await asyncio.start_server(note, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], heard


async def give(house: Told, organisation: str, number: int = 1) -> None:
    """Give so many notices to an organisation that is told of each."""
    committer = house.gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        for _ in range(number):
            given = Notice(str(uuid.uuid4()), organisation, "consent.withdrawn", ("a request",))
            await keep_notice(connection, committer.sealer, given, announced=True)


async def settled(house: Told) -> list[str]:
    async with house.gateway.gateway.engine.connect() as connection:
        return list((await connection.execute(select(notice_settled.c.how))).scalars())


async def attempts(house: Told) -> int:
    async with house.gateway.gateway.engine.connect() as connection:
        return len((await connection.execute(select(notice_attempt))).all())


async def test_a_receiver_that_checks_the_signature_is_told_once_and_can_pull_what_it_was_told_of(
    tmp_path: Path, database_url: str
) -> None:
    async with announced(tmp_path, database_url) as (house, there):
        await house.send()
        await house.send()
        [(headers, body)] = there.got
        [told_] = await house.notices("team-noord")
        assert json.loads(body) == {
            "type": "notice.available",
            "timestamp": told_["at"],
            "data": {"id": told_["id"]},
        }
        assert headers["webhook-id"] == told_["id"]
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 10
        assert headers["content-type"] == "application/json"
        assert "authorization" not in headers
        assert await settled(house) == ["delivered"]


async def test_a_receiver_that_trusts_another_key_takes_nothing(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        there.keys = await house.public_keys("school-1") or ["whpk_" + "A" * 43 + "="]
        await house.send()
        assert (there.got, await settled(house), await attempts(house)) == ([], [], 1)


async def test_a_rotated_key_signs_beside_the_one_before_it(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        old = there.keys
        await house.register("team-noord", there.url, key=2)
        await house.gateway.gateway.identity.registrations.renew()
        both = await house.public_keys("team-noord")
        assert both[1:] == old
        await house.send()
        assert (len(there.got), len(there.got[0][0]["webhook-signature"].split())) == (1, 2)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_what_is_not_taken_is_tried_again_later_under_the_same_id(tmp_path: Path, status: int) -> None:
    async with announced(tmp_path) as (house, there):
        there.status = status
        await house.send()
        await house.send()
        assert len(there.got) == 1
        await house.later(WAITS[0].total_seconds() - 2)
        await house.send()
        assert len(there.got) == 1
        await house.later(3)
        there.status = 200
        await house.send()
        assert (len(there.got), len(set(there.ids)), await settled(house)) == (2, 1, ["delivered"])


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        there.status, there.location = 307, "/elsewhere"
        await house.send()
        assert (len(there.got), there.elsewhere, await settled(house)) == (1, 0, [])


async def test_who_never_answers_is_given_up_after_some_days_and_the_operator_is_alarmed(
    tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with announced(tmp_path, database_url) as (house, there):
        there.status = 500
        await house.send()
        for wait in WAITS:
            await house.later(wait.total_seconds() + 1)
            await house.send()
        assert (len(there.got), await settled(house)) == (MOST_ATTEMPTS, ["dead"])
        await house.later(WAITS[-1].total_seconds() + 1)
        await house.send()
        assert len(there.got) == MOST_ATTEMPTS
        assert "notices.webhook_dead" in capsys.readouterr().out
        assert (await house.kinds()).count("notification.failed") == 1
        # What counts is still there.
        assert len(await house.notices("team-noord")) == 1


def test_all_the_waits_together_are_some_three_days() -> None:
    assert 3 <= sum(each.total_seconds() for each in WAITS) / 86_400 < 4


async def test_an_address_that_is_gone_is_not_tried_again(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        there.status = 410
        await house.send()
        assert (len(there.got), await settled(house)) == (1, ["dead"])


async def test_a_webhook_that_was_ended_gets_nothing_more(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        await house.end_webhook("team-noord")
        await house.send()
        assert (there.got, await settled(house)) == ([], ["unregistered"])


async def test_a_webhook_that_is_ended_between_two_notices_gets_the_first_and_not_the_second(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        again = {name: each for name, each in FOR_BOTH.items() if name not in {"given_by", "on"}}
        consent = json.loads((await house.gateway.call("sem", "POST", "/api/v1/facts/consents", again)).body)["id"]
        assert await house.ask("anna") is not None
        await house.withdraw(consent=consent)
        await house.look()

        async def ended(place: Place) -> None:
            if place is Place.SENT:
                await house.end_webhook("team-noord")

        house.gateway.gateway.notice_workers.sending.reached = ended
        await house.send()
        assert (len(await house.notices("team-noord")), len(there.got)) == (2, 1)
        assert await settled(house) == ["delivered", "unregistered"]


async def test_however_many_wait_for_one_who_does_not_answer_nobody_else_waits_for_them(
    tmp_path: Path, database_url: str
) -> None:
    async with receiver() as dead, receiver() as there, told(tmp_path, database_url) as house:
        dead.status = 500
        await house.register("team-noord", dead.url)
        await house.register("school-1", there.url)
        await give(house, "team-noord", 600)
        await give(house, "school-1")
        await house.send()
        assert (len(dead.got), len(there.got)) == (1, 1)


async def test_who_answers_slowly_holds_up_a_round_once_and_gets_the_rest_in_the_next(tmp_path: Path) -> None:
    async with receiver() as slow, told(tmp_path) as house:
        await house.register("team-noord", slow.url)
        await give(house, "team-noord", 3)
        seconds = count(step=14)
        house.gateway.gateway.notice_workers.sending.passed = lambda: float(next(seconds))
        for sent in (1, 2, 3):
            await house.send()
            assert len(slow.got) == sent


async def test_two_workers_send_each_notice_once(tmp_path: Path, database_url: str) -> None:
    async with announced(tmp_path, database_url) as (house, there):
        await asyncio.gather(*(house.send() for _ in range(4)))
        assert (len(there.got), await attempts(house)) == (1, 1)


async def test_who_is_told_to_stop_waits_for_no_answer_and_sends_again_after_the_next_start(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        there.hangs = True
        stop = asyncio.Event()
        sending = asyncio.create_task(house.gateway.gateway.notice_workers.sending.send(stop))
        await there.came.wait()
        stop.set()
        await asyncio.wait_for(sending, 2)
        there.hangs = False
        await house.later(21)
        await house.send()
        assert (len(there.got), len(set(there.ids)), await settled(house)) == (2, 1, ["delivered"])


async def test_in_production_this_machine_is_not_reached_whatever_is_registered(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there), knocks() as (door, heard):
        house.gateway.gateway.notice_workers.sending.this_machine = False
        await house.send()
        for host in ("localhost", "127.0.0.1", "2130706433"):
            await house.register("team-noord", f"https://{host}:{door}/x")
            await house.later(2_000)
            await house.send()
        assert (there.got, heard, await attempts(house), await settled(house)) == ([], [], 4, [])


async def test_an_organisation_without_a_webhook_pulls_and_gets_none_of_the_old_ones_later(tmp_path: Path) -> None:
    async with receiver() as there, told(tmp_path) as house:
        await house.ask("anna")
        await house.withdraw()
        await house.look()
        await house.register("team-noord", there.url)
        await house.send()
        assert (there.got, len(await house.notices("team-noord"))) == ([], 1)


async def test_the_workers_of_a_running_gateway_do_it_all_by_themselves(tmp_path: Path) -> None:
    async with announced(tmp_path) as (house, there):
        workers = house.gateway.gateway.notice_workers
        workers._stop.clear()  # as after a start
        workers.start()
        while not await settled(house):  # noqa: ASYNC110 - a row tells nobody that it is there
            await asyncio.sleep(0.02)
        await workers.close()
        assert len(there.got) == 1
