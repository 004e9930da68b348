"""One act of an administrator, once, with its event; who administers no organisation is refused as everybody (F7).

Source: facts contract, F1, F3, F7 and *Who* (organisation, professional and role, replacement).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from consent.entry import Entry
from consent.facts import assemble
from consent.keys import KeyUnavailableError
from consent.known.registered import Registered
from consent.naming import names_in
from consent.whose.allowed import MayNotError
from consent.whose.hand import Form, Hand
from consent.whose.scene import Scene
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.let_in import require_let_in
from gateway.committing.once import Act as Once
from gateway.committing.once import Deed, done_once, unless_broken
from gateway.committing.recording import refused_event
from gateway.holders.switching import of_administrator
from gateway.identity.caller import Caller
from gateway.log.reading import acted_event
from gateway.registry.rows import hold
from schemas.calendar import local_milliseconds, parse_moment

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Office:
    """Where an administrator acts: an open transaction that has the registry for itself, at `at` (ISO with offset).

    `now` is the same instant by the database's own clock.
    """

    connection: AsyncConnection
    registry: Registered
    organisation: str
    hand: Hand
    at: str
    now: datetime

    def scene(self, entry: Entry, section: str) -> Scene:
        """Return the act on `entry`, with what the registry says of all whom it names."""
        named = self.registry.named(names_in(section, entry.source))
        told = {"organisations": named.organisations, "professionals": named.professionals}
        return Scene(hand=self.hand, entry=entry, facts=assemble(told), at=parse_moment(self.at))


@dataclass(frozen=True, slots=True)
class Acted:
    """What the answer `shows`, and the `detail` of the event; `because` is why, where that is asked."""

    shows: Json
    detail: Json
    because: str | None = None


Act = Callable[[Office], Awaitable[Acted]]
Lost = Callable[[Office], Awaitable[bool]]
"""Says whether what was closed was opened since."""


async def nothing_lost(_office: Office) -> bool:
    """Say no: what is asked of every act that opens, and of an end that nobody takes back."""
    return False


@dataclass(frozen=True)
class Acting:
    """Lets administrators act. `decided_at` turns the database's clock into that of decisions."""

    committer: Committer
    decided_at: Callable[[datetime], datetime]

    async def done(self, caller: Caller, call: Call, act: Act, *, opens: bool, lost: Lost = nothing_lost) -> bytes:
        """Do `act` and return the answer's bytes, or those of the first time where nothing of it is `lost`.

        Raises:
            NotAllowedError: he may not, or his login is too weak for what `opens`; that he tried is in the log.
            EndedError: he was ended meanwhile; that he tried is in the log.
            WorldError: he may, but not so; nothing changed.
            IdempotencyConflictError: the key was used for something else; nothing changed.
            AuditUnavailableError: it cannot be recorded now; nothing changed.
        """

        async def acted(connection: AsyncConnection) -> Deed:
            found = await act(await self._office(connection, caller, opens=opens))
            event = acted_event(caller, call.request_id, Kind.CONFIG_CHANGED, found.detail, found.because)
            return Deed(self.committer.log.build(event), found.shows)

        async def again(connection: AsyncConnection, _answered: Json) -> Once | None:
            office = await self._office(connection, caller, opens=opens)
            return acted if await lost(office) else None

        once = partial(done_once, self.committer, caller, act=acted, again=again, looks_before=True)
        self.committer.health.require_whole()
        try:
            with unless_broken("this cannot be recorded now"):
                try:
                    return await once(call)
                except KeyUnavailableError:
                    if opens or call.key is None:
                        raise
                # F3: who closes waits for no key service; that it may stand twice in the log does no harm.
                return await once(replace(call, key=None))
        except MayNotError:
            await self.committer.keep(refused_event(caller, call, None))
            raise NotAllowedError from None

    async def _office(self, connection: AsyncConnection, caller: Caller, *, opens: bool) -> Office:
        organisation = of_administrator(caller)
        if organisation is None or (opens and not caller.trusted):
            raise MayNotError
        await hold(connection)
        # Here, and not at the end: nobody else can end him from now on, and he may end himself.
        await require_let_in(connection, caller)
        now = await self.committer.facts.clock(connection)
        at = local_milliseconds(self.decided_at(now))
        hand = Hand(form=Form.ADMINISTRATOR, id=caller.id, organisation=organisation)
        return Office(connection, await self.committer.facts.registry(connection), organisation, hand, at, now)
