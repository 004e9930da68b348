"""A file of keys that a command makes is whole and on disk, or not there: a half one would bar the next try."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.backup.keys import BackupKeyError, make_backup_key
from gateway.identity.keys import create_key_file as create_token_key_file
from gateway.keys.files import KeyFileError, create_key_file
from gateway.keys.officers import make_officer_key
from tests.room import room_for

Make = Callable[[Path], object]
MAKERS: dict[str, Make] = {
    "backups": make_backup_key,
    "persons": create_key_file,
    "tokens": create_token_key_file,
    "officer": lambda path: make_officer_key("anna", path),
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_the_disk_does_not_take_leaves_nothing_and_the_next_try_makes_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "keys"
    with room_for(20), pytest.raises((BackupKeyError, KeyFileError, OSError)):
        MAKERS[name](path)
    assert not path.exists()
    MAKERS[name](path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", MAKERS)
def test_its_name_is_on_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    brought: list[bool] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        brought.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    MAKERS[name](tmp_path / "keys")
    assert brought == [False, True]
