"""A restored backup brings back nothing of the registry that an operator, or an administrator, ended since."""

import json
from collections.abc import Sequence
from typing import Final

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.told import Told
from consent.known.registered import Registered
from consent.store.recording import register
from gateway.commands.log import log_of
from gateway.database.engine import write_transaction
from gateway.erasing.opening import journal_of
from gateway.erasing.pseudonym import pseudonym_of_registration
from gateway.erasing.unregistered import end_again, unregistered_by
from gateway.registry.barred import barred
from gateway.registry.rows import Entry
from gateway.registry.snapshot import OPERATOR, PERSONS
from gateway.registry.words import Operator, Words
from schemas.calendar import parse_moment
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_steps import followed
from tests.gateway.running import Running

EVA: Final = Operator("eva", "account")
SCHOOL: Final = "school-1"
NOW: Final = "2026-11-27T10:00:00.000+01:00"
HOLDER: Final = "ggz-west"
THERAPIST: Final = "chris"
ENDED: Final = {"ended": [{"kind": "client", "key": "c", "digest": None}]}


async def end(house: make.House, name: str) -> Sequence[Entry]:
    async with log_of(house.inner.settings) as committer, write_transaction(committer.engine) as connection:
        return await Words(connection, committer.facts, committer.log).end(name, EVA, because="it was stolen")


async def open_ones(house: make.House) -> list[Entry]:
    async with log_of(house.inner.settings) as committer, write_transaction(committer.engine) as connection:
        return await Words(connection, committer.facts, committer.log).open_ones()


async def counting(house: make.House) -> set[tuple[str, str]]:
    return {each.place for each in await open_ones(house)}


async def lines_again(house: make.House) -> None:
    """Write each line of the journal once more."""
    async with log_of(house.inner.settings) as committer:
        journal = journal_of(house.inner.settings, committer)
        make.write_again(journal, *journal.read()[1:])


async def come_back(house: make.House, ended: Sequence[Entry]) -> None:
    """Have two operators say again what was ended, as it was."""
    async with log_of(house.inner.settings) as committer, write_transaction(committer.engine) as connection:
        words = Words(connection, committer.facts, committer.log)
        for by in (EVA, Operator("otto", "another")):
            await words.say(ended, by)


def kinds(house: make.House) -> list[str]:
    return [json.loads(line)["kind"] for line in house.journal.read_bytes().splitlines()]


@pytest.mark.parametrize("is_whole", [True, False])
async def test_what_an_operator_ended_since_is_ended(small: make.House, *, is_whole: bool) -> None:
    await small.begin()
    before = await counting(small)
    client = next(key for kind, key in before if kind == "client" and SCHOOL in key)
    backup = (await small.inner.back_up())[0]
    ended = {each.place for each in await end(small, SCHOOL if is_whole else client)}
    assert (len(ended) > 1) is is_whole
    async with backups.serving(small.inner) as gateway:
        await followed(small, gateway)
    assert kinds(small)[1:] == ["unregister"] * len(ended)
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    assert await counting(fresh) == before
    assert (await fresh.replay())[0] == 0
    assert await counting(fresh) == before - ended
    assert (await fresh.verify())[1].startswith("ok: ")
    # What a line ended adds no other.
    async with backups.serving(fresh.inner) as gateway:
        await followed(fresh, gateway)
    assert kinds(small)[1:] == ["unregister"] * len(ended)


async def test_a_gateway_that_starts_on_a_restored_backup_knows_no_client_that_was_ended_since(
    small: make.House,
) -> None:
    await small.begin()
    client = next(key for kind, key in await counting(small) if kind == "client" and SCHOOL in key)
    backup = (await small.inner.back_up())[0]
    await end(small, client)
    async with backups.serving(small.inner) as gateway:
        await followed(small, gateway)
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    async with backups.serving(fresh.inner) as gateway:
        assert client not in gateway.gateway.identity.registrations.current.clients


async def test_what_its_own_administrator_ended_since_is_ended(small: make.House) -> None:
    await small.begin()
    before = await counting(small)
    client = next(key for kind, key in before if kind == "client" and SCHOOL in key)
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        body = {"kind": "client", "name": client, "because": "it was stolen"}
        told = await gateway.call(f"administrator-of-{SCHOOL}", "POST", "/api/v1/facts/organisations/close", body)
        assert told.status == 201
        await followed(small, gateway)
    assert kinds(small)[1:] == ["unregister"]
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    assert (await fresh.replay())[0] == 0
    assert await counting(fresh) == before - {("client", client)}


async def test_what_came_back_after_its_administrator_ended_it_stays_though_its_line_stands_twice(
    house: make.House,
) -> None:
    await house.begin()
    before = await counting(house)
    [client] = [each for each in await open_ones(house) if each.place == ("client", f"{SCHOOL}-system")]
    async with backups.serving(house.inner) as gateway:
        body = {"kind": "client", "name": client.key, "because": "it was stolen"}
        await gateway.call(f"administrator-of-{SCHOOL}", "POST", "/api/v1/facts/organisations/close", body)
        await followed(house, gateway)
    await lines_again(house)
    await come_back(house, [client])
    assert (await house.replay())[1].endswith(" 1 of them carried out now")
    assert await counting(house) == before


async def ended_by_administrator(house: make.House, gateway: Running, path: str) -> None:
    told = await gateway.call(f"administrator-of-{HOLDER}", "POST", f"/api/v1/facts/{path}/close", {})
    assert told.status == 201, told.body
    await followed(house, gateway)


