"""Who is told of a withdrawal: every organisation that relied on it, of its own requests, and nobody else anything."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.sealing import ErasedError
from consent.keys import DataKey, KeyService, SealBrokenError
from consent.store.reading import read_audit_keys
from gateway.database.engine import write_transaction
from gateway.notices.due import MOST_AT_ONCE
from gateway.notices.looking import Looking
from gateway.notices.places import Place
from gateway.notices.tables import notice, notice_due, notice_looked
from tests.consent.make import consent
from tests.gateway.behind import erased, rewritten, run, unguarded
from tests.gateway.notices.told import FOR_BOTH, Told, family, told
from tests.gateway.worlds import record


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[Told]:
    async with told(tmp_path, database_url) as one:
        yield one


async def test_every_organisation_that_relied_on_a_consent_is_told_its_own_requests_and_only_those(
    house: Told,
) -> None:
    first, second = await house.ask("anna"), await house.ask("anna")
    by_school = await house.ask("els")
    assert None not in {first, second, by_school}
    assert (await house.withdraw()).status == 201
    await house.look()
    assert await house.requests("team-noord") == [[first, second]]
    assert await house.requests("school-1") == [[by_school]]
    assert await house.requests("ggz-west") == []


async def test_a_notice_holds_an_id_an_instant_a_kind_and_requests_and_nothing_else(house: Told) -> None:
    asked = await house.ask("anna")
    await house.withdraw()
    await house.look()
    answer = await house.get("team-noord")
    [told_] = json.loads(answer.body)["notices"]
    assert set(told_) == {"id", "at", "kind", "requests"}
    assert (told_["kind"], told_["requests"]) == ("consent.withdrawn", [asked])
    assert not any(word in answer.body for word in (b"sem", b"moeder", b"goals", b"coordinate", b"ggz"))


async def test_what_was_refused_is_no_disclosure_and_is_not_told(house: Told) -> None:
    assert await house.ask("piet") is None
    await house.withdraw()
    await house.look()
    assert await house.requests("politie") == []


async def test_a_consent_that_nobody_relied_on_gives_no_notice(house: Told) -> None:
    await house.withdraw()
    await house.look()
    assert await house.requests("team-noord") == []


async def test_a_consent_that_others_stand_beside_is_told_only_where_it_was_relied_on(
    tmp_path: Path, database_url: str
) -> None:
    school_only = {**FOR_BOTH, "recipients": ["school-1"]}
    consents = [{"id": "c1", **FOR_BOTH, "recipients": ["team-noord"]}, {"id": "c2", **school_only}]
    async with told(tmp_path, database_url, family(consents=consents)) as house:
        await house.ask("anna")
        by_school = await house.ask("els")
        await house.withdraw(consent="c2")
        await house.look()
        assert await house.requests("team-noord") == []
        assert await house.requests("school-1") == [[by_school]]


async def test_the_yes_of_another_in_the_record_is_told_to_who_relied_on_it(tmp_path: Path, database_url: str) -> None:
    # The record is about Sem and his mother, and is asked for as Sem's; the withdrawal is hers.
    both = record("r1", about=["sem", "moeder"])
    hers = {**consent("moeder", about="moeder", **_scope()), "id": "c9"}
    made = family(records=[both], consents=[{"id": "c1", **FOR_BOTH}, hers])
    async with told(tmp_path, database_url, made) as house:
        asked = await house.ask("anna")
        assert asked is not None
        assert (await house.withdraw(by="moeder", consent="c9")).status == 201
        await house.look()
        assert await house.requests("team-noord") == [[asked]]


def _scope() -> dict[str, Any]:
    return {name: FOR_BOTH[name] for name in ("on", "holders", "recipients", "purposes", "categories")}


async def test_a_person_who_relied_on_a_consent_gets_no_notice(tmp_path: Path, database_url: str) -> None:
    made = family(consents=[{"id": "c1", **FOR_BOTH, "recipients": ["moeder"]}])
    async with told(tmp_path, database_url, made) as house:
        assert await house.ask("moeder") is not None
        await house.withdraw()
        await house.look()
        async with house.gateway.gateway.engine.connect() as connection:
            assert (await connection.execute(select(notice))).all() == []
            assert len((await connection.execute(select(notice_looked))).all()) == 1


async def test_who_ends_what_was_ended_already_gives_no_second_notice(house: Told) -> None:
    await house.ask("anna")
    await house.withdraw()
    await house.look()
    assert (await house.withdraw()).status == 201
    await house.look()
    assert len(await house.notices("team-noord")) == 1


async def test_looking_again_and_by_several_at_once_gives_one_notice_and_one_event(house: Told) -> None:
    await house.ask("anna")
    await house.withdraw()
    await asyncio.gather(*(house.look() for _ in range(4)))
    await house.look()
    assert len(await house.notices("team-noord")) == 1
    kinds = [leaf["kind"] for leaf, _ in await house.log_of()]
    assert kinds.count("notification.given") == 1


async def test_that_somebody_was_told_stands_in_the_persons_own_log(house: Told) -> None:
    asked = await house.ask("anna")
    await house.withdraw()
    await house.look()
    [(leaf, said)] = [each for each in await house.log_of() if each[0]["kind"] == "notification.given"]
    assert (leaf["organisation"], leaf["counterparty"]) == ("system", "team-noord")
    [told_] = await house.notices("team-noord")
    assert said["detail"] == {"notice": told_["id"], "kind": "consent.withdrawn", "requests": [asked]}


async def test_a_withdrawal_that_is_refused_leaves_nothing_to_look_through(house: Told) -> None:
    await house.ask("anna")
    assert (await house.withdraw(by="piet")).status == 403
    engine = house.gateway.gateway.engine
    async with engine.connect() as connection:
        assert (await connection.execute(select(notice_due))).all() == []


async def test_no_row_of_a_notice_names_a_person_or_a_request(house: Told) -> None:
    asked = await house.ask("anna")
    await house.withdraw()
    await house.look()
    async with house.gateway.gateway.engine.connect() as connection:
        [row] = (await connection.execute(select(notice))).mappings().all()
    text = repr(dict(row))
    assert "sem" not in text
    assert str(asked) not in text


async def test_after_an_erasure_nothing_can_be_found_and_nothing_stands_still(house: Told) -> None:
    await house.ask("anna")
    await house.withdraw()
    await erased(house.gateway, "sem")
    await house.look()
    assert await house.requests("team-noord") == []
    async with house.gateway.gateway.engine.connect() as connection:
        assert len((await connection.execute(select(notice_looked))).all()) == 1


async def test_whoever_is_erased_just_before_he_is_told_of_is_sealed_for_no_more(house: Told) -> None:
    asked = await house.ask("anna")
    await house.withdraw()
    sealer, looking = house.gateway.gateway.exchange.committer.sealer, house.gateway.gateway.notice_workers.looking

    async def destroyed(place: Place) -> None:
        if place is Place.LOOKED:
            await run(house.gateway, "DELETE FROM person_key WHERE person = 'sem'")
            sealer._keys._kept.clear()  # a minute went by

    looking.reached = destroyed
    await looking.look(asyncio.Event())
    with pytest.raises(ErasedError):
        sealer.seal("sem", b"said", b"here")
    assert await house.requests("team-noord") == [[asked]]


async def test_keys_are_read_again_where_a_log_takes_longer_than_they_may_be_remembered(
    house: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [await house.ask("anna"), await house.ask("anna")]
    await house.withdraw()
    sealer, looking = house.gateway.gateway.exchange.committer.sealer, house.gateway.gateway.notice_workers.looking
    reads: list[tuple[str, ...]] = []
    request = looking._request

    async def read(connection: AsyncConnection, keys: KeyService, persons: Sequence[str]) -> dict[str, DataKey]:
        reads.append(tuple(persons))
        return await read_audit_keys(connection, keys, persons)

    def minute(*about: Any) -> tuple[str, str] | None:
        found = request(*about)
        sealer._keys._kept.clear()
        return found

    monkeypatch.setattr("gateway.notices.looking.read_audit_keys", read)
    monkeypatch.setattr(looking, "_request", minute)
    await looking.look(asyncio.Event())
    assert await house.requests("team-noord") == [asked]
    family = ("moeder", "sem", "zus")
    assert reads[:3] == [family] * 3, "once at first, and for every event behind the first"
    assert reads[-1] == ("sem",)


@pytest.mark.parametrize(
    "decision",
    [{}, "no decision", {"elements": {"e": {}}}, {"elements": {"e": {"result": "release"}}}],
    ids=["empty", "text", "no-result", "no-evidence"],
)
async def test_an_event_of_which_nobody_can_say_what_it_held_is_named_once_and_holds_up_nobody(
    house: Told, capsys: pytest.CaptureFixture[str], decision: object
) -> None:
    broken, sound = await house.ask("anna"), await house.ask("els")
    assert broken is not None
    await rewritten(house.gateway, broken, decision=decision)
    await house.withdraw()
    capsys.readouterr()
    await house.look()
    await house.look()
    said = "".join(capsys.readouterr())
    assert (said.count("notices.event_broken"), said.count("notices.waiting")) == (1, 0)
    assert await house.requests("school-1") == [[sound]]
    assert await house.requests("team-noord") == []


async def test_whoever_changes_who_asked_in_an_event_is_not_told_in_its_place(house: Told) -> None:
    await house.ask("anna")
    await unguarded(house.gateway, "audit_event")
    lite = house.gateway.gateway.engine.dialect.name == "sqlite"
    spelled = "leaf" if lite else "encode(leaf, 'escape')"
    changed = f"replace(CAST({spelled} AS text), '\"team-noord\"', '\"ggz-west\"')"
    to = f"CAST({changed} AS blob)" if lite else f"decode({changed}, 'escape')"
    await run(house.gateway, f"UPDATE audit_event SET leaf = {to}")  # noqa: S608 - our own words
    await house.withdraw()
    await house.look()
    assert await house.requests("ggz-west") == []


async def test_however_many_ends_cannot_be_looked_through_the_newer_ones_are(
    house: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = await house.ask("anna")
    ended = {"person": "iemand", "section": "consents", "field": "withdrawn_on", "ended_at": datetime.now(UTC)}
    async with write_transaction(house.gateway.gateway.engine) as connection:
        rows = [{**ended, "version": each, "fact": f"c{each}"} for each in range(2 * MOST_AT_ONCE)]
        await connection.execute(insert(notice_due), rows)
    await house.withdraw()
    plainly = Looking._keys

    async def keys(looking: Looking, connection: AsyncConnection, person: str) -> Any:
        if person == "iemand":
            raise SealBrokenError("his key was exchanged")
        return await plainly(looking, connection, person)

    monkeypatch.setattr(Looking, "_keys", keys)
    await house.look()
    assert await house.requests("team-noord") == [[request_id]]
