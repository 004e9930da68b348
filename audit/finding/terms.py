"""By which words an event is found: what each officer may see of it, a term for each, and nothing that he may not.

A term is a keyed hash of who may find it, what it is, and its value; without the key nobody can tell what it says, or
try values. Every viewer has terms of his own, so what he may not see is not looked at when he searches. Pure.

Source: `reference/security.md` 2.5 (never a plain hash); audit log contract, promise 4.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from audit.events import Field, Kind
from audit.part import EXCHANGE, PEOPLE, WHOLE, Part, parts, said_in
from audit.told import Told
from schemas.canonical_json import canonical

TERM_BYTES: Final = 16
"""A chance of one in 10^18 that two of ten thousand million terms are the same; the answer is looked through anyway."""
_LABEL: Final = "schakel-term-v1"
_EMERGENCY: Final = "LB-24"
_EMERGENCIES: Final = frozenset({Kind.EMERGENCY_OPENED, Kind.EMERGENCY_CLOSED})
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


class Term(NamedTuple):
    """A word by which `viewer` finds an event. A tuple: an event has dozens, and they are compared more than read."""

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
    who = _who(told)
    lasting, sealed = set[Term](), set[Term]()
    for seen in parts(told):
        # What stands in the leaf, or is kept after erasure, lasts.
        _add(sealed if _part_is_sealed(seen) else lasting, seen, who)
        _add(lasting if _ending_is_open(seen) else sealed, seen, _ending(seen))
        _add(sealed, seen, _content(seen))
    if told.person is None:
        return Terms(tuple(sorted(lasting | sealed)), ())
    return Terms(tuple(sorted(lasting)), tuple(sorted(sealed - lasting)))


def _add(found: set[Term], seen: Part, said: Iterable[tuple[What, str]]) -> None:
    found.update([Term(seen.viewer, what, value) for what, value in said])


def _who(told: Told) -> list[tuple[What, str]]:
    """Return by whose act it is found, which every viewer learns of his part."""
    actor = said_in(told, Field.ACTOR)
    found = [(What.EVERY, ""), (What.ORGANISATION, told.organisation)]
    if actor.get("form") not in PEOPLE:
        found += _of(What.ACTOR, (actor.get("id"), actor.get("officer"), actor.get("account")))
    return found + _of(What.CLIENT, (actor.get("client"),))


def _ending(seen: Part) -> list[tuple[What, str]]:
    """Return by what kind of event it is found, how it ended, and with whom."""
    found = _of(What.COUNTERPARTY, seen.holders)
    if seen.kind is not None:
        found.append((What.KIND, seen.kind))
    if seen.outcome is not None:
        found.append((What.OUTCOME, seen.outcome))
    if seen.kind in _EMERGENCIES:
        found.append((What.EMERGENCY, YES))
    return found


def _content(seen: Part) -> list[tuple[What, str]]:
    """Return by what it is found that lies under the person's key, or follows from that."""
    found = _of(What.PURPOSE, (seen.told.fields.get(Field.PURPOSE),))
    found += _of(What.BASIS, [each["basis"] for each in seen.elements])
    if seen.person is not None and seen.viewer != WHOLE:
        found.append((What.KNOWN, ""))
    if (What.BASIS, _EMERGENCY) in found and any(each["basis"] == _EMERGENCY for each in seen.released):
        found.append((What.EMERGENCY, YES))
    return found


def _part_is_sealed(seen: Part) -> bool:
    """Say whether the viewer has a part at all only while the person is not erased.

    A holder's follows from sealed fields; the asking side keeps its part of what it received, and of nothing else.
    """
    told = seen.told
    if told.kind not in EXCHANGE or seen.viewer == WHOLE:
        return False
    return seen.viewer != told.organisation or told.kind is not Kind.EXCHANGE_DISCLOSED


def _ending_is_open(seen: Part) -> bool:
    """Say whether how it ended stands in the leaf as this viewer sees it."""
    return seen.viewer == WHOLE or seen.told.kind not in EXCHANGE


def _of(what: What, values: Iterable[object]) -> list[tuple[What, str]]:
    # Forty elements stand on a few bases.
    return [(what, each) for each in {value for value in values if isinstance(value, str) and value}]
