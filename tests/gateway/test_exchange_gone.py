"""Who went away before his answer was there got nothing, and the log says so."""

import asyncio
import json
from pathlib import Path

import pytest

from audit.read import events_of_request, request_ids
from gateway.failpoints import Step
from tests.gateway.running import PLAN, Running, at_step, question, running
from tests.gateway.worlds import world


async def kinds_of_the_request(gateway: Running, least: int = 2) -> list[str]:
    """Return the kinds of the events of the one request of an exchange, once there are so many."""
    found: list[str] = []
    async with asyncio.timeout(5):
        while len(found) < least:
            await asyncio.sleep(0.05)
            async with gateway.gateway.engine.connect() as connection:
                asked = [await events_of_request(connection, each) for each in await request_ids(connection)]
            kinds = [each.leaf_json["kind"] for events in asked for each in events]
            found = [each for each in kinds if each.startswith("exchange.")]
    return found


@pytest.mark.parametrize("step", [Step.GATHERED, Step.COMMITTED, Step.RELEASED])
async def test_what_nobody_waits_for_any_more_is_not_told_as_delivered(step: Step, tmp_path: Path) -> None:
    reached, gone = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reached.set()
        await gone.wait()

    async with running(world(), tmp_path, exchange=at_step(step, wait)) as gateway:
        headers = await gateway.headers("anna", "POST", PLAN) | {"Content-Type": "application/json"}
        body = json.dumps(question("sem", "coordinate-plan")).encode()
        told = f"POST {PLAN} HTTP/1.1", f"Host: {gateway.url.removeprefix('http://')}", f"Content-Length: {len(body)}"
        lines = [*told, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        _, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rpartition(":")[2]))
        writer.write("\r\n".join(lines).encode() + body)
        await reached.wait()
        writer.transport.abort()
        await asyncio.sleep(0.1)  # the server hears of it
        gone.set()
        assert await kinds_of_the_request(gateway) == ["exchange.disclosed", "exchange.aborted"]
