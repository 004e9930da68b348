"""Looking who relied on a fact that ended, and giving each of these organisations its notice.

An exchange that relied on the fact was committed before its end was, or not at all (facts contract, F5), so whoever
looks behind that commit finds them all. Any number of workers may look at once, and each may die at any step: what they
find is the same, and only the first keeps it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Field, Kind
from audit.read import SealBrokenError, events_about_any, opened, opened_but_facts, told_of
from consent.keys import DataKey, KeyClass
from consent.store.reading import read_audit_keys
from consent.store.tables import person as person_table
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.log.telling import UNREADABLE, is_as_kept
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
        waiting, after, more = list[int](), self._horizon.after, True
        while more and not stop.is_set():
            async with self.committer.engine.connect() as connection:
                due = await read_due(connection, after=after)
            waiting += [each.seq for each in due if stop.is_set() or not await self._is_done(each)]
            after, more = due[-1].seq if due else after, len(due) == MOST_AT_ONCE
        beyond = [after + 1] if more else []
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
        async with write_transaction(self.committer.engine) as connection:
            await take_turn(connection)
            if await is_worked_off(connection, due):
                return
            if told:
                keys = await self._keys_of(connection, [due.person])  # he may have been erased meanwhile
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
        # The fact may be another's than the person asked about: all in the family may have relied on it.
        async for entry in events_about_any(connection, sorted(keys)):
            if not all(map(self.committer.sealer.knows, keys)):
                # The sealer forgot them after a minute, in which they may have been destroyed; a log may be long.
                async with self.committer.engine.connect() as other:
                    keys = await self._keys_of(other, keys)
            try:
                found = self._request(entry, due, ending, keys)
            except (SealBrokenError, *UNREADABLE) as error:
                # Nobody can say any more what it held; the others are told.
                logger().error("notices.event_broken", **where(error))
                continue
            if found is not None:
                organisation, request_id = found
                relied[organisation] = (*relied.get(organisation, ()), request_id)
        return relied

    def _request(self, entry: Entry, due: Due, ending: Ending, keys: _Keys) -> tuple[str, str] | None:
        """Return who asked, an organisation, and the request, where `entry` released something that relied on the fact.

        Raises:
            SealBrokenError, ValueError, KeyError, TypeError, AttributeError: somebody changed it.
        """
        if not is_as_kept(entry):
            raise SealBrokenError("the leaf of an event does not give its hash")
        leaf = entry.leaf_json
        # INVARIANT: only organisations get notices; persons and mentors ask under a word that is reserved.
        if leaf["kind"] != Kind.EXCHANGE_DISCLOSED or leaf["organisation"] in RESERVED:
            return None
        found = opened_but_facts(self.committer.sealer, entry)
        if Field.DECISION not in found:
            return None  # its person was erased
        left = found[Field.DECISION]["value"]
        if relied_on(left, due.fact, ending, at=due.ended_at) and relied_on(
            self._whole(entry, keys, left), due.fact, ending, at=due.ended_at
        ):
            return leaf["organisation"], found[Field.REQUEST]["value"]["id"]
        return None

    def _whole(self, entry: Entry, keys: _Keys, left: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the decision of `entry` with when it ended, where all are known still of whom its facts told."""
        sealer = self.committer.sealer
        if not {*told_of(sealer, entry)} <= keys.keys():
            return left
        try:
            whole: Mapping[str, Any] = opened(sealer, entry)[Field.DECISION]["value"]
        except SealBrokenError as error:
            logger().error("notices.event_broken", **where(error))
            return left
        return whole

    async def _keys(self, connection: AsyncConnection, person: str) -> _Keys:
        """Return the audit key of everybody in the family of `person`, None of who was erased."""
        group = select(person_table.c.family).where(person_table.c.id == person).scalar_subquery()
        family = (await connection.execute(select(person_table.c.id).where(person_table.c.family == group))).scalars()
        return await self._keys_of(connection, family.all())

    async def _keys_of(self, connection: AsyncConnection, persons: Iterable[str]) -> _Keys:
        """Return the audit key of each of `persons` as it is now, and have it at hand for a minute."""
        those = sorted(persons)
        found = await read_audit_keys(connection, self.committer.facts.keys, those)
        known = {(person, KeyClass.AUDIT): key for person, key in found.items()}
        self.committer.sealer.know([(person, 0) for person in those], known)
        return {person: found.get(person) for person in those}
