"""The page of the plan as FHIR: its prose (`plan_fhir_page.md`), with the tables of `schemas.fhir` in it."""

from typing import Final

from docs.page import filled
from schemas.fhir.addresses import extension_url, system_url
from schemas.fhir.foreign import NOT_READ
from schemas.fhir.foreign_rows import Only
from schemas.fhir.kinds import BY_KIND, RELATED
from schemas.fhir.places import Place, Step
from schemas.fhir.rows import Days, Many, One, Row, Said, Standing
from schemas.fhir.table import Table
from schemas.plan import Status

_COMMON: Final = frozenset({"category", "id", "regime", "life_domain", "goals"})
"""The fields that stand at the same place in every kind; the prose tells them once."""


def plan_fhir_page() -> str:
    """Return the page."""
    tables = {
        "kinds": "\n".join(_kind(kind, table) for kind, table in [*BY_KIND.items(), ("contact", RELATED)]),
        "not_read": "\n".join(f"- `{kind}`: {why}" for kind, why in sorted(NOT_READ.items())),
    }
    return filled("plan_fhir_page.md", tables)


def _kind(kind: str, table: Table) -> str:
    name = f"{kind}, of the family's own network" if table is RELATED else kind
    own = [row for row in table.rows[1:] if row.field not in _COMMON and not isinstance(row, Only)]
    rows = "".join(f"| {row.field or '(always)'} | {_told(row)} |\n" for row in own)
    return f"## {name}: `{table.resource}`\n\n| field | where |\n|---|---|\n{rows}"


def _told(row: Row) -> str:
    match row:
        case One():
            return _at(row.place)
        case Many():
            return _at(row.rest) if row.first is None else f"{_at(row.first)}, each further one {_at(row.rest)}"
        case Days():
            return ", ".join(_at(each) for each in (row.start, row.last or row.end))
        case Said():
            return (
                f"{_at(Place((*(row.items.steps if row.items else ()), *row.place.steps)))} = `{row.value}`{_if(row)}"
            )
        case Standing():
            return _standing(row)
        case _:
            raise TypeError(f"a row that the page cannot tell: {row}")


def _if(row: Said) -> str:
    if row.unless is not None:
        return f", where there is no {_at(row.unless)}"
    return "" if row.where is None else f", where there is {_at(row.where)}"


def _standing(row: Standing) -> str:
    if row.place is None:
        return _at(row.exact)
    codes = ", ".join(f"{each} → {row.codes.written[each]}" for each in Status if each in row.codes.written)
    return f"{_at(row.place)}: {codes}"


def _at(place: Place) -> str:
    return f"`{'.'.join(_step(each) for each in place.steps)}`"


def _step(step: Step) -> str:
    every = "[*]" if step.each else ""
    if step.key == "url":
        known = (each for each in ("goal", "absent") if extension_url(each) == step.value)
        return f"ext({next(known, step.value.removeprefix(extension_url('')))}){every}"
    if step.key == "system":
        return f"{step.name}{{{step.value.removeprefix(system_url('')).rpartition('/')[2]}}}{every}"
    if step.key == "id":
        return f"{step.name}{{#{step.value}}}"
    return f"{step.name}{'[*]' if step.each else '[]' if step.listed else ''}"
