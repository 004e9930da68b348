"""What names nobody is counted by one erasure, or came too late for it, and never both."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.entry import Entry
from audit.events import Kind
from audit.verifying.checks import Fault
from audit.verifying.orphans import Erasure, Orphans
from tests.audit import make

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
MOMENT = timedelta(seconds=1)


def nameless(kind: Kind, number: int, before: timedelta) -> Entry:
    leaf = orjson.dumps({"kind": kind, "at": (AT - before).isoformat()})
    return Entry(number, f"event-{number}", leaf, b"", b"", b"sealed", None, number=number)


def fault(*events: Entry | Erasure) -> Fault | None:
    orphans = Orphans()
    for seq, each in enumerate(events):
        if isinstance(each, Erasure):
            orphans.erased(each)
        else:
            orphans.see(each, seq)
    return orphans.fault()


def family() -> Iterator[Entry]:
    """Yield who is erased with ten events, five of them delivered a moment ago."""
    yield from (nameless(Kind.EXCHANGE_DISCLOSED, 10 + n, timedelta(minutes=10)) for n in range(5))
    yield from (nameless(Kind.EXCHANGE_DELIVERED, 20 + n, MOMENT) for n in range(5))


def test_what_the_erased_person_had_a_moment_ago_is_counted_once_and_hides_nothing_of_another() -> None:
    others = [nameless(Kind.EXCHANGE_DISCLOSED, n, MONTH) for n in range(5)]
    assert fault(*family(), Erasure(AT, 100, 10)) is None
    found = fault(*others, *family(), Erasure(AT, 100, 10))
    assert found is not None
    assert "5 of the events" in found.why


def test_what_came_late_and_got_its_place_before_the_erasure_is_not_what_it_counted() -> None:
    late = nameless(Kind.EXCHANGE_DELIVERED, 101, MOMENT)
    assert fault(*family(), late, Erasure(AT, 100, 10)) is None
    assert fault(*family(), late, Erasure(AT, 100, 9)) is not None


def test_what_was_counted_and_got_its_place_behind_the_erasure_is_counted_there() -> None:
    *before, last = family()
    assert fault(*before, Erasure(AT, 100, 10), last) is None
    # It uses up what the erasure accounts for.
    assert fault(*before, Erasure(AT, 100, 9), last) is not None
    other = nameless(Kind.EXCHANGE_DISCLOSED, 1, MONTH)
    assert fault(other, *before, Erasure(AT, 100, 10), last) is not None


def test_what_came_late_behind_the_first_of_two_erasures_may_have_its_place_behind_both() -> None:
    late = nameless(Kind.EXCHANGE_DELIVERED, 101, -MOMENT)
    assert fault(*family(), Erasure(AT, 100, 10), Erasure(AT + 2 * MOMENT, 102, 0), late) is None


def test_what_names_nobody_later_than_anything_was_under_way_is_found() -> None:
    assert fault(*family(), Erasure(AT, 100, 10), nameless(Kind.EXCHANGE_DELIVERED, 101, -timedelta(minutes=3)))


async def test_what_waits_until_an_erasure_has_counted_gets_a_higher_number_than_it(postgres: AsyncEngine) -> None:
    log = make.log()
    async with postgres.begin() as connection:
        # As whoever erases holds it (`gateway.erasing.belongings.hold_still`).
        await connection.execute(text("LOCK TABLE audit_subject IN SHARE ROW EXCLUSIVE MODE"))
        late = asyncio.create_task(make.keep(postgres, log, make.event(person="person-9")))
        await asyncio.sleep(0.3)
        assert not late.done()
        erasing = await log.append(connection, make.event(Kind.SUBJECT_ERASED, person=None))
    [waited] = await late
    async with postgres.connect() as connection:
        rows = (await connection.execute(text("SELECT id, event_id FROM audit_event"))).all()
    numbers = {str(event_id): number for number, event_id in rows}
    assert numbers[waited.event_id] > numbers[erasing.prepared.event_id]
