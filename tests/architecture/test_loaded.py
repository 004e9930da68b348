"""What a serving process carries: every module costs memory in each worker."""

import subprocess
import sys

SELDOM = frozenset(
    {
        "adapters.fhir_r4",
        "adapters.http",
        "aiohttp",
        "alembic",
        "argparse",
        "fhir",
        "gateway.demo",
        "holidays",
        "lxml",
        "pygments",
        "reportlab",
        "rich",
        "schemas.fhir",
        "sqlalchemy.orm",
        "yarl",
    }
)
"""An HTTP client alone is 7 MiB, SQLAlchemy's mapper 6."""


def test_a_gateway_starts_without_what_only_some_gateways_need() -> None:
    code = "import sys, gateway.commands.operating, gateway.serving; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not SELDOM & set(ran.stdout.split())


def test_what_stands_in_for_what_is_left_out_says_so_when_it_is_used() -> None:
    code = "import gateway, sqlalchemy.ext.asyncio as library; library.AsyncSession(None)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "left out of memory here: see gateway/unused.py" in ran.stderr


def test_who_loaded_the_library_before_has_all_of_it() -> None:
    code = "import sqlalchemy.ext.asyncio as library, gateway; print(library.AsyncSession.__module__)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "sqlalchemy.ext.asyncio.session"
