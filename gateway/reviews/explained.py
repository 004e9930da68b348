"""What a reviewer is shown of the event that he judges: who, why, on which basis, what kinds of data. Never content."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Field, Kind
from audit.part import Part, part
from audit.read import SealBrokenError, event_named, events_of_request, opened, provable
from audit.review.rows import GATEWAY
from audit.told import Told, told
from audit.verifying.checks import opened_fault
from gateway.committing.commit import Committer
from gateway.log.telling import UNREADABLE, bring_keys, is_as_kept

_OF_CONSENT: Final = ("given_by", "recipients", "holders", "purposes", "categories", "form", "identity_verified")
_OF_EMERGENCY: Final = ("reason_code", "conditions", "opened_at", "expires_at")


class ChangedEventError(Exception):
    """An event is not what was kept: nobody judges on it; verify the log."""


async def read_event(connection: AsyncConnection, committer: Committer, event: str) -> Told:
    """Return an event, held against its hash, and what opens of it against what it committed to.

    What is left of a decision of which the facts are gone (`Told.gone`) is held against nothing: it proves nothing.

    Raises:
        ChangedEventError: somebody changed it.
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    entry = await event_named(connection, event)
    if entry is None or not is_as_kept(entry):
        raise ChangedEventError("the leaf of an event does not give its hash")
    if await bring_keys(committer, connection, [entry]):
        raise ChangedEventError("a key of an event does not fit")
    try:
        fields = opened(committer.sealer, entry)
        found = told(entry, fields)
    except (SealBrokenError, ValueError) as error:
        raise ChangedEventError("an event cannot be opened") from error
    fault = opened_fault(provable(fields), entry.leaf_json["commitments"])
    if fault:
        raise ChangedEventError(fault)
    return found


async def emergency_of(
    connection: AsyncConnection, committer: Committer, event: Told, holder: str
) -> Told | ChangedEventError | None:
    """Return the event that says under what an emergency was opened of which `event` is the release; None for others.

    That is the one of `holder`, or the first where the gateway's officer judges. Where somebody changed it, or changed
    one that may be it, what is wrong.

    Raises:
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    if event.kind is not Kind.EXCHANGE_DISCLOSED or event.request_id is None:
        return None
    found, changed = await _beside(connection, event.request_id, Kind.EMERGENCY_OPENED)
    for entry in found:
        if holder in (GATEWAY, _leaf(entry).get("counterparty")):
            try:
                return await read_event(connection, committer, entry.event_id)
            except ChangedEventError as error:
                return error
    return changed


async def why_opened(connection: AsyncConnection, committer: Committer, item: str, request_id: str | None) -> Any:
    """Return what was said where the review `item` was opened (`because` of `review.opened`); None where nothing was.

    Where it cannot be known, because somebody changed the event that says it or one that may be it: `{"fault": why}`.

    Raises:
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    found, changed = await _beside(connection, request_id or item, Kind.REVIEW_OPENED)
    for entry in found:
        try:
            detail = (await read_event(connection, committer, entry.event_id)).fields.get(Field.DETAIL)
        except ChangedEventError as error:
            changed = error
            continue
        if isinstance(detail, Mapping) and detail.get("item") == item:
            return detail.get("because")
    return None if changed is None else {"fault": str(changed)}


async def _beside(
    connection: AsyncConnection, request_id: str, kind: Kind
) -> tuple[list[Entry], ChangedEventError | None]:
    """Return the events of a request that are of `kind`, and what is wrong where any is not as it was kept.

    One that was changed says nothing: not that it is of `kind`, nor that it is not.
    """
    found, changed = [], None
    for entry in await events_of_request(connection, request_id):
        if not is_as_kept(entry):
            changed = ChangedEventError("another event of the request was changed, and may be the one that says it")
        elif _leaf(entry).get("kind") == kind:
            found.append(entry)
    return found, changed


def _leaf(entry: Entry) -> Mapping[str, Any]:
    """Return the leaf of `entry`; nothing of one that somebody made something else of, and its hashes too."""
    try:
        leaf: object = entry.leaf_json
    except UNREADABLE:
        return {}
    return leaf if isinstance(leaf, dict) else {}


def explained(event: Told, organisation: str, emergency: Told | ChangedEventError | None) -> dict[str, Any]:
    """Return what an officer of `organisation` (or `gateway`) sees of `event`, and under what it was an `emergency`.

    Where that cannot be known `emergency` has the `fault` alone.
    """
    fields, seen = event.fields, part(event, organisation)
    if seen is None:
        # Nothing of it is his, or it was erased: then who acted is left.
        return {
            "id": event.id,
            "at": event.at.isoformat(timespec="milliseconds"),
            "kind": None,
            "outcome": None,
            "actor": fields.get(Field.ACTOR),
            "subject": None,
        }
    shown: dict[str, Any] = {
        "id": event.id,
        "at": event.at.isoformat(timespec="milliseconds"),
        "kind": None if seen.kind is None else str(seen.kind),
        "outcome": None if seen.outcome is None else str(seen.outcome),
        "organisation": event.organisation,
        "rule_set": event.rule_set,
        "request_id": event.request_id,
        "actor": fields.get(Field.ACTOR),
        "subject": seen.person if Field.SUBJECT in fields else None,
        "purpose": fields.get(Field.PURPOSE),
        "categories": fields.get(Field.CATEGORIES),
        "justification": fields.get(Field.JUSTIFICATION),
    }
    detail = fields.get(Field.DETAIL)
    if Field.ELEMENTS in fields:
        shown["elements"] = _elements(seen, fields.get(Field.DECISION, {}))
    declared = event if event.kind is Kind.EMERGENCY_OPENED else emergency
    told_of_it = declared.fields.get(Field.DETAIL) if isinstance(declared, Told) else None
    if isinstance(declared, ChangedEventError):
        shown["emergency"] = {"fault": str(declared)}
    elif isinstance(told_of_it, Mapping):
        shown["emergency"] = {name: told_of_it[name] for name in _OF_EMERGENCY if name in told_of_it}
    if event.kind is Kind.CONSENT_GIVEN and isinstance(detail, Mapping):
        said = detail.get("said", {})
        shown["consent"] = {name: said[name] for name in _OF_CONSENT if name in said}
        shown["seen"] = detail.get("evidence")
    return shown


def _elements(seen: Part, decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    # The rules tell that somebody is incapable, or has a curator: they are the gateway's own officer's.
    names = ("rules", "obligations") if seen.viewer == GATEWAY else ("obligations",)
    by_element = decision.get("elements", {})
    return [
        {**each, **{name: by_element[each["id"]][name] for name in names}}
        for each in seen.released
        if each["id"] in by_element
    ]
