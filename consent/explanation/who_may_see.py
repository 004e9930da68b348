"""What somebody is told of who might see what of a person: all of it for an officer, little for anybody else.

The person himself is told what would be released, to which organisation and role or to whom of his family, and why in
plain words; never what would not, whose no that is, what a holder decided (he may have to be told of that later, or
not at all: OB-DELAY), or the kinds of data of which he is never told. Who holds authority over a child is told what he
would get himself, and what rests on a yes that he gave: who else helps, and so where the child is, is not his to read.

Source: `reference/law.md` R7.5; `consent.explanation.client`, whose words these are.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from consent.explanation.catalogue import LANGUAGES, texts_in
from consent.explanation.client import BY_CONSENT, NEVER_TOLD
from consent.facts import Facts
from consent.outlook.lookers import Looker
from consent.outlook.looking_round import Sight
from schemas.calendar import written
from schemas.words import Purpose, Result


def for_officer(sights: Iterable[Sight]) -> list[dict[str, Any]]:
    """Return everything, with rules, evidence and the reason of each no."""
    return [
        {
            "who": [_by_name(each) for each in one.lookers],
            "purpose": one.purpose,
            "holders": list(one.holders),
            "categories": list(one.categories),
            "regimes": list(one.regimes),
            **one.told.as_json(),
        }
        for one in sights
    ]


def for_person(sights: Iterable[Sight], facts: Facts, person: str) -> list[dict[str, Any]]:
    """Return what `person` is told himself. Give it sights without what holders decided."""
    own = _consents_by(person, facts)
    return _alike_together(_told(one, one.lookers, own, to_himself=True) for one in _released(sights))


def for_authority(sights: Iterable[Sight], facts: Facts, reader: str) -> list[dict[str, Any]]:
    """Return what `reader`, who holds authority, is told. Give it sights without what holders decided."""
    own = _consents_by(reader, facts)
    return _alike_together(
        _told(one, shown, own, to_himself=False)
        for one in _released(sights)
        if (shown := one.lookers if own & set(one.told.evidence) else _only(reader, one.lookers))
    )


def _released(sights: Iterable[Sight]) -> Iterator[Sight]:
    return (one for one in sights if one.told.result is Result.RELEASE)


def _only(reader: str, lookers: Sequence[Looker]) -> tuple[Looker, ...]:
    return tuple(each for each in lookers if (each.requester.form, each.requester.id) == ("person", reader))


def _consents_by(giver: str, facts: Facts) -> frozenset[str]:
    return frozenset(one.id for one in facts.consents if one.given_by == giver)


def _told(one: Sight, lookers: Sequence[Looker], own: frozenset[str], *, to_himself: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "who": _without_names(lookers),
        "purpose": one.purpose,
        "holders": list(one.holders),
        "categories": [each for each in one.categories if each not in NEVER_TOLD],
        "basis": one.told.basis,
    }
    if to_himself:
        key = _because(one, own)
        told["because"] = {language: texts_in(language)(f"because.{key}") for language in LANGUAGES}
    # When a release ends can tell about others: a parent's yes, a sister's birthday. What rests on him alone is his.
    if one.told.expires_at is not None and own >= set(one.told.evidence):
        told["ends"] = written(one.told.expires_at)
    return told


def _because(one: Sight, own: frozenset[str]) -> str:
    if one.told.basis not in BY_CONSENT:
        return str(one.told.basis)
    return "own-yes" if own & set(one.told.evidence) else "yes"


def _alike_together(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows that differ in nothing but who asks as one, each somebody once.

    They stand in an order of their own: who is looked at first hangs on whom any fact of the family names.
    """
    found: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for row in rows:
        if not row["categories"]:
            continue
        key = repr({name: value for name, value in row.items() if name != "who"})
        if key in places:
            earlier = found[places[key]]["who"]
            earlier += [each for each in row["who"] if each not in earlier]
            continue
        places[key] = len(found)
        found.append(row)
    for row in found:
        row["who"].sort(key=repr)
    purposes = list(Purpose)
    return sorted(found, key=lambda row: (purposes.index(row["purpose"]), repr(row)))


def _without_names(lookers: Iterable[Looker]) -> list[dict[str, str]]:
    """Return organisation and role: the name of who works there is for the organisation to tell (R7.5)."""
    found = [
        {"organisation": organisation, "role": str(each.role)}
        for each in lookers
        for organisation in each.organisations
    ] + [{each.requester.form: each.requester.id} for each in lookers if not each.organisations]
    return [each for position, each in enumerate(found) if each not in found[:position]]


def _by_name(looker: Looker) -> dict[str, Any]:
    if not looker.organisations:
        return {looker.requester.form: looker.requester.id}
    told: dict[str, Any] = {"organisations": list(looker.organisations), "role": looker.role}
    return told if looker.made_up is not None else told | {"professional": looker.requester.id}
