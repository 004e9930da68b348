"""What foster care said before another ended it: it waits, where it lasts longer, for the word of who may end it. Pure.

Foster care says alone who is a foster parent. What it says of the same one after that was ended needs the word of who
carries out the order (`consent.whose.rows_family`). So does what it had said before, to begin later or beside it: else
it would be a foster parent's place that no end reaches.

Source: facts contract, F3 (closing is cheap, opening is dear) and *Who* (`foster-parent`).
"""

from collections.abc import Mapping
from typing import Any, Final

from consent.known.word import Word
from schemas.calendar import parse_moment
from schemas.words import Relation

_PLACE: Final = ("person", "of", "via")
_END: Final = "until"


def is_foster_care(section: str, source: Mapping[str, Any]) -> bool:
    """Return whether a fact says that somebody is a foster parent."""
    return section == "family" and source["relation"] == Relation.FOSTER_PARENT


def outlasts(one: Mapping[str, Any], ended: Mapping[str, Any]) -> bool:
    """Return whether the foster care `one` is at the same place as `ended`, which has an end, and longer than that."""
    end, until = ended.get(_END), one.get(_END)
    if end is None or any(one.get(name) != ended.get(name) for name in _PLACE):
        return False
    return until is None or parse_moment(end) < parse_moment(until)


def is_ended(section: str, source: Mapping[str, Any], told: Mapping[str, Any], word: Word) -> bool:
    """Return whether the change `told` says an end of foster care, which somebody else than it has ended by then.

    Also where it moves no end: foster care had ended it itself, or he says again that it is over.
    """
    return is_foster_care(section, source) and word.ended_by is not None and _END in told
