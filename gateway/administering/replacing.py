"""Who stands in for whom in an organisation, for at most six weeks: its administrator says it, and ends it (LB-05).

Source: facts contract, *Who* (`replacement`); decision contract, LB-05 and LB-07.
"""

from dataclasses import dataclass
from typing import Final

from consent.store.appending import new_id
from consent.store.recording import register
from consent.whose.allowed import MayNotError, require_closer, require_recorder, row_of
from consent.world.entries import entry
from consent.world.shape import WorldError
from gateway.administering.acting import Acted, Acting, Office
from gateway.administering.turns import require_turn
from gateway.committing.calls import Call
from gateway.facts.ending import end_of, require_later
from gateway.identity.caller import Caller
from gateway.registry.rows import Entry
from gateway.registry.telling import told_of

SECTION: Final = "involvements"
_REPLACEMENT: Final = "replacement"


@dataclass(frozen=True)
class Replacing:
    """Records and ends replacements. Both raise what `Acting.done` does."""

    acting: Acting

    async def record(self, caller: Caller, call: Call) -> bytes:
        """Record that one professional stands in for another of the caller's organisation."""

        async def act(office: Office) -> Acted:
            told = {"id": new_id(), "kind": _REPLACEMENT, "since": office.at, **call.body}
            read = entry(SECTION, told, SECTION)
            require_recorder(row_of(SECTION, read), office.scene(read, SECTION))
            if told["professional"] == told["replaces"]:
                raise WorldError((f"{SECTION}.replaces: name somebody else than `professional`",))
            await require_turn(office, f"{SECTION}.since")
            await register(office.connection, self.acting.committer.facts, [(SECTION, told)])
            shows = {name: told[name] for name in ("id", "since", "until")}
            return Acted(shows, {_REPLACEMENT: told})

        return await self.acting.done(caller, call, act, opens=True)

    async def close(self, fact_id: str, caller: Caller, call: Call) -> bytes:
        """End a replacement now, or at a later instant where that is said; never later than it would have ended."""

        async def act(office: Office) -> Acted:
            known = office.registry.source(SECTION, fact_id)
            if known is None:
                raise MayNotError
            read = entry(SECTION, dict(known), SECTION)
            require_closer(row_of(SECTION, read), "until", office.scene(read, SECTION))
            require_later("until", call.body.get("on"), office.at)
            until = end_of(known, "until", call.body.get("on"), office.at)
            # A change of the registry has others begin anew, so only what changes something is one.
            if until != known.get("until"):
                if "on" in call.body:
                    await require_turn(office, f"{SECTION}.on")  # it could end again and again, each time earlier
                told = {"id": fact_id, "until": until}
                await register(office.connection, self.acting.committer.facts, [(SECTION, told)])
            ended = Entry(kind="replacement", key=fact_id, organisation=office.organisation, body=None)
            return Acted({"id": fact_id, "until": until}, {"ended": [told_of(ended)], "until": until})

        return await self.acting.done(caller, call, act, opens=False)
