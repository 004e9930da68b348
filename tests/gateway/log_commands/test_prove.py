"""`schakel audit prove` and `check`: exit code and message, whatever is typed."""

import json
import stat
from pathlib import Path

import pytest

from tests.gateway.log_commands.conftest import NO_FILE, Desk

NOBODY = "00000000-0000-4000-8000-000000000000"


def proven(desk: Desk, *more: str | Path, **environment: str) -> Path:
    out = desk.folder / "proof.json"
    code, said = desk.run("prove", desk.event, "--out", out, *more, **environment)
    assert (code, said) == (0, f"wrote the proof of event {desk.event} to {out}")
    return out


def test_the_proof_of_a_receipts_event_is_good(desk: Desk) -> None:
    code, said = desk.run("check", proven(desk))
    assert code == 0
    assert said.startswith(f"ok: event {desk.event} is ")
    assert ", opened: nothing, " in said


def test_a_proof_is_for_who_asked_for_it_alone(desk: Desk) -> None:
    assert stat.S_IMODE(proven(desk).stat().st_mode) == 0o600


def test_an_officer_opens_what_he_names_and_nothing_else(desk: Desk) -> None:
    key, known = desk.officer()
    proof = proven(desk, "--open", "--as", "anna", "--key", key, "--field", "purpose", **known)
    assert ", opened: purpose, " in desk.run("check", proof)[1]
    assert json.loads(proof.read_bytes())["opened"]["purpose"]["value"] == "coordinate-plan"


def test_an_event_that_is_not_there_is_said_and_nothing_written(desk: Desk) -> None:
    out = desk.folder / "proof.json"
    assert desk.run("prove", NOBODY, "--out", out) == (
        1, f"there is no event {NOBODY}; take its id from a receipt or an entry"
    )  # fmt: skip
    assert not out.exists()


@pytest.mark.parametrize("event", ["", "x", "../x", "\x1b[2J", NOBODY[:-1], "é"])
def test_what_is_no_id_is_said_and_not_repeated(desk: Desk, event: str) -> None:
    code, said = desk.run("prove", event, "--out", desk.folder / "proof.json")
    assert code == 2
    assert said.startswith("expected the id of an event (a UUID), and fields among actor, ")
    assert said.isprintable()


def test_a_field_that_is_none_is_said(desk: Desk) -> None:
    key, known = desk.officer()
    opening = ("--open", "--as", "anna", "--key", key, "--field", "everything")
    code, said = desk.run("prove", desk.event, "--out", desk.folder / "proof.json", *opening, **known)
    assert (code, "and fields among actor, " in said) == (2, True)


@pytest.mark.parametrize("taken", [b"kept", None])
def test_what_is_there_is_not_written_over(desk: Desk, taken: bytes | None) -> None:
    out = desk.folder / "proof.json"
    if taken is None:
        out.mkdir()
    else:
        out.write_bytes(taken)
    assert desk.run("prove", desk.event, "--out", out) == (2, f"{out} exists already; name a new file")
    assert taken is None or out.read_bytes() == taken


@pytest.mark.parametrize("place", ["nowhere/proof.json", "file/proof.json"])
def test_a_place_where_nothing_can_be_written_is_named_and_nothing_asked(desk: Desk, place: str) -> None:
    desk.file("file", b"")
    before = desk.run("verify", "--database", desk.settings.database_url)[1].split(" events")[0]
    out = desk.folder / place
    assert desk.run("prove", desk.event, "--out", out) == (
        2, f"{out.parent} is no folder; make it first, or name a file elsewhere"
    )  # fmt: skip
    assert desk.run("verify", "--database", desk.settings.database_url)[1].split(" events")[0] == before


def test_a_name_that_no_file_can_have_is_named(desk: Desk) -> None:
    code, said = desk.run("prove", desk.event, "--out", desk.folder / ("x" * 300))
    assert code == 2
    assert said.startswith(f"cannot write {desk.folder}/xxx")
    assert said.endswith("; name a new file in a folder that you may write in")


def test_without_settings_each_that_is_missing_is_named(desk: Desk) -> None:
    code, said = desk.run("prove", desk.event, "--out", desk.folder / "p", SCHAKEL_KEY_FILE="", SCHAKEL_PUBLIC_URL="x")
    assert code == 2
    assert "SCHAKEL_PUBLIC_URL" in said


def test_a_database_without_tables_is_said_with_what_to_do(desk: Desk) -> None:
    empty = f"sqlite+aiosqlite:///{desk.folder / 'empty.db'}"
    code, said = desk.run("prove", desk.event, "--out", desk.folder / "p", SCHAKEL_DATABASE_URL=empty)
    assert code == 1
    assert "schakel migrate" in said


@pytest.mark.parametrize("name", ["file", "keys"])
def test_a_file_that_is_not_there_cannot_be_checked(desk: Desk, name: str) -> None:
    absent = desk.folder / "absent"
    words = [absent] if name == "file" else [proven(desk), "--keys", absent]
    assert desk.run("check", *words) == (2, f"unreadable: `{absent}`: {NO_FILE}")


def test_a_folder_cannot_be_checked(desk: Desk) -> None:
    assert desk.run("check", desk.folder) == (2, f"unreadable: `{desk.folder}`: Is a directory")


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"{", b"[]", b'{"format": "schakel-proof/1"}', b"null"])
def test_what_is_no_proof_proves_nothing(desk: Desk, content: bytes) -> None:
    code, said = desk.run("check", desk.file("proof.json", content))
    assert code == 1
    assert said.startswith("bad: the file ")


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"not a key\n", b"a+00000000+AAAA\n"])
def test_keys_that_are_none_cannot_be_trusted(desk: Desk, content: bytes) -> None:
    keys = desk.file("keys", content)
    code, said = desk.run("check", proven(desk), "--keys", keys)
    assert code == 2
    assert said.startswith(f"unreadable: `{keys}`: ")


def test_the_proof_of_another_log_than_the_one_that_is_known_is_bad(desk: Desk) -> None:
    _, line = desk.run("officer-key", "another-log", "--out", desk.folder / "other.key")
    code, said = desk.run("check", proven(desk), "--keys", desk.file("keys", f"{line}\n".encode()))
    assert code == 1
    assert said.startswith("bad: the proof is of another log than the keys given")


def test_a_proof_of_which_a_digit_was_changed_is_bad(desk: Desk) -> None:
    proof = json.loads(proven(desk).read_bytes())
    changed = desk.file("changed.json", proof | {"seq": proof["seq"] + 1})
    code, said = desk.run("check", changed)
    assert code == 1
    assert said.startswith(f"bad: the proof does not lead from the leaf at {proof['seq'] + 1}")
