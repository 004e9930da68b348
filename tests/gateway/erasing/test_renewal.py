"""New keys for persons: what could be read still can, nothing more is written under the old, and erasing takes all."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.read import SealBrokenError, event_named, events_of_request, fetch_and_open, opened, opened_but_facts
from audit.store import AuditUnavailableError
from consent.keys import DataKey, KeyClass, KeyUnavailableError
from consent.naming import PERSON_SYSTEM
from consent.store.reading import identifier_place, read_audit_key
from consent.store.renewing import made_before
from gateway.commands.log import log_of
from gateway.commands.opening import KeyBringer
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.keys.renewal import Renewed, renew_keys
from gateway.keys.sealing import AuditSealer
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_forgotten import indexed
from tests.gateway.replay.replayed import asked, assert_same
from tests.gateway.running import Running

EVERYBODY = "0d"


async def versions(house: make.House, person: str) -> dict[str, list[int]]:
    """Return of each class the versions of the key of `person`."""
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        query = text("SELECT key_class, version FROM person_key WHERE person = :person ORDER BY version")
        found: dict[str, list[int]] = {}
        for key_class, version in (await connection.execute(query, {"person": person})).all():
            found.setdefault(key_class, []).append(version)
        return found


async def export(house: make.House, out: str) -> dict[str, Any]:
    """Return what can be opened of each event, by its id."""
    folder = house.folder / out
    assert (await house.export(folder, opened=True))[0] == 0
    assert (await house.verify(folder))[0] == 0
    lines = [json.loads(line) for line in (folder / "entries.ndjson").read_text().splitlines()]
    return {each["leaf"]["id"]: each["opened"] for each in lines}


async def own_log(gateway: Running) -> list[Any]:
    answer = await gateway.call("sem", "GET", "/api/v1/me/access-log")
    assert answer.status == 200
    lines = [line for day in json.loads(answer.body)["days"] for line in day["lines"]]
    return [each for each in lines if each["mark"]["code"] != "looked"]


async def only_under(gateway: Running, request_id: str, version: int) -> bool:
    """Say whether the event of a request opens under that version of Sem's key alone, and under no other."""
    committer = gateway.gateway.exchange.committer
    async with committer.engine.connect() as connection:
        [entry, *_] = await events_of_request(connection, request_id)
        key = await read_audit_key(connection, committer.facts.keys, "sem")
    assert key is not None
    return [_opens(committer, entry, each) for each in (key, *key.earlier)] == [
        each.version == version for each in (key, *key.earlier)
    ]


def _opens(committer: Committer, entry: Entry, key: DataKey) -> bool:
    sealer = AuditSealer(committer.sealer.log_key)
    alone = DataKey.newest([key])
    sealer.know([("sem", 0)], {("sem", KeyClass.AUDIT): alone})
    try:
        opened_but_facts(sealer, entry)
    except SealBrokenError:
        return False
    return True


async def test_what_could_be_read_is_read_after_and_nothing_more_is_written_under_the_old_key(
    house: make.House,
) -> None:
    assert (await house.begin())[0] == 0
    async with backups.serving(house.inner) as gateway:
        before = await asked(gateway)
        await indexed(gateway)
        lines = await own_log(gateway)
        held = await export(house, "before")
        assert await house.renew(older_than=EVERYBODY, apply=False) == (
            0,
            "persons whose keys would be renewed: 3; nothing was renewed",
        )
        assert await versions(house, "sem") == {"audit": [1], "consent": [1]}
        assert await house.renew(older_than=EVERYBODY) == (0, "persons with new keys: 3, 6 keys")
        assert await versions(house, "sem") == {"audit": [1, 2], "consent": [1, 2]}
        assert await own_log(gateway) == lines
        after = await asked(gateway)
        await indexed(gateway)
        assert await only_under(gateway, before, 1)
        assert await only_under(gateway, after, 2)
        for each in (before, after):
            await assert_same(gateway, each)
        told = await export(house, "after")
        assert {name: told[name] for name in held} == held
        # By his number, which lies under the new key.
        committer = gateway.gateway.exchange.committer
        gathered = await committer.gather(make.SYSTEM, make.NUMBER, also=frozenset())
        assert (gathered.person, gathered.identifiers[make.SYSTEM]) == ("sem", {"sem": make.NUMBER})
        async with committer.engine.connect() as connection:
            query = text("SELECT sealed FROM person_identifier WHERE person = 'sem'")
            sealed = bytes((await connection.execute(query)).scalar_one())
        newest = DataKey.newest([gathered.keys["sem", KeyClass.CONSENT]])
        assert (newest.version, newest.earlier) == (2, ())
        assert newest.open(sealed, at=identifier_place(make.SYSTEM, "sem")).decode() == make.NUMBER
    assert (await house.verify())[1][:4] == "ok: "


