"""The pull list: an organisation's own notices, oldest first, and never without a trace that they were read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.once import unless_broken
from gateway.identity.caller import Caller
from gateway.ids import as_id
from gateway.log.reading import looked_event
from gateway.notices.notice import number_of, read_notices
from gateway.notices.signing import keys_of, public_text
from gateway.registry.snapshot import RESERVED, Registry


class NoSuchCursorError(Exception):
    """`after` names no notice to this organisation; begin without it."""


@dataclass(frozen=True)
class NoticeInbox:
    """Shows notices to the organisation that they are for."""

    committer: Committer

    async def read(self, caller: Caller, request_id: str, *, after: str | None, limit: int) -> dict[str, Any]:
        """Return the notices behind the one called `after`, or the first ones; `next` is what to ask on with.

        Only the organisation's own client reads them: they are for its record system, which knows its request ids. That
        it read them is on record before it does; of an empty answer nothing is kept.

        Raises:
            NotAllowedError: no client of an organisation; that it tried is in the log.
            NoSuchCursorError: `after` is no notice of its own.
            AuditUnavailableError: they cannot be read, or that cannot be recorded, now.
        """
        self.committer.health.require_anchored()
        await self._require_client(caller, request_id)
        with unless_broken("notices cannot be read now", ValueError):
            shown = await self._shown(caller.organisation, after, limit)
            if shown:
                await self.committer.keep(_event(caller, request_id, [each["id"] for each in shown]))
        last = shown[-1]["id"] if shown else after
        return {"notices": shown, "next": last, "request_id": request_id}

    async def webhook(self, caller: Caller, request_id: str, registry: Registry) -> dict[str, Any]:
        """Return where the caller's organisation is told of new notices, and the public keys that prove it is us.

        Raises:
            NotAllowedError: no client of an organisation; that it tried is in the log.
            AuditUnavailableError: the key service or the log is down.
        """
        await self._require_client(caller, request_id)
        registered = registry.webhooks.get(caller.organisation)
        if registered is None:
            return {"url": None, "keys": [], "request_id": request_id}
        with unless_broken("the keys cannot be read now"):
            keys = await keys_of(self.committer.facts.keys, caller.organisation, registered.key)
        shown = [public_text(each) for each in keys]
        return {"url": registered.url, "keys": shown, "request_id": request_id}

    async def _require_client(self, caller: Caller, request_id: str) -> None:
        if caller.form == "client" and caller.organisation not in RESERVED:
            return
        await self.committer.keep(_event(caller, request_id, None))
        raise NotAllowedError

    async def _shown(self, organisation: str, after: str | None, limit: int) -> list[dict[str, Any]]:
        async with self.committer.engine.connect() as connection:
            number = 0 if after is None else await _number(connection, organisation, after)
            sealer = self.committer.sealer
            found = await read_notices(connection, sealer, organisation, after=number, limit=limit)
        return [told.as_json(at) for told, at in found]


async def _number(connection: AsyncConnection, organisation: str, after: str) -> int:
    number = await number_of(connection, organisation, as_id(after))
    if number is None:
        raise NoSuchCursorError
    return number


def _event(caller: Caller, request_id: str, shown: Sequence[str] | None) -> Event:
    detail: dict[str, Any] = {"read": "notices"}
    if shown is not None:
        detail["notices"] = list(shown)
    return looked_event(caller, request_id, detail, seen=shown is not None)
