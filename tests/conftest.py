"""What every test may lean on: a PostgreSQL of its own, and the shared data where it is present."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests import compiled, laid, postgres
from tests.beside import REASON, SHARED

pytest_plugins = ("tests.canaries.watching",)

HERE = Path(__file__).resolve().parent

SERVED = (
    "audit/test_read.py",
    "audit/test_sequence.py",
    "audit/test_store.py",
    "audit/verifying/test_database.py",
    "deploy/test_door.py",
    "deploy/test_from_nothing.py",
    "deploy/test_trial.py",
    "deploy/test_upgrade.py",
    "faults",
    "scenarios",
    "canaries/test_attacks.py",
    "canaries/test_doors.py",
    "consent/store",
    "gateway/backup",
    "gateway/demo",
    "gateway/doctor",
    "gateway/facts",
    "gateway/fhir",
    "gateway/registers",
    "gateway/renderings/test_nen7513.py",
    "gateway/renderings/test_served.py",
    "gateway/reviews",
    "gateway/roles",
    "gateway/emergency",
    "gateway/erasing",
    "gateway/log",
    "gateway/metrics",
    "gateway/openapi/test_every_role.py",
    "gateway/openapi/test_odd_requests.py",
    "gateway/identity/test_call.py",
    "gateway/notices",
    "gateway/reviews",
    "gateway/signals",
    "gateway/identity/test_hostile_access_tokens.py",
    "gateway/identity/test_single_use.py",
    "gateway/identity/test_token_requests.py",
    "gateway/identity/test_who_asks.py",
    "gateway/test_birthdays.py",
    "gateway/test_every_purpose.py",
    "gateway/test_exchange",
    "gateway/holders",
    "gateway/outlook/test_persons.py",
    "gateway/registry",
    "gateway/replay",
    "gateway/rules",
    "gateway/test_same_bytes.py",
    "gateway/test_serving.py",
    "gateway/test_spy.py",
    "gateway/signals",
    "gateway/tampering",
    "gateway/witness/test_folder.py",
    "gateway/witness/test_stopping.py",
    "gateway/witness/test_watching.py",
    "security/test_tampering.py",
    "verifiers/test_a_gateways_log.py",
)
"""Where tests start a whole gateway, or a database for each test."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if str(item.path.relative_to(HERE)).startswith(SERVED):
            item.add_marker(pytest.mark.served)


def pytest_collection_finish() -> None:
    # As serving does: the collector of cycles spares what is loaded, and looks less often. It costs a tenth.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    compiled.share()


@pytest.fixture(autouse=True)
def _running_log_as_it_was() -> Iterator[None]:
    """Take back how a command that a test ran in this process set the running log."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    with postgres.server() as folder:
        yield folder


@pytest.fixture
def postgres_url(postgres_server: Path) -> Iterator[str]:
    """Give a database with every table in it."""
    with postgres.database(postgres_server, template=laid.template(postgres_server)) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: Path) -> Iterator[str]:
    with postgres.database(postgres_server) as url:
        yield url


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.server)]


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a database with every table in it, of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    laid.lay_file(tmp_path / "schakel.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a database without a table, of each kind; a file is not there yet."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("empty_postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"


@pytest.fixture
def fresh(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give another, empty database of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(REASON)
    return SHARED
