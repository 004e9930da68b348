"""What goes with what somebody takes back: what others wrote down for him that says the same. Pure.

Who withdraws his yes, takes back his mentor or suspends him, or ends his considered wish, says so of one fact. Of what
he said with his own login he knows, and takes back each himself. What helpers recorded on his word, or say that he
agreed to, he may never have seen, as what a weak login said, which could be anybody's: where that lets through the
same, it would be the yes that still works. What a register told stands for itself. A helper who takes something back on
somebody's word does so of that one. Nor does one helper alone say for him what he withdrew or refused himself: that
waits for another word.

Source: facts contract, F3 (closing is cheap, opening is dear).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from math import inf
from typing import Any, Final

from consent.ends import months_on
from consent.known.rows import Known, Told
from consent.voices import LONGEST_MONTHS
from consent.whose.hand import Form, Hand
from gateway.facts.choosing import recorder
from gateway.facts.stage import Stage, has_ended
from schemas.calendar import parse_moment
from schemas.words import ANY

_SCOPE: Final = ("holders", "recipients", "purposes", "categories")


def goes_with(stage: Stage, known: Known, field: str) -> list[Known]:
    """Return what goes with `known`, which who acts closes by `field`: of what was there when he first did so."""
    going = {
        ("consents", "withdrawn_on"): _yeses_for_him,
        ("mandates", "youth_withdrew_on"): _chosen_for_him,
        ("mandates", "suspended_on"): _agreed_for_him,
        ("considered_wishes", "closed_on"): _wishes_for_him,
    }.get((known.section, field))
    if going is None:
        return []
    first = min(_closed_by_himself(stage, known, field), default=inf)
    return [each for each in going(stage, known) if each.version < first]


def _closed_by_himself(stage: Stage, known: Known, field: str) -> Iterator[int]:
    """Yield the versions at which who acts closed `known` by `field` before."""
    for row, hand in _rows(stage, known):
        if field in row.fields and hand.voice == stage.hand.voice:
            yield row.name.version


def switched_with(stage: Stage, mandate: Known, off: Collection[str]) -> list[Known]:
    """Return the mandates that have what the youth switches `off` in `mandate`, and that go with it."""
    others = _chosen_for_him(stage, mandate)
    return [each for each in others if not set(off).isdisjoint(each.source["categories"])]


def is_shut_by_himself(stage: Stage, yes: Mapping[str, Any]) -> bool:
    """Return whether who gives `yes` withdrew or refused some of it with his own login, and said not all of it since.

    Behind a yes of his that has ended his no stands again. Where the tombstone journal withdrew or refused it in a
    restored backup, it may have been he.
    """
    giver, at = stage.voice(yes["given_by"]), parse_moment(stage.at)
    said = [each for each in stage.family.known.values() if _may_be_his_word(stage, each, yes, at)]
    rows = [(known, *row) for known in said for row in _rows(stage, known)]
    refused = withdrew = False
    for known, row, hand in sorted(rows, key=lambda each: each[1].name.version):
        himself = hand.voice == giver or hand.form is Form.OPERATOR
        if known.section == "refusals":
            refused = refused or himself
        elif "withdrawn_on" in row.fields:
            withdrew = withdrew or himself
        elif _is_sure(row, hand, giver) and _covers(stage, known.source, yes):
            refused, withdrew = refused and _is_over(known, at), False
    return refused or withdrew


def _is_over(yes: Known, at: datetime) -> bool:
    return has_ended(yes, at) or months_on(parse_moment(yes.source["on"]), LONGEST_MONTHS) <= at


def _may_be_his_word(stage: Stage, known: Known, yes: Mapping[str, Any], at: datetime) -> bool:
    """Return whether `known` is a yes or a standing no of the giver of `yes` to some of it, or a no that may be his."""
    if known.section not in {"consents", "refusals"}:
        return False
    if _says_some_of(stage, known, yes):
        return known.section == "consents" or not has_ended(known, at)
    # Of a lost no the journal does not say whose it was; that the person took back what stands for it was his word.
    is_lost = known.section == "refusals" and recorder(stage, known.person, known.version).form is Form.OPERATOR
    return is_lost and bool(known.source["about"] == yes["about"])


def _chosen_for_him(stage: Stage, mandate: Known) -> Iterator[Known]:
    """Yield the other mandates of this mentor that a helper recorded."""
    for each in _of_this_mentor(stage, mandate):
        if recorder(stage, each.person, each.version).form is Form.PROFESSIONAL:
            yield each


def _agreed_for_him(stage: Stage, mandate: Known) -> Iterator[Known]:
    """Yield the other mandates of this mentor to which only a helper said that who acts agreed."""
    holder = stage.hand.voice
    for each in _of_this_mentor(stage, mandate):
        hands = [hand for row, hand in _rows(stage, each) if holder in _agreeing(row)]
        if hands and all(hand.form is Form.PROFESSIONAL and hand.voice != holder for hand in hands):
            yield each


def _agreeing(row: Told) -> list[str]:
    names = [each["by"] for each in row.fields.get("parent_agreements", ())]
    # Who agreed by a change stands last in it.
    return names if row.name.amends is None else names[-1:]


def _yeses_for_him(stage: Stage, yes: Known) -> Iterator[Known]:
    """Yield, of its giver who acts, the other yeses that let through some of the same, and are not surely his own."""
    giver = stage.voice(yes.source["given_by"])
    if stage.hand.voice != giver:
        return
    for each in _others(stage, yes):
        if _says_some_of(stage, each, yes.source) and not any(_is_sure(*said, giver) for said in _rows(stage, each)):
            yield each


def _wishes_for_him(stage: Stage, wish: Known) -> Iterator[Known]:
    """Yield the other wishes that were noted for the youth and name some of the same, where he ends this one now."""
    if wish.word.closed_on is not None:
        return  # what was noted since stands
    named = _voices(stage, wish.source["recipients"])
    for each in _others(stage, wish):
        if each.source["youth"] == wish.source["youth"] and not named.isdisjoint(
            _voices(stage, each.source["recipients"])
        ):
            yield each


def _says_some_of(stage: Stage, known: Known, yes: Mapping[str, Any]) -> bool:
    """Return whether `known` is a yes or a no of the giver of `yes`, about the same person, to some of it."""
    one = known.source
    is_his = one["about"] == yes["about"] and stage.voice(one["given_by"]) == stage.voice(yes["given_by"])
    return is_his and _overlaps(stage, one, yes)


def _is_sure(row: Told, hand: Hand, giver: str) -> bool:
    # Of a weak login nobody knows whose it is, whoever says later that it was he.
    return hand.form is Form.REGISTER or (hand.voice == giver and row.fields.get("identity_verified", True))


def _of_this_mentor(stage: Stage, mandate: Known) -> Iterator[Known]:
    pair = {name: mandate.source[name] for name in ("youth", "mentor")}.items()
    return (each for each in _others(stage, mandate) if pair <= each.source.items())


def _others(stage: Stage, known: Known) -> Iterator[Known]:
    """Yield the other facts of a section that no end has reached."""
    at = parse_moment(stage.at)
    for each in stage.family.known.values():
        if each.section == known.section and each.id != known.id and not has_ended(each, at):
            yield each


def _rows(stage: Stage, known: Known) -> Iterator[tuple[Told, Hand]]:
    """Yield what was said of a fact, in order, and by whom."""
    for row in stage.family.told:
        if (row.name.section, row.name.id) == (known.section, known.id):
            yield row, recorder(stage, row.name.person, row.name.version)


def _overlaps(stage: Stage, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two of what somebody says are about some of the same; what a no does not name is all of it."""
    for name in _SCOPE:
        told = one.get(name, ANY), other.get(name, ANY)
        if ANY not in told and _voices(stage, told[0]).isdisjoint(_voices(stage, told[1])):
            return False
    return True


def _covers(stage: Stage, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether a yes lets through all that another does: one for a professional is none for his colleagues."""
    for name in _SCOPE:
        named, asked = one[name], other[name]
        if named != ANY and (asked == ANY or not all({each, stage.voice(each)} & {*named} for each in asked)):
            return False
    return True


def _voices(stage: Stage, told: Iterable[str]) -> set[str]:
    # What a professional gets his organisation has.
    return {stage.voice(each) for each in told}
