import asyncio
import contextlib
import sqlite3
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from audit import read
from audit.checkpoint import read_note
from audit.events import Event, Field, Kind
from audit.heads import contains, newest_size
from audit.read import SealBrokenError, entries, events_about, events_of_request, opened, opened_but_facts
from audit.sealing import ErasedError, Salted, Shut, associated, pack, shut, unpack, unshut
from audit.sequence import checkpoint
from audit.sequencer import Sequencer
from audit.told import told
from schemas.canonical_json import canonical
from tests.audit import make


async def test_the_events_of_a_request_are_found_before_they_have_their_place(engine: AsyncEngine) -> None:
    log = make.log()
    kinds = (Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_DELIVERED)
    receipts = await make.keep(engine, log, *(make.event(kind, request_id="r-1") for kind in kinds))
    await make.keep(engine, log, make.event(request_id="r-2"))
    async with engine.connect() as connection:
        found = await events_of_request(connection, "r-1")
    assert [entry.event_id for entry in found] == [receipt.event_id for receipt in receipts]


async def test_a_person_finds_the_events_about_himself_as_one_of_several_too(engine: AsyncEngine) -> None:
    log = make.log()
    await make.keep(engine, log, make.event(person="son", also_about=("mother",)), make.event(person="aunt"))
    async with engine.connect() as connection:
        assert [entry.person for entry in await events_about(connection, "mother")] == ["son"]
        assert await events_about(connection, "nobody") == []


async def test_entries_come_in_tree_order_from_where_one_asks(engine: AsyncEngine) -> None:
    log = make.log()
    await make.keep(engine, log, *(make.event() for _ in range(5)))
    await make.settle(engine, log)
    async with engine.connect() as connection:
        assert [entry.seq async for entry in entries(connection, since=1, size=4)] == [1, 2, 3]


async def test_after_erasure_who_looked_can_still_be_read_and_nothing_else(
    engine: AsyncEngine, keys: make.KeyService
) -> None:
    await make.keep(engine, make.log(keys), make.event(person="son"))
    async with engine.connect() as connection:
        [entry] = await events_about(connection, "son")
    assert set(opened(keys, entry)) == {"actor", "purpose", "categories", "request"}
    keys.erase("son")
    assert set(opened(keys, entry)) == {"actor", "request"}


async def test_sealed_values_of_another_event_are_not_read(engine: AsyncEngine, keys: make.KeyService) -> None:
    log = make.log(keys)
    await make.keep(engine, log, make.event(person="son"), make.event(person="son"))
    async with engine.connect() as connection:
        one, other = await events_about(connection, "son")
    with pytest.raises(SealBrokenError):
        opened(keys, make.with_seal_of(one, other))


async def test_a_head_signed_before_is_contained_and_another_is_not(engine: AsyncEngine) -> None:
    log = make.log()
    await make.keep(engine, log, make.event(), make.event(), make.event())
    checkpoint, _ = read_note((await make.settle(engine, log)).encode())
    await make.keep(engine, log, make.event())
    await make.settle(engine, log)
    async with engine.connect() as connection:
        assert await contains(connection, size=3, root=checkpoint.root)
        assert not await contains(connection, size=2, root=checkpoint.root)
        assert not await contains(connection, size=99, root=checkpoint.root)


async def test_a_failed_round_of_the_sequencer_is_told_and_tried_again(engine: AsyncEngine) -> None:
    log, stop, faults = make.log(), asyncio.Event(), list[Exception]()
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_checkpoint RENAME TO hidden"))

    def failed(fault: Exception) -> None:
        faults.append(fault)
        stop.set()

    await make.keep(engine, log, make.event())
    every = timedelta(milliseconds=1)
    await Sequencer(engine, log, every, failed).run(stop)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE hidden RENAME TO audit_checkpoint"))
    stop.clear()
    asyncio.get_running_loop().call_later(0.2, stop.set)
    await Sequencer(engine, log, every, failed).run(stop)
    assert len(faults) == 1
    async with engine.connect() as connection:
        assert await newest_size(connection) == 1


