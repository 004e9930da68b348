"""Whether another fact that says the same was closed since one was recorded: then nobody makes that one whole. Pure.

Of two one records and the other confirms. Who kept a second one ready beside the first would open by it what somebody
closed meanwhile, on a word from before that. Whoever it is still so for records it anew. What was whole already, and
stood beside what was closed, stays as it was.

Source: facts contract, F3 (closing is cheap, opening is dear).
"""

from collections.abc import Mapping
from typing import Final

from consent.known.foster_care import is_foster_care
from consent.known.rows import Known, Told
from gateway.facts.stage import Stage

ANEW: Final = "another that says the same was ended since this was recorded; record it anew"

_SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "family": ("person", "of", "relation"),
    "authority": ("holder", "over", "kind"),
    "orders": ("kind", "subject", "executor"),
    "assignments": ("order", "provider"),
    "mandates": ("mentor", "youth"),
    "consents": ("about", "given_by"),
}
"""What two facts of a section have in common that say the same, by whichever paper and from whichever day."""

_WITHDRAWN: Final = frozenset({"withdrawn_on"})
_ENDS: Final = frozenset({"until", "ended_on", "suspended_on", "disputed"})


def is_closed_since(stage: Stage, ready: Known) -> bool:
    """Return whether another that says the same as `ready` was closed since that was recorded.

    The youth's own word about a mentor is `gateway.facts.choosing`; foster care waits otherwise
    (`consent.known.foster_care`).
    """
    if ready.section not in _SAME or is_foster_care(ready.section, ready.source):
        return False
    return any(row.name.version > ready.version and _closes(stage, row, ready) for row in stage.family.told)


def _closes(stage: Stage, row: Told, ready: Known) -> bool:
    section, same = ready.section, _SAME[ready.section]
    if row.name.amends is None or row.name.section != section or row.name.id == ready.id:
        return False
    other = stage.family.known[section, row.name.id].source
    closes = (_WITHDRAWN if section == "consents" else _ENDS) & row.fields.keys()
    return bool(closes) and all(other.get(each) == ready.source.get(each) for each in same)
