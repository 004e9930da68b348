"""Making a backup: on record first, whole or not there at all, for the owner alone, and never at the log's cost."""

import asyncio
import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from audit.events import Event, Kind
from audit.grow import tree_size
from audit.receipt import Receipt
from audit.store import AuditUnavailableError
from gateway.backup import making, snapshot
from gateway.backup.new_file import new_file
from gateway.backup.postgres import DatabaseProgramError
from gateway.backup.snapshot import NoRoomError
from gateway.commands.log import log_of
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine, write_transaction
from gateway.settings_check import SettingsError, load_settings
from gateway.wiring import utc_now
from tests.audit.make import event, settle
from tests.gateway.backup import make
from tests.gateway.backup.test_hostile import nothing_at
from tests.room import room_for


async def test_it_is_on_record_before_anything_is_written(small: make.House, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[Event, list[Path]]] = []
    true = Committer.keep

    async def keep(self: Committer, event: Event) -> Receipt:
        kept.append((event, list(small.backups.iterdir())))
        return await true(self, event)

    monkeypatch.setattr(Committer, "keep", keep)
    path, header = await small.back_up()
    [(said, files)] = kept
    assert (said.kind, files) == (Kind.LOG_EXPORTED, [])
    assert await size_of(small.settings.database_url) == header.size, "its own event is in it"
    assert path.name.endswith(f"-{header.size}.backup")


async def size_of(url: str) -> int:
    return len((await make.rows(url))["audit_leaf"])


