"""The same desk on PostgreSQL, where officers come at once and tables are guarded by other triggers."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from audit.events import Kind
from audit.signing import SigningKey
from gateway.database.engine import write_transaction
from gateway.signals.switching import Switch, SwitchError, switch
from schemas.calendar import local_day
from tests.gateway.running import running
from tests.gateway.signals.conftest import House
from tests.gateway.worlds import world

pytestmark = pytest.mark.server


async def test_look_explain_review_and_switch(postgres_url: str, tmp_path: Path) -> None:
    async with running(world(), tmp_path, database_url=postgres_url) as one:
        house = House(one, tmp_path)
        await house.happened(2, account="els", facts={})
        await house.happened(5, account="gijs", kind=Kind.EXCHANGE_DENIED)
        signal = await house.signal("officer:team-noord", "SG-04")
        about = {"rule": "SG-04", "organisation": "team-noord", "account": signal["account"]}
        reviewed = await house.post("officer:team-noord", "review", about)
        assert reviewed["account"]["id"] == "gijs"
        until = str(local_day(house.committer.log.now()))
        await house.post("officer:team-noord", "explained", {**about, "until": until, "because": "storing"})
        assert await house.rules_seen("officer:team-noord") == {"SG-03"}
        await _switch_by_two_at_once(house)
        assert await house.rules_seen("officer") == set()
        for statement in (
            "UPDATE signal_explained SET until = now()",
            "TRUNCATE signal_word",
            "DELETE FROM signal_word",
        ):
            with pytest.raises(DBAPIError, match="append-only"):
                async with write_transaction(house.committer.engine) as connection:
                    await connection.execute(text(statement))


async def _switch_by_two_at_once(house: House) -> None:
    """Four words at once, two of them the same officer's: the rule is off, and each officer's word counts once."""

    async def say(officer: str) -> bool:
        said = Switch(rule="SG-03", off=True, because="drill", account="test")
        try:
            async with write_transaction(house.committer.engine) as connection:
                await switch(connection, house.committer.log, said, keys[officer])
        except SwitchError:
            return False
        return True

    keys = {name: SigningKey.from_seed(name, name.encode().ljust(32)) for name in ("eva", "olaf")}
    assert sorted(await asyncio.gather(*(say(each) for each in ("eva", "eva", "olaf", "olaf")))) == [
        False,
        False,
        True,
        True,
    ]
