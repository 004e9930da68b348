"""An event as it is once somebody else of whom its facts told is erased."""

from dataclasses import replace
from typing import Any

from audit.events import Field
from audit.told import Told


def facts_gone(told: Told) -> Told:
    """Return `told` without its facts, and saying so."""
    left: dict[Field, Any] = {name: each for name, each in told.fields.items() if name is not Field.FACTS}
    return replace(told, fields=left, facts_gone=True)
