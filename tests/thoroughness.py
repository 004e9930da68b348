"""How much a test tries: a third of it under `make test`, a tenth under `make quick`, all under `make thorough`."""

import os
from typing import Final

QUICK: Final = bool(os.environ.get("QUICK"))
THOROUGH: Final = bool(os.environ.get("THOROUGH"))

EVERY: Final = 37 if QUICK else 1 if THOROUGH else 7
"""Of so many cases of a sweep one is tried; prime, so that a sample meets every value of every dimension."""


def examples(usual: int) -> int:
    """Return how many examples a property is tried on; others than the last time, so that runs add up."""
    if THOROUGH:
        return usual
    return max(10, usual // (10 if QUICK else 3))
