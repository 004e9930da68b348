"""Step 8 of the exchange: one family, one plan, made of released elements and nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from schemas.plan import KINDS, Contact, Element, LifeDomain, Plan, TeamMember

_DOMAINS: Final = {domain: place for place, domain in enumerate(LifeDomain)}
_KINDS: Final = {word: place for place, word in enumerate(KINDS)}


def assemble(released: Iterable[Element]) -> Plan:
    """Return the plan of `released` elements: by life domain (none last), then kind, then id.

    Doubles stand side by side with their sources; nothing is merged. Family, team and coordinators say no more than the
    elements do, so what an element may not show does not come in by another door.
    """
    kept = list(released)
    ids = frozenset(each.id for each in kept)
    elements = tuple(sorted((_with_goals_in(each, ids) for each in kept), key=_place))
    contacts = [each for each in elements if isinstance(each, Contact) and each.relation is None]
    return Plan(
        family=tuple(sorted({person for each in elements for person in each.about})),
        coordinators=tuple(_member(each) for each in contacts if each.coordinator),
        team=tuple(_member(each) for each in contacts),
        elements=elements,
    )


def _with_goals_in(element: Element, released: frozenset[str]) -> Element:
    # A link to a goal that is withheld would tell that there is one.
    goals = tuple(each for each in element.goals if each in released)
    return element if goals == element.goals else replace(element, goals=goals)


def _place(element: Element) -> tuple[int, int, str]:
    domain = len(_DOMAINS) if element.life_domain is None else _DOMAINS[element.life_domain]
    return domain, _KINDS[element.kind], element.id


def _member(contact: Contact) -> TeamMember:
    return TeamMember(contact.name, contact.organisation, contact.role, contact.period, contact.id)
