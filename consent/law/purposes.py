"""Which bases each purpose knows, in the order in which they are tried.

Source: decision contract, section 4. A purpose without a basis opens nothing (G-12).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeAlias

from consent.law.asking import the_holder_wants_to_tell
from consent.law.basis import Basis
from consent.law.rows_authorities import (
    LB_12,
    LB_13,
    LB_15,
    LB_16,
    LB_17,
    LB_23,
    LB_24,
    LB_32,
)
from consent.law.rows_family import LB_06, LB_09, LB_10, LB_18, LB_19, LB_20, LB_25, LB_27, LB_38
from consent.law.rows_professionals import (
    LB_01,
    LB_02,
    LB_04,
    LB_05,
    LB_07,
    LB_08,
    LB_11,
    LB_26,
    LB_28,
    LB_29,
    NB_04,
)
from schemas.words import Purpose

Bases: TypeAlias = tuple[Basis[Any], ...]
_CONSENT: Final[Bases] = (LB_01, LB_02)

PURPOSES: Final[Mapping[Purpose, Bases]] = {
    Purpose.COORDINATE_PLAN: (LB_04, LB_05, *_CONSENT),
    Purpose.GIVE_HELP: (LB_04, LB_05, *_CONSENT),
    Purpose.REFERRAL: _CONSENT,
    Purpose.HISTORY: _CONSENT,
    Purpose.COUNSELLOR_SUPPORT: _CONSENT,
    Purpose.SCHOOL_SUPPORT: _CONSENT,
    Purpose.POLICE_INQUIRY: _CONSENT,
    Purpose.REFERRAL_FEEDBACK: (LB_26, *_CONSENT),
    Purpose.SUPERVISION_ORDER: (LB_07, LB_08, *_CONSENT),
    Purpose.YOUTH_PROBATION: (*_CONSENT, NB_04),
    Purpose.GUARDIANSHIP: (LB_09, *_CONSENT),
    Purpose.PARTIAL_AUTHORITY: (LB_10, *_CONSENT),
    Purpose.EXECUTE_MEASURE: (LB_11, *_CONSENT),
    Purpose.CHILD_PROTECTION_INQUIRY: (LB_12, *_CONSENT),
    Purpose.SAFETY_REPORT: (LB_13, *_CONSENT),
    Purpose.SAFETY_INQUIRY: (LB_13, *_CONSENT),
    Purpose.FOSTER_CARE: (LB_18, *_CONSENT),
    Purpose.OWN_ACCESS: (LB_20, LB_25),
    Purpose.EXERCISE_AUTHORITY: (LB_06, LB_38, *_CONSENT),
    Purpose.PARENT_INFORMATION: (LB_19, *_CONSENT),
    Purpose.MENTOR_SUPPORT: (LB_27,),
    Purpose.BILLING: (LB_15,),
    Purpose.ACCESS_DECISION: (LB_16, *_CONSENT),
    Purpose.MATERIAL_CONTROL: (LB_17,),
    Purpose.EMERGENCY: (LB_24,),
    Purpose.AVERT_HARM: (LB_23,),
    Purpose.COMPULSORY_CARE: (LB_28, LB_29),
    Purpose.SAFETY_HOUSE: (LB_32, *_CONSENT),
    Purpose.RESEARCH: (),
}


def is_only_told(purpose: Purpose) -> bool:
    """Return whether no basis of a purpose answers who asks: the holder tells of his own accord, or nothing leaves."""
    bases = PURPOSES.get(purpose, ())
    return bool(bases) and all(any(each.holds is the_holder_wants_to_tell for each in one.asks) for one in bases)


def bases_for(purpose: Purpose, day: date) -> Bases:
    """Return the bases of a purpose that are law on an Amsterdam calendar day; a purpose without a row has none."""
    return tuple(basis for basis in PURPOSES.get(purpose, ()) if basis.is_law_on(day))
