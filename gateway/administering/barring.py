"""Who works in an organisation no more: its administrator ends him, and his tokens are dead at the next request.

He gets no new one either, whatever his identity provider says, until the administrator registers him again. What he
said while he worked there stands, but for what he proposed to open: that counts no more. Who came in and is not
registered yet is known by the form of his id alone.

Source: facts contract, *Who* (professional and role).
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
from gateway.emergency import crisis_set
from gateway.holders import lifting
from gateway.identity.caller import Caller
from gateway.identity.subject_token import is_id_of
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
            known, is_barred = _his_own(office, name, "record"), name in await barred(office.connection)
            if known is None and not is_barred:
                raise MayNotError
            kind = OrganisationKind((office.registry.source("organisations", office.organisation) or {})["kind"])
            if not fits(role, kind):
                raise WorldError((f"{SECTION}.role: no `{role}` works in an organisation of kind `{kind}`",))
            # A change of the registry has others begin anew, so only what changes something is one.
            is_new_role = known is not None and known["role"] != role
            if is_new_role or is_barred:
                await require_turn(office, f"{SECTION}.id")
            if is_new_role:
                told = {"id": name, "role": str(role)}
                await register(office.connection, self.acting.committer.facts, [(SECTION, told)])
            await let_in_again(office.connection, name, office.organisation, by=office.hand.id)
            if is_barred:
                # Somebody else may have proposed it in his name, so it does not come back with him.
                await lifting.forget(office.connection, office.organisation, name)
                await crisis_set.forget(office.connection, office.organisation, name, by=office.hand.id)
            return Acted({"id": name, "role": str(role)}, {"professional": {"id": name, "role": str(role)}})

        return await self.acting.done(caller, call, act, opens=True)

    async def close(self, name: str, caller: Caller, call: Call) -> bytes:
        """End a professional of the caller's organisation, at once."""

        async def act(office: Office) -> Acted:
            if _his_own(office, name, "close") is None and name not in await barred(office.connection):
                # He may be nobody, and each that is ended has every process read again who is registered.
                await require_turn(office, f"{SECTION}.id")
            await bar(office.connection, name, office.organisation, by=office.hand.id, at=office.at)
            ended = Entry(kind="barred", key=name, organisation=office.organisation, body=None)
            return Acted({"id": name, "until": office.at}, {"ended": [told_of(ended)]})

        async def lost(office: Office) -> bool:
            _his_own(office, name, "close")
            return name not in await barred(office.connection)

        return await self.acting.done(caller, call, act, opens=False, lost=lost)


def _his_own(office: Office, name: str, act: str) -> Mapping[str, Any] | None:
    """Return what is registered of a professional whom the administrator of `office` may register, or end.

    None of who is not registered and has an id of the organisation: he has not had his turn, or logs in weakly.

    Raises:
        MayNotError: nobody of his.
    """
    known = office.registry.source(SECTION, name)
    if known is None:
        if not is_id_of(office.organisation, name):
            raise MayNotError
        return None
    read = entry(SECTION, dict(known), SECTION)
    row, scene = row_of(SECTION, read), office.scene(read, SECTION)
    if act == "record":
        require_recorder(row, scene)
    else:
        require_closer(row, "until", scene)
    return known
