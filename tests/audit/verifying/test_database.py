from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from audit.events import Event, EventOutcome, Field, Kind
from audit.signing import SigningKey
from audit.store import AuditLog
from audit.tables import APPEND_ONLY
from audit.verifying.database import verify_database
from tests.audit import make

KEYS = [make.LOG_KEY.verifier]
EVENTS = 6


@pytest.fixture
async def filled(engine: AsyncEngine, keys: make.KeyService) -> AsyncEngine:
    log = make.log(keys)
    await make.keep(engine, log, *(make.event(person=f"person-{n}") for n in range(EVENTS)))
    await make.settle(engine, log)
    return engine


async def _unguard(connection: AsyncConnection) -> None:
    """Do what a database administrator can do: switch the triggers off."""
    for table in APPEND_ONLY:
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
            continue
        for end in ("no_update", "no_delete", "no_replace"):
            await connection.execute(text(f"DROP TRIGGER {table.name}_{end}"))


async def _tamper(engine: AsyncEngine, *statements: str) -> None:
    # An engine of his own, which does not ask SQLite to look after foreign keys.
    his = create_async_engine(engine.url)
    space = "'\\x20'::bytea" if his.dialect.name == "postgresql" else "x'20'"
    async with his.begin() as connection:
        await _unguard(connection)
        for statement in statements:
            await connection.execute(text(statement.format(OF_3=OF_3, NODE=NODE, SPACE=space)))
    await his.dispose()


async def test_a_live_log_verifies(filled: AsyncEngine, keys: make.KeyService) -> None:
    verdict = await verify_database(filled, keys=KEYS, open_with=keys)
    assert verdict.exit_status == 0
    assert verdict.line.startswith("ok: 6 events, root ")


async def test_an_erased_person_does_not_make_it_bad(filled: AsyncEngine, keys: make.KeyService) -> None:
    keys.erase("person-2")
    async with filled.begin() as connection:
        await connection.execute(text("DELETE FROM audit_subject WHERE person = 'person-2'"))
    log = make.log(keys)
    await make.keep(filled, log, erasure(1))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).exit_status == 0
    await make.settle(filled, log)
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).exit_status == 0


NOT_ERASED = "bad: seq 6: the key of somebody of whom the event told is gone, and no erasure in the log is his"


async def tell_of_two(filled: AsyncEngine, log: AuditLog) -> None:
    fields = {Field.FACTS: {"said": "of the brother"}, Field.DETAIL: {}}
    told = replace(make.event(person="sister", request_id=None, fields=fields), told_of=("brother", "mother"))
    await make.keep(filled, log, told)
    await make.settle(filled, log)


async def test_facts_may_be_gone_only_with_who_was_erased(filled: AsyncEngine, keys: make.KeyService) -> None:
    log = make.log(keys)
    await tell_of_two(filled, log)
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith("ok: ")
    # Nobody of the two has an event of his own: a key that is gone is all that there is to see.
    keys.erase("brother")
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith(NOT_ERASED)
    # The erasure of another does not explain it, nor one that does not say whom.
    await make.keep(filled, log, erasure(0, await keys.pseudonym("aunt")), erasure(0))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith(NOT_ERASED)
    # Before it has a place in the tree, and after.
    await make.keep(filled, log, erasure(0, await keys.pseudonym("brother")))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith("ok: ")
    await make.settle(filled, log)
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith("ok: ")


async def test_an_erasure_of_one_does_not_hide_that_the_key_of_another_is_gone(
    filled: AsyncEngine, keys: make.KeyService
) -> None:
    log = make.log(keys)
    await tell_of_two(filled, log)
    await make.keep(filled, log, erasure(0, await keys.pseudonym("brother")))
    await make.settle(filled, log)
    keys.erase("brother")
    keys.erase("mother")
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith(NOT_ERASED)


def erasure(sealed: int, pseudonym: str | None = None) -> Event:
    """Return the erasure of somebody under whose key so many events were sealed."""
    detail = {"sealed": sealed} if pseudonym is None else {"sealed": sealed, "pseudonym": pseudonym}
    fields = {Field.ACTOR: {"officer": "anna"}, Field.DETAIL: detail}
    return make.event(Kind.SUBJECT_ERASED, person=None, request_id=None, fields=fields)


async def test_what_was_taken_away_after_the_last_erasure_is_found(filled: AsyncEngine, keys: make.KeyService) -> None:
    log = make.log(keys)
    await make.keep(filled, log, erasure(1))
    assert isinstance(log.now, make.Clock)
    log.now.instant += timedelta(minutes=5)  # what was under way then is long done
    await make.keep(filled, log, make.event(person="person-9"))
    await make.settle(filled, log)
    async with filled.begin() as connection:
        await connection.execute(text("DELETE FROM audit_subject WHERE person IN ('person-1', 'person-9')"))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith("bad: seq 7: it is not on record")


