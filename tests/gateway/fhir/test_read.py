"""What is read as FHIR is what the view of facts shows, to the same people, with the same trace."""

from datetime import timedelta
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.consent import Consent as Foreign
from fhir.resources.R4B.operationoutcome import OperationOutcome
from sqlalchemy import event

from consent.fhir.reading import read
from gateway.facts.desk import FactsDesk
from tests.consent.fhir.make import no, provision
from tests.consent.store import make
from tests.gateway.facts.desk import Desk, desk_at
from tests.gateway.facts.household import by
from tests.gateway.fhir.server import BASE, FORM, Fhir, issues, school_yes
from tests.gateway.fhir.test_create import GIVEN_BY_MOTHER, SCHOOL, house_of


async def test_what_was_sent_is_shown_and_is_fhir(either: Fhir) -> None:
    name = await either.created(school_yes())
    answer = await either.get(f"Consent/{name}")
    assert (answer.status, answer.headers["etag"], answer.headers["cache-control"]) == (200, 'W/"1"', "no-store")
    assert answer.headers["last-modified"].endswith("GMT")
    assert Foreign.model_validate(answer.body).status == "active"
    told = {each["url"].rpartition(":")[2]: each for each in answer.body["extension"]}
    assert told["recorded-as"]["valueCode"] == "person"
    own = {key: value for key, value in answer.body.items() if key != "meta"}
    own["extension"] = [each for each in own["extension"] if "recorded" not in each["url"]]
    said = read(own)
    fact = house_of(either)
    [one] = await fact.handed("consents")
    assert {**said.fields, "id": said.id} == {**one.source, "on": said.fields["on"]}


@pytest.mark.parametrize(
    "name", ["youth", "mother", "helper", "second helper", "teacher who helps", "partner", "uncle"]
)
async def test_everybody_finds_what_the_view_of_facts_shows_him(fhir: Fhir, name: str) -> None:
    await fhir.created(school_yes())
    await fhir.created(no(), name="youth")
    await fhir.created(school_yes(**GIVEN_BY_MOTHER), name="teacher who helps")
    shown = await fhir.desk.get("sem", by=by(name))
    answer = await fhir.get("Consent", "patient=Patient/sem", name=name)
    assert answer.status == shown.status
    if shown.status != 200:
        return
    start = {"consents": "yes-", "refusals": "no-"}
    expected = {start[each["section"]] + each["id"] for each in shown.body["facts"] if each["section"] in start}
    assert {each["resource"]["id"] for each in answer.body.get("entry", ())} == expected
    for each in answer.body.get("entry", ()):
        assert await fhir.resource(each["resource"]["id"], name=name) == each["resource"]


async def test_there_is_something_that_not_everybody_may_see(fhir: Fhir) -> None:
    await fhir.created(school_yes())
    await fhir.created(no(), name="youth")
    assert [len(await fhir.found(name=name)) for name in ("youth", "mother", "teacher who helps")] == [2, 1, 1]


@pytest.mark.parametrize("name", ["uncle", "stranger", "municipality", "mentor", "board", "person:nobody", "client:c"])
async def test_for_whom_it_is_not_it_is_as_if_there_were_none(fhir: Fhir, name: str) -> None:
    there = await fhir.created(school_yes())
    answers = [
        *[await fhir.get(f"Consent/{each}", name=name) for each in (there, "yes-nothing", "no-nothing", "x", "yes-")],
        *[await fhir.get("Consent", f"patient={each}", name=name) for each in ("Patient/sem", "sem", "nobody")],
        *[await fhir.post(f"Consent/{each}/$revoke", b"", name=name) for each in (there, "yes-nothing", "x")],
    ]
    assert {each.status for each in answers} == {403}
    assert len({each.raw.replace(each.body["id"].encode(), b"") for each in answers}) == 1
    for each in answers:
        assert len(await fhir.desk.events(each.body["id"])) == 1


async def test_the_executor_who_finds_his_order_elsewhere_finds_no_consent(fhir: Fhir) -> None:
    there = await fhir.created(school_yes())
    assert await fhir.found(name="executor") == []
    assert (await fhir.get(f"Consent/{there}", name="executor")).status == 403


