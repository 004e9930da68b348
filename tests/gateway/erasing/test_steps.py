"""Erasing that is broken off at any step is finished by the next start; and who may not be erased is not."""

import asyncio
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from audit.events import Event, EventOutcome, Kind
from gateway.commands.log import log_of
from gateway.commands.opening import KeyBringer
from gateway.database.engine import create_engine, write_transaction
from gateway.erasing.erasing import ErasingStep
from gateway.erasing.journal import Journal
from gateway.erasing.keeping import due, is_in_force, kept_until
from gateway.erasing.terms import KEPT
from gateway.erasing.tombstone import JournalError
from gateway.holders.tables import holder_question
from schemas.calendar import AMSTERDAM
from tests.audit.make import settle
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.facts.desk import YES
from tests.gateway.running import Running
from tests.gateway.worlds import world


def killed_at(house: make.House, step: ErasingStep) -> int:
    command = [sys.executable, "-m", "tests.gateway.erasing.killed", str(step)]
    return subprocess.run(command, env=house.env(), cwd=backups.HOUSE, check=False, capture_output=True).returncode


async def test_who_is_killed_at_any_step_leaves_what_the_next_start_finishes(small: make.House) -> None:
    await small.begin()
    assert await asyncio.to_thread(killed_at, small, ErasingStep.TOMBSTONE_KEPT) == -signal.SIGKILL
    assert await make.everywhere(small.url, "sem") != []
    # The next one finishes that first, and so finds nobody to erase.
    code, said = await small.erase("sem")
    assert (code, said[:23]) == (1, "nobody is known here by")
    assert await make.everywhere(small.url, "sem") == []
    assert (await small.export(small.folder / "out"))[0] == 0
    assert (await small.verify())[1].startswith("ok: ")


async def test_what_was_destroyed_and_not_committed_is_destroyed_at_the_next_start(small: make.House) -> None:
    await small.begin()
    assert await asyncio.to_thread(killed_at, small, ErasingStep.DESTROYED) == -signal.SIGKILL
    assert await make.everywhere(small.url, "sem") != []
    async with backups.serving(small.inner) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 403
    assert await make.everywhere(small.url, "sem") == []
    assert len(small.journal.read_bytes().splitlines()) == 2


async def test_no_journal_is_begun_for_a_database_from_which_somebody_was_erased(small: make.House) -> None:
    await small.begin()
    assert (await small.erase("sem"))[0] == 0
    kept = small.journal.rename(small.folder / "kept")
    before = (await backups.rows(small.url))["audit_event"]
    code, said = await small.begin()
    assert (code, said.partition(":")[0]) == (1, "people were erased from this database")
    assert not small.journal.exists()
    assert (await backups.rows(small.url))["audit_event"] == before
    kept.rename(small.journal)
    assert (await small.replay())[0] == 0


async def test_a_line_that_was_never_finished_is_nobodys_tombstone(small: make.House) -> None:
    await small.begin()
    whole = small.journal.read_bytes()
    small.journal.write_bytes(whole + b'{"at":"2026-11-26T00:00:00.000Z","epo')
    assert await small.replay() == (0, "the journal is whole: 1 lines, 0 of them carried out now")
    assert (await small.erase("zus"))[0] == 0
    assert small.journal.read_bytes().startswith(whole)
    assert (await small.replay())[1] == "the journal is whole: 2 lines, 0 of them carried out now"


async def test_the_family_stays_whole_and_what_was_built_on_a_key_that_is_gone_leads_to_nobody(
    small: make.House,
) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        before = json.loads((await gateway.ask("anna", "sem", "coordinate-plan")).body)
        committer = gateway.gateway.exchange.committer
        await KeyBringer(committer).bring("zus")
        assert (await small.erase("zus"))[0] == 0
        # This process remembers her key for a minute still; what it keeps under that is found under nobody.
        late = Event(kind=Kind.EXCHANGE_DELIVERED, outcome=EventOutcome.OK, organisation="team-noord", person="zus")
        await committer.keep(late)
        both = Event(
            kind=Kind.FACT_RECORDED,
            outcome=EventOutcome.OK,
            organisation="team-noord",
            person="sem",
            also_about=("zus", "moeder"),
        )
        await committer.keep(both)
        assert "audit_subject.person" not in await make.everywhere(small.url, "zus")
        found = await backups.rows(small.url)
        assert {"sem", "moeder"} <= {row[0] for row in found["audit_subject"]}
        after = json.loads((await gateway.ask("anna", "sem", "coordinate-plan")).body)
        assert after["plan"] == before["plan"]
        assert (await gateway.ask("anna", "zus", "coordinate-plan")).status == 403
    assert (await small.verify())[1].startswith("ok: ")


