"""Step 8 of the exchange: one family, one plan, made of released elements and nothing else."""

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from schemas.plan import (
    ALL_ASKED,
    KINDS,
    Contact,
    Element,
    FamilyHousehold,
    Household,
    Housemate,
    LifeDomain,
    OwnWords,
    Plan,
    TeamMember,
    coordinates,
    find_gaps,
)
from schemas.words import Category

_DOMAINS: Final = {domain: place for place, domain in enumerate((*LifeDomain, None))}
_KINDS: Final = {word: place for place, word in enumerate(KINDS)}


def assemble(released: Iterable[Element], day: date, asked: Container[Category] = ALL_ASKED) -> Plan:
    """Return the plan of `released` elements: own words first, then by life domain (none last), kind and id.

    Doubles stand side by side with their sources; nothing is merged. Family, households, team, coordinators and the
    gaps of `day` say no more than the elements do, so what an element may not show does not come in by another door.
    `asked` are the categories that the requester asked for in full.
    """
    kept = list(released)
    ids = frozenset(each.id for each in kept)
    elements = tuple(_with_links_in(each, ids) for each in sorted(kept, key=_place))
    team = [each for each in elements if isinstance(each, Contact) and each.relation is None]
    return Plan(
        family=tuple(sorted(set().union(*(each.about for each in elements)))),
        coordinators=tuple(_member(each) for each in team if coordinates(each, day)),
        team=tuple(_member(each) for each in team),
        elements=elements,
        households=_households(elements),
        gaps=find_gaps(elements, day, asked),
    )


def _with_links_in(element: Element, released: frozenset[str]) -> Element:
    # A link to a goal that is withheld, or to a person whom no element is about, would tell that there is one.
    if not released.issuperset(element.goals):
        element = replace(element, goals=tuple(each for each in element.goals if each in released))
    if isinstance(element, OwnWords) and element.speaker not in element.about:
        element = replace(element, speaker=None)
    return element


def _households(elements: Iterable[Element]) -> tuple[FamilyHousehold, ...]:
    found: dict[tuple[str, str, str], list[Housemate]] = {}
    for each in elements:
        if isinstance(each, Household):
            members = found.setdefault((each.household, each.source.organisation, each.source.system), [])
            members += (Housemate(person, each.share, each.id) for person in each.about)
    return tuple(
        FamilyHousehold(*named, tuple(sorted(members, key=lambda each: (each.person, each.element))))
        for named, members in sorted(found.items())
    )


def _place(element: Element) -> tuple[bool, int, int, str]:
    return not isinstance(element, OwnWords), _DOMAINS[element.life_domain], _KINDS[element.kind], element.id


def _member(contact: Contact) -> TeamMember:
    return TeamMember(contact.name, contact.organisation, contact.role, contact.period, contact.id)
