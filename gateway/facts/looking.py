"""Looking at what is known of somebody: for whom the table names, and never without a trace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome
from audit.sealing import ErasedError
from audit.store import AuditUnavailableError
from consent.known.family import Family, Versions
from consent.known.rows import Known
from consent.store.holding import lock
from consent.store.reading import read_family
from consent.store.recorders import read_recorders
from consent.store.tables import ID_LENGTH
from consent.whose.allowed import MayNotError
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.evenly import Evenly
from gateway.committing.lasting import Lasting
from gateway.committing.once import unless_broken
from gateway.database.engine import write_transaction
from gateway.facts.keeping import never_before
from gateway.facts.seeing import fields_of, is_in_force, recorded_by, seen
from gateway.facts.stage import Stage
from gateway.identity.caller import Caller
from gateway.log.reading import looked
from schemas.calendar import local_milliseconds, parse_moment

ATTEMPTS: Final = 3
_NOBODY: Final = ""

Choose = Callable[[list[Known]], list[Known]]
"""Picks what was asked for out of what somebody may see; raises MayNotError where that must be there and is not."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody saw, in the order of recording: before whom he stood, and the family as it was known then."""

    stage: Stage
    family: Family
    found: list[Known]


@dataclass(frozen=True)
class FactsView:
    """Shows facts about a person. `decided_at` turns the database's clock into that of decisions.

    A look that is refused takes as long whoever it was about (`evenly`).
    """

    committer: Committer
    decided_at: Callable[[datetime], datetime]
    evenly: Evenly

    async def look(
        self, person: str, caller: Caller, call: Call, *, at: datetime | None, known_at: datetime | None
    ) -> dict[str, Any]:
        """Return what `caller` may see; that he looked is on record before he sees.

        `at` leaves only what is in force then; `known_at` shows the facts as they were known then. Who may look is
        judged by what is known now.

        Raises:
            NotAllowedError: it is not for him, or there is nobody of this id; that he tried is in the log.
            AuditUnavailableError: it cannot be recorded now.
        """
        look = await self.find(person, caller, call, known_at=known_at)
        told = [_told(look.stage, each) for each in look.found if at is None or is_in_force(each, at)]
        return {"person": person, "facts": told, "request_id": call.request_id}

    async def find(
        self, person: str, caller: Caller, call: Call, *, known_at: datetime | None = None, choose: Choose = list
    ) -> Looked:
        """Return what `choose` picks out of what `caller` may see, for whoever writes it in another form.

        Raises:
            NotAllowedError, AuditUnavailableError: as `look`.
        """
        self.committer.health.require_whole()
        async with self.evenly.look(caller) as look:
            with unless_broken("this cannot be read or recorded now"):
                found = await self._found_at_last(person, caller, call, known_at, choose)
            look.tells = True
        return found

    async def _found_at_last(
        self, person: str, caller: Caller, call: Call, known_at: datetime | None, choose: Choose
    ) -> Looked:
        for _ in range(ATTEMPTS):
            look = await self._found(person, caller, call, known_at, choose)
            if look is not None:
                return look
        raise AuditUnavailableError("the facts keep moving")

    async def _found(
        self, person: str, caller: Caller, call: Call, known_at: datetime | None, choose: Choose
    ) -> Looked | None:
        """Return what he sees; None, and nothing on record, where a fact moved, or ended, while it was read."""
        async with write_transaction(self.committer.engine) as connection:
            stage = await read_stage(self.committer, connection, person, caller, self.decided_at)
            family = stage.family if known_at is None else stage.family.as_known_at(known_at)
            try:
                found: list[Known] | None = choose(seen(stage, person, family.known))
            except MayNotError:
                found = None
            # INVARIANT: nobody sees what the law let him see a moment ago only.
            if found is not None and not await self._stands(connection, stage):
                return None
            await self.committer.log.append(connection, _event(stage, call, found))
        # Only here, behind the commit, may anybody see.
        if found is None:
            raise NotAllowedError
        return Looked(stage, family, found)

    async def _stands(self, connection: AsyncConnection, stage: Stage) -> bool:
        facts = stage.family.facts(stage.registry, frozenset({stage.caller.id, stage.caller.organisation}))
        lasting = Lasting(self.committer.facts, self.decided_at)
        return await lock(connection, Versions(stage.family.members, stage.registry.version)) and await lasting.stands(
            connection, facts, parse_moment(stage.at)
        )


async def read_stage(
    committer: Committer,
    connection: AsyncConnection,
    person: str,
    caller: Caller,
    decided_at: Callable[[datetime], datetime],
) -> Stage:
    """Return `caller` before the family of `person`, as it is known now.

    Raises:
        ErasedError: somebody of it was erased while it was read.
        KeyUnavailableError, SealBrokenError, StoreBrokenError: it cannot be read.
    """
    facts = committer.facts
    name = person if 0 < len(person) <= ID_LENGTH and person.isprintable() else _NOBODY
    family = await read_family(connection, facts.keys, name)
    committer.sealer.know(family.members, family.keys)
    now = local_milliseconds(decided_at(await facts.clock(connection)))
    recorders = await read_recorders(connection, facts.keys, name)
    if any((row.name.person, row.name.version) not in recorders for row in family.told):
        raise ErasedError("somebody of a family was erased while it was read")
    return Stage(
        caller=caller,
        person=name if family.members else None,
        family=family,
        registry=await facts.registry(connection),
        recorders=recorders,
        # So what ended has ended, also where the database's clock was set back since.
        at=never_before(now, decided_at(family.read_at)),
    )


def _told(stage: Stage, known: Known) -> dict[str, Any]:
    recorder = stage.recorders[known.person, known.version]
    return {
        "id": known.id,
        "section": known.section,
        "fields": fields_of(stage, known),
        "recorded_by": recorded_by(stage, known),
        "recorded_at": local_milliseconds(recorder.recorded_at),
        "needs": list(lacks(stage, known)),
        **_beside(known),
    }


def lacks(stage: Stage, known: Known) -> tuple[str, ...]:
    """Return the confirmations that a fact still lacks; none where nobody can say."""
    try:
        return stage.lacks(known)
    except MayNotError:
        return ()


def _beside(known: Known) -> Mapping[str, Any]:
    word = known.word
    accepted = {} if word.partners is None else {"accepted_by": sorted(word.partners)}
    return accepted if word.closed_on is None else {**accepted, "closed_on": word.closed_on}


def _event(stage: Stage, call: Call, found: list[Known] | None) -> Event:
    detail = {"read": "facts", "asked": dict(call.body), "facts": len(found or ())}
    outcome = EventOutcome.DENY if found is None else EventOutcome.OK
    return looked(stage.caller, call.request_id, detail, outcome=outcome, person=stage.person)
