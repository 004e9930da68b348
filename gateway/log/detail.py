"""One event in full, as an officer may see it: verdict, reasons, bases with their articles, evidence, and the proof."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import EventOutcome, Field
from audit.part import EXCHANGE, WHOLE, Element, Part, is_erased, part, said_in
from audit.proving import NotProvenYetError, prove
from audit.read import event_named
from audit.signing import VerifierKey
from consent.decide import decide
from consent.explanation.catalogue import LANGUAGES, texts_in
from consent.explanation.explain import explain
from consent.explanation.numbered import NUMBERS, ROWS, with_articles
from consent.rulesets import UnknownRuleSetError
from consent.situation import UnknownPersonError
from gateway.committing.calls import NotAllowedError
from gateway.identity.caller import Caller
from gateway.log.past import Past, UnreadableEventError, read_past
from gateway.log.reading import looked
from gateway.log.searching import Searching
from gateway.log.telling import EventLostError, bring_keys, tell_or_fail
from schemas.canonical_json import canonical
from schemas.words import Reason

_SHOWN: Final = ("id", "holder", "category", "result", "basis", "reason")


@dataclass(frozen=True)
class Details:
    """Shows single events. `keys` are the log's own verifier key, and then its witnesses'."""

    searching: Searching
    keys: Sequence[VerifierKey]
    require_confirmed_rules: bool

    async def show(self, caller: Caller, request_id: str, event_id: str) -> dict[str, Any]:
        """Return what the officer `caller` may see of an event; that he looked is on record before he sees.

        Raises:
            NotAllowedError: no officer, no such event, or no part in it; that he tried is in the log.
            AuditUnavailableError: the log cannot be read or written now, or the event was changed.
        """
        viewer = await self.searching.require_officer(caller, request_id, what="event")
        key = await self.searching.key()
        try:
            async with self.searching.opened() as connection:
                entry, seen = await self._seen(connection, event_id, viewer)
                proof = {} if entry is None or seen is None else await self._proof(connection, entry, seen)
        except EventLostError:
            lost = looked(caller, request_id, {"read": "event", "event": ""}, outcome=EventOutcome.DENY)
            await self.searching.committer.keep(lost)
            raise
        about = None if seen is None or seen.person is None else await self.searching.persons.with_key(seen.person)
        detail: dict[str, Any] = {"read": "event", "event": "" if seen is None else seen.told.id}
        outcome = EventOutcome.DENY if seen is None else EventOutcome.OK
        await self.searching.committer.keep(looked(caller, request_id, detail, outcome=outcome, person=about))
        if seen is None:
            raise NotAllowedError
        row = self.searching.showing(viewer, key).row(seen)
        return {**row, **self._why(seen), **proof, "request_id": row["request_id"], "read_as": request_id}

    async def part_of(self, event_id: str, viewer: str) -> Part | None:
        """Return what an officer of `viewer` may see of an event, or None. It puts nothing on record.

        Raises:
            AuditUnavailableError: the log cannot be read now; `EventLostError`, the event was changed.
        """
        async with self.searching.opened() as connection:
            return await self.part_in(connection, event_id, viewer)

    async def part_in(self, connection: AsyncConnection, event_id: str, viewer: str) -> Part | None:
        """Return what `part_of` does, as the transaction of `connection` sees it."""
        return (await self._seen(connection, event_id, viewer))[1]

    async def _seen(self, connection: AsyncConnection, event_id: str, viewer: str) -> tuple[Entry | None, Part | None]:
        try:
            entry = await event_named(connection, str(UUID(event_id)))
        except ValueError:
            return None, None
        if entry is None:
            return None, None
        unfit = await bring_keys(self.searching.committer, connection, [entry])
        return entry, part(tell_or_fail(self.searching.committer, entry, unfit), viewer)

    async def _proof(self, connection: AsyncConnection, entry: Entry, seen: Part) -> dict[str, Any]:
        """Return the event's proof: with its leaf, so only for who may know all that the leaf says."""
        if not seen.is_whole:
            return {"proof": None, "proof_is": "withheld"}
        try:
            written = await prove(connection, entry, keys=self.keys, opened=None)
        except NotProvenYetError:
            return {"proof": None, "proof_is": "pending"}
        return {"proof": orjson.Fragment(written), "proof_is": "given"}

    def _why(self, seen: Part) -> dict[str, Any]:
        if seen.told.kind not in EXCHANGE or is_erased(seen.told):
            return {"why": None}
        elements = [*seen.elements, *seen.not_asked]
        numbers = sorted({each["basis"] for each in elements if each.get("basis")})
        reasons = sorted({str(each["reason"]) for each in elements if each.get("reason")})
        why: dict[str, Any] = {
            "elements": [{name: each[name] for name in _SHOWN if name in each} for each in elements],
            "bases": {number: _in_each_language(number) for number in numbers if number in ROWS or number in NUMBERS},
            "reasons": {each: _reason(each) for each in reasons},
            "evidence": _evidence(seen, elements),
        }
        if seen.viewer == WHOLE:
            why["explanation"] = self._explained(seen)
        return {"why": why}

    def _explained(self, seen: Part) -> Mapping[str, str] | None:
        """Return the officer's explanation, in the words of the rules as they were; None where it cannot be given."""
        told = seen.told
        try:
            past = read_past({str(name): value for name, value in told.fields.items()})
        except (UnreadableEventError, UnknownRuleSetError):
            return None
        return _explanation(past, require_confirmed_rules=self.require_confirmed_rules)


def _explanation(past: Past, *, require_confirmed_rules: bool) -> Mapping[str, str] | None:
    try:
        decision = decide(past.request, past.facts, past.request.at, require_confirmed_rules=require_confirmed_rules)
        # Only words about the decision that was really taken.
        if canonical(decision.as_json()) != canonical(dict(past.decision)):
            return None
        return explain(past.request, decision).officer
    except (ValueError, UnknownPersonError):
        return None


def _evidence(seen: Part, elements: Iterable[Element]) -> dict[str, list[str]]:
    """Return the facts that each shown element passed on, by their ids: no word of what they say.

    For the gateway's own officer: their number alone tells that a second parent had to say yes, and one without an id
    is named by its place, such as a finding that somebody is incapable.
    """
    if seen.viewer != WHOLE:
        return {}
    decided = said_in(seen.told, Field.DECISION).get("elements", {})
    shown = {each["id"] for each in elements if "id" in each}
    found = {name: decided[name].get("evidence", []) for name in shown if name in decided}
    return {name: list(evidence) for name, evidence in sorted(found.items()) if evidence}


def _in_each_language(number: str) -> dict[str, str]:
    return {language: with_articles(texts_in(language), number) for language in LANGUAGES}


def _reason(reason: str) -> dict[str, str]:
    return {language: texts_in(language)(f"reason.{Reason(reason)}") for language in LANGUAGES}
