"""What somebody would write by hand for the records of the benchmarks: the anchor of B7, and nothing more general.

It looks at nothing that its records do not have: no missing fields, no unknown codes, no list of what was left over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from adapters.contract import SourceRecord
from adapters.mapping.known import Known
from schemas.calendar import AMSTERDAM
from schemas.permits import Permit
from schemas.plan import (
    Activity,
    ActivityStage,
    Appointment,
    Element,
    Goal,
    Handling,
    LifeDomain,
    Period,
    Source,
    Status,
)
from schemas.words import Category, Regime

_REGIMES: Final = {"JW": Regime.JEUGDWET, "WM": Regime.WMO}
_CATEGORIES: Final = {
    "D": Category.GOALS,
    "S": Category.SCHOOL,
    "F": Category.FINANCES,
    "E": Category.EVALUATION,
}
_DOMAINS: Final = {
    "O": LifeDomain.UPBRINGING,
    "S": LifeDomain.SCHOOL_AND_WORK,
    "G": LifeDomain.FINANCES,
    "N": LifeDomain.NETWORK,
}
_STATUSES: Final = {"L": Status.ACTIVE, "K": Status.COMPLETED}
_STAGES: Final = {"W": ActivityStage.WAITING, "L": ActivityStage.STARTED}


def mapped_by_hand(record: SourceRecord, permit: Permit, persons: Mapping[str, str]) -> Iterator[Element]:
    """Yield the elements of `record`, as `benchmarks/dossier.yaml` makes them; `persons` by their numbers."""
    content = record.content
    about = tuple(sorted(persons[each] for each in content["betreft"]))
    shared = {
        "about": about,
        "regime": _REGIMES[content["kader"]],
        "source": Source(
            organisation=permit.holder,
            system=permit.system,
            record=record.id,
            version=record.version,
            retrieved_at=record.retrieved_at,
        ),
        "handling": Handling(created_on=date.fromisoformat(content["opgesteld"]).isoformat()),
    }
    allowed = set[Category]().union(*(permit.categories.get(person, ()) for person in about))
    known = Known(permit.holder, permit.system, persons, {})

    def ids(part: str) -> str:
        return known.element_id(record.kind, record.id, part)

    yield from _goals(content["doelen"], allowed, ids, shared)
    if Category.HELP_STATUS in allowed:
        yield from _activities(content["inzet"], ids, shared)
    if Category.APPOINTMENTS in allowed:
        yield from _appointments(content["agenda"], ids, shared)


def _goals(
    told: Iterable[Any], allowed: set[Category], ids: Callable[[str], str], shared: Mapping[str, Any]
) -> Iterator[Element]:
    for each in told:
        category = _CATEGORIES[each["rubriek"]]
        if category in allowed:
            yield Goal(
                id=ids("goal/" + each["nr"]),
                category=category,
                life_domain=_DOMAINS[each["leefgebied"]],
                text=each["tekst"].strip(),
                status=_STATUSES[each["stand"]],
                period=Period(start=_day(each["vanaf"])),
                target_date=_day(each["streefdatum"]),
                **shared,
            )


def _activities(told: Iterable[Any], ids: Callable[[str], str], shared: Mapping[str, Any]) -> Iterator[Element]:
    for each in told:
        yield Activity(
            id=ids("activity/" + each["nr"]),
            category=Category.HELP_STATUS,
            life_domain=_DOMAINS[each["leefgebied"]],
            text=each["tekst"].strip(),
            stage=_STAGES[each["fase"]],
            provider=each["aanbieder"],
            period=Period(start=_day(each["vanaf"])),
            **shared,
        )


def _appointments(told: Iterable[Any], ids: Callable[[str], str], shared: Mapping[str, Any]) -> Iterator[Element]:
    for each in told:
        yield Appointment(
            id=ids("appointment/" + each["nr"]),
            category=Category.APPOINTMENTS,
            text=each["tekst"].strip(),
            begins_at=_instant(each["begin"]),
            ends_at=_instant(each["eind"]),
            place=each["plaats"],
            **shared,
        )


def _day(text: str) -> date:
    return date(int(text[6:10]), int(text[3:5]), int(text[:2]))


def _instant(text: str) -> datetime:
    hour, minute = int(text[11:13]), int(text[14:16])
    return datetime(int(text[6:10]), int(text[3:5]), int(text[:2]), hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)
