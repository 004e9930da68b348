"""Whether consent carries: the nine lines of the contract, in their order.

Source: decision contract, 5.3 and 5.4; Jw 7.3.4, 7.3.5, 7.3.11 lid 1, 7.3.15; BW 7:457; table B of `law.md`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from consent.answers import Answer, No, Once, Review, Satisfied
from consent.ends import Support, last, together
from consent.entries import Authority, Consent, Refusal
from consent.entry import Capability
from consent.representation import Giver, Givers, finding_support, givers_for, titles_support
from consent.situation import Situation
from consent.voices import Hearing, Hearings, Voices
from schemas.words import Category, Reason

_UNREACHABLE: Final = 3
"""So many documented attempts make a holder of authority unreachable (CV-08)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The consent question for one person: who must say yes, and what was said."""

    person: str
    givers: Givers
    hearing: Hearing

    @property
    def situation(self) -> Situation:
        """The world around it."""
        return self.hearing.voices.situation

    def himself_between_12_and_15(self) -> bool:
        """Return whether the person is 12-15, not incapable, and has a matching consent himself."""
        return (
            self.givers.himself
            and self.situation.age(self.person) < 16  # noqa: PLR2004 - BW and Jw ages
            and bool(self.hearing.matching(self.person))
        )

    def level(self) -> tuple[Giver, ...]:
        """Return the first level of an incapable adult's chain."""
        return self.givers.levels[0] if self.givers.levels else ()


Line: TypeAlias = Callable[[Asked], Answer | None]
"""One line of 5.3: its answer where it applies, else nothing."""


def consent_answer(person: str, givers: Givers, hearing: Hearing) -> Answer:
    """Return what consent answers for `person`: the first line of 5.3 that applies."""
    asked = Asked(person, givers, hearing)
    for line in LINES:
        answer = line(asked)
        if answer is not None:
            return answer
    return Satisfied(Once(partial(_support, asked)), (givers.rule,))


def nobody_said_anything(asked: Asked) -> Answer | None:
    """Line 1: nobody, whoever he is, has a consent or a refusal about the person."""
    return No(Reason.NO_BASIS) if asked.hearing.voices.are_silent else None


def the_person_refuses(asked: Asked) -> Answer | None:
    """Line 2: his own no stands. Parents cannot overrule it."""
    refusals = asked.hearing.standing(asked.person)
    if not refusals:
        return None
    situation, capability = asked.situation, asked.givers.capability
    rules = (asked.givers.rule,)
    if capability is Capability.CAPABLE:
        return No(Reason.YOUTH_OBJECTION, rules)
    if capability is Capability.UNCLEAR:
        return Review(Reason.CAPACITY_UNCLEAR, rules)
    foreseen = situation.age(asked.person) >= 16 and any(  # noqa: PLR2004 - Jw 7.3.4 lid 3
        no.written and not situation.was_incapable(asked.person, no.on) for no in refusals
    )
    if foreseen:
        return No(Reason.PRIOR_WRITTEN_REFUSAL, rules)
    return Review(Reason.YOUTH_OBJECTION, rules)


def another_giver_refuses(asked: Asked) -> Answer | None:
    """Line 3: the no of somebody else whose yes is needed stands. Never a majority."""
    others = (*asked.givers.holders, *asked.level())
    refusals = [no for giver in others for no in asked.hearing.standing(giver.id)]
    if not refusals:
        return None
    latest = max(no.on for no in refusals)
    wishes = asked.hearing.voices.wishes
    if asked.himself_between_12_and_15() and any(wish.on >= latest for wish in wishes):
        return Review(Reason.CONSENT_MISSING_AUTHORITY, ("CV-10",))
    return No(Reason.CONSENT_MISSING_AUTHORITY, ("CV-07", asked.givers.rule))


def nobody_names_the_requester(asked: Asked) -> Answer | None:
    """Line 4: a stranger causes no review."""
    voices = asked.hearing.voices
    if voices.requester_is_named:
        return None
    return No(Reason.CONSENT_OUT_OF_SCOPE if voices.consents else Reason.NO_BASIS, (asked.givers.rule,))


