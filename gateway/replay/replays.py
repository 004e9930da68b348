"""Any past decision, made again: from its own event, and from the store as it was known then.

Source: facts contract, F2; `design.md` I13.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.part import EXCHANGE
from audit.read import SealBrokenError, events_of_request, opened
from audit.store import AuditUnavailableError
from audit.told import told
from audit.tree import leaf_hash
from audit.verifying.checks import opened_fault
from consent.facts import Facts
from consent.keys import KeyUnavailableError
from consent.keys import SealBrokenError as StoredSealBrokenError
from consent.known.lone_word import for_purpose
from consent.known.rows import FactBrokenError, StoreBrokenError
from consent.rulesets import UnknownRuleSetError
from consent.store.reading import read_family, read_registry
from consent.world.shape import WorldError
from gateway.committing.commit import Committer
from gateway.committing.recording import reading_event
from gateway.identity.caller import Caller
from gateway.ids import as_id
from gateway.log.officers import GATEWAY, NoSuchDecisionError, viewer_of
from gateway.log.past import Past, UnreadableEventError, read_past
from gateway.log.telling import bring_keys
from gateway.replay.deciding_again import Difference, Differing, differing_facts, differing_members
from gateway.rules.store import confirmations, is_confirmed

_LEAF_PRECISION: Final = timedelta(milliseconds=1)


class Result(StrEnum):
    """What came of deciding again."""

    SAME = "same"
    DIFFERENT = "different"
    ERASED = "erased"
    """The person was erased, or another of whom it told: its world cannot be opened any more, and must not be."""
    UNKNOWN_RULE_SET = "unknown-rule-set"
    """It was decided by a rule set that this version of Schakel does not have."""


@dataclass(frozen=True, slots=True)
class Again:
    """One way of deciding again: which members of the decision and which facts are others, and what else is wrong."""

    result: Result
    members: Sequence[str] = ()
    facts: Sequence[Differing] = ()
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as an answer tells it."""
        facts = [each.as_json() for each in self.facts]
        return {"result": str(self.result), "members": list(self.members), "facts": facts, "fault": self.fault}


