"""What is missing in a plan, told from nothing but the elements that its reader sees.

A gap never says more than they do: it is a function of them and of the day, so a hidden element cannot change it
otherwise than by not being there. What is said of each gap stands in `gaps.yaml` beside this module.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Final

from schemas.calendar import months_after
from schemas.plan.element import Element
from schemas.plan.helping import Activity, Contact
from schemas.plan.standing import BigFive
from schemas.plan.words import ActivityStage, Arranged, Status
from schemas.words import Category

AHEAD: Final = 6
"""Months before somebody turns 18 in which an open pillar is a gap."""
ALL_ASKED: Final = frozenset(Category)
_OVER: Final = frozenset({Status.COMPLETED, Status.CANCELLED})


class Missing(StrEnum):
    """What may be missing."""

    NO_COORDINATOR = "no-coordinator"
    REFERRER_NOT_TOLD = "referrer-not-told"
    ADULTHOOD_OPEN = "adulthood-open"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: for whom, and the ids of the elements that it stands on.

    `no-coordinator` stands on no element: of what this reader may see, nobody is named.
    """

    gap: Missing
    about: tuple[str, ...]
    elements: tuple[str, ...]


def coordinates(element: Element, day: date) -> bool:
    """Say whether `element` names who coordinates the plan (regisseur), and not only before `day`."""
    return (
        isinstance(element, Contact)
        and element.coordinator
        and element.relation is None
        and element.status not in _OVER
        and (element.period.end is None or element.period.end > day)
    )


def find_gaps(elements: Iterable[Element], day: date, asked: Container[Category] = ALL_ASKED) -> tuple[Gap, ...]:
    """Return what is missing in `elements` on `day`, in the order of `Missing`, then by person and element.

    `asked` are the categories that the reader asked for: that nobody is named tells nothing where he asked for nobody.
    """
    seen = list(elements)
    if not seen:
        return ()
    named = Category.PROFESSIONALS not in asked or any(coordinates(each, day) for each in seen)
    nobody = () if named else (Gap(Missing.NO_COORDINATOR, _persons(seen), ()),)
    return (*nobody, *_untold(seen), *_adulthood(seen, day))


def _persons(seen: Iterable[Element]) -> tuple[str, ...]:
    return tuple(sorted({person for each in seen for person in each.about}))


def _untold(seen: Iterable[Element]) -> Iterator[Gap]:
    untold = [
        each
        for each in seen
        if isinstance(each, Activity)
        and each.stage is ActivityStage.STOPPED_EARLY
        and each.referred_by is not None
        and each.referrer_told_on is None
    ]
    for each in sorted(untold, key=attrgetter("id")):
        yield Gap(Missing.REFERRER_NOT_TOLD, each.about, (each.id,))


def _adulthood(seen: Iterable[Element], day: date) -> Iterator[Gap]:
    due = [each for each in seen if isinstance(each, BigFive) and each.arranged is not Arranged.ARRANGED and each.due]
    if not due:
        return
    last = months_after(day, AHEAD)
    pillars: dict[tuple[str, ...], list[str]] = {}
    for each in due:
        if each.due is not None and each.due <= last:
            pillars.setdefault(each.about, []).append(each.id)
    for about, found in sorted(pillars.items()):
        yield Gap(Missing.ADULTHOOD_OPEN, about, tuple(sorted(found)))
