"""Which yes, no or authority made consent answer as it did, and whose yes is missing.

Source: decision contract, 5.3 and 5.4. Asks the same questions as `consent.given`, which knows the answer but not
its facts: a decision is taken far more often than it is explained.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from consent.entries import Authority
from consent.entry import Entry
from consent.given import Asked, reason_of_missing
from consent.law.basis import Question
from consent.representation import AUTHORITY, givers_for
from consent.situation import Situation
from schemas.words import Reason, Regime


@dataclass(frozen=True, slots=True)
class Heard:
    """The facts that decided about consent, and whose yes is missing."""

    facts: tuple[Entry, ...] = ()
    missing: tuple[str, ...] = ()


def what_was_heard(question: Question, reason: Reason) -> Heard:
    """Return what lies behind consent's answer `reason` to `question`."""
    situation = question.situation
    person = situation.person.id
    wgbo = question.regime is Regime.WGBO
    hearing = question.consents.hearing(person, question.holder, question.category, wgbo=wgbo)
    return _FINDERS.get(reason, _missing)(Asked(person, givers_for(situation, person), hearing), reason)


_Finder: TypeAlias = Callable[[Asked, Reason], Heard]


def standing_refusals(question: Question) -> tuple[Entry, ...]:
    """Return the refusals of the person himself that stand."""
    person = question.situation.person.id
    wgbo = question.regime is Regime.WGBO
    hearing = question.consents.hearing(person, question.holder, question.category, wgbo=wgbo)
    return tuple(hearing.standing(person))


def _nothing(_: Asked, __: Reason) -> Heard:
    return Heard()


def _his_own_no(asked: Asked, _: Reason) -> Heard:
    finding = asked.situation.finding(asked.person)
    return Heard((*asked.hearing.standing(asked.person), *(() if finding is None else (finding,))))


def _another_no(asked: Asked, reason: Reason) -> Heard:
    others = (*asked.givers.holders, *asked.level())
    refusals = tuple(no for giver in others for no in asked.hearing.standing(giver.id))
    return Heard(refusals) if refusals else _missing(asked, reason)


def _missing(asked: Asked, reason: Reason) -> Heard:
    voices = asked.hearing.voices
    if reason is Reason.CONSENT_OUT_OF_SCOPE and not voices.requester_is_named:
        return Heard(voices.consents)
    lacking = [name for name in _needed(asked) if not asked.hearing.matching(name)]
    those = [name for name in lacking if reason_of_missing(asked, name) is reason] or lacking
    return Heard(tuple(_consents_of(asked, those, reason)) or tuple(_titles_of(asked, those)), tuple(those))


def _needed(asked: Asked) -> Iterable[str]:
    if asked.givers.himself:
        yield asked.person
    yield from (giver.id for giver in asked.givers.holders)
    yield from (giver.id for giver in asked.level())


def _consents_of(asked: Asked, givers: Iterable[str], reason: Reason) -> Iterable[Entry]:
    hearing = asked.hearing
    for giver in givers:
        for yes in hearing.fitting_of(giver):
            told = {
                Reason.CONSENT_WITHDRAWN: yes.withdrawn,
                Reason.CONSENT_EXPIRED: yes.ended,
                Reason.CONSENT_UNSPECIFIC: yes.is_unspecific(express=hearing.express),
            }
            if told.get(reason, False):
                yield yes.consent
        if reason is Reason.CONSENT_OUT_OF_SCOPE:
            speaker = asked.situation.speaker
            yield from (one for one in hearing.voices.consents if speaker(one.given_by) == giver)


def _titles_of(asked: Asked, givers: Sequence[str]) -> Iterable[Entry]:
    """Yield what makes somebody a giver: for the person himself, that he is as old as he is."""
    if asked.person in givers:
        yield asked.situation.persons[asked.person]
    for giver in (*asked.givers.holders, *asked.level()):
        yield from giver.titles if giver.id in givers else ()


def _unsound(asked: Asked, _: Reason) -> Heard:
    hearing = asked.hearing
    doubtful = [name for name in _needed(asked) if hearing.matching(name) and not hearing.sound(name)]
    return Heard(tuple(yes.consent for name in doubtful for yes in hearing.matching(name)))


def _unsure_authority(asked: Asked, _: Reason) -> Heard:
    givers, situation = asked.givers, asked.situation
    titles = [title for giver in (*givers.holders, *asked.level()) for title in giver.titles]
    unsure = [one for one in titles if not isinstance(one, Authority) or is_unsure(situation, one)]
    return Heard(tuple(unsure) or _over(asked))


def _over(asked: Asked) -> tuple[Entry, ...]:
    """Return what authority over a minor there is that is not in force."""
    facts = asked.situation.facts
    return tuple(one for one in facts.authority if one.over == asked.person and one.kind in AUTHORITY)


def is_unsure(situation: Situation, authority: Authority) -> bool:
    """Return whether authority is disputed or was never verified."""
    return authority.disputed or not situation.reached(authority.verified_on)


def _incompetent(asked: Asked, _: Reason) -> Heard:
    entries = asked.givers.entries
    persons = asked.situation.persons
    return Heard((*entries, *(persons[one.holder] for one in entries if one.holder in persons)))


_FINDERS: Final[Mapping[Reason, _Finder]] = {
    Reason.NO_BASIS: _nothing,
    Reason.PRIOR_WRITTEN_REFUSAL: _his_own_no,
    Reason.YOUTH_OBJECTION: _his_own_no,
    Reason.CAPACITY_UNCLEAR: _his_own_no,
    Reason.CONSENT_MISSING_AUTHORITY: _another_no,
    Reason.AUTHORITY_UNVERIFIED: _unsure_authority,
    Reason.AUTHORITY_INCOMPETENT: _incompetent,
    Reason.CONSENT_NOT_FREE: _unsound,
    Reason.EVIDENCE_INSUFFICIENT: _unsound,
}
"""Who finds the facts behind a reason; of every other reason a yes is missing."""
