"""Following the log: every event once, in tree order, and what is done behind it with the place or not at all."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.read import event_named, events_placed
from audit.sealing import associated
from audit.tables import audit_event, audit_leaf
from audit.told import Told
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.keys.sealing import AuditSealer
from gateway.log.following import _LOCK, _TRY_LOCK, Following, place_of, places_of
from gateway.log.telling import bring_keys, tell, tell_half_of
from tests.gateway.behind import erased
from tests.gateway.log.followers import UNGUARDED, Counting, Only, Refusing, an_event, followed, placed
from tests.gateway.running import Running


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with followed(database_url, tmp_path) as one:
        yield one


async def _opened(one: Running) -> int:
    async with one.gateway.engine.connect() as connection:
        leaves = (await connection.execute(select(audit_event.c.leaf))).scalars()
        return sum(b'"review.opened"' in leaf for leaf in leaves)


async def test_each_event_is_taken_once_and_in_order_whoever_leads(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    person = "sem"
    await committer.gather("urn:schakel:person", person, also=frozenset())
    await committer.keep(an_event(Kind.FACT_RECORDED, person))
    await placed(gateway)
    follower = Counting()
    two = [Following(committer, [follower]) for _ in range(2)]
    await asyncio.gather(*(each.catch_up() for each in two))
    for each in two:
        await each.catch_up()
    await placed(gateway)
    await two[0].catch_up()
    assert follower.seen == list(range(len(follower.seen)))
    assert await _opened(gateway) == 1
    [kept] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert (kept.person, kept.fields[Field.PURPOSE]) == (person, "x")


async def test_beside_the_requests_only_one_process_leads_and_who_asks_to_be_led_does_not_wait(
    gateway: Running,
) -> None:
    committer = gateway.gateway.exchange.committer
    await placed(gateway)
    follower = Counting()
    following = Following(committer, [follower], every=timedelta(milliseconds=10))
    async with gateway.gateway.engine.connect() as other:
        if committer.engine.dialect.name == "postgresql":
            assert (await other.execute(_TRY_LOCK, {"lock": _LOCK})).scalar_one()
            following.start()
            await asyncio.sleep(0.2)
            assert not follower.seen
            await Following(committer, [follower]).catch_up()
            assert follower.seen
    follower.took.clear()
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(an_event(Kind.FACT_CLOSED, "sem"))
    await placed(gateway)
    if committer.engine.dialect.name != "postgresql":
        following.start()
    await asyncio.wait_for(follower.took.wait(), 10)
    await following.close()


async def test_who_finds_his_place_moved_by_another_goes_on_behind_it(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    for _ in range(6):
        await committer.keep(an_event(Kind.FACT_RECORDED, "sem"))
    await placed(gateway)
    async with gateway.gateway.engine.connect() as connection:
        size = (await connection.execute(select(func.count()).select_from(audit_leaf))).scalar_one()
    monkeypatch.setattr("gateway.log.following.MOST_AT_ONCE", 2)
    follower = Counting()
    other = Following(committer, [follower])

    async def first(_committer: Committer, connection: AsyncConnection, found: Sequence[Entry]) -> list[Told | None]:
        """Between the look of one process and its step, let another take the next two."""
        monkeypatch.setattr("gateway.log.following.tell_half_of", tell_half_of)
        told = await tell_half_of(committer, connection, found)
        assert await other._led_once({follower.name: 0}, []) == {follower.name: len(found)}
        return told

    monkeypatch.setattr("gateway.log.following.tell_half_of", first)
    await Following(committer, [follower]).catch_up()
    # What the follower keeps may find its place before he is done, or after.
    assert follower.seen == list(range(len(follower.seen)))
    assert len(follower.seen) >= size > 0


async def test_who_is_ahead_waits_for_the_others_so_that_nothing_is_opened_twice(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    for _ in range(4):
        await committer.keep(an_event(Kind.FACT_CLOSED, "sem"))  # of which nobody keeps another event
    await placed(gateway)
    ahead, one, two = Counting(), Counting(), Counting()
    ahead.name, one.name, two.name = "ahead", "one", "two"
    monkeypatch.setattr("gateway.log.following.MOST_AT_ONCE", 2)
    assert await Following(committer, [ahead])._led_once({"ahead": 0}, []) == {"ahead": 2}
    opened: list[str] = []

    async def counted(committer: Committer, connection: AsyncConnection, found: Sequence[Entry]) -> list[Told | None]:
        opened.extend(each.event_id for each in found)
        return await tell_half_of(committer, connection, found)

    monkeypatch.setattr("gateway.log.following.tell_half_of", counted)
    await Following(committer, [ahead, one, two]).catch_up()
    assert ahead.seen == one.seen == two.seen == list(range(len(one.seen)))
    assert len(opened) == len(one.seen)


async def test_who_is_far_behind_holds_up_nobody_and_who_is_little_behind_is_waited_for(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    monkeypatch.setattr("gateway.log.following.MOST_AT_ONCE", 3)
    ahead, behind = Counting(name="ahead"), Counting(name="behind")
    for _ in range(4):
        await committer.keep(an_event(Kind.FACT_CLOSED, "sem"))
    await placed(gateway)
    await Following(committer, [ahead]).catch_up()
    size = len(ahead.seen)
    await committer.keep(an_event(Kind.FACT_CLOSED, "sem"))
    await placed(gateway)
    both = Following(committer, [ahead, behind])
    led = await both._led_once({"ahead": size, "behind": 0}, [])
    assert led == {"ahead": size + 1, "behind": 3}
    async with gateway.gateway.engine.connect() as connection:
        assert await places_of(connection, ["ahead", "behind"]) == led
    # Who is less than a batch behind goes to where the other stands, and no further.
    one, two = Counting(name="one"), Counting(name="two")
    monkeypatch.setattr("gateway.log.following.MOST_AT_ONCE", 3)
    assert await Following(committer, [one])._led_once({"one": 0}, []) == {"one": 3}
    monkeypatch.setattr("gateway.log.following.MOST_AT_ONCE", 5)
    assert await Following(committer, [one, two])._led_once({"one": 3, "two": 0}, []) == {"one": 3, "two": 3}


async def test_what_cannot_be_read_at_one_place_does_not_stop_who_stands_elsewhere(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = gateway.gateway.exchange.committer
    await placed(gateway)
    behind, ahead = Counting(name="behind"), Counting(name="ahead")
    await Following(committer, [ahead]).catch_up()
    ahead.seen.clear()
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(an_event(Kind.FACT_CLOSED, "sem"))
    await placed(gateway)

    async def spoiled(connection: AsyncConnection, *, since: int, most: int) -> list[Entry]:
        if since == 0:
            await connection.execute(text("SELECT * FROM nowhere"))  # what else is asked in this transaction fails too
        return await events_placed(connection, since=since, most=most)

    monkeypatch.setattr("gateway.log.following.events_placed", spoiled)
    with pytest.raises(DBAPIError):
        await Following(committer, [behind, ahead]).catch_up()
    assert (len(ahead.seen), behind.seen) == (1, [])


async def test_what_fails_moves_no_place_and_leaves_nothing_behind(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(an_event(Kind.FACT_RECORDED, "sem"))
    await placed(gateway)
    follower = Counting(fails=True)
    with pytest.raises(OSError):  # noqa: PT011 - the follower's own, which says nothing more
        await Following(committer, [follower]).catch_up()
    async with gateway.gateway.engine.connect() as connection:
        assert await place_of(connection, follower.name) == 0
    assert await _opened(gateway) == 0
    follower.fails = False
    await Following(committer, [follower]).catch_up()
    assert follower.seen[0] == 0
    assert await _opened(gateway) == 1


async def test_a_follower_has_the_keys_of_all_of_whom_an_event_tells(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "zus", also=frozenset())
    event = an_event(Kind.FACT_RECORDED, "zus")
    told_of = ("moeder", "sem")
    await committer.keep(replace(event, fields={**event.fields, Field.FACTS: "of both"}, told_of=told_of))
    await placed(gateway)
    # As another process has them, which gathered about nobody.
    other = replace(committer, sealer=AuditSealer(committer.sealer.log_key))
    follower = Counting()
    await Following(other, [Only(follower)]).catch_up()
    [found] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert (found.fields[Field.FACTS], found.facts_gone) == ("of both", False)


_LEFT: Final = {Field.DECISION: {"elements": {}, "facts_digest": "erased"}}


def _decided() -> Event:
    """Return an event of a decision whose facts tell of two others."""
    of_all = {Field.FACTS: "of both", Field.DECISION: {"elements": {}, "facts_digest": "1"}}
    fields = {Field.SUBJECT: "zus", Field.DETAIL: {"deciders": []}, **of_all}
    told_of = ("moeder", "sem")
    return Event(
        Kind.FACT_RECORDED, EventOutcome.OK, "system", person="zus", fields=fields, told_of=told_of, left=_LEFT
    )


async def test_a_follower_is_told_what_lies_under_the_persons_key_and_what_others_have_a_part_in_stays_shut(
    gateway: Running,
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "zus", also=frozenset())
    await committer.keep(_decided())
    await placed(gateway)
    follower = Counting()
    await Following(committer, [Only(follower)]).catch_up()
    [found] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert {name: each for name, each in found.fields.items() if name is not Field.SUBJECT} == {
        Field.DETAIL: {"deciders": []},
        **_LEFT,
    }
    assert not found.facts_gone


@pytest.mark.parametrize("person", ["sem", "zus"])
async def test_a_follower_is_told_that_the_facts_are_gone_as_everybody_who_opens_the_event(
    gateway: Running, person: str
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "zus", also=frozenset())
    kept = await committer.keep(_decided())
    await placed(gateway)
    await erased(gateway, person)
    follower = Counting()
    await Following(committer, [Only(follower)]).catch_up()
    [found] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    async with gateway.gateway.engine.connect() as connection:
        entry = await event_named(connection, kept.event_id)
        assert entry is not None
        await bring_keys(committer, connection, [entry])
    assert found == tell(committer, entry)
    assert found.facts_gone


async def test_what_others_have_a_part_in_breaks_its_event_where_it_was_exchanged_though_nobody_reads_it(
    gateway: Running,
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "zus", also=frozenset())
    kept = await committer.keep(_decided())
    await placed(gateway)
    row, place = audit_event.c.event_id == kept.event_id, associated(kept.event_id, "person")
    async with write_transaction(gateway.gateway.engine) as connection:
        await connection.execute(text(UNGUARDED[connection.dialect.name]))
        sealed = (await connection.execute(select(audit_event.c.sealed_person).where(row))).scalar_one()
        packed = committer.sealer.open("zus", sealed, place)
        spoiled = committer.sealer.seal("zus", packed[:-1] + bytes([packed[-1] ^ 1]), place)
        await connection.execute(update(audit_event).values(sealed_person=spoiled).where(row))
    follower = Counting()
    await Following(committer, [Only(follower)]).catch_up()
    [broken] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert not broken.fields


async def test_a_follower_that_fails_does_not_stop_the_others(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await placed(gateway)
    follower = Counting()
    with pytest.raises(OSError):  # noqa: PT011 - the follower's own, which says nothing more
        await Following(committer, [Refusing(), follower]).catch_up()
    assert follower.seen
    again = Counting(name="again")
    following = Following(committer, [Refusing(), again])
    following.start()
    async with asyncio.timeout(20):
        while not again.seen:  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0.02)
    await following.close()
