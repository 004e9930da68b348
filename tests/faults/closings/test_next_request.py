"""What ends who may ask at all counts from the next request on."""

from pathlib import Path

import pytest

from tests.faults.closings.closing import Act, unregistered
from tests.gateway.facts.attacks.attacking import ask
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis

CLIENT = unregistered("client-key", "client", "crisis-system", "crisis")
PROVIDER = unregistered("identity-provider", "identity-provider", "{url}/builtin/crisis", "crisis")
"""Whom its provider no longer signs for is no professional any more."""


@pytest.mark.parametrize("act", [CLIENT, PROVIDER], ids=lambda one: one.name)
async def test_who_is_no_longer_registered_is_nobody_at_the_next_request(
    act: Act, tmp_path: Path, database_url: str
) -> None:
    world = world_of_basis("LB-24")
    async with running(world, tmp_path, database_url=database_url) as gateway:
        assert (await ask(gateway, world)).status == 200
        await act.do(gateway, "operator")
        assert (await ask(gateway, world)).status == 401
