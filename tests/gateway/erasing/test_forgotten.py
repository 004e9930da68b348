"""What was planted about a person is nowhere once he is erased, and an older backup brings nothing of it back."""

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from consent.store.recording import register_person
from gateway.database.engine import write_transaction
from gateway.erasing.journal import Journal
from gateway.erasing.tombstone import JournalError, TombstoneKind
from gateway.keys.first import read_log_key
from gateway.log.question import Why
from gateway.sandbox.call import Answer
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.log.followers import placed
from tests.gateway.log.office import found
from tests.gateway.running import PERSON, Running


async def lived(house: make.House) -> bytes:
    """Let something happen about Sem: a question with a reason, and a fact that may be repeated.

    Return what is kept of its answer: all but the receipt.
    """
    async with backups.serving(house.inner) as gateway:
        asked = await gateway.ask("anna", "sem", "coordinate-plan", justification=make.JUSTIFICATION)
        assert asked.status == 200, asked.body
        headers = {"Idempotency-Key": "k1", "Content-Type": "application/json"}
        headers |= await gateway.headers("sem", "POST", "/api/v1/facts/consents/c1/close")
        url = f"{gateway.url}/api/v1/facts/consents/c1/close"
        async with gateway.session.post(url, headers=headers, data=b"{}") as answer:
            assert answer.status == 201
            told = (await answer.read()).partition(b',"receipt":')[0]
        await gateway.gateway.following.catch_up()
        # Who relied on it is told before anybody can be forgotten.
        await gateway.gateway.notice_workers.looking.look(asyncio.Event())
    return told


def folder_of(url: str, house: make.House) -> Path:
    """Return the folder in which the database lies."""
    if url.startswith("sqlite"):
        return house.folder
    return Path(parse_qs(urlsplit(url).query)["host"][0]) / "data"


def files(folder: Path, *, but: tuple[str, ...] = ()) -> bytes:
    found = (each for each in folder.rglob("*") if each.is_file() and not set(each.parts) & set(but))
    return b"\0".join(each.read_bytes() for each in found)


async def indexed(gateway: Running) -> None:
    """Have all that was kept by now found by the search."""
    await placed(gateway)
    await gateway.gateway.following.catch_up()


async def test_what_was_planted_is_found_nowhere_and_the_log_verifies(house: make.House, fresh: str) -> None:
    assert (await house.begin())[0] == 0
    answered = await lived(house)
    before = (await house.inner.back_up())[0]
    assert (await house.rotate())[0] == 0
    assert not await older_files_show(house, answered)
    secret = await make.secrets_of(house.url, "sem")
    assert len(secret) >= 3
    await make.checkpoint(house.url)
    held = files(folder_of(house.url, house), but=("backups", "pg_wal"))
    assert all(each in held for each in secret), "the harness does not see what is there"
    code, said = await house.erase("sem", on_request=None)
    assert (code, said[:32]) == (1, "not erased: must be kept until 2")
    assert (await house.export(house.folder / "unopened"))[0] == 0
    async with backups.serving(house.inner) as gateway:
        # Whoever is written beside him takes his keys into SQLite's write-ahead log.
        async with write_transaction(gateway.gateway.engine) as connection:
            facts = gateway.gateway.exchange.committer.facts
            await register_person(connection, facts, "semi", family="next-door", identifiers={make.SYSTEM: "999954321"})
        await indexed(gateway)
        asks = asyncio.gather(*(gateway.ask("anna", each, "coordinate-plan") for each in ("sem", "zus") * 20))
        code, said = await house.erase("sem")
        assert code == 0, said
        # At once, while it serves: SQLite's write-ahead log goes by itself when it is full, or the last one leaves.
        await make.checkpoint(house.url)
        held = files(folder_of(house.url, house), but=("backups", "pg_wal"))
        assert [n for n, each in enumerate(secret) if each in held] == []
        # Whatever came before is whole, whatever came after is refused, and nothing between is anybody's.
        assert {each.status for each in await asks} <= {200, 403, 503}
        assert await same_as_unknown(gateway)
    assert await make.everywhere(house.url, "sem") == []
    everything = files(house.folder) + files(folder_of(house.url, house))
    assert [each for each in make.PLANTED if each.encode() in everything] == []
    code, said = await house.verify()
    assert (code, said[:4]) == (0, "ok: ")
    out = house.folder / "opened"
    assert (await house.export(out, opened=True))[0] == 0
    told = (out / "entries.ndjson").read_text()
    assert [each for each in make.PLANTED if each in told] == []
    opened = [json.loads(line) for line in told.splitlines()]
    asked = [each for each in opened if each["leaf"]["kind"] == "exchange.disclosed"]
    assert {name for each in asked for name in each["opened"]} == {"actor", "request"}
    [erased] = [each for each in opened if (each["leaf"]["kind"], each["leaf"]["outcome"]) == ("subject.erased", "ok")]
    assert erased["opened"]["actor"]["value"]["officer"] == "anna"
    # What finds events by what they said of him was there, and is not.
    assert erased["opened"]["detail"]["value"]["rows"]["audit_term"] > 0
    assert await make.everywhere(house.url, erased["opened"]["detail"]["value"]["pseudonym"]) == []
    await an_older_backup_brings_nothing_back(house, before, fresh, answered)


