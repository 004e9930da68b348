"""What cannot be of the persons of a world: born after the moment of a request, or his own ancestor.

Source: decision contract, section 2, is silent on both; such a file is a mistake, and what a mistake would share is not
known, so it is refused. Looks at the JSON as it was written, so that a wrong entry does not hide another's mistake.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, TypeAlias

from consent.world.fields import FieldError, calendar_day, moment
from consent.world.links import numbered
from schemas.calendar import local_day
from schemas.words import Relation

_UPWARDS: Final = frozenset({Relation.PARENT, Relation.GRANDPARENT})
"""`person` comes before `of`; for a child it is the other way round."""
_Line: TypeAlias = tuple[str, str]
"""Who comes before whom."""


def of_births(world: Mapping[str, Any]) -> list[str]:
    """Return the persons born after the day of a request, and the family facts that close a circle."""
    return [*_unborn(world), *_circles(world)]


def _unborn(world: Mapping[str, Any]) -> Iterator[str]:
    """Yield each person that one of the requests comes too early for; the earliest of them is named."""
    asked = sorted(_days_of_requests(world))
    if not asked:
        return
    day, path = asked[0]
    for position, person in numbered(world.get("persons")):
        try:
            born = calendar_day(person.get("born"))
        except FieldError:
            continue  # Told where it is read.
        if born > day:
            yield f"persons[{position}].born: after the day of `{path}.at`"


def _days_of_requests(world: Mapping[str, Any]) -> Iterator[tuple[date, str]]:
    requests = [("request", world.get("request"))]
    requests += [(f"requests[{position}]", each) for position, each in numbered(world.get("requests"))]
    for path, request in requests:
        try:
            yield local_day(moment(request.get("at") if type(request) is dict else None)), path
        except FieldError:
            continue  # Told where it is read.


def _circles(world: Mapping[str, Any]) -> Iterator[str]:
    """Yield the facts that make somebody his own ancestor; of whatever time, since nobody ever was."""
    lines = dict(_lines(world))
    endless = _without_first(lines.values()) & _without_first((after, before) for before, after in lines.values())
    for position, (before, after) in lines.items():
        if before in endless and after in endless:
            yield f"family[{position}]: in a circle of parents and children, so that somebody is his own ancestor"


def _lines(world: Mapping[str, Any]) -> Iterator[tuple[int, _Line]]:
    for position, fact in numbered(world.get("family")):
        person, of, relation = fact.get("person"), fact.get("of"), fact.get("relation")
        if type(person) is not str or type(of) is not str or type(relation) is not str:
            continue
        if relation in _UPWARDS:
            yield position, (person, of)
        elif relation == Relation.CHILD:
            yield position, (of, person)


def _without_first(lines: Iterable[_Line]) -> set[str]:
    """Return everybody above whom there is no beginning: he is in a circle, or comes after one."""
    above: dict[str, set[str]] = {}
    for before, after in lines:
        above.setdefault(after, set()).add(before)
        above.setdefault(before, set())
    sorter = TopologicalSorter(above)
    with suppress(CycleError):  # It still gives all that come before any circle.
        sorter.prepare()
    reached: set[str] = set()
    while ready := sorter.get_ready():
        reached.update(ready)
        sorter.done(*ready)
    return set(above) - reached
