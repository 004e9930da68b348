"""Tables that only grow, in the rooms of the gateway: triggers refuse every change of a row.

The one thing that takes rows away is forgetting: a row about a person who has no key any more, which nobody can read
again, may be deleted. The wings `consent` and `audit` write out their own, as they know neither each other nor the
roof.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import DDL, Table, UniqueConstraint, event

Statements = dict[str, dict[str, list[str]]]
"""By dialect and table."""

_ROW, _STATEMENT = "FOR EACH ROW EXECUTE FUNCTION", "FOR EACH STATEMENT EXECUTE FUNCTION"
_FUNCTION: Final = """\
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{message}' USING ERRCODE = 'insufficient_privilege';
END $$"""
_FORGETTING: Final = """\
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND {forgotten} THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '{message}' USING ERRCODE = 'insufficient_privilege';
END $$"""


def let_grow_only(
    *tables: Table, function: str, message: str, forgotten: Mapping[str, str] | None = None
) -> Statements:
    """Let `create_all` make `tables` append-only, and return the statements; each may be run again without harm.

    `function` is what refuses on PostgreSQL, saying `message`. A step of the migrations does the same for a database
    that is there. `forgotten` says by table which rows may be deleted, in SQL over `OLD`; of a table that it does not
    name none may.
    """
    told = forgotten or {}
    made: Statements = {
        "postgresql": {
            table.name: _postgresql(table.name, function, message, told.get(table.name)) for table in tables
        },
        "sqlite": {table.name: _sqlite(table, message, told.get(table.name)) for table in tables},
    }
    for dialect, by_table in made.items():
        for table in tables:
            for statement in by_table[table.name]:
                trigger = DDL(statement)  # type: ignore[no-untyped-call] # SQLAlchemy gives it no types
                event.listen(table, "after_create", trigger.execute_if(dialect=dialect))
    return made


def forgetting(name: str, message: str, forgotten: str) -> list[str]:
    """Return what lets rows of the PostgreSQL table `name` go where `forgotten` is true of them."""
    function = f"{name}_forget"
    return [
        _FORGETTING.format(function=function, message=message, forgotten=forgotten),
        f"CREATE OR REPLACE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} {_ROW} {function}()",
    ]


def _postgresql(name: str, function: str, message: str, forgotten: str | None) -> list[str]:
    changing = f"CREATE OR REPLACE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} {_ROW} {function}()"
    return [
        _FUNCTION.format(function=function, message=message),
        *([changing] if forgotten is None else forgetting(name, message, forgotten)),
        f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} {_STATEMENT} {function}()",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_no_change",
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_no_truncate",
    ]


def _taken(table: Table) -> str:
    keys = [table.primary_key.columns.keys()]
    # Sorted, for the library keeps them in no order, and a step of the migrations must say the same.
    unique = sorted(list(each.columns.keys()) for each in table.constraints if isinstance(each, UniqueConstraint))
    same = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in [*keys, *unique])
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table.name} WHERE {each})" for each in same)  # noqa: S608 - our names


def _sqlite(table: Table, message: str, forgotten: str | None) -> list[str]:
    name, refuse = table.name, f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    unless = "" if forgotten is None else f"WHEN NOT ({forgotten}) "
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_update BEFORE UPDATE ON {name} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_delete BEFORE DELETE ON {name} {unless}{refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_replace BEFORE INSERT ON {name} WHEN {_taken(table)} {refuse}",
    ]