_CHANGED: Final = Again(Result.DIFFERENT, fault="an event of this request was changed: its leaf does not give its hash")


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision made again from its event and from the store. Holds ids, and no content of anything.

    `at` and `rule_set` are the event's; None where it was changed.
    """

    request_id: str
    at: str | None
    rule_set: str | None
    event: Again
    store: Again

    def as_json(self) -> dict[str, Any]:
        """Return it as an answer tells it."""
        told = {"request_id": self.request_id, "at": self.at, "rule_set": self.rule_set}
        return told | {"event": self.event.as_json(), "store": self.store.as_json()}


@dataclass(frozen=True)
class Replays:
    """Decides again on what log and store hold. Writes nothing but that somebody looked."""

    committer: Committer
    require_confirmed_rules: bool

    async def replay(self, request_id: str, caller: Caller) -> Replay:
        """Return the decision on `request_id` made again, for the gateway's own officer.

        That he looked is on record before he sees, and that somebody tried who may not.

        Raises:
            NoSuchDecisionError: no such decision, or not for this caller.
            AuditUnavailableError: log or store cannot be read, or the log not written.
        """
        found = await self.again(request_id) if viewer_of(caller) == GATEWAY else None
        await self.committer.keep(reading_event(caller, request_id, what="replay", seen=found is not None))
        if found is None:
            raise NoSuchDecisionError
        return found

    async def again(self, request_id: str) -> Replay | None:
        """Return the decision on `request_id` made again, or None where it is no exchange. Puts nothing on record.

        Raises:
            AuditUnavailableError: log, store or key service cannot be read.
        """
        if not as_id(request_id):
            return None
        try:
            async with self.committer.engine.connect() as connection:
                for each in await events_of_request(connection, request_id):
                    if leaf_hash(each.leaf) != each.leaf_hash:
                        # What it says of itself, its kind too, counts for nothing.
                        return Replay(request_id, None, None, _CHANGED, _CHANGED)
                    leaf = each.leaf_json
                    if leaf["kind"] in EXCHANGE:
                        return Replay(request_id, leaf["at"], leaf["rule_set"], *await self._both(connection, each))
        except (SQLAlchemyError, OSError, KeyUnavailableError) as error:
            raise AuditUnavailableError("log and facts cannot be read") from error
        return None

    async def _both(self, connection: AsyncConnection, entry: Entry) -> tuple[Again, Again]:
        unfit = await bring_keys(self.committer, connection, [entry])
        try:
            if unfit:
                raise SealBrokenError("a key of an event does not fit")  # noqa: TRY301 - as any broken seal
            fields = opened(self.committer.sealer, entry)
            if told(entry, fields).facts_gone:
                # With the person, or with somebody else of whom they told.
                return Again(Result.ERASED), Again(Result.ERASED)
            past = read_past({name: each["value"] for name, each in fields.items()})
        except UnknownRuleSetError:
            return Again(Result.UNKNOWN_RULE_SET), Again(Result.UNKNOWN_RULE_SET)
        except (SealBrokenError, StoredSealBrokenError, UnreadableEventError) as error:
            unreadable = Again(Result.DIFFERENT, fault=str(error))
            return unreadable, replace(unreadable, fault="the event does not say as of when its facts were known")
        asked = await self._must_be_confirmed(connection, past, datetime.fromisoformat(entry.leaf_json["at"]))
        event = await _decided(past, past.facts, require_confirmed_rules=asked)
        fault = opened_fault(fields, entry.leaf_json["commitments"])
        if fault:
            event = replace(event, result=Result.DIFFERENT, fault=fault)
        return event, await self._from_store(connection, entry.person, past, require_confirmed_rules=asked)

    async def _must_be_confirmed(self, connection: AsyncConnection, past: Past, kept_at: datetime) -> bool:
        """Return whether an unconfirmed rule set opened nothing then, by today's setting and the words said by then.

        What was said while it was decided counts: where the rules were closed no record was asked for, and then the
        decision is the same either way.
        """
        if not self.require_confirmed_rules or not past.rules.needs_confirmation:
            return self.require_confirmed_rules
        by_then = max(past.known_at, kept_at + _LEAF_PRECISION)
        said = await confirmations(connection, past.rules)
        return not is_confirmed([each for each in said if each.recorded_at <= by_then])

    async def _from_store(
        self, connection: AsyncConnection, person: str | None, past: Past, *, require_confirmed_rules: bool
    ) -> Again:
        try:
            family = await read_family(connection, self.committer.facts.keys, person or "")
            registry = await read_registry(connection, past.registry)
            known, asked = family.as_known_at(past.known_at), past.request
            found = for_purpose(known.facts(registry, past.also()), known.lone, asked.about, asked.purpose)
            facts = past.among(found)
        except FactBrokenError as error:
            broken = Differing(error.section, error.fact_id, Difference.BROKEN)
            return Again(Result.DIFFERENT, facts=(broken,), fault=str(error))
        except (StoreBrokenError, StoredSealBrokenError) as error:
            return Again(Result.DIFFERENT, fault=str(error))
        except WorldError:
            return Again(Result.DIFFERENT, fault="a fact in the store is no entry of its section")
        again = await _decided(past, facts, require_confirmed_rules=require_confirmed_rules)
        differing = differing_facts(past.facts, facts)
        return replace(again, result=Result.DIFFERENT, facts=differing) if differing else again


async def _decided(past: Past, facts: Facts, *, require_confirmed_rules: bool) -> Again:
    # A large world takes a while, in which everybody else must be answered too.
    members = await asyncio.to_thread(differing_members, past, facts, require_confirmed_rules=require_confirmed_rules)
    if not members:
        return Again(Result.SAME)
    fault = None
    if (
        require_confirmed_rules
        and past.rules.needs_confirmation
        and not differing_members(past, facts, require_confirmed_rules=False)
    ):
        fault = f"rule set `{past.rules.name}` was not confirmed then, and opens nothing by today's settings"
    return Again(Result.DIFFERENT, members, fault=fault)
