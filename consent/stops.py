"""A holder's stop: while it stands, nothing of him leaves. A row of the registry, whose version a commit checks."""

from dataclasses import dataclass
from typing import Final

from consent.entry import Entry

SECTION: Final = "stops"
"""The section of the registry; no section of a world."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Stop(Entry):
    """Whether the organisation `id` stopped. Rows of before step 0014 have `lift_proposed_by`, which says nothing."""

    id: str
    stopped: bool
    lift_proposed_by: str | None = None
