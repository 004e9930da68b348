"""`schakel audit export` and `verify`: exit code and message, whatever is typed."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.gateway.log_commands.conftest import NO_FILE, Desk

JUNK = b"\x00\xff\xfe junk\n"


def test_an_export_verifies_and_is_for_who_made_it_alone(desk: Desk) -> None:
    out = desk.exported()
    code, said = desk.run("verify", out)
    assert code == 0
    assert said.startswith("ok: ")
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    events = len((out / "entries.ndjson").read_bytes().splitlines())
    assert said.startswith(f"ok: {events} events, root ")


def test_the_live_log_verifies(desk: Desk) -> None:
    code, said = desk.run("verify", "--database", desk.settings.database_url)
    assert (code, said[:4]) == (0, "ok: ")


def test_an_export_of_what_came_later_verifies(desk: Desk) -> None:
    assert desk.run("export", "--out", desk.folder / "later", "--since", "5")[0] == 0
    assert desk.run("verify", desk.folder / "later")[0] == 0


def test_a_beginning_beyond_every_number_of_an_entry_is_refused(desk: Desk) -> None:
    assert desk.run("export", "--out", desk.folder / "out", "--since", str(2**70))[0] == 2
    assert not (desk.folder / "out").exists()


@pytest.mark.parametrize("since", ["-1", "1000000"])
def test_a_beginning_that_is_not_there_is_said_and_nothing_written(desk: Desk, since: str) -> None:
    code, said = desk.run("export", "--out", desk.folder / "out", "--since", since)
    assert code == 1
    assert said.startswith("`since` must lie between 0 and ")
    assert list(desk.folder.iterdir()) == []


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_what_is_there_is_not_exported_over(desk: Desk, taken: str) -> None:
    out = desk.folder / taken
    desk.file("file", b"kept")
    (desk.folder / "folder").mkdir()
    assert desk.run("export", "--out", out) == (1, f"{out} exists already; name a new folder")
    assert (desk.folder / "file").read_bytes() == b"kept"


def test_a_place_where_no_folder_can_be_made_is_named(desk: Desk) -> None:
    desk.file("file", b"")
    out = desk.folder / "file" / "out"
    code, said = desk.run("export", "--out", out)
    assert (code, said.startswith(f"cannot make {out}: ")) == (1, True)
    assert said.endswith("; name a folder that can be made")


def test_an_export_is_opened_by_an_officer_alone(desk: Desk) -> None:
    key, known = desk.officer()
    out = desk.folder / "opened"
    assert desk.run("export", "--out", out, "--open")[0] == 2
    assert not out.exists()
    assert desk.run("export", "--out", out, "--open", "--as", "anna", "--key", key, **known)[0] == 0
    assert desk.run("verify", out)[0] == 0
    assert any("opened" in json.loads(line) for line in (out / "entries.ndjson").read_bytes().splitlines())


def test_one_of_folder_and_database_is_named(desk: Desk) -> None:
    both: list[str | Path] = [desk.folder, "--database", desk.settings.database_url]
    for words in ([], both):
        assert desk.run("verify", *words) == (2, "name one of FOLDER and --database URL")


@pytest.mark.parametrize("url", ["", "x", "sqlite:///x.db", "mysql://x/y", "postgresql://x/y", "://"])
def test_what_is_no_database_of_ours_is_said(desk: Desk, url: str) -> None:
    code, said = desk.run("verify", "--database", url)
    assert code == 2
    assert said.startswith("SCHAKEL_DATABASE_URL")
    assert "Traceback" not in said


def test_a_database_that_is_empty_or_does_not_answer_is_said(desk: Desk) -> None:
    for url in (f"sqlite+aiosqlite:///{desk.folder}/none/x.db", f"sqlite+aiosqlite:///{desk.folder}/empty.db"):
        code, said = desk.run("verify", "--database", url)
        assert code == 2
        assert "schakel migrate" in said


@pytest.mark.parametrize("place", ["absent", "file", "."])
def test_a_folder_that_holds_no_export_cannot_be_read(desk: Desk, place: str) -> None:
    desk.file("file", JUNK)
    code, said = desk.run("verify", desk.folder / place)
    assert (code, said.startswith("unreadable: `")) == (2, True)


@pytest.mark.parametrize("name", ["hashes", "keys", "checkpoint", "entries.ndjson"])
def test_a_part_of_an_export_that_is_missing_is_named(desk: Desk, name: str) -> None:
    out = desk.exported()
    (out / name).unlink()
    assert desk.run("verify", out) == (2, f"unreadable: `{name}`: {NO_FILE}")


@pytest.mark.parametrize("content", [b"", JUNK])
@pytest.mark.parametrize("name", ["hashes", "keys", "checkpoint", "entries.ndjson"])
def test_a_part_of_an_export_that_is_something_else_is_bad(desk: Desk, name: str, content: bytes) -> None:
    out = desk.exported()
    (out / name).write_bytes(content)
    code, said = desk.run("verify", out)
    assert (code, said.startswith("bad: seq ")) == (1, True)
    assert said.isprintable()


def test_a_checkpoint_that_was_kept_is_held_against_the_log(desk: Desk) -> None:
    kept = desk.exported() / "checkpoint"
    later = desk.folder / "later"
    assert desk.run("export", "--out", later)[0] == 0
    assert desk.run("verify", later, "--checkpoint", kept)[0] == 0
    assert desk.run("verify", "--database", desk.settings.database_url, "--checkpoint", kept)[0] == 0
    code, said = desk.run("verify", kept.parent, "--checkpoint", later / "checkpoint")
    assert (code, said.startswith("bad: seq ")) == (1, True)


def test_a_checkpoint_that_was_kept_may_come_through_a_pipe(desk: Desk) -> None:
    out, pipe = desk.exported(), desk.folder / "pipe"
    kept = (out / "checkpoint").read_bytes()
    os.mkfifo(pipe)
    for where in ([out], ["--database", desk.settings.database_url]):
        with ThreadPoolExecutor(1) as writing:
            writing.submit(pipe.write_bytes, kept)
            code, said = desk.run("verify", *where, "--checkpoint", pipe)
        assert (code, said[:4]) == (0, "ok: "), said


@pytest.mark.parametrize("option", ["--checkpoint", "--receipt"])
def test_a_file_that_was_kept_and_cannot_be_read_is_named(desk: Desk, option: str) -> None:
    out, absent = desk.exported(), desk.folder / "absent"
    for words in ([out], ["--database", desk.settings.database_url]):
        assert desk.run("verify", *words, option, absent) == (2, f"unreadable: `{absent}`: {NO_FILE}")
        assert desk.run("verify", *words, option, desk.folder) == (2, f"unreadable: `{desk.folder}`: Is a directory")


def test_a_checkpoint_that_is_none_is_bad(desk: Desk) -> None:
    code, said = desk.run("verify", desk.exported(), "--checkpoint", desk.file("old", JUNK))
    assert (code, said.startswith("bad: seq ")) == (1, True)


def _receipts(desk: Desk) -> list[Path]:
    """Return the receipt of the requester, alone and in the answer that he got."""
    return [desk.file("receipt.json", desk.answer["receipt"]), desk.file("answer.json", desk.answer)]


def test_receipts_as_the_requester_got_them_are_held_against_the_log(desk: Desk) -> None:
    alone, answer = _receipts(desk)
    for words in ([desk.exported()], ["--database", desk.settings.database_url]):
        code, said = desk.run("verify", *words, "--receipt", alone, "--receipt", answer)
        assert (code, said.rpartition(", ")[2]) == (0, "2 receipts")


def test_a_receipt_of_an_event_that_another_log_kept_is_bad(desk: Desk) -> None:
    alone, _ = _receipts(desk)
    changed = desk.file("changed.json", desk.answer["receipt"] | {"leaf_hash": "A" * 43 + "="})
    for words in ([desk.exported()], ["--database", desk.settings.database_url]):
        code, said = desk.run("verify", *words, "--receipt", alone, "--receipt", changed)
        assert (code, said) == (1, f"bad: receipt `{changed}`: the receipt's signature does not verify")


def test_a_file_that_is_no_receipt_says_nothing_of_the_log(desk: Desk) -> None:
    junk = desk.file("junk", JUNK)
    code, said = desk.run("verify", desk.exported(), "--receipt", junk)
    assert (code, said.startswith(f"unreadable: receipt `{junk}`: ")) == (2, True)
