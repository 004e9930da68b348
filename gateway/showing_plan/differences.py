"""What differs between two answers about one family: which elements came, went and changed, field by field.

When it was fetched says nothing about a plan, so it is not compared; nor is what each answer has of its own
(`request_id`, `receipt`). A number is the same with the same digits: `1.5` is less precise than `1.50`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.showing_plan.reading import Answer, Members

_FETCHED: Final = "source.retrieved_at"
_PLAN: Final = frozenset({"elements", "version", "schema"})
"""The form of a plan is not what it says; elements are compared one by one."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, by its path in the element; None where it is not there."""

    path: str
    old: Any = field(repr=False)
    new: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class ElementChange:
    """What changed of one element that is in both."""

    element: Members = field(repr=False)
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What came, what went and what changed, in the order of the plan that has it; `plan` is about what follows."""

    came: tuple[Members, ...] = ()
    went: tuple[Members, ...] = ()
    changed: tuple[ElementChange, ...] = ()
    plan: tuple[FieldChange, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything differs."""
        return bool(self.came or self.went or self.changed or self.plan)


def differences(old: Answer, new: Answer) -> Differences:
    """Return what differs from `old` to `new`. Elements are the same where their ids are."""
    before, after = ({each["id"]: each for each in answer.elements} for answer in (old, new))
    changed = (
        ElementChange(each, tuple(_changes(_with_terms(before[name], old), _with_terms(each, new))))
        for name, each in after.items()
        if name in before
    )
    return Differences(
        tuple(each for name, each in after.items() if name not in before),
        tuple(each for name, each in before.items() if name not in after),
        tuple(each for each in changed if each.fields),
        tuple(_of_the_plan(old.plan, new.plan)),
    )


def _with_terms(element: Members, answer: Answer) -> Members:
    terms = answer.released.get(element["id"])
    return element if terms is None else {**element, "released": terms}


def _of_the_plan(old: Members, new: Members) -> Iterator[FieldChange]:
    names = [*old, *(each for each in new if each not in old)]
    for name in (each for each in names if each not in _PLAN):
        # An empty list and none at all say the same: a plan of 1.0 has no gaps to tell.
        before, after = (None if each == [] else each for each in (old.get(name), new.get(name)))
        if isinstance(before, list | None) and isinstance(after, list | None):
            yield from (FieldChange(name, each, None) for each in _without(before or [], after or []))
            yield from (FieldChange(name, None, each) for each in _without(after or [], before or []))
        elif not _same(before, after):
            yield FieldChange(name, before, after)


def _without(these: Iterable[Any], those: Iterable[Any]) -> Iterator[Any]:
    """Yield what of `these` is not in `those`, as often as it is there once more."""
    left = list(those)
    for each in these:
        at = next((n for n, other in enumerate(left) if _same(each, other)), None)
        if at is None:
            yield each
        else:
            del left[at]


def _same(one: Any, other: Any) -> bool:
    # Python holds 1, 1.0 and true for equal, and 1.5 and 1.50 too.
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(each, other[name]) for name, each in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and str(one) == str(other)


def _changes(old: Members, new: Members, path: str = "") -> Iterator[FieldChange]:
    for name in [*old, *(each for each in new if each not in old)]:
        here = f"{path}{name}"
        before, after = old.get(name), new.get(name)
        if _same(before, after) or here == _FETCHED:
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _changes(before, after, f"{here}.")
        else:
            yield FieldChange(here, before, after)
