from pathlib import Path

import pytest

from tests.postgres import missing


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of public files, which lies beside the checkout and is no part of it."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data"
    if not folder.is_dir():
        missing("the public data", "placing it beside the checkout, as ../shared/data")
    return folder
