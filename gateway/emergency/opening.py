"""Opening an emergency (LB-24): its event and its holder's notice are kept with what leaves, or nothing leaves.

The name of an emergency is its request's id. Whatever several holders release to one request is a part for each of
them, with an event, a notice and a review of its own, as each may see his own part only.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.store import AuditUnavailableError
from consent.decision import ElementDecision
from consent.keys import KeyUnavailableError
from consent.law.rows_authorities import LB_24
from consent.request import Emergency
from gateway.committing.commit import Committer
from gateway.committing.recording import Judged, actor
from gateway.emergency.lacking import CONDITIONS
from gateway.emergency.parts import Part, keep_part, uses_about
from gateway.emergency.standing import LASTS, LOOKED_BACK, Use, barred
from gateway.notices.giving import give, take_turn
from gateway.notices.notice import Notice, notice_of_emergency
from gateway.registry.snapshot import Registry, RegistryError
from schemas.calendar import written
from schemas.words import Purpose, Result


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """One part that is to be kept: its row, its event, and the notice to its holder."""

    part: Part
    event: Event
    notice: Notice
    announced: bool


@dataclass(frozen=True)
class Emergencies:
    """Opens emergencies. `registry` gives the newest registrations: who has a webhook."""

    committer: Committer
    registry: Callable[[], Awaitable[Registry]]

    async def barred(
        self, purpose: Purpose, person: str | None, organisation: str, holders: Iterable[str], *, at: datetime
    ) -> Mapping[str, str]:
        """Return which of `holders` `organisation` does not ask about `person` now, and why; none but in an emergency.

        Read behind the facts: who closes an emergency raises the versions of the family, so a commit sees it.

        Raises:
            AuditUnavailableError: it cannot be read.
        """
        if purpose is not Purpose.EMERGENCY:
            return {}
        try:
            async with self.committer.engine.connect() as connection:
                uses = await uses_about(connection, person, organisation, since=at - LOOKED_BACK)
        except (SQLAlchemyError, OSError) as error:
            raise AuditUnavailableError("earlier emergencies cannot be read") from error
        return barred(uses, holders, at=at)

    async def opened(self, judged: Judged, request_id: str) -> tuple[Opened, ...]:
        """Return a part for each holder of whom something is released on LB-24; none where nothing is.

        Raises:
            AuditUnavailableError: keys or registrations cannot be read.
        """
        released = _released(judged)
        if not released:
            return ()
        keys = self.committer.facts.keys
        try:
            webhooks = (await self.registry()).webhooks
            notices = {holder: await notice_of_emergency(keys, holder, request_id) for holder in released}
        except (SQLAlchemyError, OSError, KeyUnavailableError, RegistryError) as error:
            raise AuditUnavailableError("the notice to the holder cannot be made") from error
        return tuple(
            Opened(
                part := _part(judged, request_id, holder, released[holder]),
                _event(judged, part, released[holder]),
                notice,
                announced=holder in webhooks,
            )
            for holder, notice in sorted(notices.items())
        )

    async def keep(self, connection: AsyncConnection, opened: Iterable[Opened]) -> None:
        """Keep each part, that it was opened, and its holder's notice, in the transaction of the request's own event.

        INVARIANT: it is committed with `exchange.disclosed` or not at all, so nothing leaves in an emergency of which
        the holder is not told.

        Raises:
            AuditUnavailableError: an event is not kept; the caller must not go on.
        """
        await take_turn(connection)
        for each in opened:
            await keep_part(connection, self.committer.sealer, each.part)
            await self.committer.log.append(connection, each.event)
            person = each.part.person
            await give(connection, self.committer, each.notice, person=person, announced=each.announced)


def _released(judged: Judged) -> dict[str, dict[str, ElementDecision]]:
    """Return what is released on LB-24, by holder and element."""
    found: dict[str, dict[str, ElementDecision]] = {}
    for name, decided in judged.decision.elements.items():
        if decided.result is Result.RELEASE and decided.basis == LB_24.number:
            found.setdefault(judged.gleaned.elements[name].source.organisation, {})[name] = decided
    return found


def _part(judged: Judged, request_id: str, holder: str, released: Mapping[str, ElementDecision]) -> Part:
    at, person = judged.request.at, judged.gathered.person
    assert person is not None  # noqa: S101 - for the type checker: nothing is released about nobody
    ends = [each.expires_at for each in released.values() if each.expires_at is not None]
    # A birthday may end a part of it sooner: then all of it ends. Hours are elapsed time, whatever the clocks do.
    use = Use(request_id, holder, at, min([*ends, at.astimezone(UTC) + LASTS]))
    return Part(use, judged.caller.organisation, person, judged.caller.id)


def _event(judged: Judged, part: Part, released: Mapping[str, ElementDecision]) -> Event:
    declared = judged.request.emergency
    assert declared is not None  # noqa: S101 - for the type checker: LB-24 asks for it
    elements = judged.gleaned.elements
    return Event(
        kind=Kind.EMERGENCY_OPENED,
        outcome=EventOutcome.OK,
        organisation=part.organisation,
        counterparties=frozenset({part.use.holder}),
        rule_set=judged.decision.rule_set,
        person=part.person,
        request_id=part.use.id,
        fields={
            Field.ACTOR: actor(judged.caller),
            Field.SUBJECT: part.person,
            Field.PURPOSE: str(judged.request.purpose),
            Field.CATEGORIES: sorted({str(elements[name].category) for name in released}),
            Field.JUSTIFICATION: declared.text,
            Field.REQUEST: {"id": part.use.id},
            Field.DETAIL: _detail(part, declared, released),
        },
    )


def _detail(part: Part, declared: Emergency, released: Mapping[str, ElementDecision]) -> dict[str, Any]:
    return {
        "emergency": part.use.id,
        "holder": part.use.holder,
        "worker": part.worker,
        "reason_code": declared.reason_code,
        "conditions": {name: getattr(declared, name) for name in CONDITIONS},
        "opened_at": written(part.use.opened_at),
        "expires_at": written(part.use.expires_at),
        "obligations": sorted({each for decided in released.values() for each in decided.obligations}),
    }
