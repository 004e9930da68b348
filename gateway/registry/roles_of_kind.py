"""Which roles fit which kind of organisation.

A provider or an administrator can only give a professional a role that exists where he works; so no school makes itself
a crisis service. A kind of organisation that a role does not name is refused.

Source: facts contract, row *professional and role* (its `…` is filled in from the kinds' own work; Jeugdwet 1.1, 7.1).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.words import OrganisationKind as Kind
from schemas.words import Role

_EVERYWHERE: Final = frozenset({Role.MANAGER, Role.OTHER})
_TREATS: Final = frozenset({Role.YOUTH_PROFESSIONAL, Role.THERAPIST, Role.PSYCHIATRIST})

ROLES_OF_KIND: Final[Mapping[Kind, frozenset[Role]]] = MappingProxyType(
    {
        Kind.LOCAL_TEAM: frozenset({Role.YOUTH_PROFESSIONAL, Role.ACCESS_OFFICER}),
        Kind.YOUTH_CARE: _TREATS,
        Kind.YOUTH_MENTAL_HEALTH: _TREATS,
        Kind.ADULT_MENTAL_HEALTH: frozenset({Role.THERAPIST, Role.PSYCHIATRIST}),
        Kind.DISABILITY_CARE: _TREATS,
        Kind.FOSTER_CARE: frozenset({Role.FOSTER_CARE_WORKER, Role.YOUTH_PROFESSIONAL}),
        Kind.SECURE_YOUTH_CARE: _TREATS,
        Kind.CERTIFIED_INSTITUTION: frozenset({Role.FAMILY_GUARDIAN}),
        Kind.CHILD_PROTECTION_BOARD: frozenset({Role.BOARD_INVESTIGATOR}),
        Kind.SAFE_AT_HOME: frozenset({Role.SAFETY_WORKER}),
        Kind.GENERAL_PRACTICE: frozenset({Role.GENERAL_PRACTITIONER, Role.YOUTH_PROFESSIONAL}),
        Kind.YOUTH_HEALTH: frozenset({Role.YOUTH_PROFESSIONAL}),
        Kind.SCHOOL: frozenset({Role.TEACHER}),
        Kind.MUNICIPALITY: frozenset({Role.ACCESS_OFFICER, Role.BILLING_CLERK, Role.CONTROLLER}),
        Kind.POLICE: frozenset({Role.POLICE_OFFICER}),
        Kind.PROBATION: frozenset(),
        Kind.DEBT_COUNSELLING: frozenset(),
        Kind.ADDICTION_CARE: frozenset({Role.THERAPIST, Role.PSYCHIATRIST}),
        Kind.CRISIS_SERVICE: frozenset({Role.CRISIS_WORKER}),
        Kind.SAFETY_HOUSE: frozenset(),
        Kind.COUNSELLOR_SERVICE: frozenset({Role.COUNSELLOR}),
        Kind.OTHER: frozenset(),
    }
)
"""For each kind the roles of its own; those that exist everywhere (`manager`, `other`) are not repeated."""


def fits(role: Role, kind: Kind) -> bool:
    """Say whether somebody with `role` can work in an organisation of `kind`."""
    return role in _EVERYWHERE or role in ROLES_OF_KIND[kind]
