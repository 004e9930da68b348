"""Whether the youth took back his choice of a mentor: then nobody but he chooses that one again. Pure.

Of two helpers one records and the other confirms: what the youth closed with his own login they do not open again, nor
by a mandate that they had ready.

Source: facts contract, F3 (closing is cheap, opening is dear) and *Who* (mandate: the choice).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from consent.known.rows import Known
from gateway.facts.stage import Stage

AGAIN: Final = "the youth took back his choice of this mentor; he chooses him again with his own login"
_WITHDREW: Final = "youth_withdrew_on"


def is_taken_back(stage: Stage, pair: Mapping[str, Any]) -> bool:
    """Return whether the youth took back a mandate of this mentor, and did not choose him himself since.

    What he chose before counts for itself: it says nothing of what he took back after it.
    """
    told = list(_mandates(stage, pair))
    last = max(_taken_back_at(stage, told), default=None)
    return last is not None and not any(_chose_himself(stage, each) and each.version > last for each in told)


def is_overtaken(stage: Stage, chosen: Known) -> bool:
    """Return whether the youth took back another mandate of this mentor since somebody else recorded `chosen`."""
    others = [each for each in _mandates(stage, chosen.source) if each.id != chosen.id]
    since = any(version > chosen.version for version in _taken_back_at(stage, others))
    return since and not _chose_himself(stage, chosen)


def _taken_back_at(stage: Stage, mandates: Iterable[Known]) -> Iterator[int]:
    """Yield the versions of the youth at which he took back one of `mandates`."""
    ids = {each.id for each in mandates}
    for row in stage.family.told:
        if row.name.section == "mandates" and row.name.id in ids and _WITHDREW in row.fields:
            yield row.name.version


def _mandates(stage: Stage, pair: Mapping[str, Any]) -> Iterator[Known]:
    same = {name: pair[name] for name in ("youth", "mentor")}.items()
    return (each for each in stage.family.known.values() if each.section == "mandates" and same <= each.source.items())


def _chose_himself(stage: Stage, mandate: Known) -> bool:
    who = stage.recorders[mandate.person, mandate.version].who
    return (who["form"], who["id"]) == ("person", mandate.source["youth"])
