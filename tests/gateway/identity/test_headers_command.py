"""`schakel headers` where no call can be made; where one can, the tutorial of the first call makes it."""

from pathlib import Path

import pytest

from gateway.commands.headers import run_headers
from gateway.sandbox.credentials import make_credentials, write_credentials

PLAN = "/api/v1/exchange/plan"
NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    _, found = make_credentials(
        gateway_url=NOBODY_LISTENS, organisations=["local-team"], professionals=[], persons=["mina"], mentors=[]
    )
    write_credentials(tmp_path / "keys.json", found)
    return tmp_path / "keys.json"


@pytest.mark.parametrize(
    ("who", "path", "said"),
    [
        ("mina", PLAN, "does not answer"),
        ("mina", "api/v1/exchange/plan", "begins with a slash"),
        ("joke", PLAN, "joke"),
    ],
)
def test_what_stands_in_the_way_is_said_and_no_header_is_printed(
    credentials: Path, who: str, path: str, said: str
) -> None:
    code, printed = run_headers(credentials, who, "post", path)
    assert code == 1
    assert said in printed
    assert "Authorization" not in printed


def test_a_file_that_is_no_credentials_file_is_told(tmp_path: Path) -> None:
    code, printed = run_headers(tmp_path / "none.json", "mina", "POST", PLAN)
    assert code == 1
    assert "none.json" in printed
