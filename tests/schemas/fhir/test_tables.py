"""A row is left out of the reading of a resource only where it would say nothing of it."""

from dataclasses import fields
from typing import Any

import pytest

from schemas.fhir.cursor import NOTHING, Cursor, Notes
from schemas.fhir.family import LEAVES, PATIENT, TEAMS, TRACED, WHOLE
from schemas.fhir.foreign import PLAN_CONTENT, foreign_table
from schemas.fhir.forms import TEXT, Names
from schemas.fhir.kinds import BY_KIND, RELATED
from schemas.fhir.rows import NotMadeError, Row
from schemas.fhir.table import Table, many, one, persons, said

OTHERS = [each.table for each in map(foreign_table, sorted(PLAN_CONTENT)) if each is not None]
TABLES = [*BY_KIND.values(), RELATED, *TEAMS.values(), WHOLE, TRACED, PATIENT, LEAVES.table, *OTHERS]


def nothing_there() -> Cursor:
    return Cursor({}, {}, (), Names(), Notes(), Table("", ()).places.look({}, (), {}))


def refuse(_row: Row, _cursor: Cursor) -> Any:
    raise NotMadeError("nothing stands there")


@pytest.mark.parametrize(
    "row", [one("text", "description", TEXT), many("goals", "goal[*]", TEXT), said("meta.tag{kind}.code", "goal")]
)
def test_a_row_that_reads_in_another_way_is_read_where_nothing_stands_too(row: Any) -> None:
    demanding = type("Demanding", (type(row),), {"read": refuse})
    told = {each.name: getattr(row, each.name) for each in fields(row)}
    assert Table("", (row,)).read(nothing_there()) == {}
    with pytest.raises(NotMadeError):
        Table("", (demanding(**told),)).read(nothing_there())


def test_no_row_that_is_left_out_would_have_said_anything() -> None:
    left_out = [row for table in TABLES for row in table.rows if row.needs is not None]
    assert left_out
    assert [row for row in left_out if row.read(nothing_there()) is not NOTHING] == []


@pytest.mark.parametrize(
    "row",
    [
        said("status", "active"),  # another word makes something else of the resource
        persons("subject.reference"),
        many("goals", "goal[*]", TEXT, first="first"),
        many("goals", "goal[*]", TEXT, empty=()),
    ],
)
def test_a_row_that_says_something_or_refuses_where_nothing_stands_is_always_read(row: Row) -> None:
    assert row.needs is None