async def test_a_writer_beside_it_does_not_spoil_a_head_being_signed(sqlite: AsyncEngine) -> None:
    log = make.log()
    await make.keep(sqlite, log, make.event())
    beside = sqlite3.connect(str(sqlite.url.database), timeout=0)
    beside.execute("CREATE TABLE scratch (n)")

    def write_beside(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO audit_checkpoint"):
            with contextlib.suppress(sqlite3.OperationalError):
                beside.execute("INSERT INTO scratch VALUES (1)")
                beside.commit()

    plain = create_async_engine(sqlite.url)  # Its transactions begin without the lock, and read before they write.
    hooks.listen(plain.sync_engine, "connect", make.configure_sqlite)
    hooks.listen(plain.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    hooks.listen(plain.sync_engine, "before_cursor_execute", write_beside)
    async with plain.begin() as connection:
        await checkpoint(connection, log)
    await plain.dispose()
    beside.close()
    async with sqlite.connect() as connection:
        assert await newest_size(connection) == 1


def told_of(*persons: str) -> Event:
    told = make.event(person="sister", fields={Field.FACTS: {"said": "of the brother"}, Field.DETAIL: {"kept": True}})
    return replace(told, told_of=persons)


async def test_facts_are_open_until_anybody_of_whom_they_tell_is_erased_and_the_rest_stays(
    engine: AsyncEngine, keys: make.KeyService
) -> None:
    await make.keep(engine, make.log(keys), told_of("mother", "brother", "sister"))
    async with engine.connect() as connection:
        [entry] = await events_about(connection, "sister")
        # Only who is on record that it is about him finds it: that it tells of others is no way to them.
        assert await events_about(connection, "brother") == []
    assert read.told_of(keys, entry) == ("brother", "mother")
    assert opened(keys, entry)["facts"]["value"] == {"said": "of the brother"}
    assert opened(keys, entry).keys() == entry.leaf_json["commitments"].keys()
    assert opened_but_facts(keys, entry).keys() == {"detail"}
    assert not told(entry, opened(keys, entry)).facts_gone
    keys.erase("brother")
    assert opened(keys, entry).keys() == {"detail"}
    assert told(entry, opened(keys, entry)).facts_gone
    assert read.shuts(keys, entry) == ("brother",)


@pytest.mark.parametrize("left", [{"sister", "brother"}, {"sister", "mother"}, {"brother", "mother"}])
async def test_no_key_that_is_left_opens_the_facts_without_the_others(
    engine: AsyncEngine, keys: make.KeyService, left: set[str]
) -> None:
    await make.keep(engine, make.log(keys), told_of("mother", "brother"))
    async with engine.connect() as connection:
        [entry] = await events_about(connection, "sister")
    assert entry.sealed_person is not None
    for gone in {"sister", "brother", "mother"} - left:
        keys.erase(gone)
    within = opened(keys, entry) if "sister" in left else {}
    assert "facts" not in within
    with contextlib.suppress(ErasedError):
        packed = unpack(keys.open("sister", entry.sealed_person, associated(entry.event_id, "person")))
        # What her key opens alone says who, and not what.
        assert packed["facts"].keys() == {"under", "sealed"}
        assert b"of the brother" not in b64decode(packed["facts"]["sealed"])


@pytest.mark.parametrize("changed", [["brother"], ["mother", "brother"], ["brother", "mother", "aunt"]])
async def test_facts_are_bound_to_their_event_and_to_the_whole_list(keys: make.KeyService, changed: list[str]) -> None:
    sealed = shut(keys, "e1", ("brother", "mother"), Salted("facts", b"salt", b"1"))
    packed = unpack(pack([sealed]))["facts"]
    assert unshut(keys, "e1", "facts", packed)["facts"]["value"] == 1
    with pytest.raises(ValueError, match="not sealed"):
        unshut(keys, "e1", "facts", packed | {"under": changed})
    for event_id, name in (("e2", "facts"), ("e1", "detail")):
        with pytest.raises(ValueError, match="not sealed"):
            unshut(keys, event_id, name, packed)


async def test_what_lies_under_fewer_keys_is_not_taken_for_what_was_sealed(keys: make.KeyService) -> None:
    under = ("brother", "mother")
    sealed = shut(keys, "e1", under, Salted("facts", b"salt", b"1")).sealed
    inner = keys.open("mother", sealed, associated("e1", canonical(["facts", *under]).decode()))
    packed = unpack(pack([Shut("facts", ("brother",), inner)]))["facts"]
    with pytest.raises(ValueError, match="not sealed"):
        unshut(keys, "e1", "facts", packed)
