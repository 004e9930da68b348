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
        "yarl",
    }
)
"""An HTTP client alone is 7 MiB."""


def test_a_gateway_starts_without_what_only_some_gateways_need() -> None:
    code = "import sys, gateway.commands.operating, gateway.serving; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not SELDOM & set(ran.stdout.split())
