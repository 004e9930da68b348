"""Following the log: every event once, in tree order, and what is done behind it with the place or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.read import event_named
from audit.sealing import associated
from audit.tables import audit_event, audit_leaf
from audit.told import Told
from consent.keys import KeyClass
from consent.store.tables import person_key
from gateway.commit import Committer
from gateway.database.engine import write_transaction
from gateway.keys.sealing import AuditSealer
from gateway.log.following import _LOCK, _TRY_LOCK, MOST_AT_ONCE, Following, place_of
from gateway.log.telling import bring_keys, tell, tell_half_of
from gateway.placing import sequence_the_rest
from tests.gateway.behind import erased, run, unguarded
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

_SEALED = audit_event.c.sealed_person.is_not(None)
_UNGUARDED = {
    "sqlite": "DROP TRIGGER audit_event_no_update",
    "postgresql": "ALTER TABLE audit_event DISABLE TRIGGER ALL",
}


@dataclass
class Counting:
    """Counts what it was given, and keeps an event of its own about the first person of each round."""

    name: str = "counting"
    seen: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    fails: bool = False
    took: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        about = next((each.person for each in events if each.kind is Kind.FACT_RECORDED), None)
        if about is not None:
            await committer.log.append(connection, _event(Kind.REVIEW_OPENED, about))
        if self.fails:
            raise OSError
        self.seen += [each.seq for each in events if each.seq is not None]
        self.told += events
        self.took.set()


def _event(kind: Kind, person: str) -> Event:
    return Event(kind, EventOutcome.OK, "system", person=person, fields={Field.SUBJECT: person, Field.PURPOSE: "x"})


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(world(), tmp_path, database_url=database_url) as one:
        await one.gateway.following.close()
        yield one


async def _placed(one: Running) -> None:
    await sequence_the_rest(one.gateway.engine, one.gateway.log)


async def _opened(one: Running) -> int:
    async with one.gateway.engine.connect() as connection:
        leaves = (await connection.execute(select(audit_event.c.leaf))).scalars()
        return sum(b'"review.opened"' in leaf for leaf in leaves)


async def test_each_event_is_taken_once_and_in_order_whoever_leads(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    person = "sem"
    await committer.gather("urn:schakel:person", person, also=frozenset())
    await committer.keep(_event(Kind.FACT_RECORDED, person))
    await _placed(gateway)
    follower = Counting()
    two = [Following(committer, [follower]) for _ in range(2)]
    await asyncio.gather(*(each.catch_up() for each in two))
    for each in two:
        await each.catch_up()
    await _placed(gateway)
    await two[0].catch_up()
    assert follower.seen == list(range(len(follower.seen)))
    assert await _opened(gateway) == 1
    [kept] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert (kept.person, kept.fields[Field.PURPOSE]) == (person, "x")


async def test_beside_the_requests_only_one_process_leads_and_who_asks_to_be_led_does_not_wait(
    gateway: Running,
) -> None:
    committer = gateway.gateway.exchange.committer
    await gateway.gateway.following.close()
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
    await committer.keep(_event(Kind.FACT_CLOSED, "sem"))
    await _placed(gateway)
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
        await committer.keep(_event(Kind.FACT_RECORDED, "sem"))
    await _placed(gateway)
    monkeypatch.setattr("gateway.log.following.MOST_AT_ONCE", 2)
    follower = Counting()
    other = Following(committer, [follower])

    async def first(_committer: Committer, connection: AsyncConnection, found: Sequence[Entry]) -> list[Told | None]:
        """Between the look of one process and its step, let another take the next two."""
        monkeypatch.setattr("gateway.log.following.tell_half_of", tell_half_of)
        told = await tell_half_of(committer, connection, found)
        assert await other._led(follower, None, {}) == len(found)
        return told

    monkeypatch.setattr("gateway.log.following.tell_half_of", first)
    await Following(committer, [follower]).catch_up()
    async with gateway.gateway.engine.connect() as connection:
        size = (await connection.execute(select(func.count()).select_from(audit_leaf))).scalar_one()
    assert follower.seen == list(range(size)) != []


async def test_who_stands_at_one_place_shares_what_was_opened_and_who_stands_elsewhere_reads_his_own(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    for _ in range(4):
        await committer.keep(_event(Kind.FACT_CLOSED, "sem"))  # of which nobody keeps another event
    await _placed(gateway)
    ahead, one, two = Counting(), Counting(), Counting()
    ahead.name, one.name, two.name = "ahead", "one", "two"
    monkeypatch.setattr("gateway.log.following.MOST_AT_ONCE", 2)
    assert await Following(committer, [])._led(ahead, None, {})
    opened: list[str] = []

    async def counted(committer: Committer, connection: AsyncConnection, found: Sequence[Entry]) -> list[Told | None]:
        opened.extend(each.event_id for each in found)
        return await tell_half_of(committer, connection, found)

    monkeypatch.setattr("gateway.log.following.tell_half_of", counted)
    await Following(committer, [ahead, one, two]).catch_up()
    assert ahead.seen == one.seen == two.seen == list(range(len(one.seen)))
    # Two apart at each step: who is ahead opens his own, and the other two open theirs once for both.
    assert len(opened) == 2 * len(one.seen) - 2


async def test_what_fails_moves_no_place_and_leaves_nothing_behind(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(_event(Kind.FACT_RECORDED, "sem"))
    await _placed(gateway)
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


async def test_an_event_whose_seal_was_broken_comes_without_what_it_held(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(_event(Kind.FACT_RECORDED, "sem"))
    async with write_transaction(gateway.gateway.engine) as connection:
        await connection.execute(text(_UNGUARDED[connection.dialect.name]))
        await connection.execute(update(audit_event).values(sealed_person=audit_event.c.sealed_log).where(_SEALED))
    await _placed(gateway)
    follower = Counting()
    await Following(committer, [follower]).catch_up()
    [broken] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert not broken.fields


@dataclass
class Refusing(Counting):
    """Stops at whatever comes."""

    name: str = "refusing"
    fails: bool = True


@dataclass
class Unproven(Counting):
    """Is also given what nobody can read."""

    name: str = "unproven"
    unread: list[int | None] = field(default_factory=list)

    async def take_unproven(self, connection: AsyncConnection, committer: Committer, found: Sequence[Entry]) -> None:
        del connection, committer
        self.unread += [each.seq for each in found]


async def _spoiled(one: Running, leaf: Callable[[bytes], bytes]) -> str:
    """Keep an event about sem, and change its leaf before it is followed; return its id."""
    committer = one.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    kept = await committer.keep(_event(Kind.FACT_RECORDED, "sem"))
    await _placed(one)
    async with write_transaction(one.gateway.engine) as connection:
        await connection.execute(text(_UNGUARDED[connection.dialect.name]))
        row = audit_event.c.event_id == kept.event_id
        was = (await connection.execute(select(audit_event.c.leaf).where(row))).scalar_one()
        await connection.execute(update(audit_event).values(leaf=leaf(was)).where(row))
    return kept.event_id


@pytest.mark.parametrize(
    "leaf",
    [
        lambda was: was.replace(b'"fact.recorded"', b'"fact.invented"'),
        lambda was: was.replace(b'"outcome":"ok"', b'"outcome":"yes"'),
        lambda was: was.replace(b'"organisation":"system"', b'"organisation":["system"]'),
        lambda was: was.replace(b'"at":"2', b'"at":"9'),
        lambda _: b"{}",
        lambda _: b"no leaf",
    ],
    ids=["kind", "outcome", "organisation", "instant", "empty", "no-json"],
)
async def test_an_event_that_nobody_can_read_holds_up_no_follower(
    gateway: Running, leaf: Callable[[bytes], bytes]
) -> None:
    committer = gateway.gateway.exchange.committer
    event = await _spoiled(gateway, leaf)
    await committer.keep(_event(Kind.FACT_RECORDED, "sem"))
    await _placed(gateway)
    follower = Unproven()
    await Following(committer, [follower]).catch_up()
    assert event not in [each.id for each in follower.told]
    assert len(follower.unread) == 1
    assert follower.told[-1].fields[Field.PURPOSE] == "x"


@pytest.mark.parametrize("removed", [1, MOST_AT_ONCE + 5])
async def test_events_that_somebody_removed_hold_up_no_follower_and_none_is_taken_twice(
    gateway: Running, removed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    for _ in range(removed + 3):
        await committer.keep(_event(Kind.SOURCE_FAILED, "sem"))
    await _placed(gateway)
    async with gateway.gateway.engine.connect() as connection:
        size = (await connection.execute(select(func.count()).select_from(audit_leaf))).scalar_one()
    first = size - removed - 2
    gone = set(range(first, first + removed))
    await unguarded(gateway, "audit_leaf")
    await run(gateway, "DELETE FROM audit_leaf WHERE seq BETWEEN :first AND :last", first=min(gone), last=max(gone))
    follower = Counting()
    await Following(committer, [follower]).catch_up()
    assert follower.seen == [seq for seq in range(size) if seq not in gone]
    assert "log.events_missing" in capsys.readouterr().out


async def test_an_event_whose_leaf_is_not_the_kept_one_comes_without_what_it_held(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    event = await _spoiled(gateway, lambda was: was.replace(b'"system"', b'"school"'))
    follower = Unproven()
    await Following(committer, [follower]).catch_up()
    [broken] = [each for each in follower.told if each.id == event]
    assert (broken.fields, follower.unread) == ({}, [broken.seq])


@pytest.mark.parametrize("column", ["commitment", "wrapped"])
async def test_a_key_that_does_not_fit_breaks_the_events_of_its_person_and_no_others(
    gateway: Running, column: str
) -> None:
    committer = gateway.gateway.exchange.committer
    for person in ("sem", "moeder"):
        await committer.gather("urn:schakel:person", person, also=frozenset())
        await committer.keep(_event(Kind.FACT_RECORDED, person))
    fields = {Field.FACTS: "of sem", Field.DETAIL: {"deciders": []}}
    of_him = replace(_event(Kind.FACT_CLOSED, "moeder"), fields=fields, told_of=("sem",))
    await committer.keep(of_him)
    await _placed(gateway)
    async with write_transaction(gateway.gateway.engine) as connection:
        if connection.dialect.name == "sqlite":
            triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'person_key'")
            for name in list((await connection.execute(triggers)).scalars()):
                await connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            await connection.execute(text("ALTER TABLE person_key DISABLE TRIGGER ALL"))
        his = (person_key.c.person == "sem", person_key.c.key_class == KeyClass.AUDIT)
        hers = (person_key.c.person == "moeder", person_key.c.key_class == KeyClass.AUDIT)
        other = (await connection.execute(select(person_key.c[column]).where(*hers))).scalar_one()
        await connection.execute(update(person_key).values({column: other}).where(*his))
    follower = Counting()
    await Following(committer, [Only(follower)]).catch_up()
    told = {each.person: dict(each.fields) for each in follower.told if each.kind is Kind.FACT_RECORDED}
    assert told["sem"] == {}
    assert told["moeder"][Field.PURPOSE] == "x"
    # And those that need his key too: nothing of them is proven.
    [closed] = [each for each in follower.told if each.kind is Kind.FACT_CLOSED]
    assert closed.fields == {}


async def test_a_follower_has_the_keys_of_all_of_whom_an_event_tells(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "zus", also=frozenset())
    event = _event(Kind.FACT_RECORDED, "zus")
    told_of = ("moeder", "sem")
    await committer.keep(replace(event, fields={**event.fields, Field.FACTS: "of both"}, told_of=told_of))
    await _placed(gateway)
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
    await _placed(gateway)
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
    await _placed(gateway)
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
    await _placed(gateway)
    row, place = audit_event.c.event_id == kept.event_id, associated(kept.event_id, "person")
    async with write_transaction(gateway.gateway.engine) as connection:
        await connection.execute(text(_UNGUARDED[connection.dialect.name]))
        sealed = (await connection.execute(select(audit_event.c.sealed_person).where(row))).scalar_one()
        packed = committer.sealer.open("zus", sealed, place)
        spoiled = committer.sealer.seal("zus", packed[:-1] + bytes([packed[-1] ^ 1]), place)
        await connection.execute(update(audit_event).values(sealed_person=spoiled).where(row))
    follower = Counting()
    await Following(committer, [Only(follower)]).catch_up()
    [broken] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert not broken.fields


@dataclass
class Only:
    """Notes what it is given in another, and keeps nothing."""

    other: Counting
    name: str = "only"

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        del connection, committer
        self.other.told += events


async def test_a_follower_that_fails_does_not_stop_the_others(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await _placed(gateway)
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
