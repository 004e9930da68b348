"""A line of the journal closes again what a holder closed where that is lost, and only there: a lift stays one."""

import json
from dataclasses import replace
from typing import Final

import pytest

from gateway.commands.log import log_of
from gateway.database.engine import write_transaction
from gateway.emergency.crisis_set import close_by_operator
from gateway.erasing.journal import Journal
from gateway.erasing.opening import journal_of
from gateway.erasing.pseudonym import pseudonym_of_holder
from gateway.erasing.tombstone import TombstoneKind
from gateway.holders.lifting import proposer
from gateway.identity.builtin_provider import Login
from gateway.registry.words import Operator
from gateway.sandbox.credentials import Someone
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_steps import followed
from tests.gateway.running import Running
from tests.gateway.tampering.hand import tamper

STOP: Final = "/api/v1/holder/stop"
LIFT: Final = f"{STOP}/lift"
OPEN: Final = "/api/v1/holder/crisis-set/open"
CLOSE: Final = "/api/v1/holder/crisis-set/close"
HOLDER: Final = "ggz-west"


async def press(gateway: Running, path: str) -> None:
    answer = await gateway.call(f"officer:{HOLDER}", "POST", path)
    assert answer.status == 200, answer.body


def another(gateway: Running) -> Running:
    """Return the same gateway with another officer of the holder."""
    second = Someone(organisation=HOLDER, login=Login(form="officer", id="second"))
    people = replace(gateway.credentials, people=(second, *gateway.credentials.people))
    return Running(gateway.gateway, people, gateway.url, gateway.session, gateway.app)


async def lift(gateway: Running) -> None:
    await press(gateway, LIFT)
    await press(another(gateway), LIFT)


async def proposed(gateway: Running, by: str = "administrator-of") -> None:
    answer = await gateway.call(f"{by}-{HOLDER}", "POST", OPEN)
    assert answer.status == 200, answer.body


async def opened(gateway: Running) -> None:
    await proposed(gateway)
    await proposed(gateway, by="second-administrator-of")


def again(house: make.House, gateway: Running) -> None:
    """Write the last line of the journal once more."""
    make.write_again(Journal(house.journal.parent, gateway.gateway.exchange.committer.log.key))


def kinds(house: make.House) -> list[str]:
    return [json.loads(line)["kind"] for line in house.journal.read_bytes().splitlines()]


async def stopped(house: make.House) -> frozenset[str]:
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        return (await committer.facts.registry(connection)).stopped


async def is_open(house: make.House) -> bool:
    """Return whether the holder's crisis set is open to emergency pulls."""
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        known = (await committer.facts.registry(connection)).source("organisations", HOLDER) or {}
    return known.get("emergency_opt_in") is True


async def test_a_crisis_set_that_was_closed_since_is_closed(small: make.House) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        await opened(gateway)
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        await press(gateway, CLOSE)
        await press(gateway, CLOSE)
        await followed(small, gateway)
    assert kinds(small) == ["begin", "crisis-set", "crisis-set"]
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    assert await is_open(fresh)
    assert (await fresh.replay())[0] == 0
    assert not await is_open(fresh)
    assert (await fresh.verify())[1].startswith("ok: ")


async def closed_by_operator(house: make.House) -> None:
    async with log_of(house.inner.settings) as committer, write_transaction(committer.engine) as connection:
        assert await close_by_operator(connection, committer, HOLDER, Operator("eva", "account"), because="a call")


async def test_a_crisis_set_that_an_operator_closed_since_is_closed(small: make.House) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        await opened(gateway)
    backup = (await small.inner.back_up())[0]
    await closed_by_operator(small)
    async with backups.serving(small.inner) as gateway:
        await followed(small, gateway)
    assert kinds(small) == ["begin", "crisis-set"]
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    assert (await fresh.replay())[0] == 0
    assert not await is_open(fresh)
    assert (await fresh.verify())[1].startswith("ok: ")


