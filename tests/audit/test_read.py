import asyncio
import contextlib
import sqlite3
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import event as hooks
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from audit import read
from audit.checkpoint import read_note
from audit.events import ERASED, Event, Field, Kind
from audit.heads import contains, newest_size
from audit.read import (
    SealBrokenError,
    entries,
    events_about,
    events_of_request,
    fetch_and_open,
    opened,
    opened_but_facts,
)
from audit.sealing import ErasedError, Left, Salted, Shut, associated, pack, shut, unpack, unshut
from audit.sequence import checkpoint
from audit.sequencer import Sequencer
from audit.told import told
from audit.verifying.checks import opened_fault
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


def decided(**members: object) -> Event:
    fields = {Field.FACTS: {"said": "of the brother"}, Field.DECISION: members, Field.ANSWER: "ab", Field.DETAIL: {}}
    left = {Field.DECISION: {**members, "facts_digest": ERASED}}
    return replace(make.event(person="sister", fields=fields), told_of=("brother",), left=left)


async def test_what_was_made_of_the_facts_goes_with_them_and_what_is_left_of_it_proves_nothing(
    engine: AsyncEngine, keys: make.KeyService
) -> None:
    await make.keep(engine, make.log(keys), decided(facts_digest="sha256:1", outcome="deny"))
    async with engine.connect() as connection:
        [entry] = await events_about(connection, "sister")
    whole = opened(keys, entry)
    assert whole["decision"]["value"] == {"facts_digest": "sha256:1", "outcome": "deny"}
    assert whole == await fetch_and_open(keys, entry)
    assert not opened_fault(whole, entry.leaf_json["commitments"])
    assert opened_but_facts(keys, entry)["decision"] == {"value": {"facts_digest": ERASED, "outcome": "deny"}}
    keys.erase("brother")
    assert opened(keys, entry)["decision"] == {"value": {"facts_digest": ERASED, "outcome": "deny"}}
    assert (await fetch_and_open(keys, entry)).keys() == {"detail"}
    assert told(entry, opened(keys, entry)).fields[Field.DECISION]["outcome"] == "deny"


async def test_who_is_told_of_nobody_else_keeps_a_decision_whole(engine: AsyncEngine, keys: make.KeyService) -> None:
    await make.keep(engine, make.log(keys), replace(decided(outcome="deny"), told_of=("sister",)))
    async with engine.connect() as connection:
        [entry] = await events_about(connection, "sister")
    assert opened_but_facts(keys, entry).keys() == {"decision", "answer", "detail"}
    assert opened(keys, entry).keys() == entry.leaf_json["commitments"].keys()


async def test_an_event_of_when_only_the_facts_went_is_read_and_proven_as_it_was(
    engine: AsyncEngine, keys: make.KeyService
) -> None:
    await make.keep(engine, make.log(keys), decided(facts_digest="sha256:1", outcome="deny"))
    async with engine.connect() as connection:
        [entry] = await events_about(connection, "sister")
    whole = {
        name: Salted(name, b64decode(each["salt"]), canonical(each["value"]))
        for name, each in opened(keys, entry).items()
    }
    facts = shut(keys, entry.event_id, ("brother",), whole.pop("facts"))
    packed = pack([*whole.values(), facts])
    place = associated(entry.event_id, "person")
    old = replace(entry, sealed_person=keys.seal("sister", packed, place))
    assert await fetch_and_open(keys, old) == await fetch_and_open(keys, entry)
    keys.erase("brother")
    left = await fetch_and_open(keys, old)
    assert left.keys() == {"decision", "answer", "detail"}
    assert not opened_fault(left, old.leaf_json["commitments"])


@pytest.mark.parametrize("name", [Field.DETAIL, Field.ANSWER])
def test_nothing_is_left_of_a_field_that_does_not_go_or_that_is_not_there(name: Field) -> None:
    event = make.event(fields={Field.FACTS: {}, Field.DETAIL: {}})
    with pytest.raises(ValueError, match="`left`"):
        replace(event, left={name: "x"})


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


def test_what_is_shut_lies_as_the_version_before_packed_it_and_as_it_reads_it() -> None:
    facts, left = Shut("facts", ("brother", "mother"), b"\0\xff"), Left("decision", b'{"expires_at":"erased"}')
    packed = b'{"facts":{"under":["brother","mother"],"sealed":"AP8="},"decision":{"value":{"expires_at":"erased"}}}'
    assert pack([facts, left]) == packed


def test_what_the_version_before_shut_opens() -> None:
    keys = make.KeyService({"brother": AESGCM(bytes(32)), "mother": AESGCM(bytes(range(32)))})
    facts = unpack(_SHUT_BEFORE)["facts"]
    assert unshut(keys, "e1", "facts", facts)["facts"] == {"salt": "c2FsdA==", "value": [1]}


_SHUT_BEFORE = (
    b'{"facts":{"under":["brother","mother"],"sealed":"'
    b"SFcvoQGikBAck7he7f8k+2qblbx+47nrN+Kt5jEWOgm68DsqeO4PpWO+4D7XFF1aXitqWz"
    b'QU2ru6yatgsLwNi+EHt6d1VJBUdcFozRW+qmws0Jbo77CarqdG4wH0bTmZ8w=="}}'
)


async def test_what_lies_under_fewer_keys_is_not_taken_for_what_was_sealed(keys: make.KeyService) -> None:
    under = ("brother", "mother")
    sealed = shut(keys, "e1", under, Salted("facts", b"salt", b"1")).sealed
    inner = keys.open("mother", sealed, associated("e1", canonical(["facts", *under]).decode()))
    packed = unpack(pack([Shut("facts", ("brother",), inner)]))["facts"]
    with pytest.raises(ValueError, match="not sealed"):
        unshut(keys, "e1", "facts", packed)
