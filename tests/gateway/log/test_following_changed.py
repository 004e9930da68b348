"""Following a log that somebody changed: what is broken is said, holds up nobody, and is taken by nobody for true."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Field, Kind
from audit.tables import audit_event, audit_leaf
from consent.keys import KeyClass
from consent.store.tables import person_key
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.log.following import MOST_AT_ONCE, Following
from tests.gateway.behind import run, unguarded
from tests.gateway.log.followers import UNGUARDED, Counting, Only, an_event, followed, placed
from tests.gateway.running import Running

_SEALED = audit_event.c.sealed_person.is_not(None)


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with followed(database_url, tmp_path) as one:
        yield one


async def test_an_event_whose_seal_was_broken_comes_without_what_it_held(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(an_event(Kind.FACT_RECORDED, "sem"))
    async with write_transaction(gateway.gateway.engine) as connection:
        await connection.execute(text(UNGUARDED[connection.dialect.name]))
        await connection.execute(update(audit_event).values(sealed_person=audit_event.c.sealed_log).where(_SEALED))
    await placed(gateway)
    follower = Counting()
    await Following(committer, [follower]).catch_up()
    [broken] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert not broken.fields


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
    kept = await committer.keep(an_event(Kind.FACT_RECORDED, "sem"))
    await placed(one)
    async with write_transaction(one.gateway.engine) as connection:
        await connection.execute(text(UNGUARDED[connection.dialect.name]))
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
    await committer.keep(an_event(Kind.FACT_RECORDED, "sem"))
    await placed(gateway)
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
        await committer.keep(an_event(Kind.SOURCE_FAILED, "sem"))
    await placed(gateway)
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
        await committer.keep(an_event(Kind.FACT_RECORDED, person))
    fields = {Field.FACTS: "of sem", Field.DETAIL: {"deciders": []}}
    of_him = replace(an_event(Kind.FACT_CLOSED, "moeder"), fields=fields, told_of=("sem",))
    await committer.keep(of_him)
    await placed(gateway)
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
