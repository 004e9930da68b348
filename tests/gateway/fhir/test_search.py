"""A search for Consents finds what the view of facts shows, and what it cannot do it refuses by name."""

from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle

from gateway.facts.desk import FactsDesk
from tests.consent.fhir.make import no
from tests.consent.store import make
from tests.gateway.facts.desk import Desk, desk_at
from tests.gateway.fhir.server import BASE, FORM, Fhir, issues, school_yes


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


async def test_a_search_of_very_many_parameters_is_refused_in_a_line(fhir: Fhir) -> None:
    many = "&".join(["patient=sem", *["actor=school"] * 50])
    told = {"code": "invalid", "http": "expected 50 parameters at most"}
    assert issues(await fhir.get("Consent", many)) == told
    assert issues(await fhir.get("Consent", many, prefer="handling=lenient")) == told
    assert issues(await fhir.post("Consent/_search", many.encode(), name="youth", content_type=FORM)) == told
    assert (await fhir.get("Consent", many.removesuffix("&actor=school"))).status == 200


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
        (b"{}", "application/json", 415),
    ],
)
async def test_the_form_of_a_search_is_read_strictly(fhir: Fhir, form: bytes, kind: str, status: int) -> None:
    answer = await fhir.post("Consent/_search", form, name="youth", content_type=kind)
    assert answer.status == status, answer.body
