"""What officers see of a decision: everybody his own part, nobody any content (`design.md` 1.1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from audit.events import Event, EventOutcome, Field, Kind
from audit.read import SealBrokenError, events_of_request, opened
from audit.store import AuditUnavailableError
from consent.keys import KeyUnavailableError
from consent.store import PERSON_SYSTEM
from gateway.commit import Committer
from gateway.identity.caller import Caller
from gateway.recording import actor
from schemas.words import Reason, Result

GATEWAY: Final = "gateway"
"""`Caller.officer_of` of the gateway's own officer."""

_REQUEST_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_REQUEST: Final = ""
"""Looked for in place of what no request was ever called, which a database may choke on: the same work."""

_EXCHANGE: Final = frozenset({Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED})


class NoSuchDecisionError(Exception):
    """There is no such decision, or this officer has no part in it: answer the same to both."""


@dataclass(frozen=True)
class Decisions:
    """Reads decisions back out of the log."""

    committer: Committer

    async def view(self, request_id: str, caller: Caller) -> dict[str, Any]:
        """Return what `caller` may see of the decision on `request_id`. That he looked is on record before he sees.

        Raises:
            NoSuchDecisionError: no such decision, no officer, or no part in it.
            AuditUnavailableError: the log cannot be read or written now.
        """
        told = await self._read(request_id if _REQUEST_ID.fullmatch(request_id) else _NO_REQUEST)
        seen = None if told is None else _part(told, caller)
        await self._record_reading(request_id, caller, found=seen is not None)
        if seen is None:
            raise NoSuchDecisionError
        return seen

    async def _read(self, request_id: str) -> dict[str, Any] | None:
        try:
            async with self.committer.engine.connect() as connection:
                entries = await events_of_request(connection, request_id)
        except (SQLAlchemyError, OSError) as error:
            raise AuditUnavailableError("the log cannot be read") from error
        for entry in entries:
            if entry.leaf_json["kind"] not in _EXCHANGE:
                continue
            if entry.person is not None:
                await self.committer.gather(PERSON_SYSTEM, entry.person, also=frozenset())
            try:
                fields = opened(self.committer.sealer, entry)
            except (SealBrokenError, KeyUnavailableError) as error:
                raise AuditUnavailableError("the log cannot be trusted") from error
            return {"leaf": entry.leaf_json} | {name: each["value"] for name, each in fields.items()}
        return None

    async def _record_reading(self, request_id: str, caller: Caller, *, found: bool) -> None:
        event = Event(
            kind=Kind.LOG_READ,
            outcome=EventOutcome.OK if found else EventOutcome.DENY,
            organisation=caller.organisation,
            fields={
                Field.ACTOR: actor(caller),
                Field.REQUEST: {"id": request_id},
                Field.DETAIL: {"read": "decision"},
            },
        )
        await self.committer.keep(event)


def _part(told: Mapping[str, Any], caller: Caller) -> dict[str, Any] | None:
    """Return the part of `told` that the officer may see, or None where he has none."""
    leaf, elements = told["leaf"], told.get(Field.ELEMENTS, [])
    detail = told.get(Field.DETAIL, {})
    asker = told.get(Field.ACTOR, {})
    shown = {
        "request_id": told[Field.REQUEST]["id"],
        "at": leaf["at"],
        "organisation": leaf["organisation"],
        "rule_set": leaf["rule_set"],
        "purpose": told.get(Field.PURPOSE),
        "categories": told.get(Field.CATEGORIES),
    }
    if caller.officer_of is None:
        return None
    if caller.officer_of == GATEWAY:
        return shown | {
            "outcome": leaf["outcome"],
            "asked_by": asker,
            "subject": told.get(Field.SUBJECT),
            "elements": elements,
            "not_asked": detail.get("not_asked", []),
            "silent": detail.get("silent", {}),
            "leftovers": detail.get("leftovers", {}),
            "decision": told.get(Field.DECISION),
        }
    if caller.officer_of == leaf["organisation"]:
        released = [each for each in elements if each["result"] == Result.RELEASE]
        # Whom it was about follows from what was released and from nothing else: or he would learn who is known here.
        subject = {"subject": told.get(Field.SUBJECT)} if released else {}
        return shown | subject | {"asked_by": asker, "elements": released}
    own = [each for each in elements if each["holder"] == caller.officer_of]
    # A question that was not put to him is his only where he has to decide about it: else he would learn of a family
    # that he need not know.
    waiting = [
        each
        for each in detail.get("not_asked", [])
        if each["holder"] == caller.officer_of and each["reason"] == Reason.HOLDER_DECISION_PENDING
    ]
    if not own and not waiting:
        return None
    return shown | {"asked_by": asker, "subject": told.get(Field.SUBJECT), "elements": own, "not_asked": waiting}