def somebodys_yes_is_missing(asked: Asked) -> Answer | None:
    """Line 5: somebody whose yes is needed has none that matches."""
    if asked.givers.needs_level:
        return _level_is_missing(asked)
    hearing, rules = asked.hearing, (asked.givers.rule,)
    if asked.givers.himself and not hearing.matching(asked.person):
        return No(reason_of_missing(asked, asked.person), rules)
    exceptions = []
    for giver in asked.givers.holders:
        if hearing.matching(giver.id):
            continue
        exception = _exception(asked, giver)
        if exception is None:
            return No(reason_of_missing(asked, giver.id), rules)
        exceptions.append(exception)
    return exceptions[0] if exceptions else None


def _exception(asked: Asked, giver: Giver) -> Review | None:
    """Return why a missing yes of a holder of authority asks for review rather than refusal, if it does."""
    hearing = asked.hearing
    if asked.himself_between_12_and_15() and any(
        yes.would_match_but_for_withdrawal(express=hearing.express) for yes in hearing.fitting_of(giver.id)
    ):
        return Review(Reason.CONSENT_WITHDRAWN, ("CV-09",))
    attempts = max(one.unreachable_attempts for one in giver.titles if isinstance(one, Authority))
    if giver.id not in hearing.voices.speakers and attempts >= _UNREACHABLE:
        return Review(Reason.CONSENT_MISSING_AUTHORITY, ("CV-08",))
    return None


def _level_is_missing(asked: Asked) -> Answer | None:
    level, later = asked.level(), asked.givers.levels[1:]
    if not level or _level_consents(asked, level):
        return None
    if any(_level_consents(asked, other) for other in later):
        return Review(Reason.AUTHORITY_UNVERIFIED, (asked.givers.rule,))
    spoke = [giver.id for giver in level if giver.id in asked.hearing.voices.yes_sayers]
    reason = reason_of_missing(asked, spoke[0]) if spoke else Reason.CONSENT_MISSING_AUTHORITY
    return No(reason, (asked.givers.rule,))


def _level_consents(asked: Asked, level: tuple[Giver, ...]) -> bool:
    """Return whether somebody on the level says yes and nobody on it says no."""
    hearing = asked.hearing
    return any(hearing.matching(giver.id) for giver in level) and not any(hearing.standing(giver.id) for giver in level)


def reason_of_missing(asked: Asked, giver: str) -> Reason:
    """Return why a giver's yes is missing (5.4)."""
    hearing = asked.hearing
    if giver not in hearing.voices.yes_sayers:
        himself = giver == asked.person
        return Reason.CONSENT_MISSING_YOUTH if himself else Reason.CONSENT_MISSING_AUTHORITY
    fitting = hearing.fitting_of(giver)
    if any(yes.withdrawn for yes in fitting):
        return Reason.CONSENT_WITHDRAWN
    if any(yes.ended for yes in fitting):
        return Reason.CONSENT_EXPIRED
    if any(yes.is_unspecific(express=hearing.express) for yes in fitting):
        return Reason.CONSENT_UNSPECIFIC
    return Reason.CONSENT_OUT_OF_SCOPE


def authority_is_in_question(asked: Asked) -> Answer | None:
    """Line 6: somebody must speak for the person, and it is not sure that he may."""
    givers, situation = asked.givers, asked.situation
    if givers.needs_level and not givers.levels:
        return Review(Reason.AUTHORITY_UNVERIFIED, ("CV-19",))
    if not givers.needs_holder:
        return None
    if givers.entries and not givers.holders:
        return No(Reason.AUTHORITY_INCOMPETENT, ("CV-22", "G-04"))
    titles = [one for giver in givers.holders for one in giver.titles if isinstance(one, Authority)]
    if not titles or any(one.disputed or not situation.reached(one.verified_on) for one in titles):
        return Review(Reason.AUTHORITY_UNVERIFIED, ("CV-06", "G-04"))
    return None


