"""What was said about one person that one request can hear: consents, refusals, wishes.

Source: decision contract, 5.1. The words *fits*, *matches*, *standing* and *sound* are used as defined there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, TypeVar

from consent.ends import BOUNDARIES, FOREVER, Support, birthday, last, months_on
from consent.entries import Consent, ConsideredWish, Refusal
from consent.entry import EVERYTHING
from consent.situation import Situation
from schemas.words import Category

Word = TypeVar("Word", Consent, Refusal)

LONGEST_MONTHS: Final = 12
"""A consent ends this many months after it was given, if not sooner."""


@dataclass(frozen=True, slots=True, eq=False)
class Yes:
    """One consent as it stands at the moment of the request."""

    consent: Consent
    giver: str
    ended: bool
    withdrawn: bool
    end: datetime

    @property
    def support(self) -> Support:
        """Until when it carries, of one that matches, and its name."""
        withdrawn = self.consent.withdrawn_on
        return Support(self.end if withdrawn is None else min(self.end, withdrawn), (self.consent.id,))

    def matches(self, *, express: bool) -> bool:
        """Return whether a consent that fits also counts; `express` only where it must be express (LB-03)."""
        return not (self.ended or self.withdrawn or self.is_unspecific(express=express))

    def is_unspecific(self, *, express: bool) -> bool:
        """Return whether it names no recipient, or is not express where it must be."""
        return self.consent.recipients is EVERYTHING or (express and not self.consent.express)

    def would_match_but_for_withdrawal(self, *, express: bool) -> bool:
        """Return whether only its withdrawal keeps it from matching."""
        return self.withdrawn and not self.ended and not self.is_unspecific(express=express)

    def is_sound(self) -> bool:
        """Return whether it was freely given by somebody whose identity was verified."""
        return self.consent.free and self.consent.identity_verified


class Voices:
    """All that was said about one person, as far as it can be heard at the moment of the request."""

    def __init__(self, situation: Situation, person: str) -> None:
        """Gather what counts as said about `person`."""
        self.situation = situation
        self.person = person
        self._names = situation.asker.names
        self._purpose = situation.request.purpose
        himself = situation.persons.get(person)
        self._speaks_from = FOREVER if himself is None else birthday(himself.born, BOUNDARIES[0])
        """What he said himself before this day, when he turned 12, counts as nothing said."""
        self.fitting = [
            self._yes(one) for one in self._to_him(situation.facts.consents_about(person)) if self._hears_yes(one)
        ]
        """The consents that fit but for holder and category."""
        self.refusals_heard = [
            one
            for one in self._to_him(situation.facts.refusals_about(person))
            if not situation.reached(one.withdrawn_on) and self._hears(one.given_by, one.on)
        ]
        """The refusals that match but for holder and category."""

    def _to_him(self, said: Iterable[Word]) -> list[Word]:
        """Return what names the requester and his purpose."""
        purpose, names = self._purpose, self._names
        return [one for one in said if purpose in one.purposes and not one.recipients.isdisjoint(names)]

    def _hears(self, given_by: str, on: datetime) -> bool:
        return on <= self.situation.at and (given_by != self.person or on >= self._speaks_from)

    def _hears_yes(self, one: Consent) -> bool:
        # A yes of whom nobody knows opens nothing; his no still closes.
        return self._hears(one.given_by, one.on) and self.situation.knows_speaker(one.given_by)

    @cached_property
    def consents(self) -> tuple[Consent, ...]:
        """All consents that count as given, whatever they are about and ended or not."""
        return tuple([one for one in self.situation.facts.consents_about(self.person) if self._hears_yes(one)])

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """All refusals that count as given, whatever they are about and withdrawn or not."""
        said = self.situation.facts.refusals_about(self.person)
        return tuple([one for one in said if self._hears(one.given_by, one.on)])

    @property
    def are_silent(self) -> bool:
        """Whether nobody said anything about the person, whatever it was about."""
        return not (self.fitting or self.refusals_heard or self.consents or self.refusals)

    @cached_property
    def wishes(self) -> tuple[ConsideredWish, ...]:
        """His considered wishes that name the requester or his organisation."""
        return tuple(
            one
            for one in self.situation.facts.considered_wishes
            if one.youth == self.person
            and self._hears(self.person, one.on)
            and not self._names.isdisjoint(one.recipients)
        )

    @cached_property
    def requester_is_named(self) -> bool:
        """Whether any consent, ended or withdrawn or not, names the requester or says `any`."""
        return bool(self.fitting) or any(not one.recipients.isdisjoint(self._names) for one in self.consents)

    @cached_property
    def speakers(self) -> frozenset[str]:
        """Everybody who said yes or no about the person, whatever it was about."""
        refusers = frozenset(self.situation.speaker(one.given_by) for one in self.refusals)
        return self.yes_sayers | refusers

    @cached_property
    def yes_sayers(self) -> frozenset[str]:
        """Everybody who said yes about the person, whatever it was about."""
        return frozenset(self.situation.speaker(one.given_by) for one in self.consents)

    def _yes(self, consent: Consent) -> Yes:
        at = self.situation.at
        term = months_on(consent.on, LONGEST_MONTHS)
        end = term if consent.until is None else min(term, consent.until)
        return Yes(
            consent=consent,
            giver=self.situation.speaker(consent.given_by),
            ended=at >= end,
            withdrawn=self.situation.reached(consent.withdrawn_on),
            end=end,
        )

    @property
    def words(self) -> Iterable[Consent | Refusal]:
        """The consents and refusals that fit but for holder and category."""
        return (*(yes.consent for yes in self.fitting), *self.refusals_heard)


class Hearing:
    """What was said about one person's records of one holder and category."""

    def __init__(self, voices: Voices, fitting: list[Yes], refusals: list[Refusal], *, express: bool) -> None:
        """Weigh each giver's yes against his no: the later counts, at one instant the no."""
        self.voices = voices
        self.express = express
        self.fitting = fitting
        self._matching: dict[str, list[Yes]] = {}
        self._refusals: dict[str, list[Refusal]] = {}
        self._standing: dict[str, list[Refusal]] = {}
        for yes in fitting:
            if yes.matches(express=express):
                self._matching.setdefault(yes.giver, []).append(yes)
        for no in refusals:
            self._refusals.setdefault(voices.situation.speaker(no.given_by), []).append(no)
        for giver, said in self._refusals.items():
            matching = self._matching.get(giver, ())
            if standing := [no for no in said if all(yes.consent.on <= no.on for yes in matching)]:
                self._standing[giver] = standing
                self._matching.pop(giver, None)

    def standing(self, giver: str) -> Sequence[Refusal]:
        """Return the giver's refusals that no later yes of his sets aside."""
        return self._standing.get(giver, ())

    def matching(self, giver: str) -> Sequence[Yes]:
        """Return the giver's consents that count; none where a refusal of his stands."""
        return self._matching.get(giver, ())

    def sound(self, giver: str) -> list[Yes]:
        """Return the giver's consents that count and are sound."""
        return [yes for yes in self.matching(giver) if yes.is_sound()]

    def fitting_of(self, giver: str) -> list[Yes]:
        """Return the giver's consents that fit, whether they count or not."""
        return [yes for yes in self.fitting if yes.giver == giver]

    def set_aside(self, giver: str) -> list[Support]:
        """Return, for each refusal of a giver, the consent that sets it aside and ends last.

        Only for a giver of whom no refusal stands.
        """
        return [
            last(yes.support for yes in self._matching[giver] if yes.consent.on > no.on)
            for no in self._refusals.get(giver, ())
        ]

    def sound_support(self, giver: str) -> Support:
        """Return the sound consent of a giver that ends last."""
        return last([yes.support for yes in self.matching(giver) if yes.is_sound()])


