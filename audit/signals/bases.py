"""Legal bases that ask for no working relation: who looked on one of them is no signal of rule SG-03.

Source: `reference/law.md`, the register of bases, its column of who may receive.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from audit.part import Part
from schemas.calendar import local_day

_FIRST: Final = date(2026, 11, 1)


@dataclass(frozen=True, slots=True)
class Other:
    """A basis that rests on something else than work with the family: on what, and from which day this row counts."""

    basis: str
    rests_on: str
    in_force_from: date = _FIRST


OTHERS: Final = (
    Other("LB-01", "a consent that names who receives it"),
    Other("LB-02", "a consent that names who receives it"),
    Other("LB-03", "an express consent"),
    Other("LB-06", "authority over the child"),
    Other("LB-09", "guardianship"),
    Other("LB-12", "a case of the child protection board"),
    Other("LB-13", "a report to Veilig Thuis"),
    Other("LB-15", "the bill of help, by contract"),
    Other("LB-16", "an application for help at the municipality"),
    Other("LB-17", "a control plan"),
    Other("LB-18", "a foster care contract"),
    Other("LB-19", "being a parent without authority"),
    Other("LB-20", "being the person himself"),
    Other("LB-22", "a task of supervision"),
    Other("LB-23", "serious harm that the holder averts"),
    Other("LB-24", "acute danger; a review of it follows anyway"),
    Other("LB-25", "representing an adult who cannot decide"),
    Other("LB-26", "a referral of his own"),
    Other("LB-27", "the choice of the young person"),
    Other("LB-38", "an appointment by the court"),
)
"""Every basis that is not here asks for a working relation, an unknown one too."""

_FROM: Final[Mapping[str, date]] = {other.basis: other.in_force_from for other in OTHERS}


def needs_no_relation(seen: Part) -> bool:
    """Say whether everything that left, left on a basis that asks for no working relation; False where it is gone."""
    day = local_day(seen.told.at)
    return bool(seen.released) and all(_FROM.get(str(each["basis"]), date.max) <= day for each in seen.released)
