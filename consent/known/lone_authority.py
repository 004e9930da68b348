"""Authority for which one organisation alone stands: it closes, and lets nobody hear of who is said to have it. Pure.

Where an institution asks under a supervision order, a record about somebody else may leave because he has authority
over the youth, verified or not. So what that institution says itself of who has authority would open what is about him,
and an end that nobody said a second time (`consent.known.lone_ends`) would end nothing there.

Source: decision contract, section 3, step 6; facts contract, F3 and F4; design, I2 and I14.
"""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any, Final

from consent.facts import Facts
from consent.known.word import Word
from schemas.words import Purpose

_VERIFIED: Final = "verified_on"


def is_one_word(source: Mapping[str, Any], word: Word) -> bool:
    """Return whether nobody but who recorded an authority says that it is so; a register needs nobody else."""
    return _VERIFIED in word.without and _VERIFIED not in source


def for_purpose(facts: Facts, lone: Container[str], person: str, purpose: Purpose) -> Facts:
    """Return `facts` as they are for a request for `purpose` about `person`; `lone` are the ids of such authority.

    Under a supervision order it is left out. Who is left out can still have said no, so the yes of the others goes with
    him: for a minor who needs a holder of authority it would be enough without his.
    """
    if purpose is not Purpose.SUPERVISION_ORDER:
        return facts
    kept = tuple(one for one in facts.authority if one.over != person or one.id not in lone)
    if len(kept) == len(facts.authority):
        return facts
    own = tuple(one for one in facts.consents if one.about != person or one.given_by == person)
    return replace(facts, authority=kept, consents=own)