async def test_an_erasure_accounts_for_as_many_as_it_says_and_no_more(
    filled: AsyncEngine, keys: make.KeyService
) -> None:
    async with filled.begin() as connection:
        await connection.execute(text("DELETE FROM audit_subject WHERE person IN ('person-1', 'person-3')"))
    log = make.log(keys)
    await make.keep(filled, log, erasure(1))
    line = (await verify_database(filled, keys=KEYS, open_with=keys)).line
    assert line.startswith("bad: seq 1..3: it is not on record any more whom 1 of the events")
    await make.settle(filled, log)
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line == line
    # Whoever cannot open what an erasure commits to has to believe it.
    assert (await verify_database(filled, keys=KEYS)).exit_status == 0
    await make.keep(filled, log, erasure(1))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).exit_status == 0


async def test_what_waits_for_its_place_explains_nothing_but_an_erasure_of_the_log_itself(
    filled: AsyncEngine, keys: make.KeyService
) -> None:
    await _tamper(filled, "DELETE FROM audit_subject WHERE person = 'person-1'")
    await make.keep(filled, make.log(keys), make.event(person="person-9"))
    gone = "bad: seq 1: it is not on record any more whom the event is about, and nobody was erased since"
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line == gone
    # Whoever writes in the database has no key of the log to seal one of his own with.
    await make.keep(filled, make.log(), erasure(1))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line == gone


async def test_an_erasure_that_was_refused_explains_nothing(filled: AsyncEngine, keys: make.KeyService) -> None:
    log = make.log(keys)
    await make.keep(filled, log, make.event(person="person-9"))
    await make.keep(filled, log, replace(make.event(Kind.SUBJECT_ERASED, person=None), outcome=EventOutcome.DENY))
    await make.settle(filled, log)
    async with filled.begin() as connection:
        await connection.execute(text("DELETE FROM audit_subject WHERE person = 'person-9'"))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith("bad: seq 6: it is not on record")


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Kind.EXCHANGE_DELIVERED, "ok: 8 events"),
        # What is kept only while the person's facts are held is never late.
        (Kind.EXCHANGE_DISCLOSED, "bad: seq 7: it is not on record"),
    ],
)
async def test_what_was_under_way_at_an_erasure_may_lead_to_nobody(
    filled: AsyncEngine, keys: make.KeyService, kind: Kind, line: str
) -> None:
    log = make.log(keys)
    await make.keep(filled, log, erasure(0), make.event(kind, person="person-9"))
    await make.settle(filled, log)
    async with filled.begin() as connection:
        await connection.execute(text("DELETE FROM audit_subject WHERE person = 'person-9'"))
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith(line)


async def test_what_an_erasure_did_not_count_a_moment_before_it_is_found(
    filled: AsyncEngine, keys: make.KeyService
) -> None:
    log = make.log(keys)
    await make.keep(filled, log, make.event(Kind.EXCHANGE_DELIVERED, person="person-9"), erasure(0))
    await make.settle(filled, log)
    await _tamper(filled, "DELETE FROM audit_subject WHERE person = 'person-9'")
    line = (await verify_database(filled, keys=KEYS, open_with=keys)).line
    assert line.startswith("bad: seq 6: it is not on record")


async def test_a_log_signed_by_another_key_is_bad(filled: AsyncEngine) -> None:
    other = SigningKey.from_seed(make.ORIGIN, bytes(32)).verifier
    assert (await verify_database(filled, keys=[other])).line.startswith("bad: seq 0..6: ")


async def test_a_log_without_any_signed_head_is_bad(engine: AsyncEngine) -> None:
    assert (await verify_database(engine, keys=KEYS)).exit_status == 1


