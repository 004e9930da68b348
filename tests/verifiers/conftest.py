import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verifiers import exports, three


@pytest.fixture(scope="session", autouse=True)
def _node_ends() -> Iterator[None]:
    yield
    three.stop()


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(exports.written(tmp_path_factory.mktemp("exported")))


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """Give a copy of one opened export, to be spoiled."""
    return Path(shutil.copytree(exported, tmp_path / "export"))
