"""A file that somebody names may have no end: no more of it is read than anything of ours can be long."""

from pathlib import Path

import pytest

from gateway.commands.log import run_audit_verify
from gateway.commands.plan import run_show
from gateway.commands.proof import run_audit_check
from gateway.identity.keys import KeyFileError, read_secret
from gateway.toml_file import read_toml
from schemas.whole_file import LARGEST, whole

WHY = "it is larger than 64 MiB"


@pytest.fixture(name="endless")
def _endless(tmp_path: Path) -> Path:
    path = tmp_path / "endless"
    path.touch(0o600)
    with path.open("r+b") as file:
        file.truncate(LARGEST + 1)
    return path


def test_what_has_no_end_is_refused() -> None:
    with pytest.raises(OSError, match=WHY) as refused:
        whole(Path("/dev/zero"))
    assert refused.value.filename == "/dev/zero"


def test_what_is_not_too_large_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"all of it")
    assert whole(tmp_path / "file") == b"all of it"


def test_every_command_that_reads_a_file_whole_says_so(endless: Path) -> None:
    assert run_show(str(endless), language="en", json=False) == (2, f"{endless}: cannot be read: {WHY}")
    assert run_audit_check(endless, keys=None) == (2, f"unreadable: `{endless}`: {WHY}")
    for name in ("checkpoint", "receipts"):
        given = {"checkpoint": None, "receipts": ()} | {name: endless if name == "checkpoint" else [endless]}
        ran = run_audit_verify(None, database="sqlite+aiosqlite:///nowhere", **given)  # type: ignore[arg-type]
        assert ran == (2, f"unreadable: `{endless}`: {WHY}")


def test_so_does_who_reads_keys_and_settings(endless: Path) -> None:
    with pytest.raises(KeyFileError, match=WHY):
        read_secret(endless)
    with pytest.raises(OSError, match=WHY):
        read_toml(endless)
