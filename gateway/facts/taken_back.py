"""What goes with what somebody takes back: what others wrote down for him that says the same. Pure.

Who withdraws a yes, takes back his mentor or suspends him, says so of one fact. Of what he said with his own login he
knows, and takes back each himself. What helpers recorded on his word, or say that he agreed to, he may never have seen,
as what a weak login said, which could be anybody's: where that lets through the same, it would be the yes that still
works. What a register told stands for itself.

Source: facts contract, F3 (closing is cheap, opening is dear).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from consent.known.rows import Known, Told
from consent.whose.hand import Form, Hand
from gateway.facts.choosing import AGREED, recorder
from gateway.facts.stage import Stage
from schemas.calendar import parse_moment
from schemas.words import ANY

_HELPER: Final = Form.PROFESSIONAL
_PAIR: Final = ("youth", "mentor")
_GIVEN: Final = ("about", "given_by")
_SCOPE: Final = ("holders", "recipients", "purposes", "categories")
_ENDS: Final = ("until", "withdrawn_on", "youth_withdrew_on", "suspended_on")


def goes_with(stage: Stage, known: Known, field: str) -> list[str]:
    """Return the ids of what goes with `known`, which who acts closes by `field`."""
    match known.section, field:
        case "consents", "withdrawn_on":
            others = _yeses_for_him(stage, known)
        case "mandates", "youth_withdrew_on":
            others = _chosen_for_him(stage, known)
        case "mandates", "suspended_on":
            others = _agreed_for_him(stage, known)
        case _:
            return []
    return [each.id for each in others]


def switched_with(stage: Stage, mandate: Known, off: Iterable[str]) -> list[str]:
    """Return the ids of the mandates that have what the youth switches `off` in `mandate`, and that go with it."""
    others = _chosen_for_him(stage, mandate)
    return [each.id for each in others if not set(off).isdisjoint(each.source["categories"])]


def _chosen_for_him(stage: Stage, mandate: Known) -> Iterator[Known]:
    """Yield the other mandates of this mentor that a helper recorded."""
    for each in _others(stage, mandate, _PAIR):
        if recorder(stage, each.person, each.version).form is _HELPER:
            yield each


def _agreed_for_him(stage: Stage, mandate: Known) -> Iterator[Known]:
    """Yield the other mandates of this mentor to which only a helper said that who acts agreed."""
    holder = stage.hand.voice
    for each in _others(stage, mandate, _PAIR):
        # Who agreed by a change stands last in it.
        agreed = ((row.fields.get(AGREED, ()), hand) for row, hand in _rows(stage, each))
        hands = [hand for told, hand in agreed if told and told[-1]["by"] == holder]
        if hands and all(hand.form is _HELPER and hand.voice != holder for hand in hands):
            yield each


def _yeses_for_him(stage: Stage, yes: Known) -> Iterator[Known]:
    """Yield the other yeses of its giver that let through some of the same, and are not surely his own word."""
    for each in _others(stage, yes, _GIVEN):
        hands = [hand for _, hand in _rows(stage, each)]
        helpers = hands[0].form is _HELPER and all(hand.voice != yes.source["given_by"] for hand in hands)
        unsure = not each.source.get("identity_verified", True)
        if (helpers or unsure) and _overlaps(stage, each.source, yes.source):
            yield each


def _rows(stage: Stage, known: Known) -> Iterator[tuple[Told, Hand]]:
    """Yield what was said of a fact, in order, and by whom."""
    for row in stage.family.told:
        if (row.name.section, row.name.id) == (known.section, known.id):
            yield row, recorder(stage, row.name.person, row.name.version)


def _others(stage: Stage, known: Known, same: Iterable[str]) -> Iterator[Known]:
    """Yield the other facts of a section in which `same` is the same and that no end has reached."""
    at, wanted = parse_moment(stage.at), {name: known.source[name] for name in same}.items()
    for each in stage.family.known.values():
        ended = any(parse_moment(each.source[name]) <= at for name in _ENDS if name in each.source)
        if each.section == known.section and each.id != known.id and wanted <= each.source.items() and not ended:
            yield each


def _overlaps(stage: Stage, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two yeses let through some of the same; of a professional it is his organisation that gets it."""

    def names(told: Mapping[str, Any], name: str) -> set[str]:
        homes = (stage.registry.source("professionals", each) for each in told[name])
        return {*told[name], *(str(home["organisation"]) for home in homes if home is not None)}

    return all(
        ANY in (one[name], other[name]) or not names(one, name).isdisjoint(names(other, name)) for name in _SCOPE
    )
