"""Which of our purposes a code of HL7's v3 ActReason means: little where it opens, much where it closes.

A code of ActReason is wider than a purpose of the contract, so no code means the same in a yes and in a no. In a yes it
counts for the one purpose that it certainly means: who said yes to treatment did not say yes to a school. In a no it
counts for every purpose that it could mean: who said no to treatment need not find out which word we have for it.

Our own code system (`urn:schakel:fhir:purpose`) says a purpose exactly, in both; we always write that one.

Source: HL7 v3 ActReason, *PurposeOfUse*; decision contract, 2.1 (*purpose*) and section 4.
"""

from dataclasses import dataclass
from typing import Final

from schemas.words import Purpose


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code opens in a yes and closes in a no, and why just these. A code that opens nothing only closes."""

    code: str
    opens: tuple[Purpose, ...]
    closes: tuple[Purpose, ...]
    why: str


_HELP: Final = (
    Purpose.COORDINATE_PLAN,
    Purpose.GIVE_HELP,
    Purpose.REFERRAL,
    Purpose.REFERRAL_FEEDBACK,
    Purpose.HISTORY,
    Purpose.EXECUTE_MEASURE,
    Purpose.FOSTER_CARE,
    Purpose.MENTOR_SUPPORT,
    Purpose.COUNSELLOR_SUPPORT,
    Purpose.SCHOOL_SUPPORT,
)
"""What helping could be called."""

MEANINGS: Final[tuple[Meaning, ...]] = (
    Meaning(
        "TREAT",
        opens=(Purpose.GIVE_HELP,),
        closes=_HELP,
        why="Treatment is help that a professional gives. That a plan is shared, somebody referred or a school told "
        "is more than treatment, so a yes to TREAT does not open it.",
    ),
    Meaning(
        "COC",
        opens=(Purpose.COORDINATE_PLAN,),
        closes=(Purpose.COORDINATE_PLAN, Purpose.REFERRAL, Purpose.REFERRAL_FEEDBACK),
        why="Coordination of care is what one plan is for. A no also closes handing somebody on and reporting back, "
        "which are coordination too.",
    ),
    Meaning(
        "HPAYMT",
        opens=(Purpose.BILLING,),
        closes=(Purpose.BILLING, Purpose.MATERIAL_CONTROL),
        why="Payment is billing. Billing goes on a duty (LB-15) and never on a yes, so the yes is kept and opens "
        "nothing. Checking whether what was paid for was given is payment too, so a no names it.",
    ),
    Meaning(
        "HOPERAT",
        opens=(),
        closes=(Purpose.MATERIAL_CONTROL, Purpose.ACCESS_DECISION),
        why="The operations of a care organisation are no purpose for which this gateway gives anything. A no names "
        "what a municipality does for its own administration.",
    ),
    Meaning(
        "HRESCH",
        opens=(),
        closes=(Purpose.RESEARCH,),
        why="Research is not served here (G-12), whoever says yes to it.",
    ),
)

NOT_BY_CONSENT: Final = {
    "ETREAT": "an emergency opens on LB-24 and on no yes or no; leave it out",
    "BTG": "breaking the glass is LB-24, which rests on no yes or no; leave it out",
}
"""Codes that mean something here, but nothing that a person gives or refuses."""

_BY_CODE: Final = {each.code: each for each in MEANINGS}


def meaning(code: str) -> Meaning | None:
    """Return what a code of ActReason means, or None of one that the table does not name."""
    return _BY_CODE.get(code)
