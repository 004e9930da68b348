"""The officer's search over HTTP: each in his own part, every look on record, nothing learnt from what is absent."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from audit.events import EventOutcome, Field, Kind
from audit.tables import audit_event
from tests.gateway.log.office import LOG, OFFICERS, found, indexed, office, second, told
from tests.gateway.running import PERSON, Running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with office(tmp_path_factory.mktemp("gateway")) as one:
        yield one


def seen(page: dict[str, object]) -> list[dict[str, object]]:
    rows = page["events"]
    assert isinstance(rows, list)
    return rows


@pytest.mark.parametrize(
    ("who", "outcomes", "reasons", "holders"),
    [
        ("officer", {"partial", "deny"}, {"GOOD_CARE_VETO"}, {"ggz-west", "school-1"}),
        ("officer:team-noord", {"permit", "deny"}, set(), {"ggz-west"}),
        ("officer:ggz-west", {"partial"}, {"GOOD_CARE_VETO"}, {"ggz-west"}),
        ("officer:school-1", set(), set(), set()),
    ],
)
async def test_each_officer_finds_his_own_part_of_what_anna_asked(
    gateway: Running, who: str, outcomes: set[str], reasons: set[str], holders: set[str]
) -> None:
    rows = seen(await found(gateway, who, "?actor=anna&purpose=coordinate-plan"))
    assert {row["outcome"] for row in rows} == outcomes
    told_reasons = {reason for row in rows for reason in row["reasons"]}  # type: ignore[attr-defined] # JSON
    assert reasons <= told_reasons if who == "officer" else reasons == told_reasons
    assert {each for row in rows for each in row["counterparties"]} == holders  # type: ignore[attr-defined] # JSON


async def test_what_a_holder_kept_back_is_not_found_by_the_asking_sides_officer(gateway: Running) -> None:
    for query in ("?outcome=partial", "?counterparty=school-1", "?kind=exchange.reviewed"):
        rows = seen(await found(gateway, "officer:team-noord", f"{query}&purpose=coordinate-plan"))
        assert rows == []


async def test_a_list_names_nobody_whom_it_is_about_and_each_viewer_has_his_own_word_for_him(gateway: Running) -> None:
    words = set()
    for who in OFFICERS[:3]:
        [row] = seen(await found(gateway, who, "?actor=anna&basis=LB-01"))
        assert "sem" not in json.dumps(row).replace("team-noord", "")
        person = row["person"]
        assert isinstance(person, dict)
        words.add(person["pseudonym"])
    assert len(words) == 3


async def test_a_refused_question_tells_the_asking_sides_officer_of_nobody(gateway: Running) -> None:
    rows = seen(await found(gateway, "officer:team-noord", "?outcome=deny&purpose=coordinate-plan"))
    assert [row["person"] for row in rows] == [None]


@pytest.mark.parametrize("who", ["anna", "sem", "chris"])
async def test_who_is_no_officer_gets_the_one_refusal_whatever_he_asks_and_it_is_on_record(
    gateway: Running, who: str
) -> None:
    before = len(await told(gateway))
    paths = [
        ("GET", LOG, None),
        ("GET", f"{LOG}?actor=%00&nonsense=1", None),
        ("POST", f"{LOG}/search", {"person": {"system": PERSON, "value": "sem"}}),
        ("GET", f"{LOG}/breach?account=anna", None),
        ("POST", f"{LOG}/access-report", {"person": "sem"}),
        ("GET", f"{LOG}/tickets", None),
        ("POST", f"{LOG}/tickets", {}),
        ("GET", f"{LOG}/no-event", None),
        ("POST", f"{LOG}/no-event/content", {}),
    ]
    bodies = set()
    for method, path, body in paths:
        answer = await gateway.call(who, method, path, body)
        assert answer.status == 403
        bodies.add(answer.body.rpartition(b'"request_id"')[0])
    assert len(bodies) == 1
    tries = [each for each in (await told(gateway))[before:] if each.kind is Kind.LOG_READ]
    assert [(each.outcome, each.fields[Field.ACTOR]["id"]) for each in tries] == [(EventOutcome.DENY, who)] * len(paths)


async def test_every_search_is_an_event_that_says_what_was_asked_and_never_whom(gateway: Running) -> None:
    page = await found(gateway, "officer", "?person=sem&reason=complaint&purpose=coordinate-plan")
    event = (await told(gateway))[-1]
    assert (event.kind, event.outcome, event.person) == (Kind.LOG_READ, EventOutcome.OK, "sem")
    detail = event.fields[Field.DETAIL]
    asked = {"purpose": "coordinate-plan", "person": True, "reason": "complaint"}
    assert detail == {"read": "search", "question": asked, "events": len(seen(page))}


async def test_a_search_for_a_person_needs_a_reason(gateway: Running) -> None:
    answer = await gateway.call("officer", "GET", f"{LOG}?person=sem")
    assert answer.status == 422
    assert json.loads(answer.body)["errors"][0]["path"] == "reason"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("?limit=0", "limit"),
        ("?limit=1000", "limit"),
        ("?emergency=no", "emergency"),
        ("?after=abc", "after"),
        ("?after=LTEuMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA", "after"),
        ("?kind=nothing", "kind"),
        ("?from=2026-03-02&to=2026-03-01", "to"),
        ("?from=yesterday", "from"),
        ("?bsn=999900006", "(question)"),
        ("?actor=a&actor=b", "(query)"),
        ("?actor=", "actor"),
        ("?reason=curious", "reason"),
        ("?from=0001-01-01", "from"),
        ("?to=9999-12-31T23:59:59-12:00", "to"),
    ],
)
async def test_a_wrong_question_is_told_by_its_place_and_never_by_its_value(
    gateway: Running, query: str, path: str
) -> None:
    answer = await gateway.call("officer", "GET", f"{LOG}{query}")
    assert answer.status == 422
    assert [each["path"] for each in json.loads(answer.body)["errors"]] == [path]
    assert b"999900006" not in answer.body


async def test_the_address_of_an_answer_asks_the_same_again(gateway: Running) -> None:
    asked = {"person": {"system": PERSON, "value": "sem"}, "reason": "signal", "purpose": "coordinate-plan"}
    answer = await gateway.call("officer:team-noord", "POST", f"{LOG}/search", asked)
    first = json.loads(answer.body)
    again = await found(gateway, "officer:team-noord", first["url"].removeprefix(LOG))
    assert [row["id"] for row in seen(again)] == [row["id"] for row in seen(first)] != []
    assert "sem" not in first["url"]


async def test_nobody_learns_from_a_search_whether_schakel_knows_somebody(gateway: Running) -> None:
    for person in ("zus", "somebody-else"):  # she is known, and Anna got nothing of either
        assert (await gateway.ask("anna", person, "coordinate-plan")).status == 403
    await indexed(gateway)
    answers = []
    for value in ("zus", "somebody-else"):
        asked = {"person": {"system": PERSON, "value": value}, "reason": "signal"}
        answer = await gateway.call("officer:team-noord", "POST", f"{LOG}/search", asked)
        body = json.loads(answer.body)
        answers.append((answer.status, body["events"], body["next"], len(body["url"])))
    assert answers[0] == answers[1]
    # Nor from his own searches, which he finds too.
    await indexed(gateway)
    rows = seen(await found(gateway, "officer:team-noord", "?actor=officer-of-team-noord&kind=log.read"))
    assert {json.dumps(row["person"]) for row in rows} == {"null"}


async def test_pages_hold_every_event_once_while_others_arrive(gateway: Running) -> None:
    whole = [row["id"] for row in seen(await found(gateway, "officer", "?limit=200"))]
    first = await found(gateway, "officer", "?limit=4")
    pages, after, read = [row["id"] for row in seen(first)], first["next"], 1
    while after:
        if read < 3:
            assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
            await indexed(gateway)
        page = await found(gateway, "officer", f"?limit=4&after={after}")
        assert page["complete_up_to"] == first["complete_up_to"]
        pages, after, read = [*pages, *(row["id"] for row in seen(page))], page["next"], read + 1
    assert read > 1
    assert len(pages) == len(set(pages))
    assert [each for each in pages if each in whole] == whole


async def test_a_period_holds_its_first_instant_and_not_its_last(gateway: Running) -> None:
    for _ in range(2):
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
    await indexed(gateway)
    newest, older = [str(row["at"]) for row in seen(await found(gateway, "officer", "?actor=anna&basis=LB-01"))][:2]
    rows = seen(await found(gateway, "officer", f"?actor=anna&basis=LB-01&from={older}&to={newest}"))
    assert [row["at"] for row in rows] == [older]


async def test_a_login_too_weak_reads_nothing_of_the_log_and_that_it_tried_is_on_record(gateway: Running) -> None:
    weak = await second(gateway, "operator", trusted=False)

    async def reads() -> list[EventOutcome | None]:
        # That an answer of before was delivered may be told in between.
        return [each.outcome for each in await told(gateway) if each.kind is Kind.LOG_READ]

    for path in (LOG, f"{LOG}/breach?account=anna", f"{LOG}/tickets", "/fhir/AuditEvent", "/api/v1/signals"):
        before = len(await reads())
        assert (await gateway.call(weak, "GET", path)).status == 403, path
        assert (await reads())[before:] == [EventOutcome.DENY], path


async def looks(gateway: Running) -> list[dict[str, Any]]:
    """Return the leaf of every event that says that somebody looked, the oldest first."""
    async with gateway.gateway.engine.connect() as connection:
        leaves = (await connection.execute(select(audit_event.c.leaf).order_by(audit_event.c.id))).scalars()
        return [told for each in leaves if (told := json.loads(each))["kind"] == "log.read"]


async def test_what_an_event_of_a_look_commits_to_does_not_tell_whether_somebody_is_known(gateway: Running) -> None:
    before = len(await looks(gateway))
    for person in ("sem", "nobody-at-all"):
        await found(gateway, "officer:team-noord", f"?person={person}&reason=sample")
        answer = await gateway.call("officer", "GET", f"/fhir/AuditEvent?patient=Patient/{person}&reason=sample")
        assert answer.status == 200
    await gateway.call("anna", "GET", LOG)
    # That an answer of before was delivered may be told in between.
    last = (await looks(gateway))[before:]
    assert len(last) == 5
    assert len({tuple(sorted(each["commitments"])) for each in last}) == 1


async def test_a_person_who_acted_is_named_as_lists_name_persons_and_no_account_finds_him(gateway: Running) -> None:
    assert (await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")).status == 200
    await indexed(gateway)
    assert seen(await found(gateway, "officer", "?actor=sem")) == []
    rows = seen(await found(gateway, "officer", "?organisation=person&limit=200"))
    assert rows
    for row in rows:
        actor = row["actor"]
        assert isinstance(actor, dict)
        assert "id" not in actor
        assert actor["url"].startswith("~")
        # What is sealed is letters by chance, those three too.
        assert "sem" not in re.sub('"~[^"]+"', "", json.dumps(row))
        person = row["person"]
        assert not isinstance(person, dict) or actor["pseudonym"] == person["pseudonym"]
    assert any(row["person"] for row in rows)