async def test_one_that_is_not_for_him_is_as_none_to_who_sees_others(fhir: Fhir) -> None:
    hers = await fhir.created(school_yes())
    his = await fhir.created(no(), name="youth")
    assert (await fhir.get(f"Consent/{hers}", name="mother")).status == 200
    answer = await fhir.get(f"Consent/{his}", name="mother")
    assert (answer.status, issues(answer)) == (403, {"code": "forbidden"})
    [(entry, _)] = await fhir.desk.events(answer.body["id"])
    assert (entry.leaf_json["kind"], entry.leaf_json["outcome"]) == ("log.read", "deny")


async def test_one_that_is_not_there_costs_what_a_forbidden_one_costs(fhir: Fhir) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement.split(maxsplit=1)[0])

    there = await fhir.created(school_yes())
    event.listen(fhir.desk.engine.sync_engine, "before_cursor_execute", note)
    found = []
    for name in (there, "yes-nothing"):
        asked.clear()
        assert (await fhir.get(f"Consent/{name}", name="uncle")).status == 403
        found.append(list(asked))
    assert found[0] == found[1]


async def test_that_somebody_looked_is_on_record_before_he_sees(fhir: Fhir) -> None:
    await fhir.created(school_yes())
    answer = await fhir.get("Consent", "patient=Patient/sem&status=active")
    [(entry, told)] = await fhir.desk.events(answer.body["id"])
    assert (entry.leaf_json["kind"], told["detail"]["asked"]) == ("log.read", {"as": "Consent", "status": "active"})


async def test_a_withdrawal_is_a_new_version_at_once(either: Fhir) -> None:
    name = await either.created(school_yes())
    answer = await either.post(f"Consent/{name}/$revoke", b"")
    assert answer.status == 200, answer.body
    [one] = await house_of(either).handed("consents")
    assert one.withdrawn_on == house_of(either).clock.at
    [(entry, _)] = await either.desk.events(answer.body["id"])
    assert entry.leaf_json["kind"] == "consent.withdrawn"
    shown = await either.get(f"Consent/{name}")
    assert (shown.headers["etag"], shown.body["status"], shown.body["meta"]["versionId"]) == ('W/"2"', "inactive", "2")
    again = await either.post(f"Consent/{name}/$revoke", {"resourceType": "Parameters"})
    assert again.body["issue"] == answer.body["issue"]
    [still] = await house_of(either).handed("consents")
    assert still.withdrawn_on == one.withdrawn_on


async def test_a_no_is_taken_back_by_its_giver_with_a_strong_login_only(fhir: Fhir) -> None:
    name = await fhir.created(no())
    assert (await fhir.post(f"Consent/{name}/$revoke", b"", weak=True)).status == 403
    assert (await fhir.post(f"Consent/{name}/$revoke", b"", name="helper")).status == 403
    assert (await fhir.post(f"Consent/{name}/$revoke", b"")).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Parameters", "parameter": [{"name": "on", "valueDate": "2027-01-01"}]},
        {"resourceType": "Consent"},
        {},
    ],
    ids=str,
)
async def test_a_withdrawal_takes_no_parameters(fhir: Fhir, body: object) -> None:
    name = await fhir.created(school_yes())
    assert (await fhir.post(f"Consent/{name}/$revoke", body)).status == 422
    [one] = await house_of(fhir).handed("consents")
    assert one.withdrawn_on is None


async def test_a_yes_that_has_ended_is_no_longer_active(fhir: Fhir) -> None:
    name = await fhir.created(school_yes())
    house_of(fhir).clock.at += timedelta(days=364)
    assert (await fhir.resource(name))["status"] == "active"
    house_of(fhir).clock.at += timedelta(days=1)
    assert (await fhir.resource(name))["status"] == "inactive"


# Search


async def ids(fhir: Fhir, query: str) -> list[str]:
    return [each["id"] for each in await fhir.found(f"patient=Patient/sem&{query}")]


async def test_a_search_finds_by_status_actor_and_last_change(fhir: Fhir) -> None:
    first = await fhir.created(school_yes())
    second = await fhir.created(no())
    await fhir.post(f"Consent/{first}/$revoke", b"")
    assert await ids(fhir, "status=inactive") == [first]
    assert await ids(fhir, "status=http://hl7.org/fhir/consent-state-codes|active") == [second]
    assert await ids(fhir, "status=active,inactive") == [first, second]
    assert await ids(fhir, "status=active&status=inactive") == []
    assert await ids(fhir, "actor=Organization/school") == [first]
    assert await ids(fhir, "actor=ggz,nobody") == [first]
    assert await ids(fhir, "actor=Practitioner/school") == []
    changed = {each["id"]: each["meta"]["lastUpdated"] for each in await fhir.found()}
    assert await ids(fhir, f"_lastUpdated={changed[second]}") == [second]
    assert await ids(fhir, f"_lastUpdated=gt{changed[second]}") == [first]
    assert await ids(fhir, f"_lastUpdated=lt{changed[first]}") == [second]
    assert await ids(fhir, f"_lastUpdated=ge{changed[second]}&_lastUpdated=le{changed[first]}") == [first, second]
    assert await ids(fhir, "_lastUpdated=2020-01-01") == []
    assert await ids(fhir, "_lastUpdated=le2020-01-01") == []
    assert await ids(fhir, "_lastUpdated=ge2020-01-01") == [first, second]


