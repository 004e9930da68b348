"""What an exchange released about one person, as far as somebody is told: its kinds of data, and what it rests on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.events import Field
from audit.sentences.hearer import Hearer
from audit.told import Told
from schemas.calendar import parse_moment, written
from schemas.words import Category, RecordSource, Result

TOLD: Final = "told"
"""The key of `detail` under which an exchange keeps what `left_of_released` gives."""

_CONSENT: Final = frozenset({"LB-01", "LB-02"})
_CATEGORIES: Final = frozenset(Category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """One element that was released; `own_yes_on` is when the hearer himself said yes to it, None where he did not."""

    category: Category
    basis: str
    own_yes_on: datetime | None


def released(told: Told, hearer: Hearer) -> list[Released]:
    """Return what `told` released about `hearer.person` that `hearer` is told of, in the order of the decision.

    An element of which the event does not say whom it is about is told to nobody. Where its facts went with somebody
    else, what it says that is left of them is told, each kind and basis once.
    """
    if told.facts_gone:
        return list(_left(told, hearer))
    facts, decided = _mapping(told.fields.get(Field.FACTS)), _mapping(told.fields.get(Field.DECISION))
    elements, records, consents = decided.get("elements"), facts.get("records"), facts.get("consents")
    return [each for _, each in _released(_mapping(elements), _list(records), _list(consents), hearer)]


def left_of_released(
    person: str,
    *,
    elements: Mapping[str, Mapping[str, Any]],
    records: Iterable[Mapping[str, Any]],
    consents: Iterable[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return what may be told of a release to who reads about `person`, also once the facts are gone with another.

    Nothing in it is about anybody else. `elements` are those of the decision, `records` and `consents` its facts.
    """
    himself = Hearer(person=person, reader=person, masked=frozenset())
    # Each once: an answer has many elements of one kind on one basis.
    left = dict.fromkeys(
        (each, _is_in_confidence(record)) for record, each in _released(elements, records, consents, himself)
    )
    return [
        {
            "category": str(each.category),
            "basis": each.basis,
            "own_yes_on": None if each.own_yes_on is None else written(each.own_yes_on),
            "in_confidence": in_confidence,
        }
        for each, in_confidence in left
    ]


def _left(told: Told, hearer: Hearer) -> Iterator[Released]:
    left = _list(_mapping(told.fields.get(Field.DETAIL)).get(TOLD)) if told.person == hearer.person else ()
    for each in left:
        category = Category(each["category"])
        if category in hearer.masked or (each["in_confidence"] and not hearer.is_himself):
            continue
        yes_on = each["own_yes_on"] if hearer.is_himself else None
        yield Released(
            category=category, basis=str(each["basis"]), own_yes_on=None if yes_on is None else parse_moment(yes_on)
        )


def obligations(told: Told) -> Iterator[str]:
    """Yield what must be done because of what `told` released, whomever it is about."""
    decided = _mapping(told.fields.get(Field.DECISION))
    for one in (decided, *_mapping(decided.get("elements")).values()):
        yield from one.get("obligations", ())


def _released(
    elements: Mapping[str, Mapping[str, Any]],
    records: Iterable[Mapping[str, Any]],
    consents: Iterable[Mapping[str, Any]],
    hearer: Hearer,
) -> Iterator[tuple[Mapping[str, Any], Released]]:
    """Yield each record of which `hearer` is told that it was released, and what he is told of it."""
    known = {each["id"]: each for each in records if "id" in each}
    mine = {each["id"]: each for each in consents if each.get("given_by") == hearer.reader}
    own_yes: dict[int, datetime | None] = {}  # elements that are alike are one
    for name, element in elements.items():
        record = known.get(name)
        if element.get("result") == Result.RELEASE and record is not None and _is_told(record, hearer):
            if id(element) not in own_yes:
                own_yes[id(element)] = _own_yes(element, mine)
            category, basis = Category(record["category"]), str(element.get("basis"))
            yield record, Released(category=category, basis=basis, own_yes_on=own_yes[id(element)])


def _is_told(record: Mapping[str, Any], hearer: Hearer) -> bool:
    return (
        hearer.person in record.get("about", ())
        and (category := record.get("category")) in _CATEGORIES
        and category not in hearer.masked
        and record.get("source") != RecordSource.THIRD_PARTY
        and hearer.reader not in record.get("confidential_from", ())
        and not (hearer.confidential and _is_in_confidence(record))
    )


def _is_in_confidence(record: Mapping[str, Any]) -> bool:
    return bool(record.get("confidential_from")) or bool(record.get("told_in_confidence"))


def _own_yes(element: Mapping[str, Any], mine: Mapping[str, Mapping[str, Any]]) -> datetime | None:
    if element.get("basis") not in _CONSENT:
        return None
    days = [parse_moment(mine[name]["on"]) for name in element.get("evidence", ()) if name in mine]
    return max(days, default=None)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Mapping[str, Any]]:
    return value if isinstance(value, list) else ()
