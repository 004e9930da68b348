"""Who might see what of a person: everybody who could ask, for every purpose, decided by `decide` itself.

There is no second rule set here. What is put to a `Case` is a plain record (about the person alone, without flags, made
now), once as youth care and once as medicine keeps it: the laws under which answers can differ. Each question is the
best that its asker could put: with a reason why, the whole list of categories, and all four conditions of an emergency
declared. What somebody could only get by saying something untrue is therefore told too.

Source: issue *Facts*, point 6; decision contract, sections 3 and 4.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any, Final, TypeAlias

from consent.decide import Case, prepare
from consent.decided import ASKED, Decided
from consent.decision import ElementDecision
from consent.entries import Record
from consent.entry import EVERYTHING
from consent.facts import Facts
from consent.initiative import who_began
from consent.known.lone_word import NOTHING_ALONE, Lone, for_purpose
from consent.outlook.lookers import Looker, Roles, alike, lookers
from consent.request import Emergency, Request
from consent.situation import UnknownPersonError
from schemas.words import AuthorityKind, Category, Purpose, Regime, Result

REGIMES: Final = (Regime.JEUGDWET, Regime.WGBO)
"""The laws under which a plain record is looked at: every other known regime opens as the first does."""

MOST_QUESTIONS: Final = 30_000
"""So many (asker, purpose, holder) are looked at; who comes later is named as left out."""

CATEGORIES: Final = tuple(sorted(Category))
_WHY: Final = "Wat van dit dossier is nodig voor dit doel, en waarom?"
_DECLARED: Final = Emergency(
    reason_code="danger",
    text="Acuut gevaar; er is contact, toestemming vragen kan niet, de bron is niet bereikbaar.",
    live_contact=True,
    cannot_consent=True,
    holder_unreachable=True,
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What becomes of plain records of these `holders`, `categories` and `regimes` where one of `lookers` asks."""

    lookers: tuple[Looker, ...]
    purpose: Purpose
    holders: tuple[str, ...]
    categories: tuple[Category, ...]
    regimes: tuple[Regime, ...]
    told: ElementDecision


@dataclass(frozen=True, slots=True)
class Round:
    """All that was seen, alike together, by purpose; and who was left out because it would have been too much."""

    sights: tuple[Sight, ...]
    left_out: tuple[Looker, ...] = ()


