"""On PostgreSQL: the search walks its index and nothing else, and of who use one ticket at once one is let in."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import event, text

from tests.gateway.log.office import LOG, found, office, second
from tests.gateway.running import Running

pytestmark = pytest.mark.server

_ROWS = """\
INSERT INTO audit_term (term, event_id, personal)
SELECT sha256(CAST(n % 20 AS text)::bytea), gen_random_uuid(), false FROM generate_series(1, 20000) AS n"""


async def test_a_search_walks_the_index_and_a_ticket_is_used_once(tmp_path: Path, postgres_url: str) -> None:
    async with office(tmp_path, postgres_url) as gateway:
        engine = gateway.gateway.engine
        async with engine.begin() as connection:
            await connection.execute(text(_ROWS))
            await connection.execute(text("ANALYZE audit_term"))
        asked: list[tuple[str, object]] = []
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *each: asked.append((each[2], each[3])))
        page = await found(gateway, "officer", "?actor=anna&basis=LB-01&purpose=coordinate-plan&outcome=partial")
        [row] = page["events"]
        walked = [(statement, given) for statement, given in asked if "FROM audit_term" in statement]
        assert len(walked) >= 2
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            for statement, given in walked:
                plan = "\n".join(each[0] for each in await raw.fetch(f"EXPLAIN {statement}", *given))  # type: ignore[misc] # the driver's
                assert "Seq Scan on audit_term" not in plan, plan
                assert "audit_term_pkey" in plan
        await _one_ticket_used_twice_at_once(gateway, str(row["id"]))


async def _one_ticket_used_twice_at_once(gateway: Running, name: str) -> None:
    other = await second(gateway, "operator")
    asked = {"reason": "signal", "scope": {"event": name}}
    ticket = json.loads((await gateway.call("officer", "POST", f"{LOG}/tickets", asked)).body)["id"]
    assert (await gateway.call(other, "POST", f"{LOG}/tickets/{ticket}/approve")).status == 200
    uses = [gateway.call("officer", "POST", f"{LOG}/{name}/content", {"ticket": ticket}) for _ in range(4)]
    statuses = [each.status for each in await asyncio.gather(*uses)]
    assert sorted(statuses) == [200, 403, 403, 403]
