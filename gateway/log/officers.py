"""What officers see of a decision: everybody his own part, nobody any content (`design.md` 1.1)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from audit.entry import Entry
from audit.events import Field
from audit.part import EXCHANGE, WHOLE, Part, part
from audit.read import SealBrokenError, events_of_request, opened
from audit.store import AuditUnavailableError
from audit.told import Told, told
from consent.keys import KeyUnavailableError
from gateway.committing.commit import Committer
from gateway.committing.recording import reading_event
from gateway.identity.caller import Caller
from gateway.ids import as_id
from gateway.log.persons import Persons
from gateway.log.telling import UNREADABLE, EventLostError, bring_keys, is_as_kept
from schemas.calendar import utc_milliseconds

GATEWAY: Final = WHOLE
"""`Caller.officer_of` of the gateway's own officer."""


def viewer_of(caller: Caller) -> str | None:
    """Return whose part of the log `caller` may read: that of his organisation, or `GATEWAY`; None for nobody's.

    An officer whose login was too weak to be sure of him reads none.
    """
    return caller.officer_of if caller.form == "officer" and caller.trusted else None


class NoSuchDecisionError(Exception):
    """There is no such decision, or this officer has no part in it: answer the same to both."""


@dataclass(frozen=True)
class Decisions:
    """Reads decisions back out of the log."""

    committer: Committer
    warnings: Callable[[], Awaitable[list[str]]]
    """What the gateway's own officer must know of the rule sets today, whatever he looks at."""

    async def view(self, request_id: str, caller: Caller) -> dict[str, Any]:
        """Return what `caller` may see of the decision on `request_id`. That he looked is on record before he sees.

        Where he sees whom it is about, the person finds it in his own log.

        Raises:
            NoSuchDecisionError: no such decision, no officer, a login too weak, or no part in it.
            AuditUnavailableError: the log cannot be read or written now, or the decision was changed.
        """
        viewer = viewer_of(caller)
        try:
            found = await self._read(as_id(request_id))
        except EventLostError:
            await self.committer.keep(reading_event(caller, request_id, what="decision", seen=False))
            raise
        seen = None if found is None or viewer is None else part(found, viewer)
        about = None if seen is None or seen.person is None else await Persons(self.committer).with_key(seen.person)
        looked = reading_event(caller, request_id, what="decision", seen=seen is not None, person=about)
        await self.committer.keep(looked)
        if seen is None:
            raise NoSuchDecisionError
        shown = _shown(seen)
        return shown | {"warnings": await self.warnings()} if viewer == GATEWAY else shown

    async def _read(self, request_id: str) -> Told | None:
        try:
            async with self.committer.engine.connect() as connection:
                entries = await events_of_request(connection, request_id)
        except (SQLAlchemyError, OSError) as error:
            raise AuditUnavailableError("the log cannot be read") from error
        is_lost = False
        for entry in entries:
            is_decision = _is_decision(entry)
            if is_decision:
                return await self._opened(entry)
            is_lost = is_lost or is_decision is None
        # Which of its events was the decision, one that was changed does not say.
        if is_lost:
            raise EventLostError("an event of the request was changed; verify the log")
        return None

    async def _opened(self, entry: Entry) -> Told:
        try:
            async with self.committer.engine.connect() as connection:
                await bring_keys(self.committer, connection, [entry])
            return told(entry, opened(self.committer.sealer, entry))
        except (SealBrokenError, *UNREADABLE) as error:
            raise EventLostError("the decision was changed; verify the log") from error
        except (KeyUnavailableError, SQLAlchemyError, OSError) as error:
            raise AuditUnavailableError("the log cannot be opened now") from error


def _is_decision(entry: Entry) -> bool | None:
    """Say whether `entry` tells what was decided; None where it is not what was kept."""
    try:
        return entry.leaf_json["kind"] in EXCHANGE if is_as_kept(entry) else None
    except UNREADABLE:
        return None


def _shown(seen: Part) -> dict[str, Any]:
    """Return what the officer may see, as the answer tells it."""
    told = seen.told
    fields = told.fields
    detail = fields.get(Field.DETAIL, {})
    shown = {
        "request_id": fields[Field.REQUEST]["id"],
        "at": utc_milliseconds(told.at),
        "organisation": told.organisation,
        "rule_set": told.rule_set,
        "purpose": fields.get(Field.PURPOSE),
        "categories": fields.get(Field.CATEGORIES),
        "asked_by": fields.get(Field.ACTOR, {}),
        "elements": list(seen.elements),
    }
    if seen.viewer == GATEWAY:
        return shown | {
            "outcome": str(told.outcome),
            "subject": fields.get(Field.SUBJECT),
            "not_asked": list(seen.not_asked),
            "silent": detail.get("silent", {}),
            "leftovers": detail.get("leftovers", {}),
            "decision": fields.get(Field.DECISION),
        }
    if seen.person is not None:
        shown["subject"] = seen.person
    # The asking side hears of no question that was not put.
    return shown if seen.viewer == told.organisation else shown | {"not_asked": list(seen.not_asked)}
