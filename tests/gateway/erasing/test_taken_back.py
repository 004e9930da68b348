"""A restored backup brings back no mandate, silence or yes that was ended since, and forgets no refusal."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.exc import DBAPIError

from consent.known.rows import Known
from consent.store.reading import read_family
from gateway.commands.log import log_of
from gateway.erasing.erasing import ErasingStep
from gateway.erasing.tombstone import JournalError
from gateway.erasing.withdrawing import take_back
from gateway.keys.files import read_content
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_steps import followed, killed_at
from tests.gateway.facts.attacks.attacking import say
from tests.gateway.facts.test_rows_of_family import ASSISTED
from tests.gateway.worlds import YES

DAY: Final = "2026-11-15"
MANDATE: Final = {
    "id": "m1",
    "mentor": "moeder",
    "youth": "sem",
    "youth_chose_on": DAY,
    "identity_verified_on": DAY,
    "confidentiality_statement_on": DAY,
    "since": DAY,
    "until": "2027-04-01",
    "categories": ["goals"],
}
HELPED: Final = {
    "mandates": [MANDATE],
    "referrals": [{"id": "r1", "about": "sem", "by": "team-noord", "to": "ggz-west", "on": DAY}],
    "involvements": [
        {"id": "i1", "kind": "joint-help", "about": "sem", "organisations": ["team-noord", "ggz-west"], "since": DAY},
        {"id": "i2", "kind": "help", "about": "sem", "organisations": ["team-noord"], "since": DAY},
        {"id": "i3", "kind": "help", "about": "zus", "organisations": ["ggz-west"], "since": DAY},
    ],
}


@pytest.fixture
async def helped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> make.House:
    """Give a house on SQLite in which Sem has a mentor, a referral and joint help."""
    before = make.planted()
    monkeypatch.setattr(make, "planted", lambda: before | HELPED)
    return await make.house(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")


async def facts_of(house: make.House) -> dict[tuple[str, str], Known]:
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        return dict((await read_family(connection, committer.facts.keys, "sem")).known)


@pytest.mark.parametrize(
    ("path", "body", "kind", "ended"),
    [
        ("mandates/m1/close", {"field": "youth_withdrew_on"}, "mandate", {("mandates", "m1"): "suspended_on"}),
        ("mandates/m1/switches", {"categories": {"goals": False}}, "mandate", {("mandates", "m1"): "suspended_on"}),
        (
            "referrals/r1/close",
            {},
            "object",
            {("referrals", "r1"): "objection_on", ("involvements", "i1"): "objection_on"},
        ),
    ],
)
async def test_what_was_ended_after_the_backup_is_ended_when_that_is_restored(
    helped: make.House, path: str, body: dict[str, Any], kind: str, ended: dict[tuple[str, str], str]
) -> None:
    after = await restored(helped, path, body, kind)
    for name in (("mandates", "m1"), ("referrals", "r1"), ("involvements", "i1"), ("involvements", "i2")):
        ends = after[name].source.keys() & {"suspended_on", "objection_on", "withdrawn_on"}
        assert ends == ({ended[name]} if name in ended else set())


async def test_a_mentor_taken_back_after_the_backup_is_chosen_again_by_nobody_but_the_youth(
    helped: make.House,
) -> None:
    await restored(helped, "mandates/m1/close", {"field": "youth_withdrew_on"}, "mandate")
    again = {name: MANDATE[name] for name in ("mentor", "youth", "since", "until", "categories")}
    fresh = helped.on(f"sqlite+aiosqlite:///{helped.folder / 'fresh.db'}")
    async with backups.serving(fresh.inner) as gateway:
        for who, status in (("anna", 422), ("sem", 201), ("anna", 201)):
            assert (await gateway.call(who, "POST", "/api/v1/facts/mandates", again)).status == status


async def test_of_a_mentor_taken_back_after_the_backup_by_nobody_knows_whom_no_helper_says_that_a_parent_agrees(
    helped: make.House,
) -> None:
    await restored(helped, "mandates/m1/close", {"field": "youth_withdrew_on"}, "mandate")
    again = {name: MANDATE[name] for name in ("mentor", "youth", "since", "until", "categories")}
    agreed = {"field": "parent_agreements", "evidence": {"agreed_by": "moeder"}}
    fresh = helped.on(f"sqlite+aiosqlite:///{helped.folder / 'fresh.db'}")
    async with backups.serving(fresh.inner) as gateway:
        chosen = json.loads((await gateway.call("sem", "POST", "/api/v1/facts/mandates", again)).body)["id"]
        answer = await gateway.call("anna", "POST", f"/api/v1/facts/mandates/{chosen}/confirm", agreed)
        assert (answer.status, b"agrees to him again with his own login" in answer.body) == (422, True)


async def test_a_yes_taken_back_after_the_backup_by_nobody_knows_whom_one_helper_does_not_say_again(
    helped: make.House,
) -> None:
    await restored(helped, "consents/c1/close", {}, "withdraw")
    fresh = helped.on(f"sqlite+aiosqlite:///{helped.folder / 'fresh.db'}")
    again = {name: told for name, told in (YES | ASSISTED).items() if name != "on"} | {"given_by": "sem"}
    async with backups.serving(fresh.inner) as gateway:
        for more, needs in (({}, ["identity_verified"]), ({"categories": ["health"]}, [])):
            answer = await gateway.call("chris", "POST", "/api/v1/facts/consents", again | more)
            assert (answer.status, json.loads(answer.body)["needs"]) == (201, needs)


async def test_whose_a_refusal_after_the_backup_was_nobody_knows_so_one_helper_says_yes_for_nobody(
    helped: make.House,
) -> None:
    await restored(helped, "refusals", {"about": "sem"}, "refuse", by="moeder")
    fresh = helped.on(f"sqlite+aiosqlite:///{helped.folder / 'fresh.db'}")
    [no] = [name for section, name in await facts_of(fresh) if section == "refusals"]
    own = {name: told for name, told in YES.items() if name not in {"on", "given_by"}}
    async with backups.serving(fresh.inner) as gateway:

        async def needs(giver: str, about: str = "sem") -> list[str]:
            assisted = own | ASSISTED | {"given_by": giver, "about": about}
            told: list[str] = json.loads((await say(gateway, "chris", "consents", assisted)).body)["needs"]
            return told

        assert [await needs(each) for each in ("sem", "moeder")] == [["identity_verified"]] * 2
        assert await needs("moeder", "zus") == []
        # What the youth takes back, since it stands as his, is his word alone; who says yes himself says it anew.
        assert (await say(gateway, "sem", f"refusals/{no}/close", {})).status == 201
        assert await needs("moeder") == ["identity_verified"]
        assert (await say(gateway, "moeder", "consents", own)).status == 201
        assert await needs("moeder") == []


async def test_a_refusal_after_the_backup_is_a_refusal_of_everything_when_that_is_restored(helped: make.House) -> None:
    refused = {"about": "sem", "recipients": ["politie"]}
    after = await restored(helped, "refusals", refused, "refuse")
    assert "withdrawn_on" in after["consents", "c1"].source
    assert [{**each.source, "id": "", "on": ""} for (name, _), each in after.items() if name == "refusals"] == [
        {"id": "", "on": "", "about": "sem", "given_by": "sem"}
    ]
    # Once more: nothing is added to what stands.
    fresh = helped.on(f"sqlite+aiosqlite:///{helped.folder / 'fresh.db'}")
    assert (await fresh.replay())[0] == 0
    assert len(await facts_of(fresh)) == len(after)
    assert (await fresh.verify())[1].startswith("ok: ")


async def restored(
    house: make.House, path: str, body: dict[str, Any], kind: str, *, by: str = "sem"
) -> dict[tuple[str, str], Known]:
    """Do something after a backup, restore that, and return the facts about Sem once it serves."""
    await house.begin()
    backup = (await house.inner.back_up())[0]
    async with backups.serving(house.inner) as gateway:
        answer = await say(gateway, by, path, body)
        assert answer.status == 201, answer.body
        await followed(house, gateway)
    assert [json.loads(line)["kind"] for line in house.journal.read_bytes().splitlines()] == ["begin", kind]
    fresh = f"sqlite+aiosqlite:///{house.folder / 'fresh.db'}"
    await house.inner.restore(backup, fresh)
    async with backups.serving(house.on(fresh).inner):
        pass
    return await facts_of(house.on(fresh))


async def test_who_is_in_the_way_of_taking_back_does_not_stop_the_start(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small.begin()
    backup = (await small.inner.back_up())[0]
    async with backups.serving(small.inner) as gateway:
        assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
        await followed(small, gateway)
    fresh = f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}"
    await small.inner.restore(backup, fresh)
    met: list[str] = []

    async def late(*said: Any) -> int:
        if not met:
            met.append("deadlock")
            raise DBAPIError("", {}, _DeadlockError())
        return await take_back(*said)

    monkeypatch.setattr("gateway.erasing.erasing.take_back", late)
    assert await small.on(fresh).replay() == (0, "the journal is whole: 2 lines, 1 of them carried out now")
    # The key file knows how far the journal is, although nobody was erased.
    mark = read_content(small.inner.settings.key_file).tombstone
    assert mark is not None
    assert mark[0] == 1


class _DeadlockError(Exception):
    sqlstate = "40P01"


async def test_the_key_file_knows_of_a_tombstone_that_nobody_carried_out(small: make.House) -> None:
    await small.begin()
    journal = small.journal.read_bytes()
    assert killed_at(small, ErasingStep.TOMBSTONE_KEPT) != 0
    small.journal.write_bytes(journal)
    code, said = await small.replay()
    assert (code, said[:38]) == (1, "the tombstone journal ends at line 1, ")


async def test_what_a_replay_erased_is_taken_out_of_the_files(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small.begin()
    assert killed_at(small, ErasingStep.TOMBSTONE_KEPT) != 0
    scrubbed: list[object] = []

    async def scrub(engine: object) -> str:
        scrubbed.append(engine)
        return "VACUUM"

    monkeypatch.setattr("gateway.erasing.opening.scrub", scrub)
    monkeypatch.setattr("gateway.commands.erasing.scrub", scrub)
    async with backups.serving(small.inner):
        assert len(scrubbed) == 1
    assert (await small.replay())[1].endswith("\nstill to do: VACUUM")


async def test_a_journal_that_nobody_here_may_write_stops_the_start(small: make.House) -> None:
    await small.begin()
    small.journal.rename(small.journal.with_suffix(".moved"))
    small.journal.mkdir()
    with pytest.raises(JournalError, match="StateDirectory"):
        async with backups.serving(small.inner):
            pass


async def test_what_names_somebody_who_was_erased_is_taken_back_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make.planted()
    monkeypatch.setattr(make, "planted", lambda: before | {"mandates": [MANDATE | {"mentor": "zus"}]})
    house = await make.house(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
    await house.begin()
    assert (await house.erase("zus"))[0] == 0
    backup = (await house.inner.back_up())[0]
    async with backups.serving(house.inner) as gateway:
        closed = await gateway.call("sem", "POST", "/api/v1/facts/mandates/m1/close", {"field": "youth_withdrew_on"})
        assert closed.status == 201, closed.body
        await followed(house, gateway)
    fresh = f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}"
    await house.inner.restore(backup, fresh)
    async with backups.serving(house.on(fresh).inner):
        pass
    assert "suspended_on" in (await facts_of(house.on(fresh)))["mandates", "m1"].source