async def an_older_backup_brings_nothing_back(house: make.House, before: Path, fresh: str, answered: bytes) -> None:
    # An older backup, restored: who was erased since is erased again before anybody is answered.
    old = house.on(fresh)
    await house.inner.restore(before, fresh)
    assert await make.everywhere(fresh, "sem") != []
    assert await make.everywhere(fresh, answered.decode() + "}") == []
    assert len(await make.kept_answers(fresh)) == 1
    async with backups.serving(old.inner) as gateway:
        assert await same_as_unknown(gateway)
    assert await make.everywhere(fresh, "sem") == []
    code, said = await old.verify()
    assert (code, said[:4]) == (0, "ok: ")


async def older_files_show(house: make.House, told: bytes) -> bool:
    """Say whether what was answered, `told`, is read in files that an older backup of them holds, WAL and all."""
    await make.checkpoint(house.url)
    older = files(house.folder) + files(folder_of(house.url, house))
    [sealed] = await make.kept_answers(house.url)
    assert sealed in older, "the harness does not see what is there"
    return told in older


async def same_as_unknown(gateway: Running) -> bool:
    """Say whether Sem is answered as somebody whom nobody ever knew, but for the id of the request."""
    told = {
        name: [
            _bare(await gateway.ask("anna", name, "coordinate-plan")),
            *[_bare(each) for each in await asked(gateway, name)],
        ]
        for name in ("sem", "nobody")
    }
    assert [status for status, _ in told["sem"]] == [403, 403, 200]
    return told["sem"] == told["nobody"]


async def asked(gateway: Running, name: str) -> list[Answer]:
    """Ask for the facts about somebody, and search the log for him."""
    who = {"person": {"system": PERSON, "value": name}, "reason": str(next(iter(Why)))}
    return [
        await gateway.call("anna", "GET", f"/api/v1/persons/{name}/facts"),
        await gateway.call("officer", "POST", "/api/v1/log/search", who),
    ]


def _bare(answer: Answer) -> tuple[int, dict[str, object]]:
    """Return the answer without what is another each time, whoever is asked about."""
    told = json.loads(answer.body)
    return answer.status, {name: value for name, value in told.items() if name not in _EACH_TIME}


_EACH_TIME = {"request_id", "instance", "receipt", "complete_up_to", "url"}


async def test_a_database_in_which_somebody_was_erased_does_not_start_without_its_journal(small: make.House) -> None:
    assert (await small.begin())[0] == 0
    assert (await small.erase("sem"))[0] == 0
    content = small.journal.read_bytes()
    first, second = content.splitlines(keepends=True)
    for wrong, why in (
        (None, "there is no tombstone journal"),
        (b"", "does not begin"),
        (first, "was cut off"),
        (
            first + second.replace(b'"epoch":1', b'"epoch":9'),
            "line 2 of the tombstone journal is not as the log's key signed it",
        ),
        (first + second + second, "does not follow the one before it"),
    ):
        small.journal.unlink()
        if wrong is not None:
            small.journal.write_bytes(wrong)
        with pytest.raises(JournalError, match=why):
            async with backups.serving(small.inner):
                pass
        small.journal.write_bytes(content)
    async with backups.serving(small.inner) as gateway:
        assert await same_as_unknown(gateway)


async def test_a_journal_made_anew_is_not_taken_for_the_one_in_use(small: make.House, tmp_path: Path) -> None:
    assert (await small.begin())[0] == 0
    assert (await small.erase("sem"))[0] == 0
    (tmp_path / "anew").mkdir()
    anew = Journal(tmp_path / "anew", read_log_key(small.inner.settings))
    anew.begin(at="2026-11-26T09:00:00.000Z", epoch=1)
    anew.append(at="2026-11-26T09:00:00.000Z", kind=TombstoneKind.ERASE, pseudonym="another", epoch=1)
    small.journal.write_bytes(anew.path.read_bytes())
    with pytest.raises(JournalError, match="it is another journal"):
        async with backups.serving(small.inner):
            pass


async def test_what_went_with_an_erased_person_is_not_told_as_unreadable(small: make.House) -> None:
    await small.begin()
    # Among it what lies under his key alone: that who relied on his yes was told of its end.
    await lived(small)
    async with backups.serving(small.inner) as gateway:
        await indexed(gateway)
        before = {who: await found(gateway, who) for who in ("officer", "officer:team-noord")}
        assert "notification.given" in {each["kind"] for each in before["officer"]["events"]}
        assert (await small.erase("sem"))[0] == 0
        after = {who: await found(gateway, who) for who in before}
    assert [each["unreadable"] for each in (*before.values(), *after.values())] == [0, 0, 0, 0]
