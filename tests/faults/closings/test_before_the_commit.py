"""What is closed between the last step of a request and its commit is honoured, however it is closed and by whom."""

from pathlib import Path

from tests.faults.closings.closing import Closing, asked_while, is_the_one_no
from tests.faults.closings.every_closing import ALL, WISH
from tests.faults.test_withdrawal import careless


@ALL
async def test_what_is_closed_before_the_commit_is_honoured(
    closing: Closing, tmp_path: Path, database_url: str
) -> None:
    answer, log = await asked_while(tmp_path, database_url, closing)
    assert is_the_one_no(answer)
    assert "exchange.disclosed" not in log


@ALL
async def test_a_committer_that_looks_at_no_version_is_caught(closing: Closing, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    answer, log = await asked_while(tmp_path, url, closing, committer=careless)
    assert answer.status == 200
    assert "exchange.disclosed" in log


async def test_a_wish_that_is_closed_before_the_commit_makes_no_review(tmp_path: Path, database_url: str) -> None:
    answer, log = await asked_while(tmp_path, database_url, WISH)
    assert is_the_one_no(answer)
    assert "exchange.reviewed" not in log


async def test_so_it_is_seen_of_a_wish_too_that_no_version_is_looked_at(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    _, log = await asked_while(tmp_path, url, WISH, committer=careless)
    assert "exchange.reviewed" in log
