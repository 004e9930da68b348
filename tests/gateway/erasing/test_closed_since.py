"""A restored backup brings back no authority, order, contact or yes of a holder closed since, and no holder."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from consent.known.rows import Known
from gateway.commands.log import log_of
from gateway.holders.lifting import proposer
from schemas.calendar import AMSTERDAM
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_steps import followed
from tests.gateway.erasing.test_taken_back import facts_of

DAY: Final = "2026-11-15"
STOP: Final = "/api/v1/holder/stop"
KNOWN: Final[dict[str, list[dict[str, Any]]]] = {
    "involvements": [
        {"id": f"i-{name}", "kind": "help", "about": "sem", "organisations": [name], "since": DAY}
        for name in ("team-noord", "ggz-west")
    ],
    "orders": [
        {
            "id": "o1",
            "kind": "supervision-order",
            "subject": "sem",
            "since": DAY,
            "until": "2027-01-01",
            "executor": "team-noord",
        }
    ],
}
DECISION: Final = {
    "approved": True,
    "about": "sem",
    "asker": {"organisation": "politie"},
    "purpose": "police-inquiry",
    "categories": ["goals"],
    "reason": "Het helpt om hem te vinden.",
}
DENIAL: Final = {"person": "moeder", "of": "sem", "relation": "other", "contact_denied": True}
NO: Final = {name: value for name, value in DECISION.items() if name != "categories"} | {"approved": False}


@pytest.fixture
async def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> make.House:
    """Give a house on SQLite in which something of each kind is known of Sem, and a holder said yes."""
    return await knowing(tmp_path, monkeypatch)


async def knowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> make.House:
    before = make.planted()
    monkeypatch.setattr(make, "planted", lambda: before | KNOWN)
    house = await make.house(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
    await house.begin()
    async with backups.serving(house.inner) as gateway:
        answer = await gateway.call("chris", "POST", "/api/v1/holder/decisions", DECISION)
        assert answer.status == 201, answer.body
    return house


async def restored(house: make.House, who: str, path: str, body: dict[str, Any] | None) -> tuple[make.House, list[str]]:
    """Do something after a backup and restore that; return the house, served once, and the kinds in its journal."""
    backup = (await house.inner.back_up())[0]
    async with backups.serving(house.inner) as gateway:
        answer = await gateway.call(who, "POST", path, body)
        assert answer.status in {200, 201}, answer.body
        await followed(house, gateway)
    kinds = [json.loads(line)["kind"] for line in house.journal.read_bytes().splitlines()]
    fresh = f"sqlite+aiosqlite:///{house.folder / 'fresh.db'}"
    await house.inner.restore(backup, fresh)
    async with backups.serving(house.on(fresh).inner):
        pass
    return house.on(fresh), kinds


def ended(facts: dict[tuple[str, str], Known], section: str, field: str) -> set[Any]:
    return {each.source.get(field) for (name, _), each in facts.items() if name == section and each.person == "sem"}


@pytest.mark.parametrize("field", ["disputed", "suspended_on", "until"])
async def test_an_authority_that_was_closed_since_is_disputed(known: make.House, field: str) -> None:
    house, kinds = await restored(known, "anna", "/api/v1/facts/authority/a1/close", {"field": field})
    assert kinds == ["begin", "authority", *([] if field == "disputed" else ["end"])]
    assert ended(await facts_of(house), "authority", "disputed") == {True}


@pytest.mark.parametrize("kind", ["parental", "partial", "curator"])
async def test_what_rests_on_an_authority_that_was_closed_since_rests_on_it_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    # Some bases never ask whether it is disputed: LB-10, LB-25, and LB-27 for what a parent agreed to.
    scope = {"scope": "medical"} if kind == "partial" else {}
    title = {"id": "a9", "holder": "moeder", "over": "sem", "kind": kind, "since": DAY, "verified_on": DAY} | scope
    monkeypatch.setitem(KNOWN, "authority", [title])
    house = await knowing(tmp_path, monkeypatch)
    house, _ = await restored(house, "anna", "/api/v1/facts/authority/a9/close", {"field": "until"})
    found = (await facts_of(house))["authority", "a9"]
    assert found.source["suspended_on"] <= datetime.now(AMSTERDAM).isoformat()
    # As if nobody whose word is sure had ended it: by that nobody else's yes is enough.
    assert found.word.ended_by == {}


@pytest.mark.parametrize("field", ["suspended_on", "until"])
async def test_to_end_a_dispute_disputes_nobody_else(known: make.House, field: str) -> None:
    """Who is disputed opens nothing and keeps his no: without him no less is shared, but more."""
    async with backups.serving(known.inner) as gateway:
        answer = await gateway.call("anna", "POST", "/api/v1/facts/authority/a1/close", {"field": "disputed"})
        assert answer.status == 201, answer.body
        await followed(known, gateway)
    house, kinds = await restored(known, "anna", "/api/v1/facts/authority/a1/close", {"field": field})
    assert kinds == ["begin", "authority", "end"]
    assert ended(await facts_of(house), "authority", "disputed") == {True}


async def test_a_dispute_that_is_said_again_adds_a_line_again(known: make.House) -> None:
    async with backups.serving(known.inner) as gateway:
        for _ in range(2):
            answer = await gateway.call("anna", "POST", "/api/v1/facts/authority/a1/close", {"field": "disputed"})
            assert answer.status == 201, answer.body
        await followed(known, gateway)
    assert [json.loads(line)["kind"] for line in known.journal.read_bytes().splitlines()][1:] == ["authority"] * 2


async def test_what_was_taken_back_again_is_looked_at_and_taken_back_as_any_other(known: make.House) -> None:
    no = {"about": "sem", "recipients": ["team-noord"]}
    house, _ = await restored(known, "person:sem", "/api/v1/facts/refusals", no)
    [again] = [name for section, name in await facts_of(house) if section == "refusals"]
    async with backups.serving(house.inner) as gateway:
        for who, status in (("person:sem", 200), ("anna", 200), ("piet", 403)):
            assert (await gateway.call(who, "GET", "/api/v1/persons/sem/facts")).status == status
        assert (await gateway.call("person:sem", "GET", "/fhir/Consent?patient=Patient/sem")).status == 200
        assert (await gateway.call("anna", "POST", f"/api/v1/facts/refusals/{again}/close", {})).status == 403
        assert (await gateway.call("person:sem", "POST", f"/api/v1/facts/refusals/{again}/close", {})).status == 201


@pytest.mark.parametrize(
    ("who", "path", "body", "line"),
    [
        ("person:sem", "refusals", {"about": "sem"}, "Het beheer van Schakel schreef voor de zekerheid een nee"),
        ("anna", "involvements/i-team-noord/close", {"field": "until"}, "Het beheer van Schakel paste iets aan"),
    ],
)
async def test_what_was_closed_again_stands_in_his_own_log(
    known: make.House, who: str, path: str, body: dict[str, Any], line: str
) -> None:
    """Facts contract, F6."""
    house, _ = await restored(known, who, f"/api/v1/facts/{path}", body)
    async with backups.serving(house.inner) as gateway:
        found = json.loads((await gateway.call("person:sem", "GET", "/api/v1/me/access-log")).body)
    texts = [each["text"]["nl"] for day in found["days"] for each in day["lines"]]
    assert any(each.startswith(line) for each in texts), texts


async def test_nobody_reads_that_he_said_what_another_of_the_family_said(known: make.House) -> None:
    """Of a lost no the journal does not say whose it was: Sem, whose mother said it, said nothing."""
    no = {"about": "sem", "recipients": ["team-noord"]}
    house, _ = await restored(known, "person:moeder", "/api/v1/facts/refusals", no)
    async with backups.serving(house.inner) as gateway:
        found = json.loads((await gateway.call("person:sem", "GET", "/api/v1/me/access-log")).body)
    texts = [each["text"] for day in found["days"] for each in day["lines"]]
    assert any("voor de zekerheid" in each["nl"] for each in texts), texts
    assert not any("jij nee zei" in each["nl"] or "you said no" in each["en"] for each in texts), texts


async def test_an_order_that_was_ended_since_is_ended(known: make.House) -> None:
    house, kinds = await restored(known, "anna", "/api/v1/facts/orders/o1/close", {"field": "ended_on"})
    assert kinds == ["begin", "order"]
    assert None not in ended(await facts_of(house), "orders", "ended_on")


async def test_contact_that_was_denied_since_is_denied(known: make.House) -> None:
    before = await facts_of(known)
    mother = next(name for (section, name), each in before.items() if each.source.get("relation") == "parent")
    house, kinds = await restored(known, "anna", f"/api/v1/facts/family/{mother}/close", {"field": "contact_denied"})
    assert kinds == ["begin", "deny"]
    assert ended(await facts_of(house), "family", "contact_denied") == {True}


async def test_contact_that_was_denied_by_a_fact_of_its_own_is_denied(known: make.House) -> None:
    house, kinds = await restored(known, "anna", "/api/v1/facts/family", DENIAL)
    assert kinds == ["begin", "deny"]
    assert ended(await facts_of(house), "family", "contact_denied") == {True}


async def test_a_holder_who_said_no_since_says_no(known: make.House) -> None:
    assert ended(await facts_of(known), "holder_decisions", "approved") == {True}
    house, kinds = await restored(known, "chris", "/api/v1/holder/decisions", NO)
    assert kinds == ["begin", "holder"]
    assert ended(await facts_of(house), "holder_decisions", "approved") == {False}


async def test_a_holder_who_stopped_since_is_stopped(known: make.House) -> None:
    house, kinds = await restored(known, "officer:ggz-west", STOP, None)
    assert kinds == ["begin", "stop"]
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        assert (await committer.facts.registry(connection)).stopped == {"ggz-west"}
    # Once more: nothing is added to what stands, and the log still holds together.
    assert (await house.replay())[0] == 0
    assert (await house.verify())[1].startswith("ok: ")


async def test_a_lift_that_was_proposed_before_a_stop_since_counts_no_more(known: make.House) -> None:
    async with backups.serving(known.inner) as gateway:
        for path in (STOP, f"{STOP}/lift"):
            assert (await gateway.call("officer:ggz-west", "POST", path)).status == 200
    house, kinds = await restored(known, "officer:ggz-west", STOP, None)
    assert kinds == ["begin", "stop", "stop"]
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        assert await proposer(connection, "ggz-west") is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("authority", {"holder": "moeder", "over": "sem", "kind": "parental", "since": DAY, "until": "2027-01-01"}),
        ("family", {"person": "zus", "of": "sem", "relation": "sibling"}),
    ],
)
async def test_what_opens_adds_no_line(known: make.House, path: str, body: dict[str, Any]) -> None:
    house, kinds = await restored(known, "anna", f"/api/v1/facts/{path}", body)
    assert kinds == ["begin"]
    assert True not in ended(await facts_of(house), "authority", "disputed")
