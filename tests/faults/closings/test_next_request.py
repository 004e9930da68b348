"""What ends who may ask at all counts from the next request on."""

from pathlib import Path

import pytest

from tests.faults.closings.closing import Act, said, unregistered
from tests.gateway.facts.attacks.attacking import ask
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis

CLIENT = unregistered("client-key", "client", "crisis-system", "crisis")
PROVIDER = unregistered("identity-provider", "identity-provider", "{url}/builtin/crisis", "crisis")
"""Whom its provider no longer signs for is no professional any more."""
PROFESSIONAL = said("professional", "facts/professionals/kris/close", {})
OWN_CLIENT = said(
    "own-client", "facts/organisations/close", {"kind": "client", "name": "crisis-system", "because": "x"}
)
OWN_ALL = said("all-that-is-its-own", "facts/organisations/close", {
    "kind": "organisation", "name": "crisis", "because": "x",
})  # fmt: skip


@pytest.mark.parametrize("act", [CLIENT, PROVIDER, PROFESSIONAL, OWN_CLIENT, OWN_ALL], ids=lambda one: one.name)
async def test_who_is_no_longer_registered_is_nobody_at_the_next_request(
    act: Act, tmp_path: Path, database_url: str
) -> None:
    world = world_of_basis("LB-24")
    async with running(world, tmp_path, database_url=database_url) as gateway:
        assert (await ask(gateway, world)).status == 200
        await act.do(gateway, "administrator-of-crisis")
        assert (await ask(gateway, world)).status == 401
