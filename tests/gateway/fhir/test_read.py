"""What is read as FHIR is what the view of facts shows, to the same people, with the same trace."""

from datetime import timedelta

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.consent import Consent as Foreign
from fhir.resources.R4B.operationoutcome import OperationOutcome
from sqlalchemy import event

from consent.fhir.reading import read
from tests.consent.fhir.make import no, provision
from tests.gateway.facts.household import by
from tests.gateway.fhir.server import Fhir, issues, school_yes
from tests.gateway.fhir.test_create import GIVEN_BY_MOTHER, SCHOOL, house_of


async def test_what_was_sent_is_shown_and_is_fhir(either: Fhir) -> None:
    name = await either.created(school_yes())
    answer = await either.get(f"Consent/{name}")
    assert (answer.status, answer.headers["etag"], answer.headers["cache-control"]) == (200, 'W/"1"', "no-store")
    assert answer.headers["last-modified"].endswith("GMT")
    assert Foreign.model_validate(answer.body).status == "active"
    told = {each["url"].rpartition(":")[2]: each for each in answer.body["extension"]}
    assert told["recorded-as"]["valueCode"] == "person"
    assert "recorded-by" not in told
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


async def test_a_parent_is_not_told_by_whom_who_helps_her_child_wrote_down_her_yes(fhir: Fhir) -> None:
    name = await fhir.created(school_yes(**GIVEN_BY_MOTHER), name="helper")
    for reader, is_told in (("youth", True), ("helper", True), ("mother", False)):
        told = await fhir.resource(name, name=reader)
        assert ("recorded-by" in str(told), "team" in str(told)) == (is_told, is_told)


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


async def test_who_sees_for_himself_is_told_of_no_professional_who_gave_a_yes_either(fhir: Fhir) -> None:
    given_by = {"performer": [{"reference": "Practitioner/gijs"}], "extension": GIVEN_BY_MOTHER["extension"]}
    name = await fhir.created(school_yes(**given_by), name="helper")
    for reader, giver in (("helper", "Practitioner/gijs"), ("youth", "Organization/gi")):
        told = await fhir.resource(name, name=reader)
        assert told.get("performer") == [{"reference": giver}]


async def test_nor_of_his_organisation_where_the_log_does_not_name_it(fhir: Fhir) -> None:
    given_by = {"performer": [{"reference": "Practitioner/vera"}], "extension": GIVEN_BY_MOTHER["extension"]}
    # She helps his mother, and not him.
    await house_of(fhir).told("stranger", "involvements", {"kind": "help", "about": "mara"})
    name = await fhir.created(school_yes(**given_by), name="helper")
    assert "performer" not in await fhir.resource(name, name="youth")