def look_round(  # noqa: PLR0913 - what there is to look at, each by name
    person: str,
    facts: Facts,
    at: datetime,
    *,
    holders: Iterable[str],
    roles: Roles,
    decided: Collection[Decided] = (),
    lone: Lone = NOTHING_ALONE,
    require_confirmed_rules: bool = False,
    most: int = MOST_QUESTIONS,
) -> Round:
    """Return what everybody who might ask about `person` would get of `holders`, and why not.

    `roles` are those that fit each kind of organisation; `decided` is what holders decided; `lone` is what of `facts`
    rests on one word.

    Raises:
        UnknownPersonError: the facts lack the person.
        ValueError: no rule set holds at `at`.
    """
    if person not in facts.person_by_id:
        raise UnknownPersonError("the facts lack a person of the request")
    seats = alike(facts, set(holders), decided)
    everybody = lookers(person, facts, roles, decided)
    enough = max(1, most // (len(Purpose) * max(1, len(seats))))
    looking, left_out = everybody[:enough], everybody[enough:]
    made_up = (one.made_up for one in looking if one.made_up is not None)
    rounds = _Looking(
        person,
        replace(facts, professionals=(*facts.professionals, *made_up)),
        lone,
        at,
        seats,
        decided,
        require_confirmed_rules,
    )
    return Round(tuple(rounds.sights(looking)), tuple(left_out))


_Seen: TypeAlias = dict[tuple[Regime, ...], ElementDecision]
"""What becomes of one holder's records of one category, by the regimes for which it is the same."""

_Row: TypeAlias = tuple[tuple[Regime, ...], ElementDecision, tuple[str, ...], tuple[Category, ...]]


@dataclass(frozen=True, slots=True)
class _Looking:
    person: str
    facts: Facts
    lone: Lone
    at: datetime
    seats: list[tuple[str, ...]]
    decided: Collection[Decided]
    require_confirmed_rules: bool

    def sights(self, everybody: Iterable[Looker]) -> list[Sight]:
        found: dict[tuple[Purpose, _Row], list[Looker]] = {}
        for looker in everybody:
            for purpose in Purpose:
                for row in _rows(self._seen(looker, purpose), self.seats):
                    found.setdefault((purpose, row), []).append(looker)
        sights = [
            Sight(tuple(who), purpose, holders, categories, regimes, told)
            for (purpose, (regimes, told, holders, categories)), who in found.items()
        ]
        order = list(Purpose)
        return sorted(sights, key=lambda one: (order.index(one.purpose), str(one.told.result)))

    def _seen(self, looker: Looker, purpose: Purpose) -> dict[tuple[str, Category], _Seen]:
        stopped: dict[tuple[str, Category], _Seen] = {}
        opened: dict[tuple[str, Category], dict[Regime, ElementDecision]] = {}
        facts = for_purpose(self.facts, self.lone, self.person, purpose)
        for request in self._requests(looker, purpose):
            case = prepare(request, facts, self.at, require_confirmed_rules=self.require_confirmed_rules)
            foreseen = case.foresee([seat[0] for seat in self.seats], CATEGORIES, ())
            for pair, told in foreseen.items():
                if isinstance(told, ElementDecision):
                    stopped.setdefault(pair, {REGIMES: told})
            open_pairs = [pair for pair, told in foreseen.items() if isinstance(told, list)]
            for (pair, regime), told in self._decided(case, open_pairs):
                before = opened.setdefault(pair, {})
                if regime not in before or before[regime].result is not Result.RELEASE:
                    before[regime] = told
        return stopped | {pair: _together(told) for pair, told in opened.items()}

    def _decided(
        self, case: Case, pairs: Iterable[tuple[str, Category]]
    ) -> Iterator[tuple[tuple[tuple[str, Category], Regime], ElementDecision]]:
        probes = {f"{number}": each for number, each in enumerate(product(pairs, REGIMES))}
        plain = [self._plain(name, *pair, regime) for name, (pair, regime) in probes.items()]
        for name, told in case.decide(plain).elements.items():
            yield probes[name], told

    def _plain(self, name: str, holder: str, category: Category, regime: Regime) -> Record:
        return Record(
            id=name,
            holder=holder,
            about=frozenset({self.person}),
            category=category,
            regime=regime,
            created_on=self.at,
        )

    def _requests(self, looker: Looker, purpose: Purpose) -> Iterator[Request]:
        """Yield the questions that this asker could put: what he names can open what nothing named does not."""
        asked: list[dict[str, Any]] = [{"question": _WHY}]
        if purpose is Purpose.COMPULSORY_CARE:
            asked += [{"question": _WHY, "order": one.id} for one in self.facts.orders if one.subject == self.person]
        if purpose is Purpose.EXERCISE_AUTHORITY:
            asked += [{"question": _WHY, "matter": matter} for matter in self._matters(looker.requester.id)]
        answered = (one for one in self.decided if (one.asker, one.purpose) == (looker.remembered_as, purpose))
        asked += [{name: getattr(one, name) for name in ASKED} for one in answered if one.answers is not None]
        for each in asked:
            yield self._request(looker, purpose, each)

    def _matters(self, holder: str) -> list[str]:
        return sorted(
            {
                one.matter
                for one in self.facts.authority
                if one.kind is AuthorityKind.SPECIAL_REPRESENTATIVE
                and (one.holder, one.over) == (holder, self.person)
                and one.matter is not None
            }
        )

    def _request(self, looker: Looker, purpose: Purpose, asked: Mapping[str, Any]) -> Request:
        bare = Request(
            at=self.at,
            requester=looker.requester,
            about=self.person,
            purpose=purpose,
            # The whole list, and not `all`: who asks for the whole file never itemised it (LB-07).
            categories=frozenset(CATEGORIES),
            records=EVERYTHING,
            justification=_WHY,
            emergency=_DECLARED if purpose is Purpose.EMERGENCY else None,
            **asked,
        )
        counting = [one for one in self.decided if one.is_for(bare, looker.remembered_as)]
        return replace(
            bare,
            initiative=who_began(purpose, counting),
            holder_decisions=tuple(one.as_decision() for one in counting),
        )


def _together(told: dict[Regime, ElementDecision]) -> _Seen:
    by_told: dict[ElementDecision, list[Regime]] = {}
    for regime, each in told.items():
        by_told.setdefault(each, []).append(regime)
    return {tuple(regimes): each for each, regimes in by_told.items()}


def _rows(seen: dict[tuple[str, Category], _Seen], seats: list[tuple[str, ...]]) -> Iterator[_Row]:
    """Yield what is alike together: first the categories of one holder, then the holders of one set of categories."""
    of_holder: dict[tuple[tuple[Regime, ...], ElementDecision, str], list[Category]] = {}
    for (holder, category), found in seen.items():
        for regimes, told in found.items():
            of_holder.setdefault((regimes, told, holder), []).append(category)
    members = {seat[0]: seat for seat in seats}
    of_categories: dict[tuple[tuple[Regime, ...], ElementDecision, tuple[Category, ...]], list[str]] = {}
    for (regimes, told, holder), each in of_holder.items():
        of_categories.setdefault((regimes, told, tuple(sorted(each))), []).extend(members[holder])
    for (regimes, told, categories), holders in of_categories.items():
        yield regimes, told, tuple(sorted(holders)), categories