async def test_a_bundle_is_fhir_and_its_pages_hang_together(fhir: Fhir) -> None:
    made = [await fhir.created(school_yes()) for _ in range(5)]
    query, found = "patient=Patient/sem&actor=school&_count=2", []
    for _ in range(3):
        answer = await fhir.get("Consent", query)
        assert Bundle.model_validate(answer.body).type == "searchset"
        links = {each["relation"]: each["url"] for each in answer.body["link"]}
        assert links["self"] == f"{BASE}/Consent?{query}"
        assert answer.body["total"] == len(made)
        found += [each["fullUrl"].rpartition("/")[2] for each in answer.body["entry"]]
        query = links.get("next", "?").partition("?")[2]
    assert (found, query) == (made, "")


async def test_a_page_is_bounded(fhir: Fhir) -> None:
    answer = await fhir.get("Consent", "patient=sem&_count=1000")
    assert "_count=100" in answer.body["link"][0]["url"]
    empty = await fhir.get("Consent", "patient=sem&_count=0")
    assert (empty.body["total"], len(empty.body["link"])) == (0, 1)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", "http.patient"),
        ("status=active", "http.patient"),
        ("patient=Practitioner/anna", "http.patient"),
        ("patient=sem,mara", "http.patient"),
        ("patient=", "http.patient"),
        ("patient=sem&patient=mara", "http.patient"),
        ("patient=sem&status=on", "http.status"),
        ("patient=sem&actor=Device/x", "http.actor"),
        ("patient=sem&actor=", "http.actor"),
        ("patient=sem&_lastUpdated=2026", "http._lastUpdated"),
        ("patient=sem&_lastUpdated=ap2026-01-01", "http._lastUpdated"),
        ("patient=sem&_lastUpdated=9999-12-31", "http._lastUpdated"),
        ("patient=sem&_count=-1", "http._count"),
        ("patient=sem&_count=x", "http._count"),
        ("patient=sem&_count=1&_count=2", "http._count"),
        ("patient=sem&_sort=date", "http._sort"),
        ("patient=sem&_include=Consent:actor", "http._include"),
        ("patient=sem&actr=x", "http.actr"),
        ("patient=sem&status:not=active", "http.status:not"),
        ("patient=sem&_format=xml", "http._format"),
        ("patient=sem&999911120=1", "http.(parameter)"),
        ("patient.identifier=urn:test:bsn|999990019", "http.patient.identifier"),
        ("patient:identifier=urn:test:bsn|999990019", "http.patient:identifier"),
        ("patient=sem&identifier=urn:test:bsn|999990019", "http.identifier"),
    ],
)
async def test_a_search_that_cannot_be_done_is_refused_by_name(fhir: Fhir, query: str, place: str) -> None:
    answer = await fhir.get("Consent", query)
    assert answer.status == 422, answer.body
    assert list(issues(answer)) == ["code", place]
    assert "99999" not in answer.raw.decode()


async def test_an_unknown_parameter_is_passed_over_only_where_the_client_says_so(fhir: Fhir) -> None:
    await fhir.created(school_yes())
    lenient = await fhir.get("Consent", "patient=sem&_sort=date", prefer="handling=lenient")
    assert lenient.body["link"][0]["url"] == f"{BASE}/Consent?patient=Patient/sem"
    for prefer in ("handling=strict", "handling=lenient, handling=strict", "return=minimal"):
        assert (await fhir.get("Consent", "patient=sem&_sort=date", prefer=prefer)).status == 422


