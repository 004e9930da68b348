"""Looking round and ahead: who might see what of a person, and what changes for him when. Never without a trace."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from audit.events import EventOutcome
from audit.store import AuditUnavailableError
from consent.explanation.catalogue import LANGUAGES, texts_in
from consent.explanation.who_may_see import for_authority, for_officer, for_person
from consent.known.family import Gathered
from consent.naming import PERSON_SYSTEM
from consent.outlook.forecast import forecast, horizon
from consent.outlook.looking_round import look_round
from consent.rulesets import RuleSet, rule_set_at
from consent.whose.allowed import MayNotError
from gateway.committing.commit import Committer
from gateway.committing.lasting import Lasting
from gateway.committing.once import unless_broken
from gateway.facts.looking import read_stage
from gateway.facts.seeing import helps_surely
from gateway.facts.stage import Stage
from gateway.identity.caller import Caller
from gateway.log.reading import looked
from gateway.outlook.ahead import facts_for, is_shown
from gateway.outlook.readers import Reader, reader_of
from gateway.registry.roles_of_kind import ROLES_OF_KIND
from gateway.registry.systems import Sources
from gateway.rules.confirmed import unconfirmed_is_refused
from schemas.calendar import written

ATTEMPTS: Final = 3
Json: TypeAlias = dict[str, Any]
See: TypeAlias = Callable[[Gathered, datetime], Awaitable[Json | None]]
"""Returns what somebody sees of these facts at an instant; None where it is not for him."""


class NoViewError(Exception):
    """There is nobody of this id, or it is not for who asks. Answer the same to both."""


@dataclass(frozen=True)
class Outlook:
    """Looks round and ahead. `askers` and `sources` give who can ask at all, and be asked, now."""

    committer: Committer
    sources: Callable[[], Sources]
    decided_at: Callable[[datetime], datetime]
    askers: Callable[[], Iterable[str]]
    require_confirmed_rules: bool
    confirmed: Callable[[RuleSet], Awaitable[bool]]

    async def who_may_see(self, person: str, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return who might see what of `person`, as far as `caller` is told.

        Raises:
            NoViewError: it is not for him, or there is nobody; that he tried is on record.
            AuditUnavailableError: the facts cannot be read or keep moving, or the event cannot be kept.
        """
        sources = self.sources()

        async def see(gathered: Gathered, at: datetime) -> Json | None:
            reader = reader_of(caller, gathered, at)
            if reader is None or reader is Reader.HELPER or gathered.person is None:
                return None
            refused = await unconfirmed_is_refused(at, required=self.require_confirmed_rules, confirmed=self.confirmed)
            holders = [name for name in sources if name not in gathered.stopped]
            # It takes seconds, in which everybody else must be answered too.
            return await asyncio.to_thread(
                _round, gathered, gathered.person, caller, reader, at, holders=holders, refused=refused
            )

        also = frozenset({*self.askers(), *sources})
        return await self._seen(person, caller, request_id, "who-may-see", see, also=also)

    async def ahead(self, person: str, caller: Caller, request_id: str, *, until: datetime | None) -> dict[str, Any]:
        """Return what lies ahead for `person` up to `until`, as far as it is for `caller`.

        Raises:
            NoViewError, AuditUnavailableError: as for `who_may_see`.
        """

        async def see(gathered: Gathered, at: datetime) -> Json | None:
            reader = reader_of(caller, gathered, at)
            if reader is None:
                return None
            end = horizon(at) if until is None else until
            stage = await self._stage(person, caller)
            surely = reader is not Reader.HELPER or _helps_surely(stage, person)
            entries = forecast(facts_for(reader, caller, gathered, stage.family.known, surely=surely), at, until=end)
            shown = [each.as_json() for each in entries if is_shown(each, reader, caller, gathered.person)]
            return {"person": gathered.person, "at": written(at), "until": written(end), "ahead": shown}

        return await self._seen(person, caller, request_id, "forecast", see)

    async def _stage(self, person: str, caller: Caller) -> Stage:
        with unless_broken("the facts cannot be read now"):
            async with self.committer.engine.connect() as connection:
                return await read_stage(self.committer, connection, person, caller, self.decided_at)

    async def _seen(  # noqa: PLR0913, PLR0917 - who looks at whom and how, and for what facts
        self, person: str, caller: Caller, request_id: str, what: str, see: See, also: frozenset[str] = frozenset()
    ) -> Json:
        """Put on record that somebody looked, and only then let him see; again where a fact moved or ended."""
        for _ in range(ATTEMPTS):
            gathered = await self.committer.gather(PERSON_SYSTEM, person, also=also | {caller.id, caller.organisation})
            at = self.decided_at(gathered.at)
            seen = await see(gathered, at)
            outcome = EventOutcome.DENY if seen is None else EventOutcome.OK
            event = looked(caller, request_id, {"read": what}, outcome=outcome, person=gathered.person)
            if seen is None:
                await self.committer.keep(event)
                raise NoViewError
            # INVARIANT: nobody sees what the law let him see a moment ago only.
            stands, prepared = gathered.footing.stands_in, self.committer.prepare(event)
            lasts = Lasting(self.committer.facts, self.decided_at).beside(gathered.facts, at)
            if await self.committer.commit(prepared, gathered.versions, stands=stands, beside=lasts) is not None:
                return seen | {"request_id": request_id}
        raise AuditUnavailableError("the facts keep moving")


def _helps_surely(stage: Stage, person: str) -> bool:
    try:
        return helps_surely(stage, person)
    except MayNotError:
        return False


def _round(  # noqa: PLR0913 - runs in a thread of its own, with all that it needs
    gathered: Gathered,
    person: str,
    caller: Caller,
    reader: Reader,
    at: datetime,
    *,
    holders: Sequence[str],
    refused: bool,
) -> dict[str, Any]:
    facts = gathered.facts
    found = look_round(
        person,
        facts,
        at,
        holders=holders,
        roles=ROLES_OF_KIND,
        # What a holder decided may have to be told later, or never: only the officer sees what follows from it.
        decided=gathered.decided if reader is Reader.OFFICER else (),
        lone=gathered.lone,
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