class Hearings:
    """What was said about one person's records, by holder and category.

    They stand apart from the voices, at which each hearing looks back: what holds itself stays in memory after its
    request.
    """

    def __init__(self, voices: Voices) -> None:
        """Hear nothing yet."""
        self.voices = voices
        self._has_inexpress = not all(yes.consent.express for yes in voices.fitting)
        self._hearings: dict[tuple[str, Category, bool], Hearing] = {}
        self._heard_alike: dict[tuple[object, ...], Hearing] = {}

    def hearing(self, holder: str, category: Category, *, wgbo: bool) -> Hearing:
        """Return what was said about records of `holder` and `category`; `wgbo` records ask for express consent."""
        express = wgbo and self._has_inexpress
        key = (holder, category, express)
        hearing = self._hearings.get(key)
        if hearing is None:
            hearing = self._hearings[key] = self._heard(holder, category, express=express)
        return hearing

    def _heard(self, holder: str, category: Category, *, express: bool) -> Hearing:
        """Return one hearing for all that were named in one breath; many categories are, and many holders."""
        fitting = [
            yes for yes in self.voices.fitting if category in yes.consent.categories and holder in yes.consent.holders
        ]
        refusals = [one for one in self.voices.refusals_heard if category in one.categories and holder in one.holders]
        said = (express, *map(id, fitting), *map(id, refusals))
        hearing = self._heard_alike.get(said)
        if hearing is None:
            hearing = self._heard_alike[said] = Hearing(self.voices, fitting, refusals, express=express)
        return hearing
