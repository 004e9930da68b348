"""The journal: a file of which no byte can be changed unseen, and to which several may add at once."""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from audit.signing import SigningKey
from gateway.erasing.journal import Journal
from gateway.erasing.tombstone import NOTHING, JournalError, Tombstone, TombstoneKind, read_lines
from schemas.canonical_json import canonical
from tests.room import room_for

KEY = SigningKey.from_seed("log.example/audit", bytes(range(32)))
_LABEL = b"schakel-tombstone-v1\0"
AT = "2026-11-26T09:00:00.000Z"


def made(folder: Path, count: int, *, epoch: int = 1) -> Journal:
    journal = Journal(folder, KEY)
    journal.begin(at=AT, epoch=epoch)
    for n in range(count):
        journal.append(at=AT, kind=TombstoneKind.ERASE, pseudonym=f"pseudonym-{n}", epoch=1)
    return journal


def test_a_byte_that_is_changed_anywhere_is_found(tmp_path: Path) -> None:
    content = made(tmp_path, 2).path.read_bytes()
    assert [each.tombstone.seq for each in read_lines(content, KEY.verifier)] == [0, 1, 2]
    for at in range(len(content) - 1):
        changed = content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :]
        with pytest.raises(JournalError, match="tombstone journal"):
            read_lines(changed, KEY.verifier)


def test_lines_are_neither_left_out_nor_moved_nor_another_logs(tmp_path: Path) -> None:
    first, second, third = made(tmp_path, 2).path.read_bytes().splitlines(keepends=True)
    for wrong in (first + third, second + third, first + third + second, first + second + second + third, b"", b"\n"):
        with pytest.raises(JournalError):
            read_lines(wrong, KEY.verifier)
    (tmp_path / "anew").mkdir()
    anew = made(tmp_path / "anew", 2, epoch=2).path.read_bytes().splitlines(keepends=True)
    with pytest.raises(JournalError, match="line 3 of the tombstone journal does not follow"):
        read_lines(first + second + anew[2], KEY.verifier)
    for other in (
        SigningKey.from_seed("log.example/audit", bytes(32)),
        SigningKey.from_seed("other", bytes(range(32))),
    ):
        with pytest.raises(JournalError):
            read_lines(first + second + third, other.verifier)


def test_a_signed_line_of_another_version_or_with_more_in_it_is_not_read() -> None:
    first = Tombstone(0, AT, TombstoneKind.BEGIN, KEY.name, 1, NOTHING)
    told = json.loads(first.encoded(KEY))
    del told["signature"]
    assert Tombstone.read(_signed(told), KEY.verifier) == first
    for wrong in (told | {"v": 2}, told | {"until": AT}):
        with pytest.raises(ValueError, match="not a line of this form"):
            Tombstone.read(_signed(wrong), KEY.verifier)


def _signed(told: dict[str, Any]) -> bytes:
    signature = b64encode(KEY.sign(_LABEL + canonical(told))).decode()
    return canonical(told | {"signature": signature}) + b"\n"


def test_several_add_at_once_and_every_line_follows_the_one_before(tmp_path: Path) -> None:
    journal = made(tmp_path, 0)

    def add(n: int) -> int:
        return journal.append(at=AT, kind=TombstoneKind.ERASE, pseudonym=str(n), epoch=1).tombstone.seq

    with ThreadPoolExecutor(8) as pool:
        seqs = list(pool.map(add, range(40)))
    assert sorted(seqs) == list(range(1, 41))
    assert {each.tombstone.pseudonym for each in journal.read()[1:]} == {str(n) for n in range(40)}


def test_what_one_of_the_last_lines_says_is_not_written_again(tmp_path: Path) -> None:
    journal = made(tmp_path, 3)
    before = journal.path.read_bytes()
    said = journal.append(at=AT, kind=TombstoneKind.ERASE, pseudonym="pseudonym-1", epoch=2)
    assert (said, journal.path.read_bytes()) == (journal.read()[2], before)
    for at, kind in ((AT.replace("09", "10"), TombstoneKind.ERASE), (AT, TombstoneKind.WITHDRAW)):
        journal.append(at=at, kind=kind, pseudonym="pseudonym-1", epoch=1)
    assert len(journal.read()) == 6


def test_a_line_that_nobody_signed_says_nothing(tmp_path: Path) -> None:
    journal = made(tmp_path, 2)
    first, second, third = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(first + second.replace(b"pseudonym-0", b"pseudonym-x") + third)
    assert journal.append(at=AT, kind=TombstoneKind.ERASE, pseudonym="pseudonym-x", epoch=1).tombstone.seq == 3


def test_a_line_of_which_the_disk_took_the_half_is_not_in_it(tmp_path: Path) -> None:
    journal = made(tmp_path, 1)
    before = journal.read()
    with room_for(journal.path.stat().st_size + 100), pytest.raises(JournalError, match="nothing is erased"):
        journal.append(at=AT, kind=TombstoneKind.ERASE, pseudonym="pseudonym-1", epoch=1)
    assert journal.read() == before
    said = journal.append(at=AT, kind=TombstoneKind.ERASE, pseudonym="pseudonym-1", epoch=1)
    assert journal.read() == (*before, said)


def test_a_folder_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    nowhere = Journal(tmp_path / "nowhere", KEY)
    with pytest.raises(JournalError, match="cannot be written: No such file or directory; make its folder first"):
        nowhere.begin(at=AT, epoch=1)
    with pytest.raises(JournalError, match="nothing is erased"):
        nowhere.append(at=AT, kind=TombstoneKind.ERASE, pseudonym="x", epoch=1)


def test_who_is_killed_while_he_begins_leaves_no_journal_and_the_next_one_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(_descriptor: int) -> None:
        raise Killed

    journal = Journal(tmp_path, KEY)
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", killed)
        with pytest.raises(Killed):
            journal.begin(at=AT, epoch=1)
    assert not journal.path.exists()
    journal.begin(at=AT, epoch=1)
    assert [each.name for each in tmp_path.iterdir()] == [journal.path.name]
    with pytest.raises(JournalError, match="already; keep it"):
        journal.begin(at=AT, epoch=1)
    assert len(journal.read()) == 1
