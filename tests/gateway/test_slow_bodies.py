"""Who is let in and then takes his time to write has nothing done: he may be ended meanwhile, or his token end."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

import gateway.api.body
from tests.gateway.running import PLAN, Running, question, running
from tests.gateway.test_exchange_ended import end
from tests.gateway.worlds import world

PATIENCE = 0.3
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/facts/involvements": {"kind": "help", "about": "sem"},
    PLAN: question("sem", "coordinate-plan"),
}


async def begun(house: Running, path: str, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send a request but for the last byte of its body."""
    headers = await house.headers("anna", "POST", path) | {"Content-Type": "application/json"}
    told = f"POST {path} HTTP/1.1", f"Host: {house.url.removeprefix('http://')}", f"Content-Length: {len(body)}"
    lines = [*told, "Connection: close", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(house.url.rpartition(":")[2]))
    writer.write("\r\n".join(lines).encode() + body[:-1])
    return reader, writer


@pytest.mark.parametrize("path", BODIES)
async def test_what_comes_too_late_is_not_done(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.api.body.PROMPT_SECONDS", PATIENCE)
    let_in, media_type = asyncio.Event(), gateway.api.body.media_type

    def reading(request: Request) -> str:
        let_in.set()
        return media_type(request)

    monkeypatch.setattr("gateway.api.body.media_type", reading)
    body = json.dumps(BODIES[path]).encode()
    async with running(world(), tmp_path) as house:
        reader, writer = await begun(house, path, body)
        await let_in.wait()
        await end(house, "client")
        await asyncio.sleep(2 * PATIENCE)
        writer.write(body[-1:])
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 408 "), answer
        assert b'"type":"urn:schakel:problem:too-slow"' in answer


@pytest.mark.parametrize("path", BODIES)
async def test_what_comes_in_pieces_is_done(path: str, tmp_path: Path) -> None:
    body = json.dumps(BODIES[path]).encode()
    async with running(world(), tmp_path) as house:
        reader, writer = await begun(house, path, body)
        await asyncio.sleep(0.1)
        writer.write(body[-1:])
        assert (await reader.read()).startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 201 "))
        writer.close()
