"""An organisation's administrators hold up nobody: what they open has its turn, what they end at once has not."""

import json
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from sqlalchemy import insert

from consent.store.tables import registry_fact
from gateway.administering.turns import EACH_MINUTE
from gateway.database.engine import write_transaction
from gateway.sandbox.call import Answer
from tests.gateway.administering.house import asks, house_at, told
from tests.gateway.administering.test_replacing import STANDS_IN, place_of, recorded
from tests.gateway.running import Running


async def ended_for_later(gateway: Running, replacement: str, day: int) -> Answer:
    return await told(gateway, f"replacements/{replacement}/close", {"on": f"2026-12-{day:02}"})


async def test_so_many_replacements_of_one_organisation_are_recorded_in_a_minute_and_all_end_at_once(
    tmp_path: Path, database_url: str
) -> None:
    async with house_at(tmp_path, database_url) as gateway:
        replacements = [await recorded(gateway) for _ in range(EACH_MINUTE)]
        assert place_of(await told(gateway, "replacements", STANDS_IN)) == (422, "since")
        assert place_of(await ended_for_later(gateway, replacements[0], 1)) == (422, "on")
        # Another organisation has turns of its own.
        other = {"id": "gea", "role": "manager"}
        assert (await told(gateway, "professionals", other, by="administrator-of-gi-2")).status == 201
        assert await asks(gateway, "geert") == 200
        for each in replacements:
            assert (await told(gateway, f"replacements/{each}/close", {})).status == 201
        assert await asks(gateway, "geert") == 403
        assert (await told(gateway, "professionals/geert/close", {})).status == 201


async def test_an_end_that_is_moved_to_earlier_and_earlier_has_its_turn(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        replacement = await recorded(gateway)
        days = range(EACH_MINUTE + 1, 1, -1)
        statuses = [(await ended_for_later(gateway, replacement, day)).status for day in days]
        assert statuses == [201] * (EACH_MINUTE - 1) + [422]


async def test_a_role_that_is_told_anew_again_and_again_has_its_turn(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        roles = cycle(("manager", "family-guardian"))
        said = [{"id": "gijs", "role": next(roles)} for _ in range(EACH_MINUTE + 1)]
        answers = [await told(gateway, "professionals", each) for each in said]
        assert [each.status for each in answers] == [201] * EACH_MINUTE + [422]
        # What changes nothing needs no turn.
        assert (await told(gateway, "professionals", said[-2])).status == 201


async def test_who_is_let_in_again_and_again_has_his_turn_and_is_ended_whenever_that_is_said(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        again = {"id": "gijs", "role": "family-guardian"}
        statuses = []
        for _ in range(EACH_MINUTE):
            assert (await told(gateway, "professionals/gijs/close", {})).status == 201
            statuses.append((await told(gateway, "professionals", again)).status)
        assert statuses == [201] * (EACH_MINUTE // 2) + [422] * (EACH_MINUTE - EACH_MINUTE // 2)


async def test_what_was_changed_before_the_last_minute_takes_no_turn(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        committer = gateway.gateway.exchange.committer
        async with write_transaction(committer.engine) as connection:
            now, version = await committer.facts.clock(connection), (await committer.facts.registry(connection)).version
            rows = [
                {
                    "version": version + n,
                    "section": "professionals",
                    "id": "gijs",
                    "entry": json.dumps({"id": "gijs", "role": "family-guardian"}),
                    "recorded_at": now - timedelta(seconds=61),
                }
                for n in range(1, EACH_MINUTE + 1)
            ]
            await connection.execute(insert(registry_fact), rows)
        assert await recorded(gateway)