async def test_a_fact_that_is_recorded_after_lies_under_the_new_key_and_the_old_ones_are_read(
    small: make.House,
) -> None:
    assert (await small.begin())[0] == 0
    async with backups.serving(small.inner) as gateway:
        assert (await small.renew("sem"))[0] == 0
        body = {"about": "sem"}
        answer = await gateway.call("sem", "POST", "/api/v1/facts/refusals", body)
        assert answer.status == 201, answer.body
        committer = gateway.gateway.exchange.committer
        async with committer.engine.connect() as connection:
            query = text("SELECT DISTINCT key_version FROM fact WHERE person = 'sem' ORDER BY seq DESC LIMIT 1")
            assert (await connection.execute(query)).scalar_one() == 2
        gathered = await committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
        assert gathered.facts.capacity, "what was recorded before is not there"
        assert gathered.facts.refusals


async def test_one_person_is_renewed_and_nobody_else_and_who_is_unknown_is_not(small: make.House) -> None:
    assert await small.renew("sem") == (0, "persons with new keys: 1, 2 keys")
    assert await small.renew("sem") == (0, "persons with new keys: 1, 2 keys")
    assert await versions(small, "sem") == {"audit": [1, 2, 3], "consent": [1, 2, 3]}
    assert await versions(small, "zus") == {"audit": [1], "consent": [1]}
    for nobody in ("nobody", ""):
        assert await small.renew(nobody) == (0, "persons with new keys: 0, 0 keys")
    assert await versions(small, "nobody") == {}


@pytest.mark.parametrize(("person", "older_than"), [(None, None), ("sem", "1d"), (None, "old"), (None, "")])
async def test_one_person_or_an_age_is_named(small: make.House, person: str | None, older_than: str | None) -> None:
    code, said = await small.renew(person, older_than=older_than)
    assert (code, said) == (2, "name one person, or --older-than with days, as in 365d")


async def test_a_key_counts_from_when_its_newest_version_was_made_and_one_of_no_known_age_is_old(
    small: make.House,
) -> None:
    async with log_of(small.inner.settings) as committer:
        await small.renew("moeder")
        async with write_transaction(committer.engine) as connection:
            now = await committer.facts.clock(connection)
            assert await made_before(connection, now - timedelta(days=1)) == []
            await connection.execute(text("UPDATE person_key SET made_at = NULL WHERE version = 1"))
            assert await made_before(connection, now - timedelta(days=1)) == ["sem", "zus"]
            assert await made_before(connection, now + timedelta(days=1)) == ["moeder", "sem", "zus"]


async def test_that_keys_are_renewed_is_in_the_log_before_and_after_and_names_nobody(small: make.House) -> None:
    assert (await small.begin())[0] == 0
    await small.renew(older_than=EVERYBODY)
    await small.renew("sem")
    found = [
        each["detail"]["value"]
        for each in (await export(small, "out")).values()
        if {"renews", "renewed"} & each.get("detail", {}).get("value", {}).keys()
    ]
    assert found == [
        {"renews": 3, "older_than_days": 0},
        {"renewed": 3, "keys": 6, "broken": 0},
        {"renews": 1},
        {"renewed": 1, "keys": 2, "broken": 0},
    ]


async def test_who_only_asks_whose_keys_would_be_renewed_is_on_record_too_before_he_is_told(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await small.begin())[0] == 0
    await small.renew("sem", apply=False)
    await small.renew("nobody", apply=False)
    await small.renew(older_than=EVERYBODY, apply=False)
    told = [each["detail"]["value"] for each in (await export(small, "out")).values() if "detail" in each]
    assert [each for each in told if each.get("read") == "keys"] == [
        {"read": "keys", "renews": 1},
        {"read": "keys", "renews": 0},
        {"read": "keys", "renews": 3, "older_than_days": 0},
    ]

    async def full(*_: object) -> None:
        raise AuditUnavailableError("the database did not take the audit event")

    monkeypatch.setattr(Committer, "keep", full)
    code, said = await small.renew("sem", apply=False)
    assert (code, "would be renewed" in said) == (1, False)


async def test_erasing_takes_every_version_and_a_backup_of_between_brings_none_back(
    house: make.House, fresh: str
) -> None:
    assert (await house.begin())[0] == 0
    async with backups.serving(house.inner) as gateway:
        before = await asked(gateway)
        await house.renew(older_than=EVERYBODY)
        after = await asked(gateway)
        await indexed(gateway)
    # A new epoch wraps every version anew: two of each of six keys, and that of the log.
    code, said = await house.rotate()
    assert (code, said[:46]) == (0, "epoch 2: 13 keys of persons wrapped under it\nc")
    backup = (await house.inner.back_up())[0]
    assert (await house.erase("sem"))[0] == 0
    await nothing_opens(house, before, after)
    old = house.on(fresh)
    await house.inner.restore(backup, fresh)
    assert await versions(old, "sem") == {"audit": [1, 2], "consent": [1, 2]}
    assert (await old.replay())[0] == 0
    await nothing_opens(old, before, after)


