"""A follower of the log that is stuck is seen at `/readyz` after five minutes, and not before."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.database.engine import write_transaction
from gateway.wiring import utc_now
from tests.gateway.running import running
from tests.gateway.worlds import world


@pytest.mark.parametrize(("minutes", "told"), [(4, 0), (6, 1)])
async def test_a_follower_that_is_stuck_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int, told: int
) -> None:
    async with running(world(), tmp_path) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        await gateway.gateway.following.catch_up()
        # A worker of its own follows here too: this one is nobody's.
        stuck = type("Stuck", (), {"name": "stuck"})()
        monkeypatch.setattr(gateway.gateway.following, "followers", (stuck,))
        async with write_transaction(gateway.gateway.engine) as connection:
            await connection.execute(text("INSERT INTO log_follower (name, next) VALUES ('stuck', 0)"))
        monkeypatch.setattr("gateway.api.health.utc_now", lambda: utc_now() + timedelta(minutes=minutes))
        async with gateway.session.get(f"{gateway.url}/readyz") as answer:
            said = json.loads(await answer.read())
        stuck_told = [each for each in said["warnings"] if each.startswith("`stuck` has not followed the log for")]
        assert len(stuck_told) == told
