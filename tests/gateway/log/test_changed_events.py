"""One event whose leaf somebody changed: every list tells the others, and who asks for that one hears that it is lost.

Or whoever can write one row would shut a person out of his own log, and blind the rules that look for him.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from audit.events import EventOutcome, Field, Kind
from audit.finding.search import instant_of
from gateway.log.telling import tell_or_skip
from gateway.sandbox.call import CallError
from schemas.calendar import written
from tests.gateway.log.office import LOG, found, indexed, office, second, told
from tests.gateway.running import PLAN, Running, question
from tests.gateway.tampering.hand import blob, tamper

OWN = "/api/v1/me/access-log"
LEAVES = (b"{", b"{}", b"[]", b'"', b"\xff", b"[" * 100_000, b'{"id":1,"at":"2026-11-26T00:00:00Z"}')
"""What may stand there: no JSON, no leaf, too deep, of another form."""


async def released(gateway: Running) -> dict[str, Any]:
    answer = await gateway.call("anna", "POST", PLAN, question("sem", "coordinate-plan"))
    assert answer.status == 200
    asked: dict[str, Any] = json.loads(answer.body)
    await indexed(gateway)
    return asked


async def change(gateway: Running, event: str, leaf: bytes) -> None:
    url = gateway.gateway.settings.database_url
    name = event.replace("-", "") if url.startswith("sqlite") else event
    await tamper(url, [f"UPDATE audit_event SET leaf = {blob(url, leaf)} WHERE event_id = '{name}'"])  # noqa: S608 - ours


async def get(gateway: Running, who: str, path: str) -> tuple[int, bytes]:
    answer = await gateway.call(who, "GET", path)
    return answer.status, answer.body


async def test_lists_tell_all_others_and_who_asks_for_the_one_hears_that_it_is_lost(
    tmp_path: Path, database_url: str
) -> None:
    async with office(tmp_path, database_url) as gateway:
        asked = await released(gateway)
        event, request = asked["receipt"]["event"], asked["request_id"]
        before = await found(gateway, "officer", "?actor=anna")
        assert event in {each["id"] for each in before["events"]}
        lines = json.loads((await get(gateway, "person:sem", OWN))[1])["days"]
        assert lines
        await change(gateway, event, b"{")
        page = await found(gateway, "officer", "?actor=anna")
        listed = {each["id"] for each in page["events"]}
        assert (before["unreadable"], page["unreadable"]) == (0, 1)
        assert event not in listed
        assert listed >= {each["id"] for each in before["events"]} - {event}
        own = json.loads((await get(gateway, "person:sem", OWN))[1])
        assert own["days"]
        assert own["complete_to"]["at"] == written(instant_of(event))
        assert own["message"]["nl"].startswith("Iets uit deze lijst konden we niet lezen.")
        signals = json.loads((await get(gateway, "officer", "/api/v1/signals"))[1])
        assert signals["unreadable"] == 1
        for who, path in (("officer", f"{LOG}/{event}"), ("officer:team-noord", f"/api/v1/decisions/{request}")):
            status, body = await get(gateway, who, path)
            assert (status, json.loads(body)["type"]) == (503, "urn:schakel:problem:log-unavailable"), path
            await indexed(gateway)
            assert (await readable(gateway))[-1] == EventOutcome.DENY
        for path in (f"{LOG}/breach?account=anna", f"{LOG}/nen7513", "/fhir/AuditEvent?agent=anna"):
            status, body = await get(gateway, "officer", path)
            assert (status, event.encode() in body) == (200, False), path
        answer = await gateway.call("officer", "POST", f"{LOG}/access-report", {"person": "sem"})
        report = json.loads(answer.body)
        assert {"id": event, "why": "unreadable"} in report["withheld"]


CHANGES = {
    "the leaf": "UPDATE audit_event SET leaf = {blob} WHERE event_id = '{event}'",
    "the seal": "UPDATE audit_event SET sealed_log = {blob} WHERE event_id = '{event}'",
    "the seal of its person": "UPDATE audit_event SET sealed_person = {blob} WHERE event_id = '{event}'",
    "the seal of its person removed": "UPDATE audit_event SET sealed_person = NULL WHERE event_id = '{event}'",
    "removed": "DELETE FROM audit_event WHERE event_id = '{event}'",
}
NOBODYS = "DELETE FROM audit_subject WHERE event_id = '{event}'"


@pytest.mark.parametrize("how", CHANGES)
async def test_a_search_says_of_each_part_of_the_log_how_many_events_it_could_not_read(
    tmp_path: Path, database_url: str, how: str
) -> None:
    async with office(tmp_path, database_url) as gateway:
        event, url = (await released(gateway))["receipt"]["event"], gateway.gateway.settings.database_url
        name = event.replace("-", "") if url.startswith("sqlite") else event
        await tamper(url, [CHANGES[how].format(blob=blob(url, b"{"), event=name)])
        for who in ("officer", "officer:team-noord", "officer:ggz-west"):
            assert (await found(gateway, who, "?kind=exchange.disclosed"))["unreadable"] == 1, who
            assert (await found(gateway, who, "?kind=exchange.denied"))["unreadable"] == 0, who
        # Who has no part in it does not hear of it.
        assert (await found(gateway, "officer:school-1"))["unreadable"] == 0


@pytest.mark.parametrize(("how", "unreadable"), [(None, 0), ("the leaf", 1), ("the seal", 1), ("removed", 1)])
async def test_that_nobody_is_said_to_be_whom_an_event_is_about_hides_no_other_change_of_it(
    tmp_path: Path, database_url: str, how: str | None, unreadable: int
) -> None:
    """By itself it looks as an erasure does: verifying tells them apart, and not the search."""
    async with office(tmp_path, database_url) as gateway:
        event, url = (await released(gateway))["receipt"]["event"], gateway.gateway.settings.database_url
        name = event.replace("-", "") if url.startswith("sqlite") else event
        changes = [NOBODYS] if how is None else [NOBODYS, CHANGES[how]]
        await tamper(url, [each.format(blob=blob(url, b"{"), event=name) for each in changes])
        for who in ("officer", "officer:team-noord", "officer:ggz-west"):
            assert (await found(gateway, who, "?kind=exchange.disclosed"))["unreadable"] == unreadable, who


async def readable(gateway: Running) -> list[EventOutcome]:
    """Return how those looks at the log ended that can still be read, oldest first."""
    committer = gateway.gateway.exchange.committer
    return [
        each.outcome
        for each in await told(gateway, tell=lambda entry: tell_or_skip(committer, entry))
        if each.kind is Kind.LOG_READ and each.fields[Field.DETAIL]["read"] in {"event", "decision"}
    ]


@pytest.mark.parametrize("leaf", LEAVES, ids=range(len(LEAVES)))
async def test_whatever_stands_for_a_leaf_no_door_of_the_log_breaks(tmp_path: Path, leaf: bytes) -> None:
    async with office(tmp_path) as gateway:
        asked = await released(gateway)
        event = asked["receipt"]["event"]
        another = await second(gateway, "operator")
        scope = {"reason": "complaint", "scope": {"event": event}}
        ticket = json.loads((await gateway.call("officer", "POST", f"{LOG}/tickets", scope)).body)["id"]
        assert (await gateway.call(another, "POST", f"{LOG}/tickets/{ticket}/approve")).status == 200
        await change(gateway, event, leaf)
        assert (await get(gateway, "person:sem", OWN))[0] == 200
        for path in (LOG, f"{LOG}/breach?account=anna", f"{LOG}/nen7513", "/fhir/AuditEvent", "/api/v1/signals"):
            assert (await get(gateway, "officer", path))[0] == 200, path
        opened = await gateway.call("officer", "POST", f"{LOG}/{event}/content", {"ticket": ticket})
        assert opened.status == 503
        await indexed(gateway)
        assert (await get(gateway, "officer", f"/api/v1/decisions/{asked['request_id']}"))[0] == 503


async def test_the_newest_event_does_not_say_how_far_an_answer_goes_where_it_was_changed(tmp_path: Path) -> None:
    async with office(tmp_path) as gateway:
        whole = (await found(gateway, "officer"))["complete_up_to"]
        await released(gateway)
        async with gateway.gateway.engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT event_id FROM audit_leaf WHERE seq >= :size"), {"size": whole["events"]}
            )
            later = [row.event_id for row in rows]
        for each in later:
            await change(gateway, each, b"{")
        complete = (await found(gateway, "officer"))["complete_up_to"]
        assert complete["events"] > whole["events"]
        assert complete["at"] == whole["at"]


async def test_where_the_tree_is_broken_no_ticket_is_kept_and_the_door_says_to_come_later(tmp_path: Path) -> None:
    async with office(tmp_path) as gateway:
        event = (await released(gateway))["receipt"]["event"]
        await gateway.headers("officer", "POST", f"{LOG}/tickets")  # a token: that it is given is an event as well
        await tamper(gateway.gateway.settings.database_url, ["DELETE FROM audit_node"])
        gateway.gateway.log.tail.frontier = None  # as after a start
        scope = {"reason": "complaint", "scope": {"event": event}}
        answer = await gateway.call("officer", "POST", f"{LOG}/tickets", scope)
        assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")
        with pytest.raises(CallError, match="503"):
            await second(gateway, "operator")  # nor is a token given
        async with gateway.gateway.engine.connect() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM log_ticket"))).scalar_one() == 0
