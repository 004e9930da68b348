"""By which words an event is found: what each officer may see of it, a term for each, and nothing that he may not.

A term is a keyed hash of who may find it, what it is, and its value; without the key nobody can tell what it says, or
try values. Every viewer has terms of his own, so what he may not see is not looked at when he searches. Pure.

Source: `reference/security.md` 2.5 (never a plain hash); audit log contract, promise 4.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Final

from audit.events import Field, Kind
from audit.part import EXCHANGE, PEOPLE, WHOLE, Part, parts, said_in
from audit.told import Told
from schemas.canonical_json import canonical

TERM_BYTES: Final = 16
"""A chance of one in 10^18 that two of ten thousand million terms are the same; the answer is looked through anyway."""
_LABEL: Final = "schakel-term-v1"
_EMERGENCY: Final = "LB-24"
YES: Final = "yes"


class What(StrEnum):
    """What can be asked for: each is a member of a question, by its name."""

    EVERY = "every"
    """Everything that the viewer may see; its value is empty."""
    KIND = "kind"
    OUTCOME = "outcome"
    ORGANISATION = "organisation"
    COUNTERPARTY = "counterparty"
    ACTOR = "actor"
    """The account: a professional or officer by his id; on the command line the officer's name.

    Never a person or mentor: who looks for one of them names him as `person`, and says why.
    """
    CLIENT = "client"
    """The client (the system) through which it was asked."""
    PURPOSE = "purpose"
    BASIS = "basis"
    EMERGENCY = "emergency"
    """`yes` for what emergency access opened, gave and closed; nothing else has this term."""
    KNOWN = "known"
    """Events of which an institution's officer may know whom they are about; its value is empty."""


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A word by which `viewer` finds an event."""

    viewer: str
    what: What
    value: str = ""

    def keyed(self, key: bytes) -> bytes:
        """Return the 16 bytes that stand for it in the index."""
        return _keyed(key, self.viewer, self.what, self.value)

    def kept(self, key: bytes) -> bytes:
        """Return the same for a term of an event, from those made lately: a few organisations and rules stand in most.

        No event has a term that holds a person, so none outlives him there. A question may hold anything: `keyed`.
        """
        return _kept(key, self.viewer, self.what, self.value)


def _keyed(key: bytes, viewer: str, what: What, value: str) -> bytes:
    message = canonical([_LABEL, viewer, what, value])
    return hmac.digest(key, message, hashlib.sha256)[:TERM_BYTES]


_kept: Final = lru_cache(maxsize=4096)(_keyed)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one event. Those of `personal` say something that is sealed under a person's key: they go with it.

    Both sorted, and no term in both.
    """

    lasting: tuple[Term, ...]
    personal: tuple[Term, ...]


def terms(told: Told) -> Terms:
    """Return everything by which `told` can be found, by everybody who may."""
    found = parts(told)
    lasting = {term for each in found for term in _lasting(each)}
    sealed = {term for each in found for term in _sealed(each)} - lasting
    if told.person is None:
        return Terms(_sorted(lasting | sealed), ())
    return Terms(_sorted(lasting), _sorted(sealed))


def _sorted(found: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(found, key=attrgetter("viewer", "what", "value")))


def all_of(told: Told, viewer: str) -> frozenset[Term]:
    """Return the terms by which `viewer` finds `told`."""
    found = terms(told)
    return frozenset(each for each in (*found.lasting, *found.personal) if each.viewer == viewer)


def _lasting(seen: Part) -> Iterator[Term]:
    """Yield what stands in the leaf, or is kept after erasure."""
    told, viewer = seen.told, seen.viewer
    if not _part_is_sealed(seen):
        yield Term(viewer, What.EVERY)
        yield Term(viewer, What.ORGANISATION, told.organisation)
        yield from _actor(seen)
    if viewer == WHOLE or told.kind not in EXCHANGE:
        yield from _ending(seen)
        yield from _of(viewer, What.COUNTERPARTY, seen.holders)


def _sealed(seen: Part) -> Iterator[Term]:
    """Yield what says something of the fields under the person's key, or follows from them."""
    told, viewer = seen.told, seen.viewer
    yield Term(viewer, What.EVERY)
    yield Term(viewer, What.ORGANISATION, told.organisation)
    yield from _actor(seen)
    yield from _ending(seen)
    yield from _of(viewer, What.COUNTERPARTY, seen.holders)
    yield from _of(viewer, What.PURPOSE, (told.fields.get(Field.PURPOSE),))
    yield from _of(viewer, What.BASIS, (each["basis"] for each in seen.elements))
    if seen.person is not None and viewer != WHOLE:
        yield Term(viewer, What.KNOWN)
    if any(each["basis"] == _EMERGENCY for each in seen.released):
        yield Term(viewer, What.EMERGENCY, YES)


def _part_is_sealed(seen: Part) -> bool:
    """Say whether the viewer has a part at all only while the person is not erased.

    A holder's follows from sealed fields; the asking side keeps its part of what it received, and of nothing else.
    """
    told = seen.told
    if told.kind not in EXCHANGE or seen.viewer == WHOLE:
        return False
    return seen.viewer != told.organisation or told.kind is not Kind.EXCHANGE_DISCLOSED


def _ending(seen: Part) -> Iterator[Term]:
    if seen.kind is not None:
        yield Term(seen.viewer, What.KIND, seen.kind)
    if seen.outcome is not None:
        yield Term(seen.viewer, What.OUTCOME, seen.outcome)
    if seen.kind in {Kind.EMERGENCY_OPENED, Kind.EMERGENCY_CLOSED}:
        yield Term(seen.viewer, What.EMERGENCY, YES)


def _actor(seen: Part) -> Iterator[Term]:
    actor = said_in(seen.told, Field.ACTOR)
    if actor.get("form") not in PEOPLE:
        yield from _of(seen.viewer, What.ACTOR, (actor.get(name) for name in ("id", "officer", "account")))
    yield from _of(seen.viewer, What.CLIENT, (actor.get("client"),))


def _of(viewer: str, what: What, values: Iterable[object]) -> Iterator[Term]:
    # Forty elements stand on a few bases.
    once = dict.fromkeys(value for value in values if isinstance(value, str) and value)
    return (Term(viewer, what, value) for value in once)
