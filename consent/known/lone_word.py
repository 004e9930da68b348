"""What rests on the word of one organisation alone, where a rule would take it as it stands: it opens nothing. Pure.

Where an institution asks under a supervision order, a record about somebody else may leave because he has authority
over the youth, verified or not. So what that institution says itself of who has authority would open what is about him,
and an end that nobody said a second time (`consent.known.lone_ends`) would end nothing there.

Nor does any rule ask whether an order of compulsory care was verified, or the order under which a provider was engaged;
where a supervision order is asked about, the rule asks it itself. Whoever executes an order may write it down, so he
would have made his own basis.

Source: decision contract, section 3, step 6, and LB-11, LB-28, LB-29; facts contract, F3 and F4; design, I2 and I14.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.facts import Facts
from consent.known.word import Word
from schemas.words import Purpose

_VERIFIED: Final = "verified_on"
_ORDERS_AS_THEY_STAND: Final = frozenset({Purpose.COMPULSORY_CARE, Purpose.EXECUTE_MEASURE})


@dataclass(frozen=True, slots=True)
class Lone:
    """The ids of the authority, and of the orders, for which one organisation alone stands."""

    authority: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()


NOTHING_ALONE: Final = Lone()


def is_one_word(source: Mapping[str, Any], word: Word) -> bool:
    """Return whether nobody but who recorded it says that it is so; a register needs nobody else."""
    return _VERIFIED in word.without and _VERIFIED not in source


def for_purpose(facts: Facts, lone: Lone, person: str, purpose: Purpose) -> Facts:
    """Return `facts` as they are for a request for `purpose` about `person`, without what opens on one word there."""
    if purpose is Purpose.SUPERVISION_ORDER:
        return _without_authority(facts, lone.authority, person)
    if purpose in _ORDERS_AS_THEY_STAND:
        return _without_orders(facts, lone.orders)
    return facts


def _without_authority(facts: Facts, lone: Container[str], person: str) -> Facts:
    # Who is left out can still have said no, so the yes of the others goes with him: for a minor who needs a holder of
    # authority it would be enough without his.
    kept = tuple(one for one in facts.authority if one.over != person or one.id not in lone)
    if len(kept) == len(facts.authority):
        return facts
    own = tuple(one for one in facts.consents if one.about != person or one.given_by == person)
    return replace(facts, authority=kept, consents=own)


def _without_orders(facts: Facts, lone: Container[str]) -> Facts:
    kept = tuple(one for one in facts.orders if one.id not in lone)
    if len(kept) == len(facts.orders):
        return facts
    engaged = tuple(one for one in facts.assignments if one.order not in lone)
    return replace(facts, orders=kept, assignments=engaged)
