"""What is registered of an organisation, ended by its own administrator: at once, and all of it if he says so.

What was ended comes back as it came, by two operators. Source: facts contract, *Who* (organisation, client key,
identity provider: closed at once by the organisation's administrator) and F3.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from consent.whose.allowed import MayNotError
from gateway.administering.acting import Acted, Acting, Office
from gateway.committing.calls import Call
from gateway.identity.caller import Caller
from gateway.registry.rows import Entry
from gateway.registry.telling import told_of
from gateway.registry.words import Words


@dataclass(frozen=True)
class Ending:
    """Ends what is registered, or waits for a second operator, under a name. Raises what `Acting.done` does."""

    acting: Acting

    async def close(self, caller: Caller, call: Call) -> bytes:
        """End what is called so of the caller's organisation; of the organisation itself, all that is its."""

        async def act(office: Office) -> Acted:
            found = await self._found(office, call)
            if not found:
                raise MayNotError
            ended = await self._words(office).closed(found, recorded_by=office.hand.id)
            shows = [{"kind": each.kind, "name": each.key} for each in ended]
            detail = {"ended": [told_of(each) for each in ended]}
            return Acted({"ended": shows}, detail, because=call.body["because"])

        async def lost(office: Office) -> bool:
            return bool(await self._found(office, call))

        return await self.acting.done(caller, call, act, opens=False, lost=lost)

    async def _found(self, office: Office, call: Call) -> Sequence[Entry]:
        own = [each for each in await self._words(office).open_ones() if each.organisation == office.organisation]
        wanted = (call.body["kind"], call.body["name"])
        found = [each for each in own if each.place == wanted]
        return own if found and wanted[0] == "organisation" else found

    def _words(self, office: Office) -> Words:
        return Words(office.connection, self.acting.committer.facts, self.acting.committer.log)
