"""`/healthz`: the process answers. `/readyz`: it can do its work, and what an operator should know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import as_json
from gateway.health.log_health import LogHealth
from gateway.log.following_late import behind
from gateway.settings_check import weakened
from gateway.wiring import Gateway, utc_now

_NOT_READY: Final[dict[int | str, dict[str, Any]]] = {
    503: {"description": "It cannot do its work; `checks` says what.", "content": {"application/json": {}}}
}


@dataclass(frozen=True)
class HealthDoor:
    """The routes, with what they need."""

    gateway: Gateway

    def add_to(self, app: FastAPI) -> None:
        """Add the routes to `app`."""
        app.add_api_route("/healthz", self.alive, methods=["GET"])
        app.add_api_route("/readyz", self.ready, methods=["GET"], responses=_NOT_READY)

    async def alive(self, _request: Request) -> Response:
        """Answer 200."""
        return _json({"status": "alive"}, 200)

    async def ready(self, _request: Request) -> Response:
        """Answer 200 where the database answers and the log's tree can be signed, else 503; with warnings.

        A log that is not anchored, is late, or whose disk is almost full, is ready, although nothing is disclosed: who
        withdraws a yes must still be heard.
        """
        health = self.gateway.exchange.committer.health
        checks = {"database": await self._database(), "log": not health.broken}
        ok = all(checks.values())
        if health.anchor is not None:
            checks["anchor"] = health.anchor.obstacle() is None
        if health.disk is not None:
            checks["disk"] = health.disk.obstacle() is None
        if health.lag is not None:
            checks["sequencer"] = health.lag.obstacle() is None
        rules, often = await self.gateway.rules.warnings(), await self.gateway.emergencies.frequency.warnings()
        behind = await self._behind()
        warnings = [*weakened(self.gateway.settings), *_of_the_log(health), *behind, *rules, *often]
        said = {"status": "ready" if ok else "not ready", "checks": checks, "warnings": warnings}
        return _json(said, 200 if ok else 503)

    async def _behind(self) -> list[str]:
        """Say which follower of the log has been stuck for long: what it keeps of withdrawals, say, is not kept."""
        names = [each.name for each in self.gateway.following.followers]
        try:
            async with self.gateway.engine.connect() as connection:
                late = await behind(connection, names, utc_now())
        except (SQLAlchemyError, OSError):
            return []  # `database` says it
        return [
            f"`{name}` has not followed the log for {minutes} minutes; see the running log" for name, minutes in late
        ]

    async def _database(self) -> bool:
        try:
            async with self.gateway.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True


def _of_the_log(health: LogHealth) -> list[str]:
    broken = [health.why] if health.broken else []
    disk = [] if health.disk is None else health.disk.warnings()
    lag = [] if health.lag is None else health.lag.warnings()
    return [
        *broken,
        *(["no witness watches the log"] if health.anchor is None else health.anchor.warnings()),
        *disk,
        *lag,
    ]


def _json(said: Mapping[str, object], status: int) -> Response:
    return as_json(said, status=status)
