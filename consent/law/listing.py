"""The rows of law as plain data: to list, to compare one rule set with another, and to say what was confirmed.

Source: decision contract, sections 4 and 7. Everything is read off the rows themselves, so a row that changes in
whatever field shows. The code behind a condition is told by the condition's name, and by what it was made with.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeAlias

from consent.answers import No, Review
from consent.ends import FOREVER
from consent.law.basis import Basis, Condition, Title
from consent.law.numbers import Number
from consent.law.purposes import PURPOSES
from consent.law.rows_beside import BESIDE
from consent.law.rows_consents import CONSENTS
from consent.law.rows_gates import GATES
from consent.law.rows_obligations import OBLIGATIONS
from consent.rulesets import RuleSet
from schemas.calendar import local_day, midnight
from schemas.canonical_json import digest

Told: TypeAlias = Any
"""JSON: what a row, or a part of one, is told as."""

Row: TypeAlias = Basis[Any] | Number


@dataclass(frozen=True, slots=True)
class Law:
    """Every row of every rule set: the bases by purpose, in the order in which they are tried, and what is no basis."""

    purposes: Mapping[Any, tuple[Basis[Any], ...]]
    numbers: tuple[Number, ...]


LAW: Final = Law(PURPOSES, (*GATES, *CONSENTS, *BESIDE, *OBLIGATIONS))

NO_LAW: Final = frozenset({"title", "says", "support", "consent", "looks_at_holder_only"})
"""Fields that say something to readers or to the machine only: what is otherwise there is no other law."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two rule sets do not have alike. `place` is `since`, `LB-07.obligations`, `purposes.billing`."""

    place: str
    before: Told
    after: Told


def bases(law: Law = LAW) -> tuple[Basis[Any], ...]:
    """Return every basis once, by number, earlier law first."""
    found = {id(basis): basis for known in law.purposes.values() for basis in known}
    return tuple(sorted(found.values(), key=lambda basis: (basis.number, basis.in_force_from)))


def rows(law: Law = LAW) -> tuple[Row, ...]:
    """Return every row: the bases by number, then gates, consent, what stands beside, and obligations."""
    return (*bases(law), *law.numbers)


def of_rule_set(rules: RuleSet, found: Iterable[Row]) -> tuple[Row, ...]:
    """Return those of the rows `found` that are law on some day of a rule set."""
    return tuple(each for each in found if _begins_before(each, rules) and _ends_after(each, rules))


def purposes_of(number: str) -> tuple[str, ...]:
    """Return the purposes that know the basis of this number, in the contract's order."""
    return tuple(str(each) for each, known in LAW.purposes.items() if number in {basis.number for basis in known})


def row(found: Row) -> dict[str, Told]:
    """Return every field of a row as JSON, in the order of the row."""
    return {each.name: tell(getattr(found, each.name)) for each in fields(found)}


def rule_set(rules: RuleSet, law: Law = LAW) -> dict[str, Told]:
    """Return the rows of a rule set by number, and for each purpose the numbers that it tries, in order."""
    by_number: dict[str, list[Told]] = {}
    for each in of_rule_set(rules, rows(law)):
        by_number.setdefault(each.number, []).append(row(each))
    tried = {str(each): [basis.number for basis in of_rule_set(rules, known)] for each, known in law.purposes.items()}
    return {"rows": by_number, "purposes": tried}


def digest_of(rules: RuleSet, law: Law = LAW) -> str:
    """Return the digest of the law in a rule set (without `NO_LAW`): what somebody confirms, and nothing else."""
    told = rule_set(rules, law)
    found = {
        number: [{name: said for name, said in each.items() if name not in NO_LAW} for each in those]
        for number, those in told["rows"].items()
    }
    return digest({"name": rules.name, "rows": found, "purposes": told["purposes"]})


def differences(one: RuleSet, other: RuleSet, law: Law = LAW) -> tuple[Difference, ...]:
    """Return everything in which two rule sets differ: their own fields, then rows, then purposes."""
    found = [
        Difference(name, tell(getattr(one, name)), tell(getattr(other, name))) for name in ("since", "until", "status")
    ]
    before, after = rule_set(one, law), rule_set(other, law)
    for number in sorted(before["rows"].keys() | after["rows"].keys()):
        found += _between(number, before["rows"].get(number, []), after["rows"].get(number, []))
    for purpose, tried in before["purposes"].items():
        found.append(Difference(f"purposes.{purpose}", tried, after["purposes"][purpose]))
    return tuple(each for each in found if each.before != each.after)


def tell(value: object) -> Told:
    """Return a part of a row as JSON. A condition is told by its name, and by what it was made with.

    Raises:
        TypeError: a row holds something that nobody can list; say here how it is told.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if value == FOREVER:
        return None
    for kind, told in _TOLD.items():
        if isinstance(value, kind):
            return told(value)
    raise TypeError(f"a row of law holds a {type(value).__name__}, which cannot be told")


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of a condition or finder: a sentence, its words joined by `_`."""
    return str(getattr(function, "__name__", ""))


def made_with(function: Callable[..., Any]) -> dict[str, Told]:
    """Return what a condition was made with, by name; empty where it stands for itself."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    cells = getattr(function, "__closure__", None) or ()
    return {name: tell(cell.cell_contents) for name, cell in zip(names, cells, strict=True)}


def _tell_function(function: Callable[..., Any]) -> Told:
    parts = made_with(function)
    return {name_of(function): parts} if parts else name_of(function)


def _tell_condition(condition: Condition[Any]) -> Told:
    return {"holds": tell(condition.holds), **tell(condition.otherwise)}


def _tell_answer(answer: No | Review) -> Told:
    return {"otherwise": "review" if isinstance(answer, Review) else "withhold", "reason": str(answer.reason)}


def _tell_moment(moment: date) -> str:
    # A rule set begins at an instant, which is 00:00 of its day.
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return day.isoformat()


_TOLD: Final[Mapping[type | tuple[type, ...], Callable[[Any], Told]]] = {
    Enum: str,
    str: str,
    date: _tell_moment,
    timedelta: str,
    Title: lambda value: {"nl": value.nl, "en": value.en},
    Condition: _tell_condition,
    (No, Review): _tell_answer,
    frozenset: lambda value: sorted(tell(each) for each in value),
    tuple: lambda value: [tell(each) for each in value],
    Callable: _tell_function,  # type: ignore[dict-item] # `isinstance` takes it, the type checker does not know
}
"""How each kind of thing in a row is told; the first that fits."""


def _between(number: str, before: list[dict[str, Told]], after: list[dict[str, Told]]) -> list[Difference]:
    """Return the fields of one row that differ; the whole row where it came, went, or changed within a rule set."""
    if len(before) != 1 or len(after) != 1:
        return [Difference(number, before or None, after or None)]
    return [Difference(f"{number}.{name}", before[0][name], after[0][name]) for name in before[0]]


def _begins_before(found: Row, rules: RuleSet) -> bool:
    return midnight(found.in_force_from) < rules.until


def _ends_after(found: Row, rules: RuleSet) -> bool:
    return found.in_force_until is None or midnight(found.in_force_until) > rules.since
