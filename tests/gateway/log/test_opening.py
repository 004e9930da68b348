"""What an officer opens: an event, its content with a second one's ticket, an account's view, a person's report."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
import pytest_asyncio
from sqlalchemy import text

from audit.events import Event, EventOutcome, Field, Kind
from audit.part import WHOLE
from audit.proof_file import check_proof
from consent.decide import decide
from consent.decision import Decision
from consent.facts import Facts
from consent.request import Request
from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy
from gateway.log.indexing import Indexing, search_key
from gateway.log.tickets.rows import keep_ticket, ticket_named
from gateway.log.tickets.tickets import scope_hash
from tests.consent.make import authority, consent, incapable
from tests.consent.make import world as family
from tests.gateway.log.followers import placed
from tests.gateway.log.office import LOG, SECRET, found, indexed, office, second, told
from tests.gateway.running import PERSON, Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = ("gateway", "second-officer:operator")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with office(tmp_path_factory.mktemp("gateway")) as one:
        for organisation in ("operator", "team-noord"):
            await second(one, organisation)
        yield one


async def event_of(gateway: Running) -> str:
    page = await found(gateway, "officer", "?actor=anna&basis=LB-01")
    return str(page["events"][0]["id"])


async def post(gateway: Running, who: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    answer = await gateway.call(who, "POST", f"{LOG}/{path}", body)
    return answer.status, json.loads(answer.body)


async def ticket(gateway: Running, who: str, **scope: Any) -> str:
    status, asked = await post(gateway, who, "tickets", {"reason": "complaint", "scope": scope})
    assert (status, asked["state"]) == (200, "asked")
    return str(asked["id"])


# One event


async def test_the_gateways_officer_reads_why_in_words_and_holds_a_proof_that_checks(gateway: Running) -> None:
    await placed(gateway)
    answer = await gateway.call("officer", "GET", f"{LOG}/{await event_of(gateway)}")
    shown = json.loads(answer.body)
    assert SECRET.encode() not in answer.body
    assert "Jw 7.3.11 lid 1" in shown["why"]["bases"]["LB-01"]["nl"]
    assert "LB-01" in shown["why"]["explanation"]["en"]
    assert shown["why"]["evidence"] == {"e1": ["c1"]}
    assert check_proof(json.dumps(shown["proof"]).encode()).exit_status == 0
    assert "opened" not in shown["proof"]


async def test_of_a_decision_that_the_rules_do_not_give_any_more_he_reads_no_words(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{LOG}/{await event_of(gateway)}"

    def without(request: Request, facts: Facts, *given: Any, **named: Any) -> Decision:
        return decide(request, replace(facts, consents=()), *given, **named)

    monkeypatch.setattr("gateway.log.detail.decide", without)
    shown = json.loads((await gateway.call("officer", "GET", path)).body)
    assert shown["why"]["explanation"] is None


async def test_who_sees_a_part_only_gets_no_leaf_that_tells_the_rest(gateway: Running) -> None:
    for who, elements in (("officer:team-noord", ["e1"]), ("officer:ggz-west", ["e1", "e2"])):
        shown = json.loads((await gateway.call(who, "GET", f"{LOG}/{await event_of(gateway)}")).body)
        assert [each["id"] for each in shown["why"]["elements"]] == elements
        assert (shown["proof"], shown["proof_is"]) == (None, "withheld")
        assert "explanation" not in shown["why"]


async def test_nor_is_he_told_on_what_it_rests_that_may_be_what_was_found_about_somebody(tmp_path: Path) -> None:
    value = family(capacity=[incapable()], authority=[authority("moeder")], consents=[consent("moeder")])
    async with running(value, tmp_path) as one:
        assert (await one.ask("professional:anna", "sem", "coordinate-plan")).status == 200
        await indexed(one)
        event = (await found(one, "officer", "?actor=anna&basis=LB-01"))["events"][0]["id"]
        for who, told_of in (("officer", True), ("officer:team", False), ("officer:ggz", False)):
            answer = await one.call(who, "GET", f"{LOG}/{event}")
            assert (answer.status, b"capacity[0]" in answer.body) == (200, told_of)


async def test_an_officer_of_another_institution_is_refused_as_where_there_is_no_event_and_it_is_on_record(
    gateway: Running,
) -> None:
    answers = []
    for event in (await event_of(gateway), "00000000-0000-7000-8000-000000000000", "no-id"):
        answer = await gateway.call("officer:school-1", "GET", f"{LOG}/{event}")
        answers.append((answer.status, answer.body.rpartition(b'"request_id"')[0]))
        tried = (await told(gateway))[-1]
        assert (tried.kind, tried.outcome, tried.person) == (Kind.LOG_READ, EventOutcome.DENY, None)
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 403


# Content


async def test_content_opens_once_with_the_yes_of_a_second_officer_and_the_person_can_see_it(gateway: Running) -> None:
    event, name = await event_of(gateway), await ticket(gateway, "officer", event=await event_of(gateway))
    assert (await post(gateway, OWN[1], f"tickets/{name}/approve"))[1]["state"] == "approved"
    status, opened = await post(gateway, "officer", f"{event}/content", {"ticket": name})
    assert (status, opened["content"]["subject"]) == (200, "sem")
    kept = (await told(gateway))[-1]
    assert (kept.kind, kept.person, kept.outcome) == (Kind.LOG_UNMASKED, "sem", EventOutcome.OK)
    assert kept.fields[Field.DETAIL]["ticket"] == name
    assert (await post(gateway, "officer", f"{event}/content", {"ticket": name}))[0] == 403  # it was for one time


async def test_nobody_approves_his_own_ticket_and_that_he_tried_is_on_record(gateway: Running) -> None:
    name = await ticket(gateway, "officer", event=await event_of(gateway))
    assert (await post(gateway, "officer", f"tickets/{name}/approve"))[0] == 403
    tried = (await told(gateway))[-1]
    assert (tried.kind, tried.outcome) == (Kind.LOG_READ, EventOutcome.DENY)
    assert tried.fields[Field.DETAIL] == {"read": "ticket", "ticket": name, "act": "approved"}


@pytest.mark.parametrize("what", ["unapproved", "withdrawn", "another's", "another event", "another body's", "none"])
async def test_content_stays_closed_without_a_ticket_that_fits(gateway: Running, what: str) -> None:
    event = await event_of(gateway)
    others = "00000000-0000-7000-8000-000000000000"
    asks = {"another's": OWN[1], "another body's": "officer:team-noord"}.get(what, "officer")
    name = await ticket(gateway, asks, event=others if what == "another event" else event)
    approves = {"another's": "officer", "another body's": "second-officer:team-noord"}.get(what, OWN[1])
    if what != "unapproved":
        assert (await post(gateway, approves, f"tickets/{name}/approve"))[0] == 200
    if what == "withdrawn":
        assert (await post(gateway, "officer", f"tickets/{name}/withdraw"))[1]["state"] == "withdrawn"
    used = "{'drop': 1}" if what == "none" else name
    assert (await post(gateway, "officer", f"{event}/content", {"ticket": used}))[0] == 403
    tried = (await told(gateway))[-1]
    assert (tried.kind, tried.outcome) == (Kind.LOG_UNMASKED, EventOutcome.DENY)


async def test_a_ticket_that_ended_neither_opens_nor_can_be_approved(gateway: Running) -> None:
    event, name = await event_of(gateway), await ticket(gateway, "officer", event=await event_of(gateway))
    await post(gateway, OWN[1], f"tickets/{name}/approve")
    engine = gateway.gateway.engine
    async with engine.connect() as connection:
        now = await ticket_named(connection, name)
    assert now is not None
    assert now.opens(now.until - timedelta(milliseconds=1)) and not now.opens(now.until)  # noqa: PT018 - one boundary
    ended = "11111111-1111-4111-8111-111111111111"
    past = {f: getattr(now, f) for f in ("body", "asked_by", "asked_at", "reason", "about", "times")}
    past["scope"] = scope_hash(
        await search_key(gateway.gateway.exchange.committer.facts.keys), ended, WHOLE, event=event
    )
    async with write_transaction(engine) as connection:
        await keep_ticket(connection, type(now)(id=ended, until=datetime.now(UTC), steps={}, used=0, **past))
    assert (await post(gateway, OWN[1], f"tickets/{ended}/approve"))[0] == 403
    assert (await post(gateway, "officer", f"{event}/content", {"ticket": ended}))[0] == 403


async def test_a_ticket_for_a_person_opens_as_many_events_about_him_as_it_says(gateway: Running) -> None:
    body = {"reason": "signal", "scope": {"person": {"system": PERSON, "value": "sem"}}, "times": 2}
    status, asked = await post(gateway, "officer", "tickets", body)
    assert (status, asked["about"]) == (200, "person")
    await post(gateway, OWN[1], f"tickets/{asked['id']}/approve")
    event = await event_of(gateway)
    statuses = [(await post(gateway, "officer", f"{event}/content", {"ticket": asked["id"]}))[0] for _ in range(3)]
    assert statuses == [200, 200, 403]


async def test_a_ticket_for_a_person_tells_nobody_whether_he_is_known_and_he_finds_that_it_was_asked(
    gateway: Running,
) -> None:
    shown, kept = [], []
    for value in ("sem", "nobody-here"):
        body = {"reason": "signal", "scope": {"person": {"system": PERSON, "value": value}}}
        status, asked = await post(gateway, "officer:team-noord", "tickets", body)
        assert status == 200
        own = {"id", "asked_at", "until", "request_id", "receipt"}
        shown.append({name: asked[name] for name in asked.keys() - own})
        event = (await told(gateway))[-1]
        kept.append((event.kind, event.person, event.fields[Field.SUBJECT], event.fields[Field.DETAIL]["act"]))
    assert shown[0] == shown[1]
    assert kept == [(Kind.LOG_READ, "sem", "sem", "asked"), (Kind.LOG_READ, None, None, "asked")]
    async with gateway.gateway.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT about, scope FROM log_ticket ORDER BY asked_at DESC"))).all()[:2]
    assert [each.about for each in rows] == ["person", "person"]


async def test_a_verdict_is_opened_by_no_ticket(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    why = {Field.ACTOR: {"id": "noor", "form": "officer"}, Field.SUBJECT: None, Field.JUSTIFICATION: SECRET}
    await committer.keep(Event(Kind.REVIEW_DECIDED, EventOutcome.OK, "operator", fields=why))
    event = (await told(gateway))[-1]
    name = await ticket(gateway, "officer", event=event.id)
    await post(gateway, OWN[1], f"tickets/{name}/approve")
    status, opened = await post(gateway, "officer", f"{event.id}/content", {"ticket": name})
    assert (status, opened["content"]) == (200, {})


async def test_a_login_too_weak_neither_approves_nor_opens(gateway: Running) -> None:
    weak = await second(gateway, "operator", trusted=False)
    event, name = await event_of(gateway), await ticket(gateway, "officer", event=await event_of(gateway))
    assert (await post(gateway, weak, f"tickets/{name}/approve"))[0] == 403
    assert (await post(gateway, OWN[1], f"tickets/{name}/approve"))[0] == 200
    same = await second(gateway, "operator", login="officer-of-operator", trusted=False)
    assert (await post(gateway, same, f"{event}/content", {"ticket": name}))[0] == 403
    assert (await post(gateway, "officer", f"{event}/content", {"ticket": name}))[0] == 200


async def test_a_body_without_a_second_officer_opens_nothing(gateway: Running) -> None:
    event = await event_of(gateway)
    name = await ticket(gateway, "officer:ggz-west", event=event)
    for who in ("officer:ggz-west", "officer:team-noord", "officer"):
        assert (await post(gateway, who, f"tickets/{name}/approve"))[0] == 403
    assert (await post(gateway, "officer:ggz-west", f"{event}/content", {"ticket": name}))[0] == 403


# What an account saw


async def test_everything_that_an_account_saw_stands_in_one_file_and_making_it_is_on_record(gateway: Running) -> None:
    answer = await gateway.call("officer", "GET", f"{LOG}/breach?account=anna")
    head, *persons, end = [json.loads(line) for line in answer.body.splitlines()]
    assert (answer.content_type, head["format"]) == ("application/x-ndjson", "schakel-saw/1")
    assert [each["organisations"] for each in persons] == [{"ggz-west": {"goals": ["e1"]}}]
    assert (end["end"], end["persons"], end["elements"]) == (True, 1, 1)
    kept = (await told(gateway))[-1]
    assert (kept.kind, kept.fields[Field.DETAIL]["persons"]) == (Kind.LOG_EXPORTED, 1)


async def test_a_report_on_nobody_or_on_a_part_of_what_an_account_saw_is_no_report(gateway: Running) -> None:
    assert (await gateway.call("officer", "GET", f"{LOG}/breach")).status == 422
    assert (await gateway.call("officer", "GET", f"{LOG}/breach?account=anna&person=sem")).status == 422
    assert (await gateway.call("officer", "GET", f"{LOG}/breach?account=anna&purpose=coordinate-plan")).status == 422


@pytest.mark.parametrize("scope", [{}, {"event": "e", "person": "sem"}], ids=["none", "two"])
async def test_a_ticket_is_for_one_thing(gateway: Running, scope: dict[str, str]) -> None:
    assert (await post(gateway, "officer", "tickets", {"reason": "signal", "scope": scope}))[0] == 422


@pytest.mark.parametrize(
    "asked", [{"person": {"system": PERSON}}, {"person": {"system": PERSON, "value": 7}}, {"actor": 7}]
)
async def test_a_question_in_a_body_is_in_texts_as_in_an_address(gateway: Running, asked: dict[str, Any]) -> None:
    assert (await post(gateway, "officer", "search", {"reason": "signal", **asked}))[0] == 422


# Who looked at my data


async def test_a_youth_gets_a_letter_and_a_parent_who_may_not_read_gets_none(gateway: Running) -> None:
    _, own = await post(gateway, "officer", "access-report", {"person": "sem"})
    assert own["may_receive"] is True
    said = [line["text"]["nl"] for day in own["letter"]["days"] for line in day["lines"]]
    assert any("las iets over jou" in each for each in said)
    _, hers = await post(gateway, "officer", "access-report", {"person": "sem", "reader": "moeder"})
    assert (hers["may_receive"], "letter" in hers) == (False, False)


async def test_the_pdf_holds_the_letter_and_nothing_that_is_withheld(gateway: Running) -> None:
    await indexed(gateway)
    _, report = await post(gateway, "officer", "access-report", {"person": "sem"})
    answer = await gateway.call("officer", "POST", f"{LOG}/access-report", {"person": "sem", "form": "pdf"})
    assert answer.content_type == "application/pdf"
    pdf = pypdf.PdfReader(io.BytesIO(answer.body))
    letter = "\n".join(page.extract_text() for page in pdf.pages)
    assert "Wie keek er in de gegevens?" in letter
    assert "Iemand van team-noord (jeugdprofessional) las iets over jou." in letter
    assert report["withheld"]
    assert not any(held["id"].encode() in answer.body for held in report["withheld"])
    assert "unclassified" not in {held["why"] for held in report["withheld"]}  # as what the letter tells would be
    assert "sem" not in f"{letter}{pdf.metadata}"


async def test_an_institution_tells_of_what_left_of_its_part_and_of_nobody_else(gateway: Running) -> None:
    status, theirs = await post(gateway, "officer:ggz-west", "access-report", {"person": "sem"})
    assert status == 200
    [line] = [line for day in theirs["letter"]["days"] for line in day["lines"]]
    assert "las iets over jou" in line["text"]["nl"]
    assert theirs["withheld"] == []
    for person in ("sem", "nobody-here"):
        assert (await post(gateway, "officer:school-1", "access-report", {"person": person}))[0] == 403


# Afterwards


async def test_what_cannot_be_put_on_record_is_not_shown(gateway: Running) -> None:
    event = await event_of(gateway)
    health = gateway.gateway.exchange.committer.health
    health.broken = True
    try:
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/breach?account=anna", None),
            ("GET", f"/{event}", None),
            ("POST", "/access-report", {"person": "sem"}),
            ("POST", "/tickets", {"reason": "signal", "scope": {"event": event}}),
            ("POST", f"/{event}/content", {"ticket": event}),
        ):
            answer = await gateway.call("officer", method, f"{LOG}{path}", body)
            assert (answer.status, b"anna" in answer.body) == (503, False), path
    finally:
        health.broken = False


async def test_an_address_kept_from_before_finds_of_an_erased_person_what_it_finds_of_nobody(gateway: Running) -> None:
    asked = {"person": {"system": PERSON, "value": "sem"}, "reason": "signal"}
    _, before = await post(gateway, "officer", "search", asked)
    assert before["events"]
    found_before = next(each for each in await told(gateway) if each.kind is Kind.EXCHANGE_DISCLOSED)
    async with write_transaction(gateway.gateway.engine) as connection:
        await destroy(connection, "sem")
    await indexed(gateway)
    _, nobody = await post(gateway, "officer", "search", asked | {"person": {"system": PERSON, "value": "nobody"}})
    after = await found(gateway, "officer", before["url"].removeprefix(LOG))
    assert (after["events"], nobody["events"]) == ([], [])
    assert (await found(gateway, "officer", "?basis=LB-01"))["events"] == []
    assert (await found(gateway, "officer:ggz-west", "?actor=anna"))["events"] == []
    # Nor does the index take in what somebody had read of him a moment before.
    late = replace(found_before, id="01950000-0000-7000-8000-00000000000f")
    async with write_transaction(gateway.gateway.engine) as connection:
        await Indexing().take(connection, gateway.gateway.exchange.committer, [late])
        personal = await connection.execute(text("SELECT count(*) FROM audit_term WHERE personal"))
        assert personal.scalar_one() == 0
    # Who looked is found still; what he saw is not told any more.
    [row] = [each for each in (await found(gateway, "officer", "?actor=anna"))["events"] if each["erased"]]
    assert (row["person"], row["purpose"], row["bases"]) == (None, None, [])