async def test_one_that_an_operator_closed_and_that_was_opened_since_stays_open_though_its_line_stands_twice(
    house: make.House,
) -> None:
    await house.begin()
    async with backups.serving(house.inner) as gateway:
        await opened(gateway)
    await closed_by_operator(house)
    async with backups.serving(house.inner) as gateway:
        await followed(house, gateway)
        again(house, gateway)
        await opened(gateway)
    assert (await house.replay())[1] == "the journal is whole: 3 lines, 1 of them carried out now"
    assert await is_open(house)


async def test_a_crisis_set_whose_line_was_written_twice_stays_open(house: make.House) -> None:
    await house.begin()
    async with backups.serving(house.inner) as gateway:
        await press(gateway, CLOSE)
        await followed(house, gateway)
        again(house, gateway)
        await opened(gateway)
    assert (await house.replay())[1] == "the journal is whole: 3 lines, 1 of them carried out now"
    assert await is_open(house)


async def test_who_proposed_to_open_a_crisis_set_before_it_was_closed_since_opens_nothing(small: make.House) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        await proposed(gateway)
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        await press(gateway, CLOSE)
        await followed(small, gateway)
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    async with backups.serving(fresh.inner) as gateway:
        await proposed(gateway, by="second-administrator-of")
    assert not await is_open(fresh)


async def test_a_stop_whose_line_was_written_twice_stays_lifted(house: make.House) -> None:
    await house.begin()
    async with backups.serving(house.inner) as gateway:
        await press(gateway, STOP)
        await followed(house, gateway)
        again(house, gateway)
        await lift(gateway)
    assert (await house.replay())[1] == "the journal is whole: 3 lines, 1 of them carried out now"
    assert await stopped(house) == frozenset()


async def test_a_stop_whose_line_was_written_twice_leaves_a_proposal_to_lift_it(small: make.House) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        await press(gateway, STOP)
        await followed(small, gateway)
        again(small, gateway)
        await press(gateway, LIFT)
    assert (await small.replay())[0] == 0
    async with log_of(small.inner.settings) as committer, committer.engine.connect() as connection:
        assert await proposer(connection, HOLDER) is not None


async def test_a_stop_that_the_backup_lost_is_put_back_though_its_line_stands_twice(small: make.House) -> None:
    await small.begin()
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        await press(gateway, STOP)
        await followed(small, gateway)
        again(small, gateway)
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    assert (await fresh.replay())[1] == "the journal is whole: 3 lines, 2 of them carried out now"
    assert await stopped(fresh) == {HOLDER}


async def test_a_stop_said_again_adds_a_line_again_and_putting_one_back_none(small: make.House) -> None:
    """Who said it first may have died before its line was there."""
    await small.begin()
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        await press(gateway, STOP)
        await press(gateway, STOP)
        await followed(small, gateway)
    assert kinds(small) == ["begin", "stop", "stop"]
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    async with backups.serving(fresh.inner) as gateway:
        await gateway.gateway.following.catch_up()
    assert kinds(small) == ["begin", "stop", "stop"]


@pytest.mark.parametrize("holder", [HOLDER, "team-noord"])
async def test_the_stop_of_another_at_that_moment_does_not_keep_him_open(small: make.House, holder: str) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        await press(gateway, STOP)
        await followed(small, gateway)
        await lift(gateway)
    async with log_of(small.inner.settings) as committer:
        journal = journal_of(small.inner.settings, committer)
        at, pseudonym = journal.read()[-1].tombstone.at, await pseudonym_of_holder(committer.facts.keys, holder)
        journal.append(at=at, kind=TombstoneKind.STOP, pseudonym=pseudonym, epoch=0)
    assert (await small.replay())[0] == 0
    assert await stopped(small) == {holder} - {HOLDER}


async def test_a_stop_that_somebody_changed_in_the_log_is_put_back(small: make.House) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        await press(gateway, STOP)
        await followed(small, gateway)
        again(small, gateway)
        await lift(gateway)
    await tamper(small.url, [_BROKEN])
    assert (await small.replay())[0] == 0
    assert await stopped(small) == {HOLDER}


_BROKEN: Final = "UPDATE audit_event SET sealed_log = zeroblob(40) WHERE CAST(leaf AS text) LIKE '%\"config.changed\"%'"
