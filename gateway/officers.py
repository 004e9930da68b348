"""What officers see of a decision: everybody his own part, nobody any content (`design.md` 1.1)."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from audit.events import Field
from audit.read import SealBrokenError, events_of_request, opened
from audit.store import AuditUnavailableError
from consent.keys import KeyUnavailableError
from consent.store import PERSON_SYSTEM
from gateway.commit import Committer
from gateway.identity.caller import Caller
from gateway.recording import EXCHANGE, reading_event
from schemas.words import Reason, Result

GATEWAY: Final = "gateway"
"""`Caller.officer_of` of the gateway's own officer."""

REQUEST_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_REQUEST: Final = ""
"""Looked for in place of what no request was ever called, which a database may choke on: the same work."""


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

        Raises:
            NoSuchDecisionError: no such decision, no officer, or no part in it.
            AuditUnavailableError: the log cannot be read or written now.
        """
        told = await self._read(request_id if REQUEST_ID.fullmatch(request_id) else _NO_REQUEST)
        seen = None if told is None else _part(told, caller)
        await self.committer.keep(reading_event(caller, request_id, what="decision", seen=seen is not None))
        if seen is None:
            raise NoSuchDecisionError
        if caller.officer_of == GATEWAY:
            seen["warnings"] = await self.warnings()
        return seen

    async def _read(self, request_id: str) -> dict[str, Any] | None:
        try:
            async with self.committer.engine.connect() as connection:
                entries = await events_of_request(connection, request_id)
        except (SQLAlchemyError, OSError) as error:
            raise AuditUnavailableError("the log cannot be read") from error
        for entry in entries:
            if entry.leaf_json["kind"] not in EXCHANGE:
                continue
            if entry.person is not None:
                await self.committer.gather(PERSON_SYSTEM, entry.person, also=frozenset())
            try:
                fields = opened(self.committer.sealer, entry)
            except (SealBrokenError, KeyUnavailableError) as error:
                raise AuditUnavailableError("the log cannot be trusted") from error
            return {"leaf": entry.leaf_json} | {name: each["value"] for name, each in fields.items()}
        return None


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
    # A question that was not put to him is his only where he has to decide about it and knows the person: else he would
    # learn of a family that he need not know.
    waiting = [
        each
        for each in detail.get("not_asked", [])
        if caller.officer_of in detail.get("waiting", ())
        and each["holder"] == caller.officer_of
        and each["reason"] == Reason.HOLDER_DECISION_PENDING
    ]
    if not own and not waiting:
        return None
    return shown | {"asked_by": asker, "subject": told.get(Field.SUBJECT), "elements": own, "not_asked": waiting}
