"""Collects what of the records does not reach the plan: places and reasons, never a value."""

import re
from dataclasses import dataclass, field
from typing import Final

from adapters.contract import Leftover

MAX_LEFTOVERS: Final = 1_000
"""Of one answer. A source that sends more nonsense than this is told so once."""

_FIELD_NAME: Final = re.compile(r"[A-Za-z_]+[0-9]{0,3}[A-Za-z_]*")
_LONGEST_NAME: Final = 40


def shown_name(name: object, known: frozenset[str]) -> str:
    """Return `name` where it is surely the name of a field, else `?`: a source may write values where names belong."""
    if name in known:
        return str(name)
    fits = isinstance(name, str) and len(name) <= _LONGEST_NAME and _FIELD_NAME.fullmatch(name)
    return str(name) if fits else "?"


@dataclass(slots=True)
class Leftovers:
    """What is left over of one answer, in the order of finding, each once; `kind` is the record's at hand."""

    kind: str = ""
    found: dict[Leftover, None] = field(default_factory=dict)

    def add(self, path: str, why: str) -> None:
        """Note that what stands at `path` does not reach the plan."""
        if len(self.found) < MAX_LEFTOVERS:
            self.found[Leftover(self.kind, path, why)] = None
        elif len(self.found) == MAX_LEFTOVERS:
            self.found[Leftover("*", "*", f"more than {MAX_LEFTOVERS} places; the rest is not listed")] = None