async def nothing_opens(house: make.House, *requests: str) -> None:
    assert await versions(house, "sem") == {}
    assert (await house.verify())[1][:4] == "ok: "
    async with log_of(house.inner.settings) as committer:
        for request_id in requests:
            async with committer.engine.connect() as connection:
                [entry, *_] = await events_of_request(connection, request_id)
            assert (await fetch_and_open(KeyBringer(committer), entry)).keys() == {"actor", "request"}


async def test_who_remembers_the_key_of_before_opens_what_was_sealed_under_the_new_one(small: make.House) -> None:
    async with log_of(small.inner.settings) as one, log_of(small.inner.settings) as other:
        remembers = KeyBringer(one)
        await remembers.bring("sem")
        await small.renew("sem")
        await other.gather(PERSON_SYSTEM, "sem", also=frozenset())
        event = Event(
            kind=Kind.LOG_READ,
            outcome=EventOutcome.OK,
            organisation="ggz-west",
            person="sem",
            fields={Field.DETAIL: {"read": "event"}},
        )
        receipt = await other.keep(event)
        async with one.engine.connect() as connection:
            entry = await event_named(connection, receipt.event_id)
        assert entry is not None
        with pytest.raises(SealBrokenError):
            opened(one.sealer, entry)
        assert (await fetch_and_open(remembers, entry))["detail"]["value"] == {"read": "event"}


async def test_who_read_a_person_before_does_not_take_the_new_key_out_of_the_hands_of_who_read_him_after(
    small: make.House,
) -> None:
    async with log_of(small.inner.settings) as committer:
        before = await committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
        await small.renew("sem")
        after = await committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
        assert [each.keys["sem", KeyClass.AUDIT].version for each in (before, after)] == [1, 2]
        sealer = committer.sealer
        sealer.know([("sem", 0)], before.keys)
        after.keys["sem", KeyClass.AUDIT].open(sealer.seal("sem", b"said", b"here"), at=b"here")
        with pytest.raises(Exception, match="does not belong"):
            before.keys["sem", KeyClass.AUDIT].open(sealer.seal("sem", b"said", b"here"), at=b"here")
        # Erasing goes before both, whoever comes last.
        for read in ({}, before.keys, after.keys):
            sealer.know([("sem", 0)], read)
            with pytest.raises(Exception, match="no audit key"):
                sealer.seal("sem", b"said", b"here")


async def test_who_read_nobody_seals_and_opens_nothing_about_him(small: make.House) -> None:
    async with log_of(small.inner.settings) as committer:
        sealer = AuditSealer(committer.sealer.log_key)
    with pytest.raises(KeyUnavailableError):
        sealer.seal("sem", b"", b"")
    with pytest.raises(KeyUnavailableError):
        sealer.open("sem", b"", b"")


async def test_what_is_broken_about_one_holds_up_nobody_else(small: make.House) -> None:
    async with log_of(small.inner.settings) as committer:
        async with write_transaction(committer.engine) as connection:
            await connection.execute(text("DROP TRIGGER fact_no_update"))
            await connection.execute(text("UPDATE fact SET entry = X'00' WHERE person = 'sem'"))
        done = await renew_keys(committer.engine, committer.facts, ["sem", "nobody"])
    assert done == Renewed(persons=0, keys=0, broken=1)
    code, said = await small.renew("sem")
    assert (code, said.splitlines()[0]) == (1, "persons with new keys: 0, 0 keys")


async def test_a_key_that_stands_in_the_place_of_another_holds_up_no_other_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = make.planted()
    persons = [*there["persons"], {"id": "buur", "born": "1990-01-01"}]
    monkeypatch.setattr(make, "planted", lambda: {**there, "persons": persons})
    house = await make.house(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
    async with log_of(house.inner.settings) as committer, write_transaction(committer.engine) as connection:
        await connection.execute(text("UPDATE person SET family = 'buur' WHERE id = 'buur'"))
        hers = "SELECT wrapped FROM person_key WHERE person = 'moeder' AND key_class = 'audit'"
        await connection.execute(
            text(f"UPDATE person_key SET wrapped = ({hers}) WHERE person = 'sem' AND key_class = 'audit'")  # noqa: S608
        )
    code, said = await house.renew(older_than=EVERYBODY)
    assert (code, said.splitlines()[0]) == (1, "persons with new keys: 1, 2 keys")
    assert said.splitlines()[1].startswith("persons of whom what is stored is not what was sealed: 3; ")
    assert await versions(house, "buur") == {"audit": [1, 2], "consent": [1, 2]}
    code, said = await house.renew("sem")
    assert (code, said.splitlines()[0]) == (1, "persons with new keys: 0, 0 keys")
    assert said.splitlines()[1].startswith("persons of whom what is stored is not what was sealed: 1; ")
