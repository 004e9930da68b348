from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data(shared: Path) -> Path:
    """Return the folder of public files."""
    return shared / "data"
