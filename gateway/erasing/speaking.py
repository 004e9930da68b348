"""For whom somebody speaks: as long as he does, he is not forgotten, because his yes and his no count for another.

What he said about another, and his authority, are that other's facts and stay. Without him nobody could say yes in his
place any more, and nobody could end what he said.

Source: decision contract, 5.2; `design.md`, *not knowing never opens a door*.
"""

from collections.abc import Iterator
from datetime import datetime

from consent.entry import EVERYTHING
from consent.facts import Facts, assemble
from consent.known.family import Family
from consent.representation import givers_for
from consent.request import Request, Requester
from consent.situation import Situation
from gateway.erasing.keeping import MustBeKeptError
from schemas.words import Purpose


def require_speaks_for_nobody(family: Family, who: str, at: datetime) -> None:
    """Let somebody be forgotten on whose word nothing about another hangs.

    Raises:
        MustBeKeptError: he holds authority in force over another of `family` who is known still, or stands in the chain
            of one who cannot decide.
    """
    facts = assemble(family.sections)
    # A member whose own facts cannot be opened is known too.
    if who in {*facts.person_by_id, *dict(family.members)} and any(
        who in speakers for speakers in _speakers(facts, who, at)
    ):
        raise MustBeKeptError(
            "the person has authority over somebody who is known here, or speaks for one who cannot decide; end that"
            " first where it is recorded (the authority, the kinship), or erase the other first"
        )


def _speakers(facts: Facts, who: str, at: datetime) -> Iterator[frozenset[str]]:
    """Yield, for each other person, who speaks for him at `at`: holders of authority of any kind, and his chain."""
    for person in facts.person_by_id:
        if person != who:
            situation = Situation(_bare(person, at), facts, at)
            held = {one.holder for one in situation.authority if one.over == person}
            chain = {giver.id for level in givers_for(situation, person).levels for giver in level}
            yield frozenset(held | chain)


def _bare(person: str, at: datetime) -> Request:
    himself = Requester(form="person", id=person)
    return Request(source={}, at=at, requester=himself, about=person, purpose=Purpose.OWN_ACCESS, categories=EVERYTHING)
