"""The CSV form of a register of orders: a line for each order, and one without an order for who has none.

Source: docs/how-to/import-a-register.md.
"""

from collections.abc import Mapping
from typing import Final

from consent.registers import columns
from consent.registers.columns import Values, values_of
from consent.registers.problems import Problem, RegisterError, cell
from consent.registers.said import KINDS, Court, OrderSaid, OrdersSaid
from consent.registers.text_table import read_table
from consent.world.fields import Reader
from schemas.words import OrderKind

COLUMNS: Final[Mapping[str, Reader]] = {
    "bsn!": columns.number,
    "register!": columns.one_of(Court),
    "answered_on!": columns.instant,
    "reference": columns.name,
    "kind": columns.one_of(OrderKind),
    "executor": columns.name,
    "since": columns.instant,
    "until": columns.instant,
    "ended_on": columns.instant,
}
_OF_AN_ORDER: Final = ("reference", "kind", "since", "until")
_BESIDE: Final = ("executor", "ended_on")


def read_orders(content: bytes) -> tuple[OrdersSaid, ...]:
    """Return what a file says about orders: an answer for each person and court, in the order of its first line.

    Raises:
        RegisterError: with everything that is wrong.
    """
    problems: list[Problem] = []
    together: dict[tuple[str, Court], list[Values]] = {}
    for each in values_of(read_table(content), COLUMNS, problems):
        together.setdefault((each.get("bsn"), each.get("register")), []).append(each)
    found = [_answer(lines, problems) for lines in together.values()]
    problems += _doubled([order for each in found for order in each.orders])
    if problems:
        raise RegisterError(problems)
    return tuple(found)


def _answer(lines: list[Values], problems: list[Problem]) -> OrdersSaid:
    first = lines[0]
    if len({each.get("answered_on") for each in lines}) > 1:
        what = "this person has answers of several moments; keep those of the last one"
        problems.append(Problem(first.place, what))
    told = [each for each in lines if any(each.get(name) is not None for name in (*_OF_AN_ORDER, *_BESIDE))]
    if told and len(told) < len(lines):
        problems.append(Problem(first.place, "this person has a line with an order and one without; leave one out"))
    orders = [order for each in told if (order := _order(each, problems)) is not None]
    return OrdersSaid(
        place=first.place,
        number=first.get("bsn"),
        answered_on=first.get("answered_on"),
        court=first.get("register"),
        orders=tuple(orders),
    )


def _order(values: Values, problems: list[Problem]) -> OrderSaid | None:
    wrong = [
        Problem(cell(values.number, name), "is missing or empty; an order has it")
        for name in _OF_AN_ORDER
        if values.get(name) is None
    ]
    if not wrong:
        wrong = [Problem(cell(values.number, column), what) for column, what in _contradictions(values)]
    problems += wrong
    if wrong:
        return None
    told = {name: values.get(name) for name in (*_OF_AN_ORDER, *_BESIDE)}
    return OrderSaid(place=values.place, **told)


def _contradictions(values: Values) -> list[tuple[str, str]]:
    found = []
    if values.get("kind") not in KINDS[values.get("register")]:
        found.append(("kind", "is no kind of this register"))
    if values.get("until") < values.get("since"):
        found.append(("until", "before `since`"))
    ended = values.get("ended_on")
    if ended is not None and ended < values.get("since"):
        found.append(("ended_on", "before `since`"))
    return found


def _doubled(orders: list[OrderSaid]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for each in orders:
        if each.reference in first:
            what = f"has the reference of {first[each.reference]} again; an order has one of its own"
            problems.append(Problem(each.place, what))
        first.setdefault(each.reference, each.place)
    return problems
