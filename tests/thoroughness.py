"""How much a test tries: all of it under `make test`, a tenth under `make quick`."""

import os


def examples(usual: int) -> int:
    """Return how many examples a property is tried on."""
    return max(10, usual // 10) if os.environ.get("QUICK") else usual
