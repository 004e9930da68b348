"""Every role tries everything on every column of every table: the server does what `gateway.roles.rights` says."""

# ruff: noqa: S608 - our own names
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.tables import APPEND_ONLY
from gateway.database.engine import create_engine
from gateway.erasing.belongings import BELONGINGS
from gateway.roles.rights import RIGHTS, Right, Role
from gateway.roles.rights_sql import ROLES_SQL, columns_of, roles_sql
from tests.gateway.roles.house import House

pytestmark = pytest.mark.server

TABLES = columns_of()
INSUFFICIENT_PRIVILEGE = "42501"


class Try(NamedTuple):
    """A statement, and whether it is allowed."""

    statement: str
    allowed: bool


def tries(table: str, columns: tuple[str, ...], right: Right) -> Iterator[Try]:
    for column in columns:
        yield Try(f"SELECT {column} FROM {table} WHERE false", column in right.select)
        nothing = f"SELECT n.{column} FROM (SELECT (NULL::{table}).*) AS n WHERE false"
        yield Try(f"INSERT INTO {table} ({column}) OVERRIDING SYSTEM VALUE {nothing}", column in right.insert)
        yield Try(f"UPDATE {table} SET {column} = DEFAULT WHERE false", column in right.update)
    yield Try(f"DELETE FROM {table} WHERE false", right.delete)
    yield Try(f"TRUNCATE {table} CASCADE", allowed=False)
    yield Try(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", right.delete or set(right.update) == set(columns))
    yield Try(f"SELECT 1 FROM {table} FOR SHARE", bool(right.select) and bool(right.update))
    yield Try(f"ALTER TABLE {table} DISABLE TRIGGER ALL", allowed=False)
    yield Try(f"ALTER TABLE {table} ADD COLUMN more text", allowed=False)
    yield Try(f"ALTER TABLE {table} SET UNLOGGED", allowed=False)
    yield Try(f"ALTER TABLE {table} OWNER TO CURRENT_USER", allowed=False)
    yield Try(f"CREATE RULE away AS ON INSERT TO {table} DO INSTEAD NOTHING", allowed=False)
    yield Try(f"CREATE INDEX more ON {table} ({columns[0]})", allowed=False)
    yield Try(f"DROP TABLE {table} CASCADE", allowed=False)


ELSEWHERE = (
    "CREATE TABLE mine (a text)",
    "CREATE TEMPORARY TABLE person (id text)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE OR REPLACE FUNCTION fact_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION audit_refuse() CASCADE",
    "CREATE EXTENSION pgcrypto",
    "CREATE ROLE mine",
    "SET ROLE schakel_owner",
    "SET ROLE postgres",
    "GRANT schakel_owner TO CURRENT_USER",
    "SET session_replication_role = replica",
    "SELECT setval('audit_event_id_seq', 1)",
    "SELECT nextval('audit_event_id_seq')",
    "SELECT pg_read_file('/etc/hostname')",
    "COPY person TO PROGRAM 'true'",
)


async def test_every_role_may_do_on_every_table_what_the_rights_say_and_nothing_else(house: House) -> None:
    wrong: list[str] = []
    count = 0
    for role in Role:
        engine = create_engine(house.url(role), pool_size=1)
        async with engine.connect() as connection:
            # What a session begins with, it may change; rights it may not.
            await connection.exec_driver_sql("SET default_transaction_read_only = off")
            await connection.commit()
            for table, columns in TABLES.items():
                for each in tries(table, columns, RIGHTS[role].get(table, Right())):
                    count += 1
                    if await is_allowed(connection, each.statement) != each.allowed:
                        wrong.append(f"{role}: {each.statement}: {'refused' if each.allowed else 'allowed'}")
            for statement in ELSEWHERE:
                count += 1
                if await is_allowed(connection, statement):
                    wrong.append(f"{role}: {statement}: allowed")
        await engine.dispose()
    assert wrong == []
    assert count > 2_000


async def is_allowed(connection: AsyncConnection, statement: str) -> bool:
    """Try `statement` and undo it; any other answer than yes or "not yours" is a mistake of the test."""
    outer = await connection.begin()
    try:
        await connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
            raise
        return False
    else:
        return True
    finally:
        await outer.rollback()


def test_every_table_has_somebody_who_reads_and_somebody_who_fills_it() -> None:
    told: Mapping[Role, Mapping[str, Right]] = RIGHTS
    granted = [(table, right) for rights in told.values() for table, right in rights.items()]
    assert {table for table, _ in granted} == set(TABLES)
    unread = {table for table in TABLES if not any(right.select for name, right in granted if name == table)}
    unfilled = {table for table in TABLES if not any(right.insert for name, right in granted if name == table)}
    assert (unread, unfilled) == (set(), {"alembic_version"})


def test_no_role_changes_or_takes_away_a_row_of_the_log() -> None:
    log = {table.name for table in APPEND_ONLY} | {"audit_subject"}
    for role, rights in RIGHTS.items():
        for table, right in rights.items():
            # Whom an event is about lies outside the tree, and goes when he is erased.
            forgets = (role, table) == (Role.ERASER, "audit_subject")
            assert table not in log or (right.update, right.delete) == ((), forgets)


def test_only_the_sequencer_gives_a_place_and_it_sees_no_event() -> None:
    placing = {"audit_leaf", "audit_node", "audit_checkpoint", "audit_cosignature"}
    for role, rights in RIGHTS.items():
        filled = {table for table, right in rights.items() if right.insert}
        assert (filled == placing) if role is Role.SEQUENCER else not filled & placing
    seen = RIGHTS[Role.SEQUENCER]["audit_event"].select
    assert not {"leaf", "sealed_log", "sealed_person", "request_id"} & set(seen)


def test_the_writer_chooses_neither_the_place_in_the_order_nor_the_instant_of_what_it_writes() -> None:
    writer = RIGHTS[Role.WRITER]
    for table, column in (
        ("audit_event", "id"),
        ("audit_event", "xid"),
        ("fact", "seq"),
        ("fact", "recorded_at"),
        ("notice", "seq"),
        ("registration", "id"),
        ("rule_confirmation", "recorded_at"),
    ):
        assert column not in writer[table].insert


def test_the_eraser_deletes_what_is_a_persons_and_can_read_nothing_that_is_sealed() -> None:
    rights = RIGHTS[Role.ERASER]
    assert {table for table, right in rights.items() if right.delete} == {each.table.name for each in BELONGINGS}
    sealed = {
        "wrapped",
        "commitment",
        "sealed",
        "entry",
        "recorded_by",
        "lookup",
        "leaf",
        "sealed_log",
        "answer",
        "term",
    }
    assert not sealed & {column for right in rights.values() for column in right.select}
    assert [role for role in Role for right in RIGHTS[role].values() if right.delete and role is not Role.ERASER] == [
        Role.WRITER  # of what was used once
    ]


def test_the_file_that_grants_says_what_the_rights_say() -> None:
    assert ROLES_SQL.read_text(encoding="utf-8") == roles_sql()


async def test_a_row_that_only_grows_is_refused_also_where_the_lock_needs_the_right_to_update(house: House) -> None:
    engine = create_engine(house.url(Role.WRITER), pool_size=1)
    rows = {
        "registry_fact": "INSERT INTO registry_fact (version, section, id, entry) VALUES (1, 's', 'a', '{}')",
        "registration": "INSERT INTO registration (kind, key, organisation, recorded_by) VALUES ('k', 'a', 'o', 'b')",
        "rule_confirmation": (
            "INSERT INTO rule_confirmation (rule_set, digest, officer, because, event_id)"
            " VALUES ('r', 'd', 'o', 'b', gen_random_uuid())"
        ),
    }
    for table, insert in rows.items():
        async with engine.begin() as connection:
            await connection.execute(text(insert))
        with pytest.raises(DBAPIError, match="append-only"):
            async with engine.begin() as connection:
                await connection.execute(text(f"UPDATE {table} SET {TABLES[table][1]} = {TABLES[table][1]}"))
    await engine.dispose()
