"""The log as FHIR over the doors of a whole gateway: who may, what he finds, what is on record."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
from fhir.resources.R4B.auditevent import AuditEvent

from audit.events import EventOutcome, Field, Kind
from tests.audit.renderings.profile import faults
from tests.beside import needs_shared
from tests.gateway.renderings.logged import SECRET, told, with_a_log
from tests.gateway.running import PERSON, Running

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.served]

EVENTS = "/fhir/AuditEvent"
FORM = "application/x-www-form-urlencoded"
FHIR = "application/fhir+json"
TEAM, GGZ, SCHOOL = "officer:team-noord", "officer:ggz-west", "officer:school-1"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with with_a_log(tmp_path_factory.mktemp("gateway")) as one:
        yield one


async def found(gateway: Running, who: str = "officer", query: str = "") -> dict[str, Any]:
    await gateway.gateway.following.catch_up()
    answer = await gateway.call(who, "GET", f"{EVENTS}?{query}" if query else EVENTS)
    assert (answer.status, answer.content_type) == (200, FHIR), answer.body
    body: dict[str, Any] = json.loads(answer.body)
    return body


def matches(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["resource"] for each in bundle["entry"] if each["search"]["mode"] == "match"]


def link(bundle: dict[str, Any], relation: str) -> str | None:
    return next((each["url"] for each in bundle["link"] if each["relation"] == relation), None)


async def refused(gateway: Running, query: str, who: str = "officer") -> dict[str, str]:
    answer = await gateway.call(who, "GET", f"{EVENTS}?{query}")
    assert answer.status == 422, answer.body
    outcome = json.loads(answer.body)
    assert outcome["resourceType"] == "OperationOutcome"
    return {each["expression"][0]: each["details"]["text"] for each in outcome["issue"][1:]}


# Files of third parties stay outside the repository; without them there is nothing to hold this to.
@needs_shared
async def test_every_event_that_is_found_is_as_the_profile_that_it_claims_and_without_content(gateway: Running) -> None:
    claims = set()
    for who in ("officer", TEAM, GGZ, SCHOOL):
        bundle = await found(gateway, who, "_count=200")
        assert SECRET not in json.dumps(bundle)
        for each in matches(bundle):
            AuditEvent.model_validate(each)
            assert faults(each) == []
            claims.update(each["meta"].get("profile", ()))
    assert {each.rpartition("BasicAudit.")[2] for each in claims} >= {
        "AuthZconsent", "PrivacyDisclosure.Source", "PatientRead"
    }  # fmt: skip


async def test_each_officer_finds_his_own_part(gateway: Running) -> None:
    whole = matches(await found(gateway, "officer", "_count=200"))
    team, ggz, school = [matches(await found(gateway, who, "_count=200")) for who in (TEAM, GGZ, SCHOOL)]
    assert {each["type"]["code"] for each in whole} >= {"110106", "110113", "110114", "rest"}
    assert [each["id"] for each in team if each["type"]["code"] == "110113"], "the refusal of its own question"
    assert {each["type"]["code"] for each in ggz if "AuditEvent" in each["resourceType"]} >= {"110106"}
    assert not [each for each in school if each["type"]["code"] == "110106"], "nothing of it left"
    kept_back = json.dumps(team) + json.dumps(school)
    assert '"e2"' not in kept_back


async def test_a_person_has_another_pseudonym_with_every_viewer(gateway: Running) -> None:
    called: list[set[str]] = []
    for who in ("officer", TEAM, GGZ):
        entities = [one for each in matches(await found(gateway, who, "_count=200")) for one in each.get("entity", ())]
        called.append({each["what"]["identifier"]["value"] for each in entities if each["type"]["code"] == "1"})
    assert [len(each) for each in called] == [1, 1, 1]
    assert len(set.union(*called)) == 3
    assert "sem" not in set.union(*called)


async def test_one_event_is_read_by_its_id_and_nobody_elses_is(gateway: Running) -> None:
    bundle = await found(gateway, "officer", "_count=200")
    for entry in bundle["entry"][:5]:
        path = entry["fullUrl"].removeprefix(gateway.url)
        answer = await gateway.call("officer", "GET", path)
        assert json.loads(answer.body) == entry["resource"]
    decision = next(each["id"] for each in matches(bundle) if each["id"].endswith("-decision"))
    for who, name in ((GGZ, decision), (SCHOOL, decision.removesuffix("-decision")), ("officer", "x"), ("anna", "x")):
        answer = await gateway.call(who, "GET", f"{EVENTS}/{name}")
        assert (answer.status, answer.content_type) == (403, FHIR)
        last = (await told(gateway))[-1]
        assert (last.kind, last.outcome) == (Kind.LOG_READ, EventOutcome.DENY)


async def test_who_is_no_officer_is_refused_and_on_record_whatever_form_he_wants(gateway: Running) -> None:
    for path in (EVENTS, f"{EVENTS}/x"):
        statuses = []
        for who in ("anna", "officer"):
            before = len(await told(gateway))
            headers = await gateway.headers(who, "GET", path) | {"Accept": "text/html"}
            async with gateway.session.get(f"{gateway.url}{path}", headers=headers) as answer:
                tries = [each.outcome for each in (await told(gateway))[before:]]
                statuses.append((answer.status, tries))
        assert statuses == [(403, [EventOutcome.DENY]), (406, [])]


async def test_that_an_officer_looked_is_an_event_and_whom_he_looked_for_finds_it(gateway: Running) -> None:
    bundle = await found(gateway, "officer", "patient=Patient/sem&reason=complaint&date=ge2026-01-01&agent=anna")
    last = (await told(gateway))[-1]
    assert (last.kind, last.outcome, last.person) == (Kind.LOG_READ, EventOutcome.OK, "sem")
    assert last.fields[Field.DETAIL]["read"] == "audit events"
    assert last.fields[Field.DETAIL]["question"]["agent"] == "anna"
    assert "sem" not in json.dumps(last.fields[Field.DETAIL])
    assert matches(bundle)
    for each in matches(bundle):
        assert [one for one in each["entity"] if one["type"]["code"] == "1"]


async def paged(gateway: Running, query: str, count: int) -> list[str]:
    """Return the ids of all pages, each of which holds `count` AuditEvents at most."""
    pages = [await found(gateway, "officer", f"{query}&_count={count}")]
    while (following := link(pages[-1], "next")) is not None:
        assert "sem" not in following
        answer = await gateway.call("officer", "GET", following.removeprefix(gateway.url))
        pages.append(json.loads(answer.body))
    assert max(len(matches(each)) for each in pages) <= count
    return [one["id"] for each in pages for one in matches(each)]


async def test_links_hold_no_id_of_a_person_and_lead_on(gateway: Running) -> None:
    query = "patient=Patient/sem&reason=complaint"
    first = await found(gateway, "officer", query + "&_count=200")
    all_of_it = [each["id"] for each in matches(first)]
    # The searches themselves are about Sem too, so the second finds the first.
    assert (await paged(gateway, query, 2))[-len(all_of_it) :] == all_of_it
    again = await gateway.call("officer", "GET", str(link(first, "self")).removeprefix(gateway.url))
    assert again.status == 200


@pytest.mark.parametrize("count", [2, 3, 4, 5])
async def test_pages_of_any_size_hold_every_event_once_and_none_is_larger(gateway: Running, count: int) -> None:
    query = "date=ge2026-01-01&agent=anna"
    ids = await paged(gateway, query, count)
    assert len(ids) == len(set(ids))
    assert ids == [each["id"] for each in matches(await found(gateway, "officer", f"{query}&_count=200"))]


async def test_a_number_of_a_person_is_posted_and_never_stands_in_an_address(gateway: Running) -> None:
    await gateway.gateway.following.catch_up()
    body = f"patient.identifier={quote(PERSON)}%7Csem&reason=complaint".encode()
    answer = await gateway.send("officer", "POST", f"{EVENTS}/_search", body, FORM)
    assert answer.status == 200, answer.body
    bundle = json.loads(answer.body)
    assert matches(bundle)
    assert "identifier" not in str(link(bundle, "self"))
    for name in ("patient.identifier", "patient:identifier", "identifier", "patient:Patient.identifier"):
        said = await refused(gateway, f"{quote(name)}={quote(PERSON)}%7C999912345&reason=complaint")
        assert list(said.values()) == ["a number of a person never stands in an address; POST it to AuditEvent/_search"]
        assert "999912345" not in json.dumps(said)


async def test_an_unknown_person_is_found_as_one_of_whom_nothing_is_logged(gateway: Running) -> None:
    for query in ("patient=Patient/nobody-here&reason=complaint", "entity=Patient/~x&reason=sample"):
        assert matches(await found(gateway, "officer", query)) == []
    body = f"patient.identifier={quote(PERSON)}%7Cnobody&reason=complaint".encode()
    answer = await gateway.send("officer", "POST", f"{EVENTS}/_search", body, FORM)
    assert (answer.status, matches(json.loads(answer.body))) == (200, [])


async def test_an_organisation_is_found_as_asker_and_as_holder(gateway: Running) -> None:
    asker = matches(await found(gateway, "officer", "agent=Organization/team-noord&_count=200"))
    holder = matches(await found(gateway, "officer", "agent=Organization/ggz-west&_count=200"))
    assert {each["id"] for each in holder if each["type"]["code"] == "110106"} <= {each["id"] for each in asker}
    assert [each for each in holder if each["type"]["code"] == "110106"]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("_include=AuditEvent:patient", "http.(parameter)"),
        ("_sort=-date", "http._sort"),
        ("agent:missing=true", "http.agent:missing"),
        ("outcome=8", "http.outcome"),
        ("_summary=count", "http._summary"),
        ("patient=Patient/sem", "http.reason"),
        ("patient=Patient/sem&entity=Patient/sem&reason=sample", "http.patient"),
        ("patient=Patient/sem,Patient/mila&reason=sample", "http.patient"),
        ("entity=Consent/yes-1", "http.entity"),
        ("entity=sem&reason=sample", "http.entity"),
        ("agent=Group/1", "http.agent"),
        ("agent=anna&agent=jan", "http.agent"),
        ("date=2026", "http.date"),
        ("date=ne2026-01-01", "http.date"),
        ("date=ge0001-01-01", "http.date"),
        ("date=1969-12-31", "http.date"),
        ("date=lt9999-12-31T23:59:59-12:00", "http.date"),
        ("date=ge2026-02-01&date=lt2026-01-01", "http.date"),
        ("_count=1", "http._count"),
        ("_count=0", "http._count"),
        ("_after=eA", "http._after"),
        ("reason=curious", "http.reason"),
        ("_format=xml", "http._format"),
    ],
)
async def test_what_is_not_done_here_is_refused_with_its_place(gateway: Running, query: str, place: str) -> None:
    said = await refused(gateway, query)
    assert list(said) == [place] or place == "http.(parameter)", said
    assert "curious" not in str(said)


async def test_nobody_writes_events_and_whoever_is_no_officer_reads_none(gateway: Running) -> None:
    for method, path in (
        ("POST", EVENTS), ("PUT", f"{EVENTS}/x"), ("DELETE", f"{EVENTS}/x"), ("PATCH", f"{EVENTS}/x"), ("PUT", EVENTS),
    ):  # fmt: skip
        answer = await gateway.call("officer", method, path, {} if method != "DELETE" else None)
        assert (answer.status, answer.content_type) == (405, FHIR), (method, path)
    before = len(await told(gateway))
    for who in ("anna", "sem"):
        answer = await gateway.call(who, "GET", EVENTS)
        assert (answer.status, answer.content_type) == (403, FHIR)
        answer = await gateway.call(who, "GET", "/api/v1/log/nen7513")
        assert answer.status == 403
    tried = [each for each in (await told(gateway))[before:] if each.kind is Kind.LOG_READ]
    assert [each.outcome for each in tried] == [EventOutcome.DENY] * 4
    async with aiohttp.ClientSession() as session, session.get(f"{gateway.url}{EVENTS}") as nobodys:
        assert nobodys.status == 401


async def test_nothing_of_the_log_leaves_where_it_cannot_be_kept_that_it_was_read(gateway: Running) -> None:
    one = matches(await found(gateway))[0]["id"]
    health = gateway.gateway.exchange.committer.health
    health.broken = True
    try:
        for path in (EVENTS, f"{EVENTS}/{one}", "/api/v1/log/nen7513"):
            answer = await gateway.call("officer", "GET", path)
            assert (answer.status, one.encode() in answer.body) == (503, False), path
    finally:
        health.broken = False


async def test_the_capability_statement_is_for_everybody_and_says_how_events_are_found(gateway: Running) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{gateway.url}/fhir/metadata") as answer:
        capability = json.loads(await answer.read())
    [events] = [each for each in capability["rest"][0]["resource"] if each["type"] == "AuditEvent"]
    assert [each["code"] for each in events["interaction"]] == ["read", "search-type"]
