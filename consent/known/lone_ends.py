"""An end of authority on the word of one organisation: it closes at once, and opens nothing. Pure.

Where two have authority the yes of both is needed, so an end that one organisation says would make the yes of the other
enough. Until a second organisation or a register says so too, whose authority ended is asked still, as one whose
authority is disputed: his no counts, his authority opens nothing, and nothing goes on the yes of the others alone.

Source: facts contract, F3 (closing is cheap, opening is dear) and *Who* (authority); decision contract, 5.2 and 5.3.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from consent.known.word import Word
from schemas.calendar import parse_moment
from schemas.words import AuthorityKind

ENDS: Final = frozenset({"until", "suspended_on"})
ASKED: Final = frozenset(
    {
        AuthorityKind.PARENTAL,
        AuthorityKind.JOINT_NON_PARENT,
        AuthorityKind.GUARDIANSHIP,
        AuthorityKind.PROVISIONAL_GUARDIANSHIP,
    }
)
"""Whose holders must say yes (decision contract, 5.2 *Authority*)."""


def asked_still(source: Mapping[str, Any], word: Word) -> dict[str, Any] | None:
    """Return what is handed to `decide` beside an authority that has ended, or None where its end is sure.

    It begins where the authority ends and ends where a second organisation said that it does; if none did, never.
    """
    if word.ended_by is None or AuthorityKind(source["kind"]) not in ASKED:
        return None
    ends = [source[name] for name in ENDS if name in source]
    since, said = min(ends, key=parse_moment), sorted(word.ended_by.values(), key=parse_moment)
    told = {name: value for name, value in source.items() if name not in ENDS | {"verified_on"}}
    told |= {"id": f"{source['id']}:ended", "since": since, "disputed": True}
    if len(said) > 1:
        if parse_moment(said[1]) <= parse_moment(since):
            return None
        told["until"] = said[1]
    return told


def ended_by(word: Word, organisation: str | None, at: str) -> Word:
    """Return the word of an authority that somebody ends at `at`; `organisation` is None of whose word is not sure."""
    said = dict(word.ended_by or {})
    if organisation is not None:
        said[organisation] = min(said.get(organisation, at), at, key=parse_moment)
    return replace(word, ended_by=said)
