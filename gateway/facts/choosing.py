"""Whether the youth took back his choice of a mentor: then nobody but he chooses that one again. Pure.

Of two helpers one records and the other confirms: what the youth closed with his own login they do not open again, nor
by a mandate that they had ready.

Source: facts contract, F3 (closing is cheap, opening is dear) and *Who* (mandate: the choice).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from consent.known.rows import Known
from gateway.facts.stage import Stage

AGAIN: Final = "the youth took back his choice of this mentor; he chooses him again with his own login"
_WITHDREW: Final = "youth_withdrew_on"


def is_taken_back(stage: Stage, pair: Mapping[str, Any]) -> bool:
    """Return whether the youth took back a mandate of this mentor, and none that he chose himself is left."""
    told = list(_mandates(stage, pair))
    wants = any(_WITHDREW not in each.source and _chose_himself(stage, each) for each in told)
    return not wants and any(_WITHDREW in each.source for each in told)


def is_overtaken(stage: Stage, chosen: Known) -> bool:
    """Return whether the youth took back another mandate of this mentor since somebody else recorded `chosen`."""
    others = {each.id for each in _mandates(stage, chosen.source)} - {chosen.id}
    return not _chose_himself(stage, chosen) and any(
        row.name.section == "mandates"
        and row.name.id in others
        and _WITHDREW in row.fields
        and row.name.version > chosen.version
        for row in stage.family.told
    )


def _mandates(stage: Stage, pair: Mapping[str, Any]) -> Iterator[Known]:
    same = {name: pair[name] for name in ("youth", "mentor")}.items()
    return (each for each in stage.family.known.values() if each.section == "mandates" and same <= each.source.items())


def _chose_himself(stage: Stage, mandate: Known) -> bool:
    who = stage.recorders[mandate.person, mandate.version].who
    return (who["form"], who["id"]) == ("person", mandate.source["youth"])
