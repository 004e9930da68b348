"""The log's public files: they hold hashes and signatures, nothing about anybody."""

from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from audit.heads import newest_size, note_of
from audit.store import AuditLog
from gateway.api.problems import Problem


@dataclass(frozen=True)
class LogDoor:
    """The routes, with what they need."""

    engine: AsyncEngine
    log: AuditLog

    def add_to(self, app: FastAPI) -> None:
        """Add the routes to `app`."""
        app.add_api_route("/audit/checkpoint", self.checkpoint, methods=["GET"])
        app.add_api_route("/audit/keys", self.keys, methods=["GET"])

    async def checkpoint(self, _request: Request) -> Response:
        """Return the newest signed tree head (C2SP tlog-checkpoint)."""
        try:
            async with self.engine.connect() as connection:
                size = await newest_size(connection)
                note = None if size is None else await note_of(connection, size)
        except (SQLAlchemyError, OSError):
            raise Problem("log-unavailable") from None
        if note is None:
            raise Problem("no-such-path")
        return Response(note, media_type="text/plain; charset=utf-8")

    async def keys(self, _request: Request) -> Response:
        """Return the log's verifier key (C2SP vkey)."""
        return Response(self.log.key.verifier.encoded() + "\n", media_type="text/plain; charset=utf-8")
