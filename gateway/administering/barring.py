"""Who works in an organisation no more: its administrator ends him, and his tokens are dead at the next request.

He gets no new one either, whatever his identity provider says, until the administrator registers him again. What he
said while he worked there stands. Source: facts contract, *Who* (professional and role).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from consent.store.recording import register
from consent.whose.allowed import MayNotError, require_closer, require_recorder, row_of
from consent.world.entries import entry
from consent.world.shape import WorldError
from gateway.administering.acting import Acted, Acting, Office
from gateway.administering.turns import require_turn
from gateway.committing.calls import Call
from gateway.identity.caller import Caller
from gateway.registry.barred import bar, barred, let_in_again
from gateway.registry.roles_of_kind import fits
from gateway.registry.rows import Entry
from gateway.registry.telling import told_of
from schemas.words import OrganisationKind, Role

SECTION: Final = "professionals"


@dataclass(frozen=True)
class Barring:
    """Ends professionals, and registers them again. Both raise what `Acting.done` does."""

    acting: Acting

    async def record(self, caller: Caller, call: Call) -> bytes:
        """Register a professional of the caller's organisation again, in a role; nobody is known before he came in."""

        async def act(office: Office) -> Acted:
            name, role = call.body["id"], Role(call.body["role"])
            known = _his_own(office, name, "record")
            kind = OrganisationKind((office.registry.source("organisations", office.organisation) or {})["kind"])
            if not fits(role, kind):
                raise WorldError((f"{SECTION}.role: no `{role}` works in an organisation of kind `{kind}`",))
            # A change of the registry has every exchange begin anew, so only what changes something is one.
            if known["role"] != role or name in await barred(office.connection):
                await require_turn(office, f"{SECTION}.id")
            if known["role"] != role:
                told = {"id": name, "role": str(role)}
                await register(office.connection, self.acting.committer.facts, [(SECTION, told)])
            await let_in_again(office.connection, name, office.organisation, by=office.hand.id)
            return Acted({"id": name, "role": str(role)}, {"professional": {"id": name, "role": str(role)}})

        return await self.acting.done(caller, call, act, opens=True)

    async def close(self, name: str, caller: Caller, call: Call) -> bytes:
        """End a professional of the caller's organisation, at once."""

        async def act(office: Office) -> Acted:
            _his_own(office, name, "close")
            await bar(office.connection, name, office.organisation, by=office.hand.id, at=office.at)
            ended = Entry(kind="barred", key=name, organisation=office.organisation, body=None)
            return Acted({"id": name, "until": office.at}, {"ended": [told_of(ended)]})

        async def lost(office: Office) -> bool:
            _his_own(office, name, "close")
            return name not in await barred(office.connection)

        return await self.acting.done(caller, call, act, opens=False, lost=lost)


def _his_own(office: Office, name: str, act: str) -> Mapping[str, Any]:
    """Return what is registered of a professional whom the administrator of `office` may register, or end.

    Raises:
        MayNotError: nobody of his.
    """
    known = office.registry.source(SECTION, name)
    if known is None:
        raise MayNotError
    read = entry(SECTION, dict(known), SECTION)
    row, scene = row_of(SECTION, read), office.scene(read, SECTION)
    if act == "record":
        require_recorder(row, scene)
    else:
        require_closer(row, "until", scene)
    return known
