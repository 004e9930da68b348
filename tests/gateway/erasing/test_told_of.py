"""What a decision about a girl held of her brother goes with him, and nothing else of it does."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from audit.base64_strict import decode
from audit.events import ERASED, GO_WITH_FACTS
from audit.leaf import SALT_BYTES, commit
from audit.read import events_of_request
from audit.sealing import associated, unpack
from consent.keys import KeyClass
from consent.store.reading import read_audit_key
from gateway.commands.log import log_of
from gateway.database.engine import write_transaction
from schemas.canonical_json import canonical, digest
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_forgotten import indexed
from tests.gateway.replay.replayed import SAME, asked, replayed
from tests.gateway.running import Running

BORN = "2009-05-04"
"""When Sem was born, who is the brother: written nowhere else than in what is known of him."""


async def of_the_sister(house: make.House, out: str) -> list[dict[str, Any]]:
    """Return what can be opened of the decisions about the girl."""
    folder = house.folder / out
    assert (await house.export(folder, opened=True))[0] == 0
    lines = [json.loads(line) for line in (folder / "entries.ndjson").read_text().splitlines()]
    decided = [each["opened"] for each in lines if "decision" in each["leaf"]["commitments"]]
    found = [each for each in decided if each.get("subject", {}).get("value") == "zus"]
    assert found
    return found


async def test_what_a_decision_about_his_sister_held_of_him_is_gone_with_him_and_in_older_backups_too(
    house: make.House, fresh: str
) -> None:
    assert (await house.begin())[0] == 0
    async with backups.serving(house.inner) as gateway:
        request_id = await asked(gateway, person="zus")
        await indexed(gateway)
        assert (await replayed(gateway, request_id))["event"] == SAME
        all_there = await within_her_reach(gateway, request_id)
    [before] = await of_the_sister(house, "before")
    assert guessed(before, [*all_there, before]) == {BORN}, "the harness does not guess what can be guessed"
    assert BORN in json.dumps(before["facts"]), "the harness does not see what is there"
    backup = (await house.inner.back_up())[0]
    assert (await house.erase("sem"))[0] == 0
    await only_the_facts_are_gone(house, request_id, before, "after")
    # An older backup has his key still, until the journal is replayed.
    old = house.on(fresh)
    await house.inner.restore(backup, fresh)
    assert (await old.replay())[0] == 0
    await only_the_facts_are_gone(old, request_id, before, "restored")


async def test_a_key_that_somebody_merely_deleted_is_found_also_of_who_has_no_event_of_his_own(
    house: make.House,
) -> None:
    assert (await house.begin())[0] == 0
    async with backups.serving(house.inner) as gateway:
        await asked(gateway, person="zus")
        await indexed(gateway)
    assert (await house.verify())[1][:4] == "ok: "
    async with log_of(house.inner.settings) as committer, write_transaction(committer.engine) as connection:
        hers = {"person": "moeder", "class": KeyClass.AUDIT}
        await connection.execute(text("DELETE FROM person_key WHERE person = :person AND key_class = :class"), hers)
        about = text("SELECT count(*) FROM audit_subject WHERE person = 'moeder'")
        assert (await connection.execute(about)).scalar_one() == 0, "she has an event of her own"
    code, said = await house.verify()
    assert (code, said[:5]) == (1, "bad: ")
    assert "the key of somebody of whom the event told is gone" in said
    # That another is erased does not hide it.
    assert (await house.erase("sem"))[0] == 0
    assert (await house.verify())[1] == said


async def only_the_facts_are_gone(house: make.House, request_id: str, before: dict[str, Any], out: str) -> None:
    [now] = await of_the_sister(house, out)
    assert now == {name: each for name, each in before.items() if name not in GO_WITH_FACTS}
    assert BORN not in json.dumps(now)
    assert BORN not in (house.folder / out / "entries.ndjson").read_text()
    code, said = await house.verify()
    assert (code, said[:4]) == (0, "ok: ")
    assert (await house.verify(house.folder / out))[0] == 0
    async with backups.serving(house.inner) as gateway:
        # Who follows the log goes on behind it, and who decides again says so.
        await indexed(gateway)
        told = await replayed(gateway, request_id)
        assert {told[each]["result"] for each in ("event", "store")} == {"erased"}
        seen = await gateway.call("officer", "GET", f"/api/v1/decisions/{request_id}")
        shown = json.loads(seen.body)
        assert (seen.status, shown["subject"]) == (200, "zus")
        # What was decided, on what, is read as before; what was made of the facts went with them.
        kept = before["decision"]["value"] | {"facts_digest": ERASED, "expires_at": ERASED}
        assert shown["decision"] == kept
        reach = await within_her_reach(gateway, request_id)
    assert guessed(before, [*reach, now, shown]) == set()


async def within_her_reach(gateway: Running, request_id: str) -> list[Any]:
    """Return what database, her key and that of the log give of the request's event, as it lies there."""
    committer = gateway.gateway.exchange.committer
    async with committer.engine.connect() as connection:
        [entry, *_] = await events_of_request(connection, request_id)
        key = await read_audit_key(connection, committer.facts.keys, "zus")
    assert entry.sealed_person is not None
    assert key is not None
    committer.sealer.know([("zus", 0)], {("zus", KeyClass.AUDIT): key})
    parts = [("log", None, entry.sealed_log), ("person", "zus", entry.sealed_person)]
    laid = [unpack(committer.sealer.open(who, sealed, associated(entry.event_id, part))) for part, who, sealed in parts]
    return [entry.leaf_json, *laid]


def guessed(before: Mapping[str, Any], reach: list[Any]) -> set[str]:
    """Return on which days he can have been born, for who knows all that was decided on but that day.

    `before` is what the event held; what is told apart in `reach` by a day, by any digest, salt and commitment in it,
    is found.
    """
    words = {each for one in reach for each in _words(one)}
    salts = [_decoded(each) for each in words if len(each) == len(_A_SALT) and len(_decoded(each)) == SALT_BYTES]
    committed = {*reach[0]["commitments"].values()}
    facts, decision = before["facts"]["value"], before["decision"]["value"]
    found = set()
    for day in _days_of(BORN[:4]):
        persons = [each | {"born": day} if each["id"] == "sem" else each for each in facts["persons"]]
        world = {name: each for name, each in facts.items() if name not in {"request", "digest"}}
        made = digest(world | {"persons": persons})
        values = {"facts": facts | {"persons": persons, "digest": made}, "decision": decision | {"facts_digest": made}}
        tried = {commit(name, salt, canonical(value)) for name, value in values.items() for salt in salts}
        if made in words or tried & committed:
            found.add(day)
    return found


_A_SALT = "A" * 44


def _days_of(year: str) -> Iterator[str]:
    first = date(int(year), 1, 1)
    yield from ((first + timedelta(days=n)).isoformat() for n in range(365))


def _decoded(word: str) -> bytes:
    try:
        return decode(word)
    except ValueError:
        return b""


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (word for each in value.values() for word in _words(each))
    elif isinstance(value, list):
        yield from (word for each in value for word in _words(each))