async def registered(house: make.House) -> Registered:
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        return await committer.facts.registry(connection)


async def are_barred(house: make.House) -> frozenset[str]:
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        return await barred(connection)


async def test_a_professional_whom_his_administrator_ended_since_is_ended(small: make.House) -> None:
    await small.begin()
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        await ended_by_administrator(small, gateway, f"professionals/{THERAPIST}")
    assert kinds(small)[1:] == ["unregister"]
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    assert await are_barred(fresh) == frozenset()
    assert (await fresh.replay())[0] == 0
    assert await are_barred(fresh) == {THERAPIST}
    assert (await fresh.verify())[1].startswith("ok: ")


async def test_who_was_let_in_again_since_stays_though_his_line_stands_twice(house: make.House) -> None:
    await house.begin()
    async with backups.serving(house.inner) as gateway:
        await ended_by_administrator(house, gateway, f"professionals/{THERAPIST}")
        again = {"id": THERAPIST, "role": "therapist"}
        told = await gateway.call(f"administrator-of-{HOLDER}", "POST", "/api/v1/facts/professionals", again)
        assert told.status == 201
    await lines_again(house)
    assert (await house.replay())[1].endswith(" 1 of them carried out now")
    assert await are_barred(house) == frozenset()


async def test_a_replacement_that_ended_since_is_over(small: make.House) -> None:
    await small.begin()
    async with log_of(small.inner.settings) as committer, write_transaction(committer.engine) as connection:
        second = {"id": "second", "organisation": HOLDER, "role": "therapist"}
        names = {"id": "v1", "kind": "replacement", "professional": "second", "replaces": THERAPIST}
        told = [("professionals", second), ("involvements", names | {"since": "2026-11-01", "until": "2099-01-01"})]
        await register(connection, committer.facts, told)
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        await ended_by_administrator(small, gateway, "replacements/v1")
    assert kinds(small)[1:] == ["unregister"]
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    [one] = (await registered(fresh)).replacements
    assert one.source["until"] == "2099-01-01"
    assert (await fresh.replay())[0] == 0
    [one] = (await registered(fresh)).replacements
    assert one.source["until"] < "2099-01-01"
    assert (await fresh.verify())[1].startswith("ok: ")


@pytest.mark.parametrize("client", ["person-system", "operator-system"])
async def test_what_was_ended_of_persons_and_of_the_gateways_own_officers_stays_ended_too(
    small: make.House, client: str
) -> None:
    await small.begin()
    backup = (await small.inner.back_up())[0]
    await end(small, client)
    async with backups.serving(small.inner) as gateway:
        await followed(small, gateway)
    fresh = small.on(f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}")
    await small.inner.restore(backup, fresh.url)
    assert ("client", client) in await counting(fresh)
    assert (await fresh.replay())[0] == 0
    assert ("client", client) not in await counting(fresh)


async def test_an_end_of_persons_that_nobody_can_read_ends_all_that_is_theirs(small: make.House) -> None:
    await small.begin()
    async with log_of(small.inner.settings) as committer:
        whose = await pseudonym_of_registration(committer.facts.keys, "organisation", PERSONS, PERSONS)
        async with write_transaction(committer.engine) as connection:
            assert await end_again(connection, committer, whose, "2026-11-20T09:00:00.000Z", NOW) == 2
    assert {key for _, key in await counting(small) if "person" in key} == set()


async def test_what_came_back_since_by_two_stays_though_its_line_stands_twice(house: make.House) -> None:
    await house.begin()
    before = await counting(house)
    was = [each for each in await open_ones(house) if each.organisation == SCHOOL]
    await end(house, SCHOOL)
    async with backups.serving(house.inner) as gateway:
        await followed(house, gateway)
    await lines_again(house)
    await come_back(house, was)
    assert (await house.replay())[1].endswith(f" {len(was)} of them carried out now")
    assert await counting(house) == before


@pytest.mark.parametrize(
    ("outcome", "detail", "found", "whose"),
    [
        (EventOutcome.OK, ENDED, [("client", "c", SCHOOL)], (SCHOOL,)),
        (EventOutcome.OK, {"registered": [{"kind": "client", "key": "c", "digest": "d"}]}, [], (SCHOOL,)),
        (EventOutcome.REVIEW, None, [], (SCHOOL,)),
        # What is the gateway's own has no other side.
        (EventOutcome.OK, ENDED, [("client", "c", OPERATOR)], ()),
        (EventOutcome.OK, {"confirmed": "2027-01"}, [], ()),
        # What nobody can read may have been the end of all of it.
        (EventOutcome.OK, None, [("organisation", SCHOOL, SCHOOL)], (SCHOOL,)),
    ],
)
def test_which_registrations_an_event_ended(
    outcome: EventOutcome,
    detail: dict[str, object] | None,
    found: list[tuple[str, str, str]],
    whose: tuple[str, ...],
) -> None:
    event = Told(
        seq=0,
        id="",
        at=parse_moment("2026-11-20T09:00:00Z"),
        kind=Kind.CONFIG_CHANGED,
        outcome=outcome,
        organisation="operator",
        counterparties=whose,
        rule_set=None,
        request_id=None,
        person=None,
        fields={} if detail is None else {Field.DETAIL: detail},
    )
    assert unregistered_by(event) == found
