"""The log's files. Its heads, keys, hashes and proofs tell nothing of anybody and are public; its entries are not.

Source: audit log contract, *Export* (over HTTP); C2SP tlog-tiles.
"""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import orjson
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from audit.heads import newest_size, note_of
from audit.proving import consistency_proof
from audit.published import NotPublishedError, published
from audit.store import AuditLog, AuditUnavailableError
from audit.tiles import NoTileError, Tile
from gateway.api.answering import shown
from gateway.api.log.files_described import CHECKPOINT, CONSISTENCY, ENTRIES, KEYS, READING, TILE
from gateway.api.problems import Problem, invalid
from gateway.api.who import Who
from gateway.identity.caller import Caller
from gateway.log.entries import LogEntries
from gateway.log.reading import reading

_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_MUTABLE: Final = {"Cache-Control": "no-cache"}
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
# It never changes either, but the tile that it grows into takes its place.
_FOR_A_WHILE: Final = {"Cache-Control": "public, max-age=3600, immutable"}
_SIZE: Final = re.compile("[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class LogDoor:
    """The routes, with what they need."""

    engine: AsyncEngine
    log: AuditLog
    entries: LogEntries
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Add the routes to `app`."""
        for path, endpoint, described in (
            ("/audit/checkpoint", self.checkpoint, CHECKPOINT),
            ("/audit/keys", self.keys, KEYS),
            ("/audit/consistency", self.consistency, CONSISTENCY),
            ("/audit/tile/entries/{name:path}", self.bundle, ENTRIES),
            ("/audit/tile/{name:path}", self.tile, TILE),
        ):
            app.add_api_route(path, endpoint, methods=["GET"], response_class=Response, openapi_extra=described)

    async def checkpoint(self, _request: Request) -> Response:
        """Return the newest signed tree head (C2SP tlog-checkpoint)."""
        async with self._connection() as connection:
            size = await newest_size(connection)
            note = None if size is None else await note_of(connection, size)
        if note is None:
            raise Problem("no-such-path")
        return Response(note, media_type=_TEXT, headers=_MUTABLE)

    async def keys(self, _request: Request) -> Response:
        """Return the log's verifier key (C2SP vkey)."""
        return Response(self.log.key.verifier.encoded() + "\n", media_type=_TEXT, headers=_MUTABLE)

    async def consistency(self, request: Request) -> Response:
        """Return the proof that the tree only grew between two sizes (RFC 6962 section 2.1.2)."""
        old, new = _sizes(request)
        async with self._connection() as connection:
            if new > (await newest_size(connection) or 0):
                raise invalid("to", "is more than the newest checkpoint has; see /audit/checkpoint")
            proof = await consistency_proof(connection, old, new)
        told = {"from": old, "to": new, "proof": [b64encode(each).decode() for each in proof]}
        return Response(orjson.dumps(told), media_type="application/json", headers=_FOR_EVER)

    async def tile(self, request: Request) -> Response:
        """Return a tile of the tree: its hashes side by side, 32 bytes each (C2SP tlog-tiles)."""
        tile = _named(request)
        try:
            async with self._connection() as connection:
                hashes = await published(connection, tile)
        except NotPublishedError:
            raise Problem("no-such-path") from None
        return Response(hashes, media_type=_BYTES, headers=_FOR_EVER if tile.is_full else _FOR_A_WHILE)

    async def bundle(self, request: Request) -> Response:
        """Return entries, each with its length before it in two bytes (C2SP tlog-tiles); on record before it is read.

        For the gateway's own officer: an entry tells how a request ended, and which organisation asked which.
        """

        async def read(caller: Caller, request_id: str) -> Response:
            found = await self.entries.read(caller, request_id, _named(request, below="entries/"))
            # A copy on the way would be read without anybody knowing.
            return Response(found, media_type=_BYTES, headers={"Cache-Control": "no-store"})

        return await shown(request, self.who, read, READING)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with reading(self.engine) as connection:
                yield connection
        except AuditUnavailableError:
            raise Problem("log-unavailable") from None


def _named(request: Request, *, below: str = "") -> Tile:
    """Return the tile that the path names. Only its one spelling does, so that nothing is cached under many names."""
    name = request.path_params["name"]
    raw: bytes = request.scope.get("raw_path", b"")
    if not raw.partition(b"?")[0].endswith(f"/{below}{name}".encode()):
        raise Problem("no-such-path")
    try:
        return Tile.read(below + name)
    except NoTileError:
        raise Problem("no-such-path") from None


def _sizes(request: Request) -> tuple[int, int]:
    unknown = sorted({*request.query_params} - {"from", "to"})
    if unknown:
        raise invalid("(query)", "only `from` and `to` are known here")
    old, new = _size(request, "from"), _size(request, "to")
    if old > new:
        raise invalid("from", "is more than `to`")
    return old, new


def _size(request: Request, name: str) -> int:
    given = request.query_params.getlist(name)
    if len(given) != 1 or _SIZE.fullmatch(given[0]) is None:
        raise invalid(name, "expected once, a number of entries from 1 on")
    return int(given[0])