@pytest.mark.parametrize(
    "name", ["patient.identifier", "Patient.Identifier", "patient:Patient.identifier", "_has:Patient:link:identifier"]
)
async def test_a_number_in_an_address_is_refused_also_where_the_client_is_lenient(fhir: Fhir, name: str) -> None:
    answer = await fhir.get("Consent", f"patient=sem&{name}=x|99999", prefer="handling=lenient")
    assert answer.status == 422
    assert "99999" not in answer.raw.decode()


async def numbered(desk: Desk) -> Fhir:
    made = Fhir(desk)
    made.open(FactsDesk(desk.committer, lambda at: at))
    return made


async def test_a_number_is_searched_by_in_a_body_and_comes_back_in_no_address(database_url: str) -> None:
    async with desk_at(database_url) as desk:
        fhir = await numbered(desk)
        form = f"patient.identifier={make.BSN}%7C{make.SEM}&status=active,inactive".encode()
        answer = await fhir.post("Consent/_search", form, name="person:sem", content_type=FORM)
        assert (answer.status, answer.body["total"]) == (200, 0), answer.body
        assert answer.body["link"][0]["url"] == f"{BASE}/Consent?patient=Patient/sem&status=active,inactive"
        assert make.SEM not in answer.raw.decode()
        [(entry, told)] = await desk.events(answer.body["id"])
        assert entry.leaf_json["kind"] == "log.read"
        assert make.SEM not in str(told)


async def test_a_number_of_nobody_is_answered_as_that_of_somebody_else(tmp_path: Path) -> None:
    async with desk_at(f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}") as desk:
        fhir = await numbered(desk)
        answers = []
        for number in (make.MOTHER, "999990044"):
            form = f"patient.identifier={make.BSN}%7C{number}".encode()
            answers.append(await fhir.post("Consent/_search", form, name="person:sem", content_type=FORM))
        assert {each.status for each in answers} == {403}
        assert len({each.raw.replace(each.body["id"].encode(), b"") for each in answers}) == 1


@pytest.mark.parametrize(
    ("form", "kind", "status"),
    [
        (b"patient=sem", FORM, 200),
        (b"patient=sem&patient.identifier=x%7C1", FORM, 422),
        (b"patient.identifier=999990019", FORM, 422),
        (b"patient.identifier=%7C999990019", FORM, 422),
        (b"", FORM, 422),
        (b"patient=%ff", FORM, 403),
        (b"\xff", FORM, 400),
        (b"patient", FORM, 400),
        (b"&".join([b"patient=sem"] * 60), FORM, 400),
        (b"{}", "application/json", 415),
    ],
)
async def test_the_form_of_a_search_is_read_strictly(fhir: Fhir, form: bytes, kind: str, status: int) -> None:
    answer = await fhir.post("Consent/_search", form, name="youth", content_type=kind)
    assert answer.status == status, answer.body


# What is round it


async def test_what_the_server_can_is_told_to_everybody_and_is_fhir(fhir: Fhir) -> None:
    answer = await fhir.get("metadata")
    assert CapabilityStatement.model_validate(answer.body).fhirVersion == "4.0.1"
    assert (await fhir.get("metadata", accept="application/fhir+xml")).status == 406


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("Patient/sem", 404, "not-found"), ("", 404, "not-found"), ("Consent/a/b", 404, "not-found")],
)
async def test_what_is_not_there_is_said_as_fhir_says_it(fhir: Fhir, path: str, status: int, code: str) -> None:
    answer = await fhir.get(path)
    assert (answer.status, issues(answer)) == (status, {"code": code})
    assert OperationOutcome.model_validate(answer.body).issue


async def test_what_is_not_done_there_is_said_as_fhir_says_it(fhir: Fhir) -> None:
    answer = await fhir.post("metadata", b"")
    assert (answer.status, issues(answer)) == (405, {"code": "not-supported"})
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("query", ["_summary=true", "_format=xml"])
async def test_a_read_passes_over_no_parameter(fhir: Fhir, query: str) -> None:
    name = await fhir.created(school_yes())
    assert (await fhir.get(f"Consent/{name}", query)).status == 422
    assert (await fhir.get(f"Consent/{name}", "_format=json")).status == 200


async def test_an_outcome_is_fhir_with_both_languages(fhir: Fhir) -> None:
    answer = await fhir.post("Consent", school_yes(provision=provision(actor=SCHOOL, type="no")))
    assert OperationOutcome.model_validate(answer.body).issue
    details = answer.body["issue"][0]["details"]
    assert details["_text"]["extension"][0]["extension"][1]["valueString"].startswith("Deze aanvraag")
