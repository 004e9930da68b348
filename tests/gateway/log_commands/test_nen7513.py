"""`schakel audit nen7513`: for a named officer only, on record, whole or not there at all."""

import asyncio
import csv
import io
import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from audit.events import Kind
from audit.part import Part
from audit.read import entries
from audit.renderings.elements import Node
from audit.renderings.nen7513 import COLUMNS, row
from gateway.database.engine import create_engine
from tests.gateway.log_commands.conftest import Desk


def lines(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def kinds(desk: Desk) -> list[str]:
    async def read() -> list[str]:
        engine = create_engine(desk.settings.database_url)
        async with engine.connect() as connection:
            found = [each.leaf_json["kind"] async for each in entries(connection, since=0, size=10**6)]
        await engine.dispose()
        return found

    return asyncio.run(read())


def test_a_named_officer_writes_the_log_and_its_code_book_to_files_of_his_own(desk: Desk) -> None:
    key, known = desk.officer()
    out, book = desk.folder / "log.csv", desk.folder / "log-codeboek.csv"
    code, said = desk.run("nen7513", "--out", out, "--as", "anna", "--key", key, **known)
    assert code == 0, said
    found = lines(out)
    assert [each["gebeurtenis"] for each in found] == kinds(desk)
    assert found[-1]["gebeurtenis"] == Kind.LOG_EXPORTED
    assert found[-1]["gebruikers-ID"] == "anna"
    assert said == f"wrote {len(found)} events to {out}, and what their codes mean to {book}"
    disclosed = next(each for each in found if each["gebeurtenis"] == Kind.EXCHANGE_DISCLOSED)
    assert disclosed["toestemmingsprofiel"]
    assert {each["kolom"] for each in lines(book)} == {each.name for each in COLUMNS}
    for path in (out, book):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b'"sem"' not in out.read_bytes()
    assert sorted(each.name for each in desk.folder.iterdir() if "log" in each.name) == [book.name, out.name]


def test_only_the_period_that_is_asked_is_written(desk: Desk) -> None:
    key, known = desk.officer()
    for number, (ends, empty) in enumerate(
        (
            (("--from", "2999-01-01"), True),
            (("--until", "2020-01-01"), True),
            (("--from", "2020-01-01", "--until", "2999-01-01"), False),
        )
    ):
        out = desk.folder / f"{number}.csv"
        code, said = desk.run("nen7513", "--out", out, *ends, "--as", "anna", "--key", key, **known)
        assert code == 0, said
        assert (lines(out) == []) is empty


def test_nobody_else_writes_it_and_nothing_is_left_behind(desk: Desk) -> None:
    out = desk.folder / "log.csv"
    key, known = desk.officer()
    before = kinds(desk)
    assert desk.run("nen7513", "--out", out)[0] == 2
    assert desk.run("nen7513", "--out", out, "--as", "anna", "--key", key)[0] == 2
    assert desk.run("nen7513", "--out", out, "--as", "jan", "--key", key, **known)[0] == 2
    assert desk.run("nen7513", "--out", out, "--from", "gisteren", "--as", "anna", "--key", key, **known)[0] == 2
    assert not [each for each in desk.folder.iterdir() if "log" in each.name]
    assert kinds(desk) == before


def test_a_file_that_is_there_is_not_written_over(desk: Desk) -> None:
    key, known = desk.officer()
    # The last is what somebody left who was killed while he wrote.
    for name in ("log.csv", "log-codeboek.csv", "log.csv.part"):
        there = desk.file(name, b"kept")
        code, said = desk.run("nen7513", "--out", desk.folder / "log.csv", "--as", "anna", "--key", key, **known)
        assert (code, said) == (2, f"{there} exists already; name a new file")
        assert there.read_bytes() == b"kept"
        there.unlink()


def test_a_file_that_cannot_be_finished_is_not_there_at_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, known = desk.officer()
    written = 0

    def full(seen: Part, node: Node) -> str:
        nonlocal written
        written += 1
        if written > 5:
            raise OSError(28, os.strerror(28))
        return row(seen, node)

    monkeypatch.setattr("gateway.commands.nen7513.row", full)
    code, said = desk.run("nen7513", "--out", desk.folder / "log.csv", "--as", "anna", "--key", key, **known)
    assert (code, said) == (1, f"cannot go on: {os.strerror(28)}")
    assert not [each for each in desk.folder.iterdir() if "log" in each.name]
    assert kinds(desk)[-1] == Kind.LOG_EXPORTED


@pytest.mark.parametrize("leaf", ["replace(leaf, '\"exchange.disclosed\"', '\"exchange.kept\"')", "x'7b'", "x'7b7d'"])
def test_an_event_of_which_somebody_made_another_is_named_and_nothing_is_written(desk: Desk, leaf: str) -> None:
    key, known = desk.officer()
    changed = desk.folder / "changed.db"
    with closing(sqlite3.connect(desk.settings.database_url.partition("///")[2])) as there:
        there.execute("VACUUM INTO ?", (str(changed),))
    with closing(sqlite3.connect(changed)) as there:
        for (name,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            there.execute(f'DROP TRIGGER "{name}"')
        is_it = "WHERE instr(leaf, '\"exchange.disclosed\"')"
        there.execute(f"UPDATE audit_event SET leaf = {leaf} {is_it}")  # noqa: S608 - ours
        there.commit()
    known["SCHAKEL_DATABASE_URL"] = f"sqlite+aiosqlite:///{changed}"
    code, said = desk.run("nen7513", "--out", desk.folder / "log.csv", "--as", "anna", "--key", key, **known)
    assert code == 1
    *logged, line = said.splitlines()
    assert line == f"event {desk.event} was changed in the database; `schakel audit verify` tells more"
    assert [json.loads(each)["event"] for each in logged] == ["log.event_broken"]
    assert not [each for each in desk.folder.iterdir() if "log" in each.name]


def test_a_folder_that_is_not_there_is_told_and_leaves_nothing(desk: Desk) -> None:
    key, known = desk.officer()
    out = desk.folder / "nowhere" / "log.csv"
    code, said = desk.run("nen7513", "--out", out, "--as", "anna", "--key", key, **known)
    assert code == 2
    assert "nowhere" in said
    assert not out.parent.exists()
