"""Sets of categories, and obligations, by which rows are written."""

from typing import Final

from schemas.words import Category

EVERY: Final = frozenset(Category) - {Category.WORKING_NOTES}
"""All that a basis can open: working notes never leave (section 3, step 1)."""

LOG: Final = "OB-LOG"
MIN: Final = "OB-MIN"
PART: Final = "OB-PART"
NOFWD: Final = "OB-NOFWD"
NOTE: Final = "OB-NOTE"
JUST: Final = "OB-JUST"
PRE: Final = "OB-PRE"
EXP: Final = "OB-EXP"
RECON: Final = "OB-RECON"
CONSULT: Final = "OB-CONSULT"
YOUTH_FIRST: Final = "OB-YOUTH1"


def all_but(*categories: Category) -> frozenset[Category]:
    """Return every category but these."""
    return EVERY - frozenset(categories)
