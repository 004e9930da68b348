"""`schakel audit officer-key`, and who opens with it: exit code and message, whatever is typed."""

import stat
from pathlib import Path

import pytest

from audit.signing import Algorithm, SigningKey, VerifierKey
from tests.gateway.log_commands.conftest import NO_FILE, Desk


def test_an_officers_key_is_his_alone_and_its_public_half_is_printed(desk: Desk) -> None:
    out = desk.folder / "anna.key"
    code, line = desk.run("officer-key", "anna", "--out", out)
    assert code == 0
    assert VerifierKey.read(line).name == "anna"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_bytes().decode() not in line


@pytest.mark.parametrize("name", ["", " ", "an na", "an+na", "anna\n", "\x1b[2J"])
def test_a_name_that_no_key_can_have_is_refused_and_nothing_written(desk: Desk, name: str) -> None:
    out = desk.folder / "anna.key"
    code, said = desk.run("officer-key", name, "--out", out)
    assert (code, said) == (2, "a key's name is not empty and has no spaces and no `+`")
    assert not out.exists()


def test_a_key_is_never_written_over(desk: Desk) -> None:
    out = desk.file("anna.key", b"kept")
    assert desk.run("officer-key", "anna", "--out", out) == (2, f"{out} exists already; name a new file")
    assert out.read_bytes() == b"kept"
    assert desk.run("officer-key", "anna", "--out", desk.folder) == (
        2,
        f"{desk.folder} exists already; name a new file",
    )


@pytest.mark.parametrize(("place", "why"), [("nowhere/anna.key", NO_FILE), ("file/anna.key", "Not a directory")])
def test_a_place_where_no_key_can_be_written_is_named(desk: Desk, place: str, why: str) -> None:
    desk.file("file", b"")
    out = desk.folder / place
    assert desk.run("officer-key", "anna", "--out", out) == (
        2, f"cannot write {out}: {why}; name a new file in a folder that you may write in"
    )  # fmt: skip


def _open(desk: Desk, *opening: str | Path, **known: str) -> tuple[int, str]:
    out = desk.folder / "proof.json"
    told = desk.run("prove", desk.event, "--out", out, "--open", *opening, **known)
    assert not out.exists()
    return told


@pytest.mark.parametrize("opening", [(), ("--as", "anna"), ("--key", "anna.key")])
def test_nothing_is_opened_by_nobody(desk: Desk, opening: tuple[str, ...]) -> None:
    needs = "opening what is sealed needs a named officer: --as NAME and --key FILE with his key"
    assert _open(desk, *opening) == (2, needs)


def test_nothing_is_opened_where_no_officers_are_set_or_under_another_name(desk: Desk) -> None:
    key, known = desk.officer()
    refused = (2, "the name and the key are not those of an officer in the settings (SCHAKEL_OFFICER_KEYS)")
    assert _open(desk, "--as", "anna", "--key", key) == refused
    assert _open(desk, "--as", "bob", "--key", key, **known) == refused
    assert _open(desk, "--as", "anna", "--key", desk.officer("carl")[0], **known) == refused


def test_a_key_that_others_may_read_opens_nothing(desk: Desk) -> None:
    key, known = desk.officer()
    key.chmod(0o640)
    assert _open(desk, "--as", "anna", "--key", key, **known) == (2, f"others may read {key}; run chmod 600 on it")


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"AAAA", b"not base64!"])
def test_what_is_no_key_opens_nothing(desk: Desk, content: bytes) -> None:
    _, known = desk.officer()
    key = desk.file("junk.key", content)
    key.chmod(0o600)
    assert _open(desk, "--as", "anna", "--key", key, **known) == (2, f"{key} does not hold an officer's key")


def test_a_key_file_that_cannot_be_read_is_named(desk: Desk) -> None:
    _, known = desk.officer()
    absent = desk.folder / "absent"
    assert _open(desk, "--as", "anna", "--key", absent, **known) == (2, f"cannot read {absent}: {NO_FILE}")
    code, said = _open(desk, "--as", "anna", "--key", desk.folder, **known)
    assert (code, said) == (2, f"cannot read {desk.folder}: Is a directory")


@pytest.mark.parametrize("content", [None, b"", b"junk\n", b"\xff"])
def test_officers_keys_that_cannot_be_used_open_nothing(desk: Desk, content: bytes | None) -> None:
    key, _ = desk.officer()
    known = desk.folder / "absent" if content is None else desk.file("officers", content)
    code, said = _open(desk, "--as", "anna", "--key", key, SCHAKEL_OFFICER_KEYS=str(known))
    assert code == 2
    assert said.startswith("the officers' keys (SCHAKEL_OFFICER_KEYS) cannot be used: ")


def test_a_witness_is_no_officer(desk: Desk) -> None:
    key, known = desk.officer()
    witness = SigningKey.from_seed("witness", b"w" * 32, Algorithm.COSIGNATURE).verifier
    officers = Path(known["SCHAKEL_OFFICER_KEYS"])
    officers.write_bytes(officers.read_bytes() + f"{witness.encoded()}\n".encode())
    refused = (2, "a key of the officers (SCHAKEL_OFFICER_KEYS) is a witness's")
    assert _open(desk, "--as", "anna", "--key", key, **known) == refused


def test_the_name_may_come_on_standard_input(desk: Desk) -> None:
    # Nobody stands there in this test, so nobody is named, and nothing opens.
    key, known = desk.officer()
    assert _open(desk, "--as", "-", "--key", key, **known)[0] == 2
