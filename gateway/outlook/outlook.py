"""Looking round and ahead: who might see what of a person, and what changes for him when. Never without a trace."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.contract import RecordSource
from audit.events import Event, EventOutcome, Field, Kind
from consent.explanation.catalogue import LANGUAGES, texts_in
from consent.explanation.who_may_see import for_authority, for_officer, for_person
from consent.known.family import Gathered
from consent.outlook.forecast import Ahead, Effect, forecast, horizon
from consent.outlook.looking_round import look_round
from consent.rulesets import RuleSet, rule_set_at
from consent.store.fact_store import PERSON_SYSTEM
from gateway.committing.commit import Committer
from gateway.committing.recording import actor
from gateway.identity.caller import Caller
from gateway.outlook.readers import Reader, reader_of
from gateway.registry.roles_of_kind import ROLES_OF_KIND
from schemas.calendar import written

_FOR_AUTHORITY = frozenset({"authority", "orders", "mandates"})


class NoViewError(Exception):
    """There is nobody of this id, or it is not for who asks. Answer the same to both."""


@dataclass(frozen=True)
class Outlook:
    """Looks round and ahead. `askers` are the organisations that can ask at all; `sources` by holder."""

    committer: Committer
    sources: Mapping[str, Sequence[RecordSource]]
    decided_at: Callable[[datetime], datetime]
    askers: Callable[[], Iterable[str]]
    require_confirmed_rules: bool
    confirmed: Callable[[RuleSet], Awaitable[bool]]

    async def who_may_see(self, person: str, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return who might see what of `person`, as far as `caller` is told.

        Raises:
            NoViewError: it is not for him, or there is nobody; that he tried is on record.
            AuditUnavailableError: the facts cannot be read, or the event cannot be kept.
        """
        gathered = await self._gather(person, caller, also=frozenset({*self.askers(), *self.sources}))
        at = self.decided_at(gathered.at)
        reader = reader_of(caller, gathered, at)
        seen = None
        if reader is not None and reader is not Reader.HELPER and gathered.person is not None:
            refused = await self._unconfirmed_is_refused(at)
            # It takes seconds, in which everybody else must be answered too.
            seen = await asyncio.to_thread(self._round, gathered, gathered.person, caller, reader, at, refused=refused)
        return await self._kept(seen, gathered, caller, request_id, "who-may-see")

    async def ahead(self, person: str, caller: Caller, request_id: str, *, until: datetime | None) -> dict[str, Any]:
        """Return what lies ahead for `person` up to `until`, as far as it is for `caller`.

        Raises:
            NoViewError, AuditUnavailableError: as for `who_may_see`.
        """
        gathered = await self._gather(person, caller, also=frozenset())
        at = self.decided_at(gathered.at)
        reader = reader_of(caller, gathered, at)
        seen = None
        if reader is not None:
            end = horizon(at) if until is None else until
            entries = forecast(gathered.facts, at, until=end)
            shown = [each.as_json() for each in entries if _is_for(each, reader, caller, gathered)]
            seen = {"person": gathered.person, "at": written(at), "until": written(end), "ahead": shown}
        return await self._kept(seen, gathered, caller, request_id, "forecast")

    async def _gather(self, person: str, caller: Caller, *, also: frozenset[str]) -> Gathered:
        return await self.committer.gather(PERSON_SYSTEM, person, also=also | {caller.id, caller.organisation})

    def _round(  # noqa: PLR0913 - runs in a thread of its own, with all that it needs
        self, gathered: Gathered, person: str, caller: Caller, reader: Reader, at: datetime, *, refused: bool
    ) -> dict[str, Any]:
        facts = gathered.facts
        found = look_round(
            person,
            facts,
            at,
            holders=[name for name in self.sources if name not in gathered.stopped],
            roles=ROLES_OF_KIND,
            # What a holder decided may have to be told later, or never: only the officer sees what follows from it.
            decided=gathered.decided if reader is Reader.OFFICER else (),
            require_confirmed_rules=refused,
        )
        told: dict[str, Any] = {"person": person, "at": written(at), "rule_set": rule_set_at(at).name}
        if reader is Reader.OFFICER:
            left_out = sorted({name for each in found.left_out for name in each.organisations})
            return told | {"sights": for_officer(found.sights), "left_out": left_out}
        more = {language: texts_in(language)("client.more") for language in LANGUAGES}
        sights = (
            for_person(found.sights, facts, person)
            if reader is Reader.HIMSELF
            else for_authority(found.sights, facts, caller.id)
        )
        return told | {"sights": sights, "message": more}

    async def _unconfirmed_is_refused(self, at: datetime) -> bool:
        # As the exchange does.
        rules = rule_set_at(at)
        if not self.require_confirmed_rules or not rules.needs_confirmation:
            return self.require_confirmed_rules
        return not await self.confirmed(rules)

    async def _kept(
        self, seen: dict[str, Any] | None, gathered: Gathered, caller: Caller, request_id: str, what: str
    ) -> dict[str, Any]:
        """Put on record that somebody looked, and only then let him see."""
        event = Event(
            kind=Kind.LOG_READ,
            outcome=EventOutcome.DENY if seen is None else EventOutcome.OK,
            organisation=caller.organisation,
            person=gathered.person,
            request_id=request_id,
            fields={
                Field.ACTOR: actor(caller),
                Field.SUBJECT: gathered.person,
                Field.REQUEST: {"id": request_id},
                Field.DETAIL: {"read": what},
            },
        )
        await self.committer.keep(event)
        if seen is None:
            raise NoViewError
        return seen | {"request_id": request_id}


def _is_for(each: Ahead, reader: Reader, caller: Caller, gathered: Gathered) -> bool:
    """Return whether an entry is shown, as `gateway.facts.seeing` shows the fact that it comes from."""
    if each.effect is Effect.RULES:
        return True
    if each.about != gathered.person:
        return False
    if reader in {Reader.OFFICER, Reader.HIMSELF}:
        return True
    if each.section == "persons":
        # That somebody must speak for him when he comes of age tells what was found about him.
        return each.effect is Effect.BIRTHDAY
    if reader is Reader.AUTHORITY:
        return each.section in _FOR_AUTHORITY or each.given_by == caller.id
    return not each.names.isdisjoint({caller.id, caller.organisation})
