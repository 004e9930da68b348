import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.grow import BrokenTreeError, frontier_of, tree_size
from audit.heads import newest_size
from audit.sequence import Waiting, checkpoint, oldest_waiting, sequence, take_turn, waiting
from audit.sequencer import Sequencer
from audit.store import AuditLog
from audit.tables import APPEND_ONLY, audit_leaf
from audit.tree import Frontier
from tests.audit import make

pytestmark = pytest.mark.server


def _fail(fault: Exception) -> None:
    raise fault


async def _order(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        return list((await connection.execute(select(audit_leaf.c.event_id).order_by(audit_leaf.c.seq))).scalars())


async def _placed(engine: AsyncEngine, events: int) -> None:
    async with asyncio.timeout(make.SETTLED_WITHIN):
        while True:
            if len(await _order(engine)) >= events:
                return
            await asyncio.sleep(0.01)


async def test_an_event_of_a_transaction_that_still_runs_is_waited_for(postgres: AsyncEngine) -> None:
    log = make.log()
    async with postgres.connect() as early:
        await early.begin()
        first = await log.append(early, make.event())
        [second] = await make.keep(postgres, log, make.event())
        async with postgres.begin() as connection:
            assert await sequence(connection, log) == 0
        await early.commit()
    await make.settle(postgres, log)
    assert await _order(postgres) == [first.prepared.event_id, second.event_id]


async def test_two_sequencers_and_many_writers_give_one_order_without_gaps(postgres: AsyncEngine) -> None:
    log, other, stop = make.log(), make.log(), asyncio.Event()
    faults: list[Exception] = []

    async def write() -> None:
        await make.keep(postgres, log, *(make.event() for _ in range(25)))

    async def sequencer(own: AuditLog) -> None:
        await Sequencer(postgres, own, timedelta(milliseconds=5), faults.append).run(stop)

    running = [asyncio.create_task(sequencer(own)) for own in (log, other)]
    await asyncio.gather(*(write() for _ in range(4)))
    async with asyncio.timeout(10):
        while len(await _order(postgres)) < 100:  # noqa: ASYNC110 - only the database says when
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*running)
    assert not faults
    async with postgres.connect() as connection:
        rows = (await connection.execute(select(audit_leaf).order_by(audit_leaf.c.seq))).all()
        assert [row.seq for row in rows] == list(range(100))
        expected = Frontier.empty()
        for row in rows:
            expected.append(row.leaf_hash)
        assert (await frontier_of(connection, 100)).root() == expected.root()
        assert await newest_size(connection) == 100


async def _insert_as_transaction(engine: AsyncEngine, log: AuditLog, xid: str) -> str:
    """Insert an event that bears the transaction number `xid`, as a restored dump brings it."""
    prepared = log.build(make.event())
    statement = text(
        "INSERT INTO audit_event (xid, event_id, leaf, leaf_hash, sealed_log)"
        " VALUES (CAST(CAST(:xid AS text) AS xid8), CAST(:id AS uuid), :leaf, :hash, '')"
    )
    row = {"xid": xid, "id": prepared.event_id, "leaf": prepared.leaf, "hash": prepared.leaf_hash}
    async with engine.begin() as connection:
        await connection.execute(statement, row)
    return prepared.event_id


async def test_a_restored_event_with_a_transaction_number_from_the_future_is_not_forgotten(
    postgres: AsyncEngine,
) -> None:
    log = make.log()
    restored = await _insert_as_transaction(postgres, log, "99999999")
    await make.settle(postgres, log)
    [later] = await make.keep(postgres, log, make.event())
    await make.settle(postgres, log)
    assert await _order(postgres) == [restored, later.event_id]


async def test_the_first_round_of_a_sequencer_looks_through_all_events(postgres: AsyncEngine) -> None:
    log, stop = make.log(), asyncio.Event()
    [first] = await make.keep(postgres, log, make.event())
    await make.settle(postgres, log)
    straggler = await _insert_as_transaction(postgres, log, "3")
    async with postgres.begin() as connection:
        assert await sequence(connection, log) == 0
    task = asyncio.create_task(Sequencer(postgres, log, timedelta(milliseconds=5), _fail).run(stop))
    await _placed(postgres, 2)
    stop.set()
    await task
    assert await _order(postgres) == [first.event_id, straggler]


