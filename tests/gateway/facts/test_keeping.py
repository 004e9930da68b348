"""Many events in one commit: each is kept if, and only if, what it rests on stands (facts contract, F5)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Kind
from audit.tables import audit_event, audit_subject
from consent.known.family import Versions
from consent.store.holding import alone_with_the_registry
from consent.store.recording import register
from consent.store.tables import person
from gateway.committing.keeping import _KEEP, NO_FACTS, Keeper, Resting, _columns
from gateway.database.engine import write_transaction
from gateway.registry.rows import Entry, append, hold
from tests.consent.store import make
from tests.gateway.facts.desk import Desk, desk_at
from tests.gateway.waiting import waits

pytestmark = pytest.mark.server
STOP: Final = ("stops", {"id": "ggz-west", "stopped": True})


@pytest.fixture
async def desk(postgres_url: str) -> AsyncIterator[Desk]:
    async with desk_at(postgres_url) as found:
        yield found


async def resting(desk: Desk, who: str = "sem", also_about: tuple[str, ...] = ()) -> Resting:
    gathered = await desk.committer.gather("urn:schakel:person", who, also=frozenset())
    event = Event(
        kind=Kind.EXCHANGE_DENIED,
        outcome=EventOutcome.DENY,
        organisation="team-noord",
        person=who,
        also_about=also_about,
    )
    return Resting(desk.committer.log.build(event), gathered.versions)


async def on_record(desk: Desk) -> set[str]:
    async with desk.engine.connect() as connection:
        return set((await connection.execute(select(audit_event.c.event_id))).scalars())


async def test_events_whose_facts_stand_are_kept_with_whom_they_are_about(desk: Desk) -> None:
    both = [await resting(desk), await resting(desk, "buurman")]
    assert await Keeper(desk.engine).keep(both) == [True, True]
    assert await on_record(desk) == {each.event.event_id for each in both}
    async with desk.engine.connect() as connection:
        rows = (await connection.execute(select(audit_subject))).all()
    assert {(row.person, row.event_id, row.holds_key) for row in rows} == {
        (each.event.persons[0], each.event.event_id, True) for each in both
    }


async def test_whom_an_event_is_about_too_is_kept_with_it_and_holds_no_key(desk: Desk) -> None:
    one, other = await resting(desk, also_about=("moeder", "luus")), await resting(desk, "buurman")
    assert await Keeper(desk.engine).keep([one, other]) == [True, True]
    async with desk.engine.connect() as connection:
        rows = (await connection.execute(select(audit_subject))).all()
    assert {(row.person, row.event_id, row.holds_key) for row in rows} == {
        ("sem", one.event.event_id, True),
        ("moeder", one.event.event_id, False),
        ("luus", one.event.event_id, False),
        ("buurman", other.event.event_id, True),
    }


async def test_an_event_about_nobody_leads_to_nobody(desk: Desk) -> None:
    event = Event(kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY, organisation="team-noord")
    assert await Keeper(desk.engine).keep([Resting(desk.committer.log.build(event), NO_FACTS)]) == [True]
    async with desk.engine.connect() as connection:
        assert (await connection.execute(select(audit_subject))).all() == []


async def test_an_event_that_rests_on_no_facts_is_kept(desk: Desk) -> None:
    one = Resting((await resting(desk)).event, NO_FACTS)
    assert await Keeper(desk.engine).keep([one]) == [True]


async def test_a_version_that_moved_is_not_kept_and_its_neighbour_is(desk: Desk) -> None:
    moved, other = await resting(desk), await resting(desk, "buurman")
    await make.record(desk.engine, desk.committer.facts, "consents", make.CONSENT)
    assert await Keeper(desk.engine).keep([moved, other]) == [False, True]
    assert await on_record(desk) == {other.event.event_id}


async def test_a_version_that_moved_and_was_seen_by_nobody_yet_is_not_kept(desk: Desk) -> None:
    moved = await resting(desk)
    async with write_transaction(desk.engine) as connection:
        await connection.execute(update(person).where(person.c.id == "luus").values(version=person.c.version + 1))
    assert await Keeper(desk.engine).keep([moved]) == [False]


async def test_who_came_into_the_family_is_seen(desk: Desk) -> None:
    before = await resting(desk)
    async with write_transaction(desk.engine) as connection:
        await connection.execute(person.insert().values(id="nieuw", family="f1", version=1))
    assert await Keeper(desk.engine).keep([before]) == [False]


async def test_who_came_into_the_family_is_seen_also_where_he_is_being_changed(desk: Desk) -> None:
    before = await resting(desk)
    async with write_transaction(desk.engine) as connection:
        await connection.execute(person.insert().values(id="nieuw", family="f1", version=1))
    async with write_transaction(desk.engine) as connection:
        await connection.execute(select(person).where(person.c.id == "nieuw").with_for_update())
        assert await Keeper(desk.engine).keep([before]) == [False]


async def test_who_left_the_family_is_seen(desk: Desk) -> None:
    before = await resting(desk)
    async with write_transaction(desk.engine) as connection:
        await connection.execute(update(person).where(person.c.id == "luus").values(family="f9"))
    assert await Keeper(desk.engine).keep([before]) == [False]


async def test_a_registry_that_moved_is_seen(desk: Desk) -> None:
    before = await resting(desk)
    stale = Resting(before.event, Versions(before.versions.persons, -1))
    assert await Keeper(desk.engine).keep([stale]) == [False]


async def stops(desk: Desk) -> None:
    async with write_transaction(desk.engine) as connection:
        await alone_with_the_registry(connection)
        await register(connection, desk.committer.facts, [STOP])


async def test_who_ends_something_for_everybody_waits_for_what_is_being_kept(desk: Desk) -> None:
    one = await resting(desk)
    async with desk.engine.connect() as keeping:
        await keeping.execute(text("SELECT 1"))  # as the library begins a transaction
        driver: Any = (await keeping.get_raw_connection()).driver_connection
        assert await driver.fetch(_KEEP, *_columns([one]))
        stopping = asyncio.create_task(stops(desk))
        assert await waits(stopping, desk.engine)
        await keeping.commit()
    await stopping


async def test_what_would_be_kept_while_he_does_sees_what_he_ended(desk: Desk) -> None:
    stale = await resting(desk)
    async with write_transaction(desk.engine) as connection:
        await alone_with_the_registry(connection)
        await register(connection, desk.committer.facts, [STOP])
        keeping = asyncio.create_task(Keeper(desk.engine).keep([stale]))
        assert await waits(keeping, desk.engine)
    assert await keeping == [False]


async def registered(connection: AsyncConnection) -> None:
    await hold(connection)
    ended = Entry(kind="source", key="ggz-west/dossier", organisation="ggz-west", body={"system": "dossier"})
    await append(connection, [ended], recorded_by="anna")


async def test_what_relies_on_what_was_registered_before_is_not_kept_here(desk: Desk) -> None:
    one = replace(await resting(desk), revision=0)
    other = replace(await resting(desk), revision=1)
    async with write_transaction(desk.engine) as connection:
        await registered(connection)
    assert await Keeper(desk.engine).keep([one, other]) == [False, True]


async def test_what_would_be_kept_while_an_operator_ends_something_sees_that(desk: Desk) -> None:
    stale = replace(await resting(desk), revision=0)
    async with write_transaction(desk.engine) as connection:
        await registered(connection)
        keeping = asyncio.create_task(Keeper(desk.engine).keep([stale]))
        assert await waits(keeping, desk.engine)
    assert await keeping == [False]


async def test_who_registers_something_holds_nobody_up(desk: Desk) -> None:
    one = await resting(desk)
    async with write_transaction(desk.engine) as connection:
        await register(connection, desk.committer.facts, [STOP])
        assert await Keeper(desk.engine).keep([one]) == [True]


async def test_a_family_that_is_being_changed_holds_nobody_up(desk: Desk) -> None:
    changing, other = await resting(desk), await resting(desk, "buurman")
    async with write_transaction(desk.engine) as connection:
        await desk.committer.facts.held(connection, "sem")
        async with asyncio.timeout(2):
            assert await Keeper(desk.engine).keep([changing, other]) == [False, True]


async def test_alone_it_waits_for_the_change_and_then_sees_it(desk: Desk) -> None:
    gathered = await desk.committer.gather("urn:schakel:person", "sem", also=frozenset())
    event = Event(kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY, organisation="team-noord", person="sem")
    async with write_transaction(desk.engine) as connection:
        await make.tell(connection, desk.committer.facts, "consents", make.CONSENT)
        commit = asyncio.create_task(desk.committer.commit(desk.committer.prepare(event), gathered.versions))
        await asyncio.sleep(0.2)
        assert not commit.done()
    assert await commit is None
    assert await on_record(desk) == set()


async def test_an_event_is_only_ever_kept_once(desk: Desk) -> None:
    one = await resting(desk)
    assert await Keeper(desk.engine).keep([one]) == [True]
    assert await Keeper(desk.engine).keep([one]) == [False]
    assert await on_record(desk) == {one.event.event_id}
