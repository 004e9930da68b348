"""As what somebody of the family reads the log of a person, if he may at all, and which organisations he is told of.

From 12 on everybody reads his own. Who surely holds authority over a child reads the child's until the 12th birthday,
and beside the youth until the 16th; then the youth alone. Who was appointed to speak for an adult who cannot decide, or
holds his written proxy, reads that adult's. Authority that is disputed or was never verified, a kinship that nobody
appointed, and contact that is denied read nothing. A birthday begins at 00:00 local time.

Source: `reference/law.md` R7.5, R6.2 to R6.4, R9.1, R9.2, table B; decision contract, 5.2.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum
from typing import Final

from consent.entries import Authority, Organisation
from consent.entry import EVERYTHING
from consent.facts import Facts
from consent.representation import chain, holds_authority
from consent.request import Request, Requester
from consent.situation import OF_AGE, Situation
from schemas.words import InvolvementKind, OrganisationKind, Purpose

HIMSELF_FROM: Final = 12
AUTHORITY_UNTIL: Final = 16


class ReadsAs(StrEnum):
    """As what somebody reads a person's log."""

    HIMSELF = "himself"
    PARENT = "parent"
    """With authority over a child under 12."""
    BESIDE = "beside"
    """With authority over a youth of 12 to 15, who reads it himself."""
    REPRESENTATIVE = "representative"
    """For an adult who cannot decide."""


GUARDED: Final = frozenset(
    {
        OrganisationKind.SAFE_AT_HOME,
        OrganisationKind.POLICE,
        OrganisationKind.SAFETY_HOUSE,
        OrganisationKind.CHILD_PROTECTION_BOARD,
    }
)
"""The kinds of organisation of which nobody reads a line: that they asked can tell of a report, or endanger."""

_CONFIDANTS: Final = frozenset({OrganisationKind.COUNSELLOR_SERVICE})
"""Whom somebody turns to in confidence: he alone reads of them."""


def reads_as(reader: str, person: str, facts: Facts, at: datetime) -> ReadsAs | None:
    """Return as what `reader` reads the log of `person` at `at`, or None where he may not."""
    if reader not in facts.person_by_id or person not in facts.person_by_id:
        return None
    situation = _situation(reader, person, facts, at)
    age = situation.age(person)
    if reader == person:
        return ReadsAs.HIMSELF if age >= HIMSELF_FROM else None
    if _contact_denied(situation, reader, person):
        return None
    if age < AUTHORITY_UNTIL:
        if not any(_is_sure(one, at) for one in holds_authority(situation, reader, person)):
            return None
        return ReadsAs.PARENT if age < HIMSELF_FROM else ReadsAs.BESIDE
    if age >= OF_AGE and situation.incapable(person) and _represents(situation, reader, person):
        return ReadsAs.REPRESENTATIVE
    return None


def unnamed(organisations: Collection[str], reader: str, person: str, facts: Facts, reading: ReadsAs) -> frozenset[str]:
    """Return which of `organisations` are not named to `reader` in the log of `person`.

    Who helps a child tells where he is, and so does not stand in what a holder of authority reads: he is told of those
    to whom he said yes himself, of who carries out a measure and of who shares the authority. Somebody who reads about
    himself is told of everybody but those who, as far as is known, help another of the family and not him: in an
    involvement, under an order, on a referral, or as his guardian.
    """
    told = _chosen_by(reader, person, facts) | _by_law(facts, lambda about: about == person)
    if reading in {ReadsAs.PARENT, ReadsAs.BESIDE}:
        return frozenset(organisations) - told
    theirs = _helping(facts, lambda about: about != person)
    his = _helping(facts, lambda about: about == person)
    return (theirs - his - _chosen_by(person, person, facts) - told) & frozenset(organisations)


def has_the_say_alone(reader: str, person: str, facts: Facts, reading: ReadsAs) -> bool:
    """Return whether nobody but `reader`, who reads the log of `person` as `reading`, can have said no about him.

    Whoever was ever said to hold authority over him or to represent him may have: a title that ended, is disputed or
    was never verified shut something once, or may have. A youth from 12 on says no himself.
    """
    if reading is ReadsAs.BESIDE:
        return False
    return all(one.holder == reader for one in facts.authority if one.over == person)


def is_safe(organisation: Organisation, reading: ReadsAs) -> bool:
    """Return whether a line may tell of `organisation` at all."""
    if organisation.kind in GUARDED:
        return False
    return reading is ReadsAs.HIMSELF or organisation.kind not in _CONFIDANTS


def _situation(reader: str, person: str, facts: Facts, at: datetime) -> Situation:
    asks = Requester(form="person", id=reader)
    return Situation(
        Request(source={}, at=at, requester=asks, about=person, purpose=Purpose.OWN_ACCESS, categories=EVERYTHING),
        facts,
        at,
    )


def _is_sure(authority: Authority, at: datetime) -> bool:
    return not authority.disputed and authority.verified_on is not None and authority.verified_on <= at


def _represents(situation: Situation, reader: str, person: str) -> bool:
    """Return whether `reader` was surely appointed for an adult, or holds his proxy, and none stands nearer."""
    levels = chain(situation, person)
    titles = [title for giver in levels[0] if giver.id == reader for title in giver.titles] if levels else []
    return any(isinstance(title, Authority) and _is_sure(title, situation.at) for title in titles)


def _contact_denied(situation: Situation, reader: str, person: str) -> bool:
    return any(one.contact_denied and {one.person, one.of} == {reader, person} for one in situation.family)


def _helping(facts: Facts, about: Callable[[str | None], bool]) -> frozenset[str]:
    """Return who helps the person whom `about` holds for, now, once or later; help of whom nobody says is of None."""
    helps = (one for one in facts.involvements if one.kind is not InvolvementKind.REPLACEMENT and about(one.about))
    subjects = {one.id: one.subject for one in facts.orders}
    providers = (one.provider for one in facts.assignments if about(subjects.get(one.order)))
    referred_to = (one.to for one in facts.referrals if about(one.about))
    named = (name for one in helps for name in one.organisations)
    return frozenset((*named, *providers, *referred_to)) | _by_law(facts, about)


def _chosen_by(giver: str, about: str, facts: Facts) -> frozenset[str]:
    own = [one for one in facts.consents_about(about) if one.given_by == giver]
    named = [each for one in own for each in (one.holders, one.recipients) if isinstance(each, frozenset)]
    return frozenset[str]().union(*named)


def _by_law(facts: Facts, about: Callable[[str | None], bool]) -> frozenset[str]:
    executors = (one.executor for one in facts.orders if about(one.subject) and one.executor is not None)
    holders = (one.holder for one in facts.authority if about(one.over))
    return frozenset((*executors, *holders))