async def test_where_it_cannot_be_recorded_nothing_is_written(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keep(_self: Committer, _event: Event) -> Receipt:
        raise AuditUnavailableError("the database did not keep the audit event")

    monkeypatch.setattr(Committer, "keep", keep)
    with pytest.raises(AuditUnavailableError):
        await small.back_up()
    assert list(small.backups.iterdir()) == []


async def test_only_its_owner_may_read_it_and_nothing_personal_stands_in_it(small: make.House) -> None:
    path, _ = await small.back_up()
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    # Long ones: what is sealed may say any three letters by chance.
    for word in (b"SQLite", b"team-noord", b"moeder", b"audit_event"):
        assert word not in content


async def test_the_size_and_the_content_are_of_one_instant_though_others_write_in_between(
    house: make.House, fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = vars(making)["header_of"]

    async def header_of(connection: Any, **told: Any) -> Any:
        header = await true(connection, **told)
        async with log_of(house.settings) as other:
            await other.keep(event(person=None, request_id=None))
            await settle(other.engine, other.log)
        return header

    monkeypatch.setattr(making, "header_of", header_of)
    path, header = await house.back_up()
    assert await size_of(house.settings.database_url) == header.size + 1
    await house.restore(path, fresh)
    assert await size_of(fresh) == header.size


async def test_writing_goes_on_while_a_backup_reads(house: make.House) -> None:
    engine = create_engine(house.settings.database_url)
    async with snapshot.snapshot(engine) as reading:
        header = await snapshot.header_of(reading, origin="x", at=utc_now())
        async with asyncio.timeout(20), log_of(house.settings) as other:
            await other.keep(event(person=None, request_id=None))
            await settle(other.engine, other.log)
            async with write_transaction(other.engine) as connection:
                assert await tree_size(connection) > header.size
    await engine.dispose()


@pytest.mark.server
async def test_a_long_dump_is_not_cut_off_as_idle(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    async with snapshot.snapshot(engine) as reading:
        await reading.execute(text("SELECT pg_export_snapshot()"))
        assert (await reading.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one() == "0"
    await engine.dispose()


async def test_a_disk_that_would_get_too_full_gets_no_backup(small: make.House) -> None:
    settings = small.settings.model_copy(update={"disk_minimum_free": 1 << 50})
    with pytest.raises(NoRoomError, match="too little room"):
        await make.House(settings, small.credentials, small.backups, small.private).back_up()
    assert list(small.backups.iterdir()) == []
    assert [each.name for each in Path(small.private).parent.iterdir() if each.name.startswith(".")] == []


async def test_the_copy_of_a_file_has_no_name_and_is_gone_afterwards(small: make.House) -> None:
    await small.back_up()
    folder = small.private.parent
    assert not [each.name for each in folder.iterdir() if each.name.startswith(".schakel.db-")]


def killed(house: make.House, place: str, *arguments: str, with_status: int = -9) -> str:
    """Run the command line with a process that is killed at `place`; return what it said."""
    program = [sys.executable, "-m", "tests.gateway.backup.killed", place, *arguments]
    ended = subprocess.run(
        program, env=house.env(), cwd=make.HOUSE, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == with_status, ended.stderr
    return ended.stderr


async def test_a_disk_that_does_not_take_the_copy_of_the_database_is_told_in_a_line(small: make.House) -> None:
    with room_for(100_000):
        ended = await asyncio.to_thread(small.run, "backup", "--out", str(small.backups))
    assert ended.returncode == 1
    assert ended.stderr.startswith("cannot go on: the database cannot be copied beside itself (SQLITE_")
    assert len(ended.stderr.splitlines()) == 1
    assert list(small.backups.iterdir()) == []


async def test_who_interrupts_it_has_no_backup_and_is_not_told_that_he_has(small: make.House) -> None:
    arguments = ("interrupting", "backup", "--out", str(small.backups))
    said = await asyncio.to_thread(killed, small, *arguments, with_status=130)
    assert said == "broken off: there is no backup\n"
    assert list(small.backups.iterdir()) == []


@pytest.mark.parametrize("place", ["sealing", "finishing", "naming"])
async def test_who_is_killed_while_he_backs_up_leaves_nothing_that_looks_whole(small: make.House, place: str) -> None:
    await asyncio.to_thread(killed, small, place, "backup", "--out", str(small.backups))
    assert [each.suffix for each in small.backups.iterdir()] == [".part"]
    path, _ = await small.back_up()
    assert path.suffix == ".backup"


async def nobody_else_at(url: str) -> None:
    engine = create_engine(url)
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    try:
        async with asyncio.timeout(60), engine.connect() as connection:
            while (await connection.execute(others)).scalar_one():
                await connection.rollback()  # what is seen of the activity stands still within a transaction
                await asyncio.sleep(0.1)
    finally:
        await engine.dispose()


async def nothing_but(left: Path, database: Path) -> bool:
    return await asyncio.to_thread(lambda: left.exists() and not database.exists())


async def test_who_is_killed_while_he_restores_leaves_no_database(house: make.House, fresh: str) -> None:
    path, _ = await house.back_up()
    arguments = ("restore", str(path), "--database", fresh, "--key", str(house.private))
    await asyncio.to_thread(killed, house, "filling", *arguments)
    if fresh.startswith("postgresql"):
        await nobody_else_at(fresh)  # until pg_restore noticed that nothing comes any more
        assert await nothing_at(fresh)
        assert (await house.restore(path, fresh)).size
        return
    database = Path(fresh.removeprefix("sqlite+aiosqlite:///"))
    left = database.with_name("fresh.db.part")
    assert await nothing_but(left, database)
    again = await house.schakel(*arguments)
    assert (again.returncode, "broken off; remove it" in again.stderr) == (1, True)
    left.unlink()
    assert (await house.restore(path, fresh)).size


async def test_without_a_key_a_folder_or_the_program_it_says_so(small: make.House, tmp_path: Path) -> None:
    no_key = await small.schakel("backup", "--out", str(tmp_path / "nowhere"))
    assert (no_key.returncode, no_key.stderr) == (
        2,
        f"there is no folder {tmp_path / 'nowhere'}; make it, or mount it\n",
    )
    house = make.House(
        small.settings.model_copy(update={"backup_key": None}), small.credentials, small.backups, small.private
    )
    no_key = await house.schakel("backup", "--out", str(small.backups))
    assert (no_key.returncode, "SCHAKEL_BACKUP_KEY is not set" in no_key.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("BACKUP_KEY", "schakel-backup+short"), ("DISK_FOLDER", "/there/is/none"), ("DISK_MINIMUM_FREE", "-1")],
)
async def test_a_setting_that_is_of_no_use_is_named_before_it_is_needed(
    small: make.House, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"SCHAKEL_{name}: "):
        load_settings({**small.env(), f"SCHAKEL_{name}": value})


@pytest.mark.server
async def test_without_pg_dump_it_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await make.house(tmp_path, postgres_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseProgramError, match="`pg_dump` is not on the path; install"):
        await house.back_up()
    assert list(house.backups.iterdir()) == []


@pytest.mark.server
async def test_the_password_is_on_no_command_line(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    spy = tmp_path / "bin" / "pg_dump"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\necho "$@" > {told}; echo "$PGPASSWORD|$SCHAKEL_KEY_FILE" >> {told}; exit 3\n')
    spy.chmod(0o755)
    house = await make.house(tmp_path, postgres_url.replace("postgres@", "postgres:s3cret@"))
    monkeypatch.setenv("PATH", str(spy.parent), prepend=":")
    monkeypatch.setenv("SCHAKEL_KEY_FILE", "ours")
    with pytest.raises(DatabaseProgramError, match=r"pg_dump gave up \(exit 3\)") as refused:
        await house.back_up()
    arguments, secret = told.read_text().splitlines()
    assert "s3cret" not in arguments + str(refused.value)
    assert secret == "s3cret|"


def test_a_name_that_is_taken_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_text("mine")
    with pytest.raises(FileExistsError), new_file(path) as file:
        file.write(b"other")
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_without_hard_links_gets_whole_files_too_and_none_in_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_self: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    path = tmp_path / "there"
    with new_file(path) as file:
        file.write(b"mine")
    with pytest.raises(FileExistsError), new_file(path) as file:
        file.write(b"other")
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]