async def test_a_sequencer_that_did_not_get_the_first_turn_looks_through_all_events_in_its_own(
    postgres: AsyncEngine,
) -> None:
    log, stop = make.log(), asyncio.Event()
    [first] = await make.keep(postgres, log, make.event())
    await make.settle(postgres, log)
    running = Sequencer(postgres, log, timedelta(milliseconds=5), _fail)
    async with postgres.begin() as other:
        assert await take_turn(other)
        task = asyncio.create_task(running.run(stop))
        await asyncio.sleep(0.1)
        straggler = await _insert_as_transaction(postgres, log, "3")
    await _placed(postgres, 2)
    stop.set()
    await task
    assert await _order(postgres) == [first.event_id, straggler]


async def test_after_a_failed_round_all_events_are_looked_through(postgres: AsyncEngine) -> None:
    log, stop, failed = make.log(), asyncio.Event(), asyncio.Event()
    [first] = await make.keep(postgres, log, make.event())
    task = asyncio.create_task(Sequencer(postgres, log, timedelta(milliseconds=5), lambda _: failed.set()).run(stop))
    await _placed(postgres, 1)
    async with postgres.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_leaf RENAME TO hidden"))
    straggler = await _insert_as_transaction(postgres, log, "3")
    await asyncio.wait_for(failed.wait(), make.SETTLED_WITHIN)
    async with postgres.begin() as connection:
        await connection.execute(text("ALTER TABLE hidden RENAME TO audit_leaf"))
    await _placed(postgres, 2)
    stop.set()
    await task
    assert await _order(postgres) == [first.event_id, straggler]


async def test_the_event_that_waits_first_is_named_while_another_transaction_holds_it_up(
    postgres: AsyncEngine,
) -> None:
    log = make.log()
    async with postgres.connect() as early:
        await early.execute(text("SELECT pg_current_xact_id()"))
        [first, _] = await make.keep(postgres, log, make.event(), make.event())
        async with postgres.begin() as connection:
            assert await sequence(connection, log) == 0
            oldest = await oldest_waiting(connection)
            assert oldest is not None
            assert oldest == Waiting(first.event_id, oldest.newest - 1, oldest.newest)
    await make.settle(postgres, log)
    async with postgres.connect() as connection:
        assert await oldest_waiting(connection) is None


async def test_a_commit_waits_for_the_disk_whatever_the_session_says(postgres: AsyncEngine) -> None:
    async with postgres.begin() as connection:
        await connection.execute(text("SET synchronous_commit = off"))
        await make.log().append(connection, make.event(person=None))
        assert (await connection.execute(text("SHOW synchronous_commit"))).scalar_one() == "on"


async def test_a_head_is_on_disk_before_it_is_seen_whatever_the_session_says(postgres: AsyncEngine) -> None:
    async def signs(connection: AsyncConnection) -> None:
        await checkpoint(connection, make.log())

    for act in (take_turn, signs):
        async with postgres.begin() as connection:
            await connection.execute(text("SET synchronous_commit = off"))
            await act(connection)
            assert (await connection.execute(text("SHOW synchronous_commit"))).scalar_one() == "on"


async def test_what_waits_for_its_place_is_counted(postgres: AsyncEngine) -> None:
    log = make.log()
    await make.keep(postgres, log, make.event(), make.event())
    await make.settle(postgres, log)
    await make.keep(postgres, log, make.event())
    async with postgres.connect() as connection:
        assert await waiting(connection) == 1


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY])
async def test_no_table_of_the_log_can_be_emptied(postgres: AsyncEngine, table: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with postgres.begin() as connection:
            await connection.execute(text(f"TRUNCATE {table} CASCADE"))


async def test_triggers_hold_also_where_a_replica_role_switches_others_off(postgres: AsyncEngine) -> None:
    await make.keep(postgres, make.log(), make.event())
    async with postgres.connect() as connection:
        await connection.execute(text("SET session_replication_role = replica"))
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(text("DELETE FROM audit_event"))


async def test_a_log_whose_last_leaves_were_cut_off_signs_nothing_more(postgres: AsyncEngine) -> None:
    log = make.log()
    await make.keep(postgres, log, make.event(), make.event(), make.event())
    await make.settle(postgres, log)
    async with postgres.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_leaf DISABLE TRIGGER ALL"))
        await connection.execute(text("DELETE FROM audit_leaf WHERE seq = 2"))
        assert await tree_size(connection) == 2
    with pytest.raises(BrokenTreeError):
        async with postgres.begin() as connection:
            await checkpoint(connection, log)
