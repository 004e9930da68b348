"""Whether another fact that says the same was closed since one was recorded: then nobody makes that one whole. Pure.

Of two one records and the other confirms. Who kept a second one ready beside the first would open by it what somebody
closed meanwhile, on a word from before that. Whoever it is still so for records it anew. What was whole already, and
stood beside what was closed, stays as it was.

Source: facts contract, F3 (closing is cheap, opening is dear).
"""

from collections.abc import Mapping
from typing import Any, Final

from consent.known.foster_care import is_foster_care
from consent.known.rows import Known, Told
from gateway.facts.stage import Stage
from schemas.words import InvolvementKind

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
    if ready.section == "involvements":
        return _has_left_since(stage, ready)
    if ready.section not in _SAME or is_foster_care(ready.section, ready.source):
        return False
    return any(row.name.version > ready.version and _closes(stage, row, ready) for row in stage.family.told)


def _closes(stage: Stage, row: Told, ready: Known) -> bool:
    section = ready.section
    if row.name.amends is None or row.name.section != section or row.name.id == ready.id:
        return False
    other = stage.family.known[section, row.name.id].source
    closes = (_WITHDRAWN if section == "consents" else _ENDS) & row.fields.keys()
    return bool(closes) and _same(stage, section, other) == _same(stage, section, ready.source)


def _same(stage: Stage, section: str, source: Mapping[str, Any]) -> dict[str, str]:
    # Of an order nobody need say who carries it out.
    return {name: stage.voice(source[name]) for name in _SAME[section] if name in source}


def _has_left_since(stage: Stage, ready: Known) -> bool:
    """Return whether a partner left other joint help with one of these partners behind his word for `ready`."""
    had: dict[str, frozenset[str]] = {}
    accepted: dict[str, int] = {}
    left: dict[str, int] = {}
    # Changes stand in the order in which they were made.
    for row in (each for each in stage.family.told if each.name.section == "involvements"):
        source = stage.family.known["involvements", row.name.id].source
        if not _is_joint_with(source, ready.source):
            continue
        before = had.get(row.name.id, frozenset())
        has = before if row.word is None and row.name.id in had else _partners(row, source)
        had[row.name.id] = has
        if row.name.id == ready.id:
            accepted |= dict.fromkeys(has - before, row.name.version)
        else:
            left |= dict.fromkeys(before - has, row.name.version)
    return any(left.get(name, 0) > version for name, version in accepted.items())


def _partners(row: Told, source: Mapping[str, Any]) -> frozenset[str]:
    # Told by a register, all its partners count already.
    return frozenset((row.word or {}).get("partners", source["organisations"]))


def _is_joint_with(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    is_joint = one["kind"] == other["kind"] == InvolvementKind.JOINT_HELP and one["about"] == other["about"]
    return is_joint and len({*one["organisations"]} & {*other["organisations"]}) > 1