OF_3 = "WHERE event_id = (SELECT event_id FROM audit_leaf WHERE seq = 3)"
NODE = "(SELECT leaf_hash FROM audit_leaf WHERE seq = 1) WHERE level = 1 AND position = 1"


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE audit_event SET leaf = sealed_log {OF_3}", "bad: seq 3: "),
        ("UPDATE audit_event SET leaf = leaf || {SPACE} {OF_3}", "bad: seq 3: the leaf"),
        ("DELETE FROM audit_event {OF_3}", "bad: seq 3: the entry is missing"),
        (
            "DELETE FROM audit_event WHERE event_id = (SELECT event_id FROM audit_leaf WHERE seq = 5)",
            "bad: seq 5: the entry is missing",
        ),
        ("DELETE FROM audit_subject {OF_3}", "bad: seq 3: it is not on record"),
        ("UPDATE audit_event SET leaf_hash = sealed_log {OF_3}", "bad: seq 3: the leaf"),
        ("UPDATE audit_event SET sealed_person = NULL {OF_3}", "bad: seq 3: a person is said"),
        ("UPDATE audit_checkpoint SET root = root || root", "bad: seq 0..6: the root stored"),
        ("INSERT INTO audit_node VALUES (9, 0, {SPACE})", "bad: seq 6: a node is stored"),
        ("UPDATE audit_leaf SET seq = -1 WHERE seq = 5", "bad: seq 0..6: leaf 5 is not stored"),
        ("UPDATE audit_event SET sealed_log = sealed_person {OF_3}", "bad: seq 3: the sealed values"),
        ("UPDATE audit_leaf SET leaf_hash = leaf_hash || leaf_hash WHERE seq = 3", "bad: seq 0..6: "),
        ("DELETE FROM audit_leaf WHERE seq = 5", "bad: seq 0..6: "),
        ("DELETE FROM audit_node WHERE level = 2", "bad: seq 0: the tree lacks a stored node"),
        ("UPDATE audit_node SET hash = {NODE}", "bad: seq 2: a stored node"),
        ("UPDATE audit_checkpoint SET note = replace(note, '— ', '- ')", "bad: seq 0..6: "),
    ],
)
async def test_what_an_administrator_changes_is_found(
    filled: AsyncEngine, keys: make.KeyService, statement: str, line: str
) -> None:
    await _tamper(filled, statement)
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).line.startswith(line)


async def test_an_event_beside_the_tree_is_found(sqlite: AsyncEngine) -> None:
    log = make.log()
    await make.keep(sqlite, log, make.event())
    await make.settle(sqlite, log)
    await _tamper(
        sqlite,
        "INSERT INTO audit_event (event_id, leaf, leaf_hash, sealed_log) VALUES ('0', x'00', x'00', x'00')",
    )
    assert (await verify_database(sqlite, keys=KEYS)).line == "bad: seq 1: an event has no place in the tree"


async def test_a_restored_backup_does_not_contain_the_newer_checkpoint(
    filled: AsyncEngine, keys: make.KeyService
) -> None:
    log = make.log(keys)
    await make.keep(filled, log, make.event())
    newer = await make.settle(filled, log)
    await _tamper(
        filled,
        "DELETE FROM audit_leaf WHERE seq = 6",
        "DELETE FROM audit_checkpoint WHERE size = 7",
    )
    verdict = await verify_database(filled, keys=KEYS, older=newer.encode())
    assert verdict.line.startswith("bad: seq 6..7: ")


async def test_a_grown_log_contains_the_older_checkpoint(filled: AsyncEngine, keys: make.KeyService) -> None:
    log = make.log(keys)
    older = await make.settle(filled, log)
    await make.keep(filled, log, make.event())
    await make.settle(filled, log)
    assert (await verify_database(filled, keys=KEYS, older=older.encode(), open_with=keys)).exit_status == 0


async def test_a_head_held_outside_that_the_store_lost_is_found(filled: AsyncEngine, keys: make.KeyService) -> None:
    log = make.log(keys)
    older = await make.settle(filled, log)
    await make.keep(filled, log, make.event())
    await make.settle(filled, log)
    await _tamper(filled, "DELETE FROM audit_checkpoint WHERE size = 6")
    assert (await verify_database(filled, keys=KEYS, open_with=keys)).exit_status == 0
    verdict = await verify_database(filled, keys=KEYS, older=older.encode())
    assert verdict.line.startswith("bad: seq 6..6: `older checkpoint` was signed, but the store")


async def test_an_event_that_a_receipt_promises_is_missed_where_it_was_taken_out_above_every_head(
    filled: AsyncEngine, keys: make.KeyService
) -> None:
    log = make.log(keys)
    [kept, lost] = await make.keep(filled, log, make.event(), make.event())
    statements = (
        "DELETE FROM audit_leaf WHERE seq = 7",
        "DELETE FROM audit_event WHERE id = 8",
        "DELETE FROM audit_node WHERE (level, position) IN ((1, 3), (2, 1), (3, 0))",
    )
    promised = [kept.leaf_hash, lost.leaf_hash]
    assert (await verify_database(filled, keys=KEYS, promised=promised)).exit_status == 0
    await _tamper(filled, *statements)
    assert (await verify_database(filled, keys=KEYS)).exit_status == 0
    verdict = await verify_database(filled, keys=KEYS, promised=promised)
    assert verdict.line == "bad: seq 0..6: a receipt promises an event that is not in the tree"
