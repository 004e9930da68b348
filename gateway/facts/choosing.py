"""Whether the youth took back his choice of a mentor, or a part of it: then nobody but he chooses that again. Pure.

Of two helpers one records and the other confirms: what the youth closed with his own login they do not open again, nor
by a mandate that they had ready. So it is with a holder of authority who suspended a mandate: nobody but he says that
he agrees to that mentor again, and until then nothing opens that was ready by his word of before. What the tombstone
journal closed in a restored backup may have been either.

Source: facts contract, F3 (closing is cheap, opening is dear) and *Who* (mandate: the choice, the agreement).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from consent.known.rows import Known, Told
from consent.whose.hand import Form, Hand
from gateway.facts.stage import Stage, recorder_of

AGAIN: Final = "the youth took back his choice of this mentor; he chooses him again with his own login"
OFF: Final = "the youth switched this off for this mentor; he chooses it again with his own login"
HIMSELF: Final = "he suspended this mentor; he agrees to him again with his own login"
OTHER: Final = "who agreed to this before suspended this mentor since; first he agrees to him again with his own login"
_WITHDREW: Final = "youth_withdrew_on"
_SUSPENDED: Final = "suspended_on"
_AGREED: Final = "parent_agreements"


def is_taken_back(stage: Stage, pair: Mapping[str, Any]) -> bool:
    """Return whether the youth took back a mandate of this mentor, and did not choose him himself since.

    What he chose before counts for itself: it says nothing of what he took back after it.
    """
    last = last_taken_back(stage, pair)
    chosen = (each.version for each in _mandates(stage, pair) if chose_himself(stage, each))
    return last > max(chosen, default=0)


def last_taken_back(stage: Stage, pair: Mapping[str, Any]) -> int:
    """Return the version of the youth at which he last took back a mandate of this mentor; 0 where he never did."""
    ids = {each.id for each in _mandates(stage, pair)}
    rows = (row for row in stage.family.told if row.name.section == "mandates" and row.name.id in ids)
    return max((row.name.version for row in rows if _takes_back(stage, row)), default=0)


def _takes_back(stage: Stage, row: Told) -> bool:
    """Return whether `row` takes a mandate back: the youth's own word, or the journal's for one that a restore lost."""
    if _WITHDREW in row.fields:
        return True
    # Who did it the journal does not say, so it may have been he (`gateway.erasing.withdrawing`).
    return _SUSPENDED in row.fields and recorder(stage, row.name.person, row.name.version).form is Form.OPERATOR


def switched_off(stage: Stage, pair: Mapping[str, Any]) -> frozenset[str]:
    """Return the categories of which the youth's last word for this mentor switched them off.

    His own word is what he chose himself, and each switch of any mandate of this mentor: nobody else turns one. Whoever
    takes a mandate back switches off all that it had.
    """
    told = {each.id: each for each in _mandates(stage, pair)}
    rows = [row for row in stage.family.told if row.name.section == "mandates" and row.name.id in told]
    last: dict[str, bool] = {}
    had: dict[str, frozenset[str]] = {}
    for row in sorted(rows, key=lambda each: each.name.version):
        if "categories" in row.fields:
            before, has = had.get(row.name.id), frozenset(row.fields["categories"])
            had[row.name.id] = has
            if before is not None:
                last |= {each: each in has for each in before ^ has}
            elif chose_himself(stage, told[row.name.id]):
                last |= dict.fromkeys(has, True)
        if _takes_back(stage, row):
            last |= dict.fromkeys(had[row.name.id], False)
    return frozenset(each for each, is_on in last.items() if not is_on)


def is_suspended_by(stage: Stage, pair: Mapping[str, Any], holder: str) -> bool:
    """Return whether `holder` of authority suspended a mandate of this mentor, and did not agree himself since.

    Where the journal suspended one, it may have been he.
    """
    ids, is_so = {each.id for each in _mandates(stage, pair)}, False
    # Changes stand in the order in which they were made.
    for row in (each for each in stage.family.told if each.name.section == "mandates" and each.name.id in ids):
        hand = recorder(stage, row.name.person, row.name.version)
        himself = holder == hand.voice
        if _SUSPENDED in row.fields and (himself or hand.form is Form.OPERATOR):
            is_so = True
        elif himself and [each["by"] for each in row.fields.get(_AGREED, ())][-1:] == [holder]:
            is_so = False
    return is_so


def _mandates(stage: Stage, pair: Mapping[str, Any]) -> Iterator[Known]:
    same = {name: pair[name] for name in ("youth", "mentor")}.items()
    return (each for each in stage.family.known.values() if each.section == "mandates" and same <= each.source.items())


def chose_himself(stage: Stage, mandate: Known) -> bool:
    """Return whether the youth recorded a mandate with his own login."""
    hand = recorder(stage, mandate.person, mandate.version)
    return (hand.form, hand.id) == (Form.PERSON, mandate.source["youth"])


def recorder(stage: Stage, person: str, version: int) -> Hand:
    """Return who recorded the row of `person` that has this version."""
    return recorder_of(stage.recorders[person, version].who)
