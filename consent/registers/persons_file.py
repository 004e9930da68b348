"""The CSV form of a register of persons: a line each, whole for the columns that the file has.

Source: docs/how-to/import-a-register.md; RvIG, *Logisch Ontwerp BRP*, categories 02, 03, 05 and 11.
"""

from collections.abc import Mapping
from typing import Any, Final

from consent.registers import columns
from consent.registers.columns import Values, values_of
from consent.registers.problems import Problem, RegisterError
from consent.registers.said import NOT_SAID, NotSaid, Numbers, PersonSaid
from consent.registers.text_table import read_table
from consent.world.fields import Reader

_PARENTS: Final = ("parent_1", "parent_2")
_PARTNERS: Final = ("partner",)
COLUMNS: Final[Mapping[str, Reader]] = {
    "bsn!": columns.number,
    "born!": columns.day,
    "answered_on!": columns.instant,
    "parent_1": columns.number,
    "parent_2": columns.number,
    "partner": columns.number,
    "declared_of_age": columns.yes_or_no,
    "under_guardianship": columns.yes_or_no,
}


def read_persons(content: bytes) -> tuple[PersonSaid, ...]:
    """Return what a file says about persons, in its order.

    Raises:
        RegisterError: with everything that is wrong.
    """
    problems: list[Problem] = []
    found = [_person(each, problems) for each in values_of(read_table(content), COLUMNS, problems)]
    problems += _doubled(found)
    if problems:
        raise RegisterError(problems)
    return tuple(found)


def _person(values: Values, problems: list[Problem]) -> PersonSaid:
    said = PersonSaid(
        place=values.place,
        number=values.get("bsn"),
        answered_on=values.get("answered_on"),
        born=values.get("born"),
        declared_of_age=_flag(values, "declared_of_age"),
        under_guardianship=_flag(values, "under_guardianship"),
        parents=_numbers(values, _PARENTS),
        partners=_numbers(values, _PARTNERS),
    )
    named = [said.number, *_listed(said.parents)]
    if len(set(named)) < len(named):
        problems.append(Problem(values.place, "names one person twice among himself and his parents"))
    if said.number in _listed(said.partners):
        problems.append(Problem(values.place, "names him as his own partner"))
    if values.has("parent_1") is not values.has("parent_2"):
        # With one of two columns the other parent would count as gone.
        problems.append(Problem(values.place, "the file has one column of parents; give both, or none"))
    return said


def _flag(values: Values, column: str) -> bool | NotSaid:
    found: Any = values.get(column)
    return NOT_SAID if found is None else bool(found)


def _numbers(values: Values, names: tuple[str, ...]) -> Numbers | NotSaid:
    if not any(values.has(each) for each in names):
        return NOT_SAID
    return tuple(sorted(found for each in names if (found := values.get(each)) is not None))


def _listed(numbers: Numbers | NotSaid) -> Numbers:
    return () if isinstance(numbers, NotSaid) else numbers


def _doubled(found: list[PersonSaid]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for each in found:
        if each.number in first:
            problems.append(Problem(each.place, f"is about the person of {first[each.number]} again; leave one out"))
        first.setdefault(each.number, each.place)
    return problems
