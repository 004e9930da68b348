"""As what somebody looks at a person's future and surroundings, if he may at all. Pure.

The law leaves room (R7.5: under 12 who holds authority, at 12 to 15 the youth, and his parents for a part; from 16 on
the youth alone). Read is what shares least: from 12 on nobody but the youth himself, under 12 who surely holds
authority and is not denied contact. A weak login looks at nothing.

Source: `reference/law.md` R7.5; facts contract, *Who* ("a helper of P").
"""

from datetime import datetime
from enum import StrEnum

from consent.known.family import Gathered
from consent.whose.hand import Form, Hand
from consent.whose.scene import Scene
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY

_HIMSELF_FROM = 12


class Reader(StrEnum):
    """As what somebody looks."""

    OFFICER = "officer"
    """The gateway's own privacy officer."""
    HIMSELF = "himself"
    AUTHORITY = "authority"
    """Somebody who holds authority over a child under 12."""
    HELPER = "helper"
    """Somebody who helps, if only on his own word."""


def reader_of(caller: Caller, gathered: Gathered, at: datetime) -> Reader | None:
    """Return as what `caller` looks at the person who was gathered, or None where he may not, or there is nobody."""
    if gathered.person is None:
        return None
    if caller.officer_of == GATEWAY:
        return Reader.OFFICER
    if not caller.trusted:
        return None
    if caller.form == "professional":
        return Reader.HELPER if _scene(caller, gathered, at).helps_any({gathered.person}) else None
    return _of_the_family(caller, gathered, at) if caller.form == "person" else None


def _of_the_family(caller: Caller, gathered: Gathered, at: datetime) -> Reader | None:
    person, scene = gathered.person, _scene(caller, gathered, at)
    # INVARIANT: who acts for himself acts within his own family.
    if person is None or caller.id not in {member for member, _ in gathered.versions.persons}:
        return None
    age = scene.age(person)
    if age is None:
        return None
    if age >= _HIMSELF_FROM:
        return Reader.HIMSELF if caller.id == person else None
    surely = scene.has_authority(caller.id, person) and not scene.contact_is_denied(caller.id, person)
    return Reader.AUTHORITY if surely else None


def _scene(caller: Caller, gathered: Gathered, at: datetime) -> Scene:
    facts = gathered.facts
    professional = caller.form == "professional"
    hand = Hand(
        form=Form.PROFESSIONAL if professional else Form.PERSON,
        id=caller.id,
        organisation=caller.organisation if professional and caller.organisation in facts.organisation_by_id else None,
        role=caller.role,
    )
    # Nothing of the entry counts: nobody acts on a fact here. Who told of a help is not gathered.
    return Scene(hand=hand, entry=facts.person_by_id[gathered.person or ""], facts=facts, at=at, at_once=True)