async def test_nobody_is_erased_who_is_unknown_or_twice_and_both_hear_the_same(small: make.House) -> None:
    await small.begin()
    assert (await small.erase("zus"))[0] == 0
    again, never = await small.erase("zus"), await small.erase("nobody-at-all")
    assert again == never
    assert again[0] == 1
    for name in ("", "x" * 65, "\x00", "a\nb"):
        assert await small.erase(name) == never


async def test_nobody_is_erased_where_no_journal_is_named(small: make.House, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {name: value for name, value in small.env().items() if name != "SCHAKEL_TOMBSTONES"}
    monkeypatch.setattr(make.House, "env", lambda _self: told)
    for code, said in (await small.erase("sem"), await small.begin()):
        assert (code, "name a folder apart from the database in SCHAKEL_TOMBSTONES" in said) == (1, True)


async def test_a_dry_run_counts_by_class_and_touches_nothing(small: make.House) -> None:
    await small.begin()
    before = await backups.rows(small.url)
    code, said = await small.erase("sem", on_request=None, dry_run=True)
    assert code == 0
    assert said.startswith("would erase: answers 0, consent ")
    assert "keys 2" in said
    assert not [each for each in (*make.PLANTED, "sem") if each in said]
    after = await backups.rows(small.url)
    assert {name for name in after if after[name] != before[name]} <= {
        "audit_event", "audit_leaf", "audit_node", "audit_checkpoint", "audit_subject"
    }  # fmt: skip


async def test_who_must_be_kept_is_kept_until_the_day_that_is_said(small: make.House) -> None:
    await small.begin()
    code, said = await small.erase("sem", on_request=None)
    year = datetime.now(UTC).year + 5
    assert (code, said[:38]) == (1, f"not erased: must be kept until {year}-11")
    code, said = await small.erase("sem", on_request="2999-01-01")
    assert (code, said) == (1, "not erased: the day of the request lies ahead")
    assert (await small.erase("sem", on_request="yesterday"))[0] == 2
    async with log_of(small.inner.settings) as committer, committer.engine.connect() as connection:
        until = await kept_until(connection, "sem")
        assert until is not None
        assert [each.person for each in await due(connection, until - KEPT)] == []
        assert "sem" in [each.person for each in await due(connection, until)]


@pytest.mark.parametrize(
    ("told", "exit_code"),
    [
        ({}, 1),
        ({"subject": "zus"}, 0),
        ({"until": "2026-11-01"}, 0),
        ({"ended_on": "2026-11-01"}, 0),
    ],
    ids=["in force", "about another", "over", "ended"],
)
async def test_a_court_s_order_about_the_person_holds_up_a_request(
    tmp_path: Path, told: dict[str, str], exit_code: int
) -> None:
    order = {"id": "o1", "kind": "supervision-order", "subject": "sem", "since": "2026-01-01", "until": "2999-01-01"}
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    house = await make.house(tmp_path, url, world(orders=[order | told]))
    await house.begin()
    code, said = await house.erase("sem")
    assert (code, "a court's order about the person is in force" in said) == (exit_code, exit_code == 1)


async def test_a_question_that_waits_holds_up_a_request(small: make.House) -> None:
    await small.begin()
    engine = create_engine(small.url)
    async with write_transaction(engine) as connection:
        row = {"id": "q", "holder": "ggz-west", "person": "sem", "alike": b"", "key_version": 1, "sealed": b""}
        await connection.execute(insert(holder_question).values(**row))
    assert await small.erase("sem") == (1, _WAITS)
    await engine.dispose()


_WAITS = "not erased: a question about the person waits for a holder; let it be answered first"


async def test_retention_counts_what_is_due_and_ends_it_when_an_officer_says_so(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small.begin()
    code, said = await small.retention()
    assert (code, said.rpartition("\n")[2]) == (0, "nothing is kept longer than its term; nothing was erased")
    later = datetime.now(UTC) + KEPT + timedelta(days=1)
    monkeypatch.setattr("gateway.commands.retention.utc_now", lambda: later)
    code, said = await small.retention()
    assert (code, said.rpartition("\n")[2]) == (0, f"persons whose term ended in {later.year}: 3; nothing was erased")
    assert await make.everywhere(small.url, "sem") != []
    code, said = await small.retention(apply=True)
    assert (code, said.partition("\n")[0]) == (0, "erased: 3 persons, 0 answers")
    assert await make.everywhere(small.url, "sem") == []
    assert len(small.journal.read_bytes().splitlines()) == 4


async def followed(house: make.House, gateway: Running) -> None:
    """Have the journal's follower take what there is; the gateway's own worker may be in its way."""
    committer = gateway.gateway.exchange.committer
    await settle(committer.engine, committer.log)
    for _ in range(20):
        await gateway.gateway.following.catch_up()
        if len(house.journal.read_bytes().splitlines()) > 1:
            return


async def test_who_stops_right_behind_a_withdrawal_has_it_in_the_journal(house: make.House) -> None:
    await house.begin()
    async with backups.serving(house.inner) as gateway:
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
    assert [json.loads(line)["kind"] for line in house.journal.read_bytes().splitlines()] == ["begin", "withdraw"]


async def test_a_yes_that_was_withdrawn_after_the_backup_stays_withdrawn_when_that_is_restored(
    small: make.House,
) -> None:
    await small.begin()
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
        await followed(small, gateway)
    assert [json.loads(line)["kind"] for line in small.journal.read_bytes().splitlines()] == ["begin", "withdraw"]
    # The database that has the withdrawal closes nothing more.
    before = len((await backups.rows(small.url))["fact"])
    assert (await small.replay())[1] == "the journal is whole: 2 lines, 0 of them carried out now"
    assert len((await backups.rows(small.url))["fact"]) == before
    fresh = f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}"
    await small.inner.restore(backup, fresh)
    async with backups.serving(small.on(fresh).inner) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 403
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents", YES)).status == 201
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
    assert (await small.on(fresh).verify())[1].startswith("ok: ")


async def test_a_withdrawal_of_which_the_line_was_kept_and_its_place_was_not_closes_nothing_more(
    small: make.House,
) -> None:
    await small.begin()
    async with backups.serving(small.inner) as gateway:
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents", YES)).status == 201
        await followed(small, gateway)
        committer = gateway.gateway.exchange.committer
        journal = Journal(small.journal.parent, committer.log.key)
        [_] = journal.read()[1:]
        make.write_again(journal)
    async with backups.serving(small.inner) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200


async def test_a_journal_of_the_day_of_the_backup_is_found_out_with_it(small: make.House) -> None:
    await small.begin()
    backup, journal = (await small.inner.back_up())[0], small.journal.read_bytes()
    assert (await small.erase("sem"))[0] == 0
    fresh = f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}"
    await small.inner.restore(backup, fresh)
    small.journal.write_bytes(journal)
    code, said = await small.on(fresh).replay()
    assert (code, said[:63]) == (1, "the tombstone journal ends at line 1, and line 2 was carried ou")
    small.journal.unlink()
    bare = small.on(fresh).inner.settings.model_copy(update={"tombstones": None})
    with pytest.raises(JournalError, match="people were erased from this database"):
        async with backups.serving(backups.House(bare, small.inner.credentials, small.folder, small.folder)):
            pass


