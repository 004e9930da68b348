"""Somebody outside who has the log's address and nothing else of ours: fetches, and builds the root from tiles."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tests.gateway.log_routes.growing import root_of


class Fetched(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


async def fetch(url: str, path: str, headers: Mapping[str, str] | None = None) -> Fetched:
    """Return what comes of a GET of `path`, which is sent as it is: a client would tidy it up."""
    host = url.removeprefix("http://")
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    first, *rest = head.decode().split("\r\n")
    named = dict(line.lower().split(": ", 1) for line in rest)
    return Fetched(int(first.split(" ")[1]), named, body)


@dataclass(frozen=True)
class Reader:
    url: str

    async def head(self) -> tuple[int, bytes]:
        """Return size and root of the newest checkpoint; does not look at its signatures."""
        _, size, root, *_ = (await fetch(self.url, "/audit/checkpoint")).body.decode().split("\n")
        return int(size), b64decode(root)

    async def hashes(self, level: int, index: int, width: int) -> list[bytes]:
        answer = await fetch(self.url, f"/audit/tile/{level}/{spelled(index, width)}")
        assert (answer.status, len(answer.body)) == (200, 32 * width), answer.body[:200]
        return [answer.body[at : at + 32] for at in range(0, len(answer.body), 32)]

    async def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries, from one tile of each level: the last, which is not full."""
        level, edge = 0, list[bytes]()
        while size >> (8 * level):
            index, width = divmod(size >> (8 * level), 256)
            last = await self.hashes(level, index, width) if width else []
            edge = [root_of([*last, *edge])] if last or edge else []
            level += 1
        return root_of(edge)


def spelled(index: int, width: int = 256) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return "/".join(groups) + ("" if width == 256 else f".p/{width}")
