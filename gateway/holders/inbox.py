"""The holder's inbox: the questions that wait for him, and never without a trace that somebody looked.

The holder's privacy officer sees them all, and so does whoever may answer them: a professional who is registered as the
holder's, but for what he asked himself. Both with a strong login. In which role somebody works plays no part: the table
of the facts contract names none for who decides for a holder, and who may decide must see what waits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event
from consent.keys import SealBrokenError
from consent.known.family import Family
from consent.known.registered import Registered
from consent.store.holding import there
from consent.store.reading import read_family
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.once import unless_broken
from gateway.database.engine import write_transaction
from gateway.holders.deciding import decides_for
from gateway.holders.questions import Waiting, waiting_for
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY
from gateway.log.reading import looked_event
from gateway.registry.systems import Sources
from schemas.calendar import local_milliseconds

MOST: Final = 100
"""How many questions are shown at once, oldest first."""


@dataclass(frozen=True)
class Inbox:
    """Shows questions. `sources` gives the record systems that may be asked now, by holder."""

    committer: Committer
    sources: Callable[[], Sources]

    async def look(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return the questions that wait for the holder of `caller`, as far as they are his to see.

        Raises:
            NotAllowedError: he is of no holder; that he tried is in the log.
            AuditUnavailableError: it cannot be read, or recorded, now.
        """
        self.committer.health.require_anchored()
        with unless_broken("this cannot be read or recorded now"):
            async with write_transaction(self.committer.engine) as connection:
                holder = _holder(caller, await self.committer.facts.registry(connection))
                shown = [] if holder is None else await self._shown(connection, holder, caller)
                # INVARIANT: nothing is shown of who was forgotten since, nor is anybody of these until the commit.
                known = await there(connection, sorted({each["about"] for each in shown}))
                shown = [each for each in shown if each["about"] in known]
                await self.committer.log.append(connection, _event(caller, request_id, holder, shown))
        # Only here, behind the commit, may anybody see.
        if holder is None:
            raise NotAllowedError
        return {"questions": shown, "request_id": request_id}

    async def _shown(self, connection: AsyncConnection, holder: str, caller: Caller) -> list[dict[str, Any]]:
        keys = self.committer.facts.keys
        families: dict[str, Family] = {}
        shown: list[dict[str, Any]] = []
        for each in await waiting_for(connection, holder):
            if each.person not in families:
                families[each.person] = await read_family(connection, keys, each.person)
            told = self._told(each, families[each.person])
            shown += [one for one in told if one["asker"]["id"] != caller.id]
            if len(shown) == MOST:
                break
        return shown

    def _told(self, waits: Waiting, family: Family) -> list[dict[str, Any]]:
        try:
            asked = waits.opened(family.keys)
        except SealBrokenError:
            return []  # he was forgotten: there is nothing left to decide about
        systems = {each.identifier_system for each in self.sources().get(waits.holder, ())}
        numbers = [
            {"system": system, "value": found[waits.person]}
            for system, found in sorted(family.identifiers.items())
            if system in systems and waits.person in found
        ]
        known = {"about": waits.person, "identifiers": numbers}
        return [{"id": waits.id, "opened_at": local_milliseconds(waits.opened_at), **known, **asked}]


def _holder(caller: Caller, registry: Registered) -> str | None:
    if not caller.trusted:
        return None
    if caller.officer_of is not None:
        return None if caller.officer_of == GATEWAY else caller.officer_of
    return caller.organisation if decides_for(caller, registry, caller.organisation) else None


def _event(caller: Caller, request_id: str, holder: str | None, shown: Sequence[Mapping[str, Any]]) -> Event:
    detail = {"read": "holder questions", "questions": [each["id"] for each in shown]}
    return looked_event(caller, request_id, detail, seen=holder is not None)
