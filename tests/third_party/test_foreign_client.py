"""A FHIR client that is not ours reads a plan, and takes every resource of it for R4."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.gateway.fhir.plan_door import OPERATION, SEARCH, asked, parameters
from tests.gateway.running import running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import world
from tests.third_party import foreign

pytestmark = [pytest.mark.server, pytest.mark.served]

CALLS = (("POST", OPERATION), ("GET", SEARCH), ("GET", SEARCH))
SOUGHT = {"subject": "Patient/sem", "purpose": "coordinate-plan", "category": "goals"}


async def test_a_foreign_client_reads_a_plan_by_operation_and_by_search(tmp_path: Path) -> None:
    folder = foreign.packages()
    ggz = Telling("ggz-west", [element("e1", text="Zwemmen"), element("e2", text="Verborgen", good_care_veto=True)])
    async with running(world(), tmp_path, change=instead(ggz, Telling("school-1"))) as gateway:
        sent = {
            "base": f"{gateway.url}/",
            "parameters": json.loads(parameters(*asked())),
            "search": SOUGHT,
            "headers": [await gateway.headers("anna", *each) for each in CALLS],
        }
        node = await asyncio.create_subprocess_exec(
            "node", "client.mjs", cwd=folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(node.communicate(json.dumps(sent).encode()), timeout=60)
    assert node.returncode == 0
    read = {"person": "sem", "goals": ["Zwemmen"], "issues": []}
    assert json.loads(out) == {
        "operated": {"type": "collection", **read},
        "searched": {"type": "searchset", **read},
        "refused": "invalid-request",
    }
