"""The end of somebody's say on the word of one organisation: it closes at once, and opens nothing. Pure.

Where two have authority the yes of both is needed, so an end that one organisation says would make the yes of the other
enough. And whoever speaks for an adult who cannot decide keeps those who stand behind him from speaking. Until a second
organisation, a register or the person himself says so too, what ended is still there, and opens nothing:

- Who had authority over a minor is asked still, as one whose authority is disputed: his no counts, and nothing goes on
  the yes of the others alone. What he agreed to for a mentor ended with his authority.
- In the place of who spoke for an adult stands nobody, with the noes that he said. Not he himself: what rests on that
  place asks neither whether it is disputed nor whether it was verified (LB-25).

Source: facts contract, F3 (closing is cheap, opening is dear) and *Who* (authority, other family facts); decision
contract, 5.2, 5.3 and 5.5.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.known.word import Word
from consent.representation import AUTHORITY
from consent.situation import FOR_ADULTS
from schemas.calendar import parse_moment
from schemas.words import AuthorityKind, Relation

ENDS: Final = frozenset({"until", "suspended_on"})
_KIN: Final = frozenset({Relation.PARTNER, Relation.PARENT, Relation.CHILD, Relation.SIBLING})
"""Who speaks by kinship for an adult who cannot decide (decision contract, 5.2 *The chain*)."""

_ITSELF: Final = ""
"""Under which name a fact itself said when it ends; no organisation has it."""


@dataclass(frozen=True, slots=True, repr=False)
class Doubted:
    """An end that is not sure: whose say over whom ended since when, and what is handed to `decide` beside the fact.

    `told` is an entry of `section`. `stand_in` is the name under which nobody stands in his place; None where he does.
    """

    section: str
    told: Mapping[str, Any]
    holder: str
    over: str
    stand_in: str | None = None


def doubted(section: str, fact_id: str, source: Mapping[str, Any], word: Word) -> Doubted | None:
    """Return the end of a fact that is not sure, or None where it has none, or nobody asks who had a say by it.

    What is handed over begins where the fact ends. It ends where a second organisation said so, or where the fact would
    have ended by itself; if neither, never.
    """
    if word.ended_by is None or not gives_a_say(section, source):
        return None
    during, name = _while_unsure(source, word.ended_by), f"{fact_id}:ended"
    if during is None:
        return None
    if section == "family":
        told = {"person": name, "of": source["of"], "relation": source["relation"], **during}
        return Doubted(section, told, source["person"], source["of"], name)
    told = {each: value for each, value in source.items() if each not in ENDS | {"verified_on"}}
    told |= {"id": name, "disputed": True, **during}
    if AuthorityKind(source["kind"]) in AUTHORITY:
        return Doubted(section, told, source["holder"], source["over"])
    return Doubted(section, told | {"holder": name}, source["holder"], source["over"], name)


def gives_a_say(section: str, source: Mapping[str, Any]) -> bool:
    """Return whether by a fact somebody must say yes, or speaks for an adult who cannot decide."""
    if section == "family":
        return Relation(source["relation"]) in _KIN
    return section == "authority" and AuthorityKind(source["kind"]) in AUTHORITY | FOR_ADULTS


def _while_unsure(source: Mapping[str, Any], ended_by: Mapping[str, str]) -> dict[str, str] | None:
    ends = [source[name] for name in ENDS if name in source]
    since = min(ends, key=parse_moment)
    said = sorted((at for who, at in ended_by.items() if who != _ITSELF), key=parse_moment)
    # The end that it had by itself needs nobody's word, and that of one organisation a second one.
    sure = [*said[1:2], *(at for who, at in ended_by.items() if who == _ITSELF)]
    if not sure:
        return {"since": since}
    until = min(sure, key=parse_moment)
    return None if parse_moment(until) <= parse_moment(since) else {"since": since, "until": until}


def refused_still(
    refusals: Iterable[Mapping[str, Any]], ends: Iterable[Doubted], speaks_for: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the noes of whose place is taken by nobody, as of nobody: they keep the yes of the others from counting.

    `speaks_for` gives the organisation of each professional.
    """
    told = [(no, speaks_for.get(no["given_by"], no["given_by"])) for no in refusals]
    for one in ends:
        for no, giver in told:
            if one.stand_in is not None and (no["about"], giver) == (one.over, one.holder):
                yield {**no, "id": f"{no['id']}:{one.stand_in}", "given_by": one.stand_in}


def agreed_still(
    mandate: Mapping[str, Any], ends: Iterable[Doubted], speaks_for: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return a mandate in which who had authority over the youth agrees no longer than that; as `refused_still`."""
    since = {one.holder: one.told["since"] for one in ends if one.over == mandate["youth"] and one.stand_in is None}
    said = [(each, since.get(speaks_for.get(each["by"], each["by"]))) for each in mandate.get("parent_agreements", ())]
    if all(at is None for _, at in said):
        return mandate
    return {**mandate, "parent_agreements": [_ended(each, at) for each, at in said]}


def _ended(agreement: Mapping[str, Any], at: str | None) -> Mapping[str, Any]:
    if at is None:
        return agreement
    before = agreement.get("withdrawn_on", at)
    return {**agreement, "withdrawn_on": min(before, at, key=parse_moment)}


def ended_by(word: Word, organisation: str | None, at: str, *, own: str | None) -> Word:
    """Return the word of a fact that somebody ends at `at`; `organisation` is None of whose word is not sure.

    `own` is the end that the fact had before anybody ended it: that one is sure, and nobody is alone in it.
    """
    said = dict(word.ended_by or {})
    if own is not None and word.ended_by is None:
        said[_ITSELF] = own
    if organisation is not None:
        said[organisation] = min(said.get(organisation, at), at, key=parse_moment)
    return replace(word, ended_by=said)
