"""Looking who relied on a fact that ended, and giving each of these organisations its notice.

An exchange that relied on the fact was committed before its end was, or not at all (facts contract, F5), so whoever
looks behind that commit finds them all. Any number of workers may look at once, and each may die at any step: what they
find is the same, and only the first keeps it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Field, Kind
from audit.read import SealBrokenError, events_about_any, opened_but_facts
from consent.keys import DataKey, KeyClass
from consent.reading import read_audit_key
from consent.tables import person as person_table
from gateway.commit import Committer
from gateway.database import write_transaction
from gateway.logs import logger, where
from gateway.notices.due import MOST_AT_ONCE, Due, is_worked_off, newest_due, read_due
from gateway.notices.giving import give, take_turn
from gateway.notices.horizon import Horizon
from gateway.notices.notice import notice_of
from gateway.notices.places import Place, Reached, nothing
from gateway.notices.relying import TOLD, Ending, relied_on
from gateway.notices.tables import notice_looked
from gateway.registry.snapshot import RESERVED, Registry

_Keys = Mapping[str, DataKey | None]


@dataclass
class Looking:
    """Works off what is due. `registry` gives the newest registrations."""

    committer: Committer
    registry: Callable[[], Awaitable[Registry]]
    reached: Reached = nothing
    _horizon: Horizon = field(default_factory=Horizon)

    async def look(self, stop: asyncio.Event) -> None:
        """Work off everything that is due now, or until `stop`.

        What cannot be worked off waits, and holds up nothing else.

        Raises:
            SQLAlchemyError, OSError: the database does not answer.
        """
        async with self.committer.engine.connect() as connection:
            newest = await newest_due(connection)
            due = await read_due(connection, after=self._horizon.after)
        waiting = [each.seq for each in due if stop.is_set() or not await self._is_done(each)]
        beyond = [due[-1].seq + 1] if len(due) == MOST_AT_ONCE else []
        self._horizon.seen(newest, min([*waiting, *beyond], default=None))

    async def _is_done(self, due: Due) -> bool:
        try:
            await self._work_off(due)
        except Exception as error:  # noqa: BLE001 - whatever went wrong with this one, the others are told
            logger().error("notices.waiting", **where(error))
            return False
        return True

    async def _work_off(self, due: Due) -> None:
        ending = TOLD[due.section, due.field]
        async with self.committer.engine.connect() as connection:
            keys = await self._keys(connection, due.person)
            relied = await self._relied(connection, due, ending, keys)
        facts = self.committer.facts
        webhooks = (await self.registry()).webhooks if relied else {}
        told = [await notice_of(facts.keys, due, ending.kind, each, relied[each]) for each in sorted(relied)]
        await self.reached(Place.LOOKED)
        self._know(keys)
        async with write_transaction(self.committer.engine) as connection:
            await take_turn(connection)
            if await is_worked_off(connection, due):
                return
            for each in told:
                person = due.person if keys.get(due.person) else None
                announced = each.organisation in webhooks
                await give(connection, self.committer, each, person=person, announced=announced)
            await connection.execute(insert(notice_looked).values(due=due.seq))
        await self.reached(Place.GIVEN)

    async def _relied(
        self, connection: AsyncConnection, due: Due, ending: Ending, keys: _Keys
    ) -> dict[str, tuple[str, ...]]:
        """Return for each organisation the requests that relied on the fact, oldest first."""
        relied: dict[str, tuple[str, ...]] = {}
        async for entry, said in self._disclosed(connection, keys):
            organisation = entry.leaf_json["organisation"]
            if relied_on(said[Field.DECISION], due.fact, ending, at=due.ended_at):
                relied[organisation] = (*relied.get(organisation, ()), said[Field.REQUEST]["id"])
        return relied

    async def _disclosed(
        self, connection: AsyncConnection, keys: _Keys
    ) -> AsyncIterator[tuple[Entry, Mapping[str, Any]]]:
        """Yield what was released about anybody of the family to an organisation, as far as it can be opened still."""
        # The fact may be another's than the person asked about: all in the family may have relied on it.
        async for entry in events_about_any(connection, sorted(keys)):
            leaf = entry.leaf_json
            # INVARIANT: only organisations get notices; persons and mentors ask under a word that is reserved.
            if leaf["kind"] != Kind.EXCHANGE_DISCLOSED or leaf["organisation"] in RESERVED:
                continue
            self._know(keys)  # the sealer forgets in a minute, and a family may have a long log
            try:
                found = opened_but_facts(self.committer.sealer, entry)
                said = {name: each["value"] for name, each in found.items()}
            except SealBrokenError as error:
                # Nobody can say any more what it held; the others are told.
                logger().error("notices.event_broken", **where(error))
                continue
            if Field.DECISION in said:  # else its person was erased
                yield entry, said

    async def _keys(self, connection: AsyncConnection, person: str) -> _Keys:
        """Return the audit key of everybody in the family of `person`, None of who was erased."""
        group = select(person_table.c.family).where(person_table.c.id == person).scalar_subquery()
        family = (await connection.execute(select(person_table.c.id).where(person_table.c.family == group))).scalars()
        keys = self.committer.facts.keys
        return {each: await read_audit_key(connection, keys, each) for each in family.all()}

    def _know(self, keys: _Keys) -> None:
        known = {(person, KeyClass.AUDIT): key for person, key in keys.items() if key is not None}
        self.committer.sealer.know([(person, 0) for person in keys], known)