@pytest.mark.parametrize(
    ("order", "holds"),
    [
        ({"until": "2026-11-27"}, True),
        ({"until": "2026-11-26"}, False),
        ({"until": "2027-11-26", "ended_on": "2026-11-26T09:00:00+01:00"}, False),
        ({"until": "2027-11-26", "ended_on": "2026-12-01"}, True),
        ({"until": "2027-11-26", "ended_on": "2026-11-26T18:00:00+01:00"}, True),
        ({"until": "2026-11-25T23:59:59-12:00"}, True),
        ({"until": "2026-11-27T00:30:00+14:00"}, True),
        ({"until": "2026-11-27T00:30:00+23:59"}, False),
        ({}, True),
    ],
)
def test_an_order_holds_up_a_request_until_its_end(order: dict[str, str], *, holds: bool) -> None:
    assert is_in_force(order, datetime(2026, 11, 26, 10, tzinfo=AMSTERDAM)) is holds


async def test_without_a_journal_nobody_is_erased_and_that_it_was_tried_is_in_the_log(small: make.House) -> None:
    code, said = await small.erase("sem")
    assert (code, said[:30]) == (1, "there is no tombstone journal ")
    assert (await small.begin())[0] == 0
    out = small.folder / "out"
    assert (await small.export(out, opened=True))[0] == 0
    told = [json.loads(line) for line in (out / "entries.ndjson").read_text().splitlines()]
    [tried] = [each for each in told if each["leaf"]["kind"] == Kind.SUBJECT_ERASED]
    assert tried["leaf"]["outcome"] == "deny"
    assert tried["opened"]["actor"]["value"]["officer"] == "anna"
    assert tried["opened"]["detail"]["value"] == {"why": "cannot be erased here"}
    code, said = await small.begin()
    assert (code, said.endswith("already; keep it")) == (1, True)
    bare = small.inner.settings.model_copy(update={"tombstones": None})
    with pytest.raises(JournalError, match="people were erased from this database"):
        async with backups.serving(backups.House(bare, small.inner.credentials, small.folder, small.folder)):
            pass
