"""The plan: one family, its elements, and what follows from them."""

from dataclasses import dataclass, field

from schemas.plan.element import Element, Period
from schemas.plan.gaps import Gap


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Who works on the plan: taken from released contacts, so the team shows no more than they do."""

    name: str | None
    organisation: str | None
    role: str | None
    period: Period
    element: str


@dataclass(frozen=True, slots=True)
class Housemate:
    """Somebody's place in a household, with the id of the element that says so."""

    person: str
    share: str | None = field(repr=False)
    element: str


@dataclass(frozen=True, slots=True)
class FamilyHousehold:
    """One household as one source knows it: taken from released elements, so it shows no more of its members.

    `household` is that source's word; what two sources call alike is not held to be one.
    """

    household: str
    organisation: str
    system: str
    members: tuple[Housemate, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One family, one plan, as far as this requester may see it.

    `family` holds the persons that released elements are about; `coordinators` are team members that a source names as
    regisseur (more than one where sources differ: doubles stand side by side, never merged silently).
    `elements`: the family's own words first, then by life domain, kind and id. `gaps` are of the day of the decision.
    """

    family: tuple[str, ...]
    coordinators: tuple[TeamMember, ...]
    team: tuple[TeamMember, ...]
    elements: tuple[Element, ...]
    households: tuple[FamilyHousehold, ...] = ()
    gaps: tuple[Gap, ...] = ()
