"""Who might ask about a person, and which organisations are alike before the law, so that one of them is looked at.

Source: decision contract, 2.1 (*requester*), section 4; facts contract, *professional and role*.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from consent.decided import Decided
from consent.entries import Organisation, Professional
from consent.facts import SECTIONS, Facts
from consent.naming import names_in
from consent.request import Requester
from schemas.words import OrganisationKind, Role

Roles: TypeAlias = Mapping[OrganisationKind, Collection[Role]]
"""The roles that people in a kind of organisation can have."""

_NAME_NOBODY = frozenset({"organisations", "professionals", "records"})
"""The sections that tell who there is and what he holds, not what may become of it."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who might ask.

    A professional on record; or `made_up`: anybody with a role at any of `organisations`, which are alike; or a person
    or mentor, who asks for no organisation.
    """

    requester: Requester
    organisations: tuple[str, ...] = ()
    role: Role | None = None
    made_up: Professional | None = None

    @property
    def remembered_as(self) -> str:
        """As whom a holder's decision knows him: a professional as his organisation, others as themselves."""
        return self.organisations[0] if self.organisations else self.requester.id


def alike(facts: Facts, names: Iterable[str], decided: Iterable[Decided]) -> list[tuple[str, ...]]:
    """Return `names`, organisations of `facts`, by those that no rule can tell apart; each group sorted, one at least.

    An organisation stands alone where a fact or a decision names it, or where somebody of it is on record. Of the
    others rules know their kind, and whether they opted in to emergencies.
    """
    telling = _named(facts, decided)
    groups: dict[tuple[object, ...], list[str]] = {}
    for name in sorted(names):
        found = facts.organisation_by_id.get(name)
        key = (name,) if found is None or name in telling else (found.kind, found.emergency_opt_in)
        groups.setdefault(key, []).append(name)
    return [tuple(group) for group in groups.values()]


def _named(facts: Facts, decided: Iterable[Decided]) -> frozenset[str]:
    sections = (name for name in SECTIONS if name not in _NAME_NOBODY)
    by_facts = (each for name in sections for one in getattr(facts, name) for each in names_in(name, one.source))
    by_people = (one.organisation for one in facts.professionals)
    by_decisions = (name for one in decided for name in (one.holder, one.asker))
    return frozenset((*by_facts, *by_people, *by_decisions))


def lookers(person: str, facts: Facts, roles: Roles, decided: Collection[Decided]) -> list[Looker]:
    """Return everybody who might ask about `person`, who is nearest first.

    Each person of the family as a person, himself first; each mentor of the person as a mentor; each professional on
    record; and for each organisation somebody with each role that fits its kind, or with role `other` where none does.
    """
    return [
        *_persons(person, facts),
        *(
            Looker(Requester(form="professional", id=one.id), (one.organisation,), one.role)
            for one in facts.professionals
        ),
        *_of_organisations(facts, roles, decided),
    ]


def _persons(person: str, facts: Facts) -> Iterator[Looker]:
    known = facts.person_by_id
    for name in sorted(known, key=lambda each: (each != person, each)):
        yield Looker(Requester(form="person", id=name))
    for name in sorted({one.mentor for one in facts.mandates if one.youth == person and one.mentor in known}):
        yield Looker(Requester(form="mentor", id=name))


def _of_organisations(facts: Facts, roles: Roles, decided: Collection[Decided]) -> Iterator[Looker]:
    taken = {*facts.professional_by_id, *facts.person_by_id, *facts.organisation_by_id}
    # Who stands alone, because something names him, before those who are many.
    for group in sorted(alike(facts, facts.organisation_by_id, decided), key=lambda each: (len(each) > 1, each)):
        organisation = facts.organisation_by_id[group[0]]
        for role in sorted(roles.get(organisation.kind) or {Role.OTHER}):
            somebody = _made_up(organisation, role, taken)
            yield Looker(Requester(form="professional", id=somebody.id), group, role, somebody)


def _made_up(organisation: Organisation, role: Role, taken: Collection[str]) -> Professional:
    name = f"({role} of {organisation.id})"
    while name in taken:
        name = f"({name})"
    return Professional(
        source={"id": name, "organisation": organisation.id, "role": str(role)},
        id=name,
        organisation=organisation.id,
        role=role,
    )
