"""The papers and the files of third parties that lie beside the checkout, as `../shared`, and are no part of it.

Who has only the repository has none of them: what leans on them is skipped, under CI too, because nothing that the
project installs could bring them. Where the folder is there it must be whole: a missing part is a failure, no skip.
"""

from pathlib import Path
from typing import Final

import pytest

SHARED: Final = Path(__file__).resolve().parents[2] / "shared"
DATA: Final = SHARED / "data"
SCENARIOS: Final = SHARED / "scenarios"
WORLDS: Final = SHARED / "worlds"
BALP: Final = DATA / "03-consent-audit" / "ihe-balp"

REASON: Final = "the papers and files of third parties do not lie beside this checkout, as ../shared"
# A skip, not a failure: the repository may not hold these files, and no command of it could fetch them.
needs_shared: Final = pytest.mark.skipif(not SHARED.is_dir(), reason=REASON)
"""Marks a test that leans on them; the fixture `shared` does the same for one that takes the folder."""


def files(folder: Path, pattern: str) -> list[Path]:
    """Return what lies in `folder`, sorted; nothing where nothing lies beside the checkout.

    Raises:
        FileNotFoundError: the papers are there, and of these files there is none.
    """
    found = sorted(folder.rglob(pattern))
    if not found and SHARED.is_dir():
        raise FileNotFoundError(folder / pattern)
    return found