def a_yes_is_not_sound(asked: Asked) -> Answer | None:
    """Line 7: somebody's yes was not freely given, or it is not sure that it is his."""
    if all(yes.is_sound() for yes in asked.hearing.fitting):
        return None
    himself = [(asked.person,)] if asked.givers.himself else []
    others = [(giver.id,) for giver in asked.givers.holders]
    level = [tuple(giver.id for giver in asked.level())] if asked.level() else []
    for names in (*himself, *others, *level):
        matching = [yes for name in names for yes in asked.hearing.matching(name)]
        if any(yes.is_sound() for yes in matching):
            continue
        latest = max(matching, key=lambda yes: (yes.consent.on, not yes.consent.free))
        if not latest.consent.free:
            return Review(Reason.CONSENT_NOT_FREE, ("CV-21",))
        return Review(Reason.EVIDENCE_INSUFFICIENT, (asked.givers.rule,))
    return None


def capacity_is_unclear(asked: Asked) -> Answer | None:
    """Line 8: it is open whether the person, 12 or older, can decide."""
    if asked.givers.capability is Capability.UNCLEAR:
        return Review(Reason.CAPACITY_UNCLEAR, (asked.givers.rule, "G-03"))
    return None


LINES: Final[tuple[Line, ...]] = (
    nobody_said_anything,
    the_person_refuses,
    another_giver_refuses,
    nobody_names_the_requester,
    somebodys_yes_is_missing,
    authority_is_in_question,
    a_yes_is_not_sound,
    capacity_is_unclear,
)


def _support(asked: Asked) -> Support:
    """Return what a carrying consent rests on (5.6, first line)."""
    hearing, givers, situation = asked.hearing, asked.givers, asked.situation
    parts = hearing.set_aside(asked.person)
    if givers.himself:
        parts.append(hearing.sound_support(asked.person))
    for giver in givers.holders:
        parts += [hearing.sound_support(giver.id), titles_support(situation, giver)]
    for giver in (*givers.holders, *asked.level()):
        parts += hearing.set_aside(giver.id)
    if asked.level():
        parts.append(_level_support(asked))
    if givers.capability is Capability.INCAPABLE:
        parts.append(finding_support(situation, asked.person))
    return together(*parts)


def _level_support(asked: Asked) -> Support:
    """Return the yes of that giver on the level who, with his title, carries longest."""
    return last(
        together(asked.hearing.sound_support(giver.id), titles_support(asked.situation, giver))
        for giver in asked.level()
        if asked.hearing.sound(giver.id)
    )


class Consents:
    """The consent question of one request, put for whichever person, as often as needed."""

    def __init__(self, situation: Situation) -> None:
        """Prepare nothing yet: most requests need few persons."""
        self._situation = situation
        self._hearings: dict[str, Hearings] = {}
        self._givers: dict[str, Givers] = {}
        self._answers: dict[Hearing, Answer] = {}

    def words(self, persons: Iterable[str]) -> list[Consent | Refusal]:
        """Return what was said about `persons`, as far as it fits but for holder and category."""
        return [word for person in persons for word in self._hearings_about(person).voices.words]

    def hearing(self, person: str, holder: str, category: Category, *, wgbo: bool) -> Hearing:
        """Return what was said about such records of a person."""
        return self._hearings_about(person).hearing(holder, category, wgbo=wgbo)

    def _hearings_about(self, person: str) -> Hearings:
        hearings = self._hearings.get(person)
        if hearings is None:
            hearings = self._hearings[person] = Hearings(Voices(self._situation, person))
        return hearings

    def answer(self, person: str, holder: str, category: Category, *, wgbo: bool) -> Answer:
        """Return what consent answers for such records of a person."""
        hearing = self.hearing(person, holder, category, wgbo=wgbo)
        answer = self._answers.get(hearing)
        if answer is None:
            givers = self._givers.get(person)
            if givers is None:
                givers = self._givers[person] = givers_for(self._situation, person)
            answer = self._answers[hearing] = consent_answer(person, givers, hearing)
        return answer
