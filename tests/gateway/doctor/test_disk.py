"""The disk of the log fills: nothing is disclosed any more, a yes can still be withdrawn; with room all is back."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.failpoints import Step
from gateway.health.disk import Disk, disk_of, free_bytes
from gateway.sandbox.running import Options, sandbox_settings
from tests.gateway.backup import make
from tests.gateway.running import Running, at_step, running
from tests.gateway.sources import spies
from tests.gateway.witness.make import Clock
from tests.gateway.worlds import world

MIB = 1024**2
LEAST = 256 * MIB


class Room:
    """A disk of which only the test says how much is free; None where it cannot be looked at."""

    def __init__(self, free: int | None) -> None:
        self.free = free

    def __call__(self, _folder: Path) -> int:
        if self.free is None:
            raise OSError("no such disk")
        return self.free


@asynccontextmanager
async def on(tmp_path: Path, room: Room) -> AsyncIterator[tuple[Running, Clock, dict[str, Any]]]:
    clock, heard = Clock(), dict[str, Any]()

    def change(told: Any) -> Any:
        changed, all_heard = spies(told)
        heard.update(all_heard)
        return changed

    async with running(world(), tmp_path, change=change) as gateway:
        health = gateway.gateway.exchange.committer.health
        health.disk = Disk(tmp_path, LEAST, room, clock)
        yield gateway, clock, heard


async def ready(gateway: Running) -> tuple[int, dict[str, Any]]:
    async with gateway.session.get(f"{gateway.url}/readyz") as answer:
        return answer.status, json.loads(await answer.read())


@pytest.mark.parametrize("free", [LEAST - 1, 0, None])
async def test_with_too_little_room_nothing_is_disclosed_and_no_source_is_asked(
    tmp_path: Path, free: int | None
) -> None:
    async with on(tmp_path, Room(free)) as (gateway, _, heard):
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
        assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")
        assert all(not each.permits for each in heard.values())
        status, said = await ready(gateway)
        # Ready nevertheless: a balancer that left it out would keep a withdrawal from it.
        assert (status, said["checks"]["disk"]) == (200, False)
        assert any(each.startswith("nothing is disclosed: ") for each in said["warnings"])


async def test_a_yes_can_be_seen_and_withdrawn_meanwhile(tmp_path: Path) -> None:
    async with on(tmp_path, Room(0)) as (gateway, _, _heard):
        assert (await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")).status == 200
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201


async def test_exactly_enough_is_enough_and_it_warns_from_four_times_that(tmp_path: Path) -> None:
    async with on(tmp_path, room := Room(LEAST)) as (gateway, clock, _):
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        status, said = await ready(gateway)
        assert (status, said["checks"]["disk"]) == (200, True)
        assert "256 MiB are free on the disk of the database; below 256 MiB nothing is disclosed" in said["warnings"]
        room.free = 4 * LEAST
        clock.seconds += 1
        assert not [each for each in (await ready(gateway))[1]["warnings"] if "disk" in each]


async def test_what_is_decided_when_the_disk_fills_does_not_leave(tmp_path: Path) -> None:
    async with on(tmp_path, room := Room(LEAST)) as (gateway, clock, _):

        async def act() -> None:
            room.free = 0
            clock.seconds += 1

        gateway.change(at_step(Step.ASSEMBLED, act))
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 503


async def test_it_comes_back_by_itself_within_a_second(tmp_path: Path) -> None:
    async with on(tmp_path, room := Room(0)) as (gateway, clock, _):
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 503
        room.free = LEAST
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 503
        clock.seconds += 1
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200


async def test_it_is_in_the_running_log_once_when_it_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room, clock = Room(LEAST), Clock()
    disk = Disk(tmp_path, LEAST, room, clock)
    for free in (LEAST, 0, 0, None, 4 * LEAST, 4 * LEAST):
        room.free = free
        clock.seconds += 1
        disk.obstacle()
    said = capsys.readouterr()
    assert (said.out + said.err).count("disk.filling") == 2
    assert (said.out + said.err).count("disk.enough") == 1


def test_which_disk_is_looked_at_follows_from_the_settings(tmp_path: Path) -> None:
    def of(url: str | None, folder: Path | None = None) -> Disk | None:
        settings = sandbox_settings(tmp_path, "http://localhost", Options(database_url=url))
        return disk_of(settings.model_copy(update={"disk_folder": folder}))

    here, far = of(None), of("postgresql+asyncpg://db/schakel")
    assert here is not None
    assert (here.folder, here.minimum, far) == (tmp_path, LEAST, None)
    named = of("postgresql+asyncpg://db/schakel", tmp_path / "data")
    assert named is not None
    assert named.folder == tmp_path / "data"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a real disk of 16 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_on_a_real_disk_that_fills_to_the_last_byte_what_was_kept_stays_and_a_yes_could_be_withdrawn(
    small_disk: Path, tmp_path: Path
) -> None:
    made = await make.house(tmp_path, f"sqlite+aiosqlite:///{small_disk / 'schakel.db'}")
    settings = made.settings.model_copy(update={"disk_minimum_free": 4 * MIB})
    house = make.House(settings, made.credentials, made.backups, made.private)
    filler = small_disk / "filler"
    async with make.serving(house) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        await asyncio.to_thread(fill, filler, leave=2 * MIB)
        await asyncio.sleep(1.1)
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 503
        assert (await ready(gateway))[1]["checks"]["disk"] is False
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
        await asyncio.to_thread(fill, filler, leave=0)
        refused = await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")
        assert refused.status in (200, 503)
        await asyncio.to_thread(filler.unlink)
        await asyncio.sleep(1.1)
        assert (await ready(gateway))[1]["checks"]["disk"] is True
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 403
    verified = await house.schakel("audit", "verify", "--database", settings.database_url)
    assert verified.stdout.startswith("ok: ")


def fill(path: Path, *, leave: int) -> None:
    with path.open("ab") as file:
        size = free_bytes(path.parent) - leave
        file.write(bytes(max(size, 0)))
