import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.events import Field
from audit.grow import tree_size
from audit.receipt import ReceiptError, check_receipt
from audit.store import AuditUnavailableError, NotCommittedError
from audit.tables import APPEND_ONLY, TRIGGERS, audit_event, audit_leaf, audit_subject, metadata
from audit.tiles import bundle
from audit.verifying.database import verify_database
from tests.audit import make


async def _count(engine: AsyncEngine, table: Table) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_an_appended_event_is_promised_by_a_receipt_that_anybody_can_check(engine: AsyncEngine) -> None:
    [receipt] = await make.keep(engine, make.log(), make.event())
    assert check_receipt(receipt.document(), [make.LOG_KEY.verifier]) == receipt.leaf_hash


async def test_a_changed_receipt_is_found(engine: AsyncEngine) -> None:
    [receipt] = await make.keep(engine, make.log(), make.event())
    with pytest.raises(ReceiptError):
        check_receipt(receipt.document() | {"at": "2026-03-02T12:00:00.000Z"}, [make.LOG_KEY.verifier])


async def test_no_receipt_is_given_while_the_transaction_is_open(engine: AsyncEngine) -> None:
    log = make.log()
    async with engine.begin() as connection:
        pending = await log.append(connection, make.event())
        with pytest.raises(NotCommittedError):
            log.receipt(pending)


async def test_an_event_without_a_transaction_is_refused(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(AuditUnavailableError):
            await make.log().append(connection, make.event())


async def test_a_rolled_back_event_leaves_no_row_and_no_leaf(engine: AsyncEngine) -> None:
    log = make.log()
    await make.keep(engine, log, make.event())
    async with engine.connect() as connection:
        await connection.begin()
        await log.append(connection, make.event())
        await connection.rollback()
    await make.keep(engine, log, make.event())
    await make.settle(engine, log)
    assert await _count(engine, audit_event) == await _count(engine, audit_leaf) == 2


async def test_the_tree_is_right_where_another_process_took_the_place_of_a_rolled_back_event(
    engine: AsyncEngine,
) -> None:
    one, other = make.log(), make.log()
    await make.keep(engine, one, make.event())
    async with engine.connect() as connection:
        await connection.begin()
        await one.append(connection, make.event())
        await connection.rollback()
    await make.keep(engine, other, make.event())
    await make.settle(engine, other)
    await make.keep(engine, one, make.event(), make.event())
    await make.settle(engine, one)
    assert (await verify_database(engine, keys=[make.LOG_KEY.verifier])).exit_status == 0


async def test_where_the_database_takes_nothing_the_event_is_not_kept(engine: AsyncEngine) -> None:
    postgresql = engine.dialect.name == "postgresql"
    async with engine.connect() as connection:
        await connection.execute(text("SET TRANSACTION READ ONLY" if postgresql else "PRAGMA query_only=ON"))
        with pytest.raises(AuditUnavailableError):
            await make.log().append(connection, make.event())


async def test_the_sequence_numbers_have_no_gaps(engine: AsyncEngine) -> None:
    log = make.log()
    await make.keep(engine, log, *(make.event() for _ in range(7)))
    await make.settle(engine, log)
    async with engine.connect() as connection:
        seqs = (await connection.execute(select(audit_leaf.c.seq).order_by(audit_leaf.c.seq))).scalars()
        assert list(seqs) == list(range(7))
        assert await tree_size(connection) == 7


async def test_everybody_whom_an_event_is_about_finds_it_and_one_key_seals_it(engine: AsyncEngine) -> None:
    await make.keep(engine, make.log(), make.event(person="son", also_about=("mother", "father", "son")))
    async with engine.connect() as connection:
        rows = await connection.execute(select(audit_subject.c.person, audit_subject.c.holds_key))
        assert set(rows.all()) == {("son", True), ("mother", False), ("father", False)}


async def test_an_event_about_nobody_is_kept_too(engine: AsyncEngine) -> None:
    await make.keep(engine, make.log(), make.event(person=None))
    async with engine.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(audit_event))).scalar_one() == 1
        assert (await connection.execute(select(func.count()).select_from(audit_subject))).scalar_one() == 0


async def test_of_an_event_only_its_leaf_is_readable_in_the_database(engine: AsyncEngine) -> None:
    fields = {Field.JUSTIFICATION: "ongewoon woord: kwartelkoning"}
    await make.keep(engine, make.log(), make.event(fields=fields))
    async with engine.connect() as connection:
        row = (await connection.execute(select(audit_event))).one()
    assert "kwartelkoning" not in repr(row)


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY if table.name != "audit_cosignature"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
async def test_no_row_of_the_log_can_be_changed_or_deleted(engine: AsyncEngine, table: str, statement: str) -> None:
    log = make.log()
    await make.keep(engine, log, make.event(), make.event())
    await make.settle(engine, log)
    column = {"audit_event": "leaf", "audit_checkpoint": "note", "audit_node": "hash"}.get(table, "leaf_hash")
    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as connection:
            await connection.execute(text(statement.format(table, column, column)))


async def test_no_row_can_be_replaced_by_inserting_over_it(sqlite: AsyncEngine) -> None:
    engine = sqlite
    log = make.log()
    await make.keep(engine, log, make.event(), make.event())
    statement = "INSERT OR REPLACE INTO audit_leaf SELECT seq, event_id, x'00' FROM audit_leaf WHERE seq = 0"
    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))


async def test_tables_and_triggers_can_be_installed_again(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for statement in TRIGGERS[engine.dialect.name]:
            await connection.execute(text(statement))


async def test_writers_side_by_side_get_one_order_without_gaps(engine: AsyncEngine) -> None:
    log = make.log()

    async def write(events: int) -> None:
        await make.keep(engine, log, *(make.event() for _ in range(events)))

    await asyncio.gather(*(write(10) for _ in range(4)))
    await make.settle(engine, log)
    async with engine.connect() as connection:
        assert await tree_size(connection) == 40


async def test_an_event_whose_leaf_no_entry_can_hold_is_not_kept_and_nothing_is_promised(engine: AsyncEngine) -> None:
    log, parties = make.log(), [f"organisation-{n:05d}" for n in range(3700)]
    long = replace(make.event(), counterparties=frozenset(parties))
    with pytest.raises(AuditUnavailableError, match="longer than 65535 bytes"):
        async with engine.begin() as connection:
            await log.append(connection, long)
    assert await _count(engine, audit_event) == 0


def test_a_leaf_of_65535_bytes_is_the_longest() -> None:
    log = make.log()
    bare = len(log.build(replace(make.event(), counterparties=frozenset({"x"}))).leaf)
    longest = replace(make.event(), counterparties=frozenset({"x" * (65_536 - bare)}))
    assert len(bundle([log.build(longest).leaf])) == 65_537
    with pytest.raises(AuditUnavailableError):
        log.build(replace(make.event(), counterparties=frozenset({"x" * (65_537 - bare)})))
