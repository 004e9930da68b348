"""What no rule of a mapping reads and nobody ignored with a reason, and whether elements may be made in spite of it.

Where a format says what may not be passed over, its door says so here. Who ignores it with a reason has decided.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adapters.mapping.known import Known
from adapters.mapping.leftovers import Leftovers
from schemas.plan import Element


class Unread(NamedTuple):
    """A member `name` of `holder` that is not read. `path` is how it is shown; it holds no value."""

    path: str
    holder: Mapping[Any, Any]
    name: Any
    value: object


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an element is not made of a record, unless it is about this person."""

    why: str
    unless_about: str | None = field(default=None, repr=False)


Stops = Callable[[Unread, Mapping[str, Any], Known], Iterable[Stop]]
"""Says what an unread member of a record stops."""


def nothing_stops(_unread: Unread, _record: Mapping[str, Any], _known: Known) -> Iterable[Stop]:
    """Stop nothing: a column that nobody reads is only listed."""
    return ()


def unstopped(
    made: Sequence[Element], found: Iterable[tuple[Unread, Iterable[Stop]]], leftovers: Leftovers
) -> Sequence[Element]:
    """Return those of `made` that nothing stops; why the others are not made is left over."""
    for unread, stops in found:
        for stop in stops:
            kept = [each for each in made if stop.unless_about in each.about]
            if len(kept) < len(made):
                leftovers.add(unread.path, f"{stop.why}; the element is not made")
            made = kept
            if not made:
                return made
    return made
