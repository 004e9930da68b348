"""What an exchange released about one person, as far as somebody is told: its kinds of data, and what it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.events import Field
from audit.sentences.hearer import Hearer
from audit.told import Told
from schemas.calendar import parse_moment
from schemas.words import Category, RecordSource, Result

_CONSENT: Final = frozenset({"LB-01", "LB-02"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """One element that was released; `own_yes_on` is when the hearer himself said yes to it, None where he did not."""

    category: Category
    basis: str
    own_yes_on: datetime | None


def released(told: Told, hearer: Hearer) -> list[Released]:
    """Return what `told` released about `hearer.person` that `hearer` is told of, in the order of the decision.

    An element of which the event does not say whom it is about is told to nobody.
    """
    facts, decided = _mapping(told.fields.get(Field.FACTS)), _mapping(told.fields.get(Field.DECISION))
    records = {each["id"]: each for each in _list(facts.get("records")) if "id" in each}
    mine = {each["id"]: each for each in _list(facts.get("consents")) if each.get("given_by") == hearer.reader}
    elements = _mapping(decided.get("elements"))
    return [
        Released(
            category=Category(record["category"]),
            basis=str(element.get("basis")),
            own_yes_on=_own_yes(element, mine) if element.get("basis") in _CONSENT else None,
        )
        for name, element in elements.items()
        if element.get("result") == Result.RELEASE
        and (record := records.get(name)) is not None
        and _is_told(record, hearer)
    ]


def is_about_himself_and_gone(told: Told, hearer: Hearer) -> bool:
    """Say whether `hearer` was asked about himself, and nobody knows any more about whom each element is.

    Who reads for another is told nothing then: what was kept from him cannot be told apart.
    """
    return told.facts_gone and hearer.is_himself and told.person == hearer.person


def released_bases(told: Told) -> set[str]:
    """Return on what everything rests that `told` released, whomever it is about."""
    elements = _mapping(_mapping(told.fields.get(Field.DECISION)).get("elements")).values()
    return {str(each.get("basis")) for each in elements if each.get("result") == Result.RELEASE}


def released_kinds(told: Told) -> set[str]:
    """Return of which kinds of data everything is that `told` released, whomever it is about, as its elements say."""
    elements = _list(told.fields.get(Field.ELEMENTS))
    return {str(each.get("category")) for each in elements if each.get("result") == Result.RELEASE}


def obligations(told: Told) -> Iterator[str]:
    """Yield what must be done because of what `told` released, whomever it is about."""
    decided = _mapping(told.fields.get(Field.DECISION))
    for one in (decided, *_mapping(decided.get("elements")).values()):
        yield from one.get("obligations", ())


def _is_told(record: Mapping[str, Any], hearer: Hearer) -> bool:
    kept_from = record.get("confidential_from", ())
    confidential = bool(kept_from) or bool(record.get("told_in_confidence"))
    return (
        hearer.person in record.get("about", ())
        and record.get("category") in set(Category) - hearer.masked
        and record.get("source") != RecordSource.THIRD_PARTY
        and hearer.reader not in kept_from
        and not (confidential and hearer.confidential)
    )


def _own_yes(element: Mapping[str, Any], mine: Mapping[str, Mapping[str, Any]]) -> datetime | None:
    days = [parse_moment(mine[name]["on"]) for name in element.get("evidence", ()) if name in mine]
    return max(days, default=None)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Mapping[str, Any]]:
    return value if isinstance(value, list) else ()
