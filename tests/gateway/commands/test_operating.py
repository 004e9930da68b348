"""How every command ends that was broken off: nobody is told that it did what it was asked."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.commands.keys import run_keys_renew, run_keys_rotate
from gateway.commands.log import run_audit_verify
from gateway.commands.operating import BROKEN_OFF, UNUSABLE, Said, run_migrate, run_work
from gateway.commands.restore import run_restore
from tests.gateway.rules.world import installed


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Let Ctrl-C be heard: who is started in the background by a shell is told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch)
    folder = tmp_path / "nowhere"
    said = f"there is no folder {folder} for the database; make it, or mount it"
    assert run_migrate(f"sqlite+aiosqlite:///{folder / 'schakel.db'}") == (UNUSABLE, said)
    assert not folder.exists()
    assert run_migrate("nonsense")[0] == UNUSABLE
    assert run_migrate() == (0, "the database is up to date")


@pytest.mark.parametrize(
    "given", ["", " ", "schakel.db", "sqlite+aiosqlite:///", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"]
)
def test_a_database_that_is_none_is_never_that_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    installed(tmp_path, monkeypatch)
    refused = (UNUSABLE, "--database: expected sqlite+aiosqlite:///FILE or postgresql+asyncpg://…")
    assert run_migrate(given) == refused
    assert run_keys_rotate(given) == refused
    assert run_keys_renew(None, "1d", apply=True, database=given) == refused
    assert run_restore(tmp_path / "backup", database=given, key=tmp_path / "key") == refused


def test_who_breaks_a_command_off_is_not_told_that_it_was_done() -> None:
    async def work() -> Said:
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
        return 0, "done"

    assert run_work(work()) == (BROKEN_OFF, "broken off; run it again, for it may be done in part")


def test_who_breaks_a_verification_off_has_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = installed(tmp_path, monkeypatch)

    async def stopped(*_given: object, **_named: object) -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()

    monkeypatch.setattr("gateway.commands.log.verify_database_with", stopped)
    code, said = run_audit_verify(None, checkpoint=None, database=settings.database_url)
    assert (code, said) == (BROKEN_OFF, "broken off: there is no verdict")
