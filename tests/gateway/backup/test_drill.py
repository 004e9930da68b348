"""The drill, from door to door: backed up while it serves, restored, and held against the witness."""

import asyncio
import json
from pathlib import Path

from audit.sequence import waiting
from gateway.commands.log import log_of
from gateway.database.engine import create_engine
from tests.gateway.backup import make
from tests.gateway.running import Running


async def asked(gateway: Running, times: int) -> list[str]:
    """Ask so many times side by side, and return the events of the receipts."""
    answers = await asyncio.gather(*(gateway.ask("anna", "sem", "coordinate-plan") for _ in range(times)))
    assert [each.status for each in answers] == [200] * times
    return [json.loads(each.body)["receipt"]["event"] for each in answers]


async def test_an_old_backup_refuses_to_start_against_its_witness_and_says_what_to_do(
    house: make.House, fresh: str, tmp_path: Path
) -> None:
    async with make.witnessed(house, tmp_path / "w1") as (watched, policy):
        async with make.serving(watched) as gateway:
            await asked(gateway, 3)
            load = asyncio.create_task(_load(gateway))
            backed_up = await watched.schakel("backup", "--out", str(watched.backups))
            load.cancel()
            assert backed_up.returncode == 0, backed_up.stderr
            await asked(gateway, 2)
            withdrawn = await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})
            assert withdrawn.status == 201, withdrawn.body
            assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 403
            await make.cosign(gateway, policy)
        [backup] = watched.backups.iterdir()
        old = watched.on(fresh)
        restored = await old.schakel("restore", str(backup), "--database", fresh, "--key", str(watched.private))
        assert restored.returncode == 0, restored.stderr
        served = await old.schakel("serve")
    assert served.returncode == 1
    assert "that this log signed" in served.stderr
    assert "put back the newest database, and see docs/how-to/run-a-witness.md" in served.stderr


async def _load(gateway: Running) -> None:
    while True:
        await asked(gateway, 4)


async def test_a_good_backup_loses_nothing_and_starts(house: make.House, fresh: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    async with make.witnessed(house, tmp_path / "w1") as (watched, policy):
        async with make.serving(watched) as gateway:
            await asked(gateway, 3)
            assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
            await make.cosign(gateway, policy)
            async with gateway.session.get(f"{gateway.url}/audit/checkpoint") as head:
                kept.write_bytes(await head.read())
        backed_up = await watched.schakel("backup", "--out", str(watched.backups))
        assert backed_up.returncode == 0, backed_up.stderr
        [backup] = watched.backups.iterdir()
        new = watched.on(fresh)
        restored = await new.schakel("restore", str(backup), "--key", str(watched.private))
        assert restored.returncode == 0, restored.stderr
        was, now = await make.rows(watched.settings.database_url), await make.rows(fresh)
        assert now == was
        assert was["audit_event"]
        verified = await asyncio.gather(
            *(
                each.schakel("audit", "verify", "--database", each.settings.database_url, "--checkpoint", str(kept))
                for each in (watched, new)
            )
        )
        assert verified[0].stdout == verified[1].stdout
        assert verified[0].stdout.startswith("ok: ")
        root = verified[0].stdout.split("root ")[1].split(",")[0]
        assert f"(root {root})" in restored.stdout
        assert backup.name.endswith(f"-{verified[0].stdout.split()[1]}.backup")
        with make.served_by_command(new):
            said = await make.ready(new.settings.public_url)
        assert said["status"] == "ready"
        assert said["checks"]["anchor"] is True


async def test_what_was_acknowledged_before_a_backup_under_load_is_in_it(house: make.House, fresh: str) -> None:
    before: list[str] = []
    async with make.serving(house) as gateway:
        load = asyncio.create_task(_note(gateway, before))
        async with asyncio.timeout(60):
            while not before:  # noqa: ASYNC110 - the first answers come when they come
                await asyncio.sleep(0.05)
        promised = list(before)
        path, header = await house.back_up()
        load.cancel()
    await house.restore(path, fresh)
    kept = {str(each).replace("-", "") for each in await _events(fresh)}
    assert {each.replace("-", "") for each in promised} <= kept
    assert path.name.endswith(f"-{header.size}.backup")
    async with log_of(house.on(fresh).settings) as committer:
        if committer.engine.dialect.name == "postgresql":
            async with committer.engine.connect() as connection:
                # What had no place yet gets one at the next start.
                assert await waiting(connection) == len(kept) - header.size


async def _note(gateway: Running, receipts: list[str]) -> None:
    while True:
        receipts += await asked(gateway, 4)


async def _events(url: str) -> list[object]:
    engine = create_engine(url)
    async with engine.connect() as connection:
        found = (await connection.exec_driver_sql("SELECT event_id FROM audit_event")).scalars().all()
    await engine.dispose()
    return list(found)
