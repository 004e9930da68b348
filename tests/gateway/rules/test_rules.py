"""A rule set is confirmed by two persons, on record, for good; and its officers are warned in time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from alembic import command
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from audit.store import AuditUnavailableError
from consent.rulesets import RULE_SETS, RuleSet, rule_set_named
from gateway.database.engine import write_transaction
from gateway.migrations.migrate import migrate
from gateway.registry.said import ConfirmationError, officer_named, reason_given
from gateway.rules import confirmed as rules_of_a_gateway
from gateway.rules import store as rules_store
from gateway.rules.confirmed import Rules, Said, concerned, said_at, warnings
from gateway.rules.store import Confirmation, confirm, confirmations, is_confirmed
from gateway.rules.tables import TRIGGERS, rule_confirmation
from schemas.calendar import parse_moment
from tests.gateway.facts.test_migrations import described_at
from tests.gateway.identity.world import World, make_world

NEW: Final = rule_set_named("2027-01")
WHY: Final = "read against the Staatsblad"
DO: Final = "(`schakel rules confirm 2027-01`)"
IN_FORCE: Final = "rule set 2027-01 is in force, and"
WITHHELD: Final = "everything is withheld until it is confirmed"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    await migrate(database_url)
    made = await make_world(database_url)
    yield made
    await made.engine.dispose()


async def say(world: World, officer: str, *, rules: RuleSet = NEW, because: str = WHY) -> tuple[Confirmation, ...]:
    async with write_transaction(world.engine) as connection:
        return await confirm(connection, rules, officer=officer, because=because, account="schakel", log=world.log)


async def said(world: World) -> tuple[Confirmation, ...]:
    async with world.engine.connect() as connection:
        return await confirmations(connection, NEW)


async def events(world: World) -> list[dict[str, Any]]:
    async with world.engine.connect() as connection:
        rows = await connection.execute(text("SELECT leaf, sealed_log FROM audit_event ORDER BY id"))
        found = [orjson.loads(row[0]) | {"sealed": orjson.loads(row[1])} for row in rows]
    return [each for each in found if each["kind"] == "rules.confirmed"]


async def test_one_officer_proposes_and_another_confirms(world: World) -> None:
    assert not is_confirmed(await say(world, "anna"))
    assert is_confirmed(await say(world, "bert"))
    found = await said(world)
    assert [(each.officer, each.because) for each in found] == [("anna", WHY), ("bert", WHY)]
    assert abs((datetime.now(UTC) - found[0].recorded_at).total_seconds()) < 60


async def test_each_word_is_an_event_that_names_rule_set_and_step(world: World) -> None:
    await say(world, "anna")
    await say(world, "bert")
    first, second = await events(world)
    assert [(each["rule_set"], each["outcome"], each["organisation"]) for each in (first, second)] == [
        ("2027-01", "review", "operator"),
        ("2027-01", "ok", "operator"),
    ]
    told = [{name: field["value"] for name, field in each["sealed"].items()} for each in (first, second)]
    assert [each["detail"]["step"] for each in told] == ["proposed", "confirmed"]
    assert told[1]["detail"]["earlier"] == ["anna"]
    assert told[1]["actor"] == {"operator": "operator", "officer": "bert", "account": "schakel"}
    assert told[1]["justification"] == WHY


async def test_each_word_names_its_event(world: World) -> None:
    await say(world, "anna")
    async with world.engine.connect() as connection:
        [named] = (await connection.execute(rule_confirmation.select())).all()
    assert named.event_id == (await events(world))[0]["id"]


@pytest.mark.parametrize("again", ["anna", " Anna ", "ANNA", "\uff41nna"])
async def test_the_same_officer_twice_is_one_officer_however_he_writes_his_name(world: World, again: str) -> None:
    await say(world, "anna")
    with pytest.raises(ConfirmationError, match="`anna` confirmed rule set `2027-01` already; the second must be"):
        await say(world, again)
    assert len(await said(world)) == len(await events(world)) == 1


async def test_a_third_word_is_refused(world: World) -> None:
    await say(world, "anna")
    await say(world, "bert")
    with pytest.raises(ConfirmationError, match="confirmed already, by `anna` and `bert`"):
        await say(world, "carla")


async def test_a_rule_set_that_was_checked_takes_no_confirmation(world: World) -> None:
    with pytest.raises(ConfirmationError, match="`2026-11` needs no confirmation"):
        await say(world, "anna", rules=RULE_SETS[0])


@pytest.mark.parametrize("because", ["", "  \n", "\u00a0", "x\x00y", "\ud800", "x" * 2001])
def test_who_does_not_say_why_is_refused(because: str) -> None:
    with pytest.raises(ConfirmationError, match="--because"):
        reason_given(because)


@pytest.mark.parametrize("name", ["", " ", "a\x00", "\ud800", "x" * 101, "\u202eanna"])
def test_who_has_no_name_is_refused(name: str) -> None:
    with pytest.raises(ConfirmationError, match="an officer has a name"):
        officer_named(name)


async def test_a_word_is_not_there_without_its_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise AuditUnavailableError("the log is full")

    monkeypatch.setattr(type(world.log), "insert", refuse)
    with pytest.raises(AuditUnavailableError):
        await say(world, "anna")
    assert await said(world) == ()


async def test_an_event_is_not_there_without_its_word(world: World) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE rule_confirmation RENAME COLUMN because TO something"))
    with pytest.raises(DBAPIError):
        await say(world, "anna")
    assert await events(world) == []


async def test_two_at_once_are_two_and_not_twice_the_first(world: World) -> None:
    await asyncio.gather(say(world, "anna"), say(world, "bert"))
    assert is_confirmed(await said(world))
    assert [each["outcome"] for each in await events(world)] == ["review", "ok"]


async def test_words_for_other_rows_of_the_same_name_count_for_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(world, "anna")
    await say(world, "bert")
    monkeypatch.setattr(rules_store, "digest_of", lambda _: "sha256:other")
    assert await said(world) == ()
    assert not is_confirmed(await say(world, "anna"))


async def test_a_word_is_neither_changed_nor_taken_back(world: World) -> None:
    await say(world, "anna")
    own = {
        "sqlite": "INSERT OR REPLACE INTO rule_confirmation SELECT * FROM rule_confirmation",
        "postgresql": "TRUNCATE rule_confirmation CASCADE",
    }
    for statement in (
        update(rule_confirmation).values(officer="x"),
        delete(rule_confirmation),
        text(own[world.engine.dialect.name]),
    ):
        async with world.engine.connect() as connection:
            with pytest.raises(DBAPIError, match="append-only"):
                await connection.execute(statement)
    assert len(await said(world)) == 1


async def test_the_database_takes_no_second_word_of_one_officer(world: World) -> None:
    await say(world, "anna")
    async with world.engine.connect() as connection:
        [row] = (await connection.execute(rule_confirmation.select())).mappings().all()
        again = {name: value for name, value in row.items() if name != "id"}
        with pytest.raises(DBAPIError):
            await connection.execute(insert(rule_confirmation).values(**again))


def test_the_table_is_guarded_on_both_databases() -> None:
    assert {dialect: set(told) for dialect, told in TRIGGERS.items()} == {
        "postgresql": {"rule_confirmation"},
        "sqlite": {"rule_confirmation"},
    }


async def test_a_gateway_asks_until_it_is_confirmed_and_then_no_more(world: World) -> None:
    rules = Rules(world.engine, lambda: parse_moment("2027-02-01"), required=True)
    assert not await rules.are_confirmed(NEW)
    await say(world, "anna")
    assert not await rules.are_confirmed(NEW)
    await say(world, "bert")
    assert await rules.are_confirmed(NEW)
    async with world.engine.begin() as connection:
        await connection.execute(text("DROP TABLE rule_confirmation"))
    assert await rules.are_confirmed(NEW)


async def test_what_cannot_be_read_is_not_confirmed(world: World) -> None:
    rules = Rules(world.engine, lambda: parse_moment("2027-02-01"), required=True)
    async with world.engine.begin() as connection:
        await connection.execute(text("DROP TABLE rule_confirmation"))
    with pytest.raises(AuditUnavailableError):
        await rules.are_confirmed(NEW)
    assert await rules.warnings() == [f"{IN_FORCE} whether it is confirmed cannot be read {DO}; {WITHHELD}"]


ANNA: Final = Confirmation("anna", WHY, datetime(2026, 11, 20, tzinfo=UTC))
BERT: Final = Confirmation("bert", WHY, datetime(2026, 11, 21, tzinfo=UTC))


def warned(at: str, *found: Confirmation, required: bool = True) -> list[str]:
    told: dict[str, Said] = {"2027-01": found}
    return warnings(parse_moment(at), told, required=required)


def test_nobody_is_warned_a_second_too_early() -> None:
    assert warned("2026-11-01T23:59:59+01:00") == []
    assert concerned(parse_moment("2026-11-01T23:59:59+01:00")) == []


@pytest.mark.parametrize(
    ("at", "left"),
    [("2026-11-02T00:00:00+01:00", "60 days"), ("2026-12-31T23:59:59+01:00", "1 day"), ("2026-12-30", "2 days")],
)
def test_from_sixty_days_before_the_end_officers_are_warned(at: str, left: str) -> None:
    [line] = warned(at)
    assert line == (
        f"rule set 2026-11 ends on 2027-01-01, in {left}; 2027-01 follows, and two officers must confirm it {DO}"
    )
    assert concerned(parse_moment(at)) == [NEW]


def test_the_warning_says_that_one_word_is_there_and_does_not_name_whose() -> None:
    [line] = warned("2026-12-01", ANNA)
    assert line.endswith(f"2027-01 follows, and a second officer must confirm it {DO}")
    assert "anna" not in line


def test_once_it_is_confirmed_the_warning_only_says_that_the_set_ends() -> None:
    [line] = warned("2026-12-01", ANNA, BERT)
    assert line.endswith("in 31 days; 2027-01 follows, and is confirmed")


def test_after_the_end_the_warning_stays_until_it_is_confirmed() -> None:
    assert warned("2027-01-01T00:00:00+01:00", ANNA) == [
        f"{IN_FORCE} a second officer must confirm it {DO}; {WITHHELD}"
    ]
    assert warned("2027-01-01T00:00:00+01:00", ANNA, BERT) == []


def test_a_gateway_that_does_not_withhold_does_not_say_that_it_does() -> None:
    assert warned("2027-03-01", required=False) == [
        f"rule set 2027-01 is in force, and two officers must confirm it {DO}; every decision says so"
    ]


def test_a_clock_before_every_rule_set_is_said_and_breaks_nothing() -> None:
    at = "2014-01-01"
    assert warned(at) == ["the clock stands before the first rule set"]
    assert concerned(parse_moment(at)) == []


async def test_looking_makes_no_database(tmp_path: Path) -> None:
    path = tmp_path / "schakel.db"
    assert await said_at(f"sqlite+aiosqlite:///{path}", [NEW]) == {"2027-01": None}
    assert not path.exists()


RESTATED = {"rule_confirmation_no_replace", "fact_no_change", "fact_no_delete"}
"""Triggers that a later step says in other words: facts of who has no key any more may go."""


async def test_every_later_step_only_adds_so_the_version_before_goes_on_running(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = command.upgrade
    described: list[set[tuple[Any, ...]]] = []
    for step in ("0001", "0002", "head"):
        with monkeypatch.context() as patched:
            patched.setattr(command, "upgrade", partial(_upgrade_to, upgrade, step))
            await migrate(empty_url)
        described.append({each for each in _parts(await described_at(empty_url)) if RESTATED.isdisjoint(each)})
    first, second, newest = described
    assert first < second < newest
    assert all("rule_confirmation" in each or "rule_refuse" in each for each in second - first)


def _parts(described: set[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield what is described, a table of SQLite line by line: a column more is no other table."""
    for *what, made_of in described:
        if isinstance(made_of, frozenset):
            yield from ((*what, line.strip(" ,)")) for line in made_of)
        else:
            yield (*what, made_of)


def _upgrade_to(upgrade: Callable[[Any, str], None], step: str, config: Any, _: str) -> None:
    upgrade(config, step)


async def test_looking_does_not_wait_for_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    released = asyncio.Event()
    monkeypatch.setattr(rules_of_a_gateway, "LONGEST_LOOK", timedelta(seconds=0.2))
    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await said_at(f"postgresql+asyncpg://schakel@127.0.0.1:{port}/schakel", [NEW]) == {"2027-01": None}
    released.set()
    server.close()
