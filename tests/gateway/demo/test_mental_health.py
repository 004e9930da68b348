import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fhir.resources.R4B import get_fhir_model_class

from gateway.demo.simulators import mental_health
from gateway.demo.simulators.mental_health.records import Records

TODAY = date(2027, 7, 1)
MILAN = "https://de-linde.example/fhir/clientnummer|L-20417"


@pytest.fixture(scope="module")
def de_linde(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mental_health.MentalHealth]:
    running = mental_health.start(tmp_path_factory.mktemp("de-linde"), today=TODAY)
    yield running
    running.stop()


@pytest.fixture
async def http(de_linde: mental_health.MentalHealth) -> AsyncIterator[aiohttp.ClientSession]:
    token = de_linde.token_file.read_text(encoding="ascii")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        yield session


async def search(http: aiohttp.ClientSession, url: str, kind: str, **asked: str) -> list[dict[str, Any]]:
    """Return every resource, page after page."""
    answer = await http.post(f"{url}/{kind}/_search", data=asked)
    bundle = json.loads(await answer.read())
    found = [each["resource"] for each in bundle["entry"]]
    while nexts := [each["url"] for each in bundle["link"] if each["relation"] == "next"]:
        answer = await http.get(nexts[0])
        bundle = json.loads(await answer.read())
        found += [each["resource"] for each in bundle["entry"]]
    return found


def test_every_resource_is_fhir_r4() -> None:
    for each in Records.on(TODAY).resources:
        get_fhir_model_class(each["resourceType"]).model_validate(each)


async def test_a_patient_is_found_by_client_number_and_has_a_fhir_id_of_its_own(
    http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    [patient] = await search(http, de_linde.url, "Patient", identifier=MILAN)
    assert patient["id"] == "p-7f31"


async def test_a_search_by_patient_gives_his_file_and_nobody_elses(
    http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    goals = await search(http, de_linde.url, "Goal", patient="Patient/p-7f31")
    assert [each["id"] for each in goals] == ["g-301", "g-302"]


async def test_appointments_are_found_by_who_takes_part(
    http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    [appointment] = await search(http, de_linde.url, "Appointment", patient="p-7f31")
    assert appointment["start"] == "2027-07-14T15:30:00+02:00"


async def test_an_answer_comes_in_pages_whose_addresses_say_nothing(
    http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    answer = await http.post(f"{de_linde.url}/DocumentReference/_search", data={"patient": "p-7f31"})
    bundle = json.loads(await answer.read())
    assert (len(bundle["entry"]), bundle["total"]) == (3, 4)
    assert "20417" not in bundle["link"][0]["url"]
    assert "p-7f31" not in bundle["link"][0]["url"]
    assert len(await search(http, de_linde.url, "DocumentReference", patient="p-7f31")) == 4


@pytest.mark.parametrize("asked", [{}, {"_count": "50"}, {"patient": ""}, {"patient": "p-7f31", "subject": "p-5b02"}])
async def test_a_search_that_names_no_one_person_gives_nothing(
    asked: dict[str, str], http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    assert await search(http, de_linde.url, "Goal", **asked) == []


async def test_a_parameter_that_the_server_does_not_know_is_refused(
    http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    answer = await http.post(f"{de_linde.url}/Goal/_search", data={"patient": "p-7f31", "category": "x"})
    assert answer.status == 400
    assert json.loads(await answer.read())["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("kind", ["MedicationRequest", "_history"])
async def test_a_type_that_the_server_does_not_have_is_not_found(
    kind: str, http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    assert (await http.post(f"{de_linde.url}/{kind}/_search", data={})).status == 404


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic bWlsYW4="}])
async def test_without_the_token_nothing_is_told(header: dict[str, str], de_linde: mental_health.MentalHealth) -> None:
    async with aiohttp.ClientSession(headers=header) as session:
        answer = await session.post(f"{de_linde.url}/Goal/_search", data={"patient": "p-7f31"})
    assert answer.status == 401


def test_only_its_owner_can_read_the_token(de_linde: mental_health.MentalHealth) -> None:
    assert de_linde.token_file.stat().st_mode & 0o077 == 0


async def test_the_institution_remembers_what_it_was_asked(
    http: aiohttp.ClientSession, de_linde: mental_health.MentalHealth
) -> None:
    before = len(de_linde.heard())
    await search(http, de_linde.url, "Goal", patient="p-7f31")
    assert de_linde.heard()[before:] == [{"asked": "Goal", "clients": ["L-20417"]}]


async def test_the_server_ends_when_its_starter_is_gone(tmp_path: Path) -> None:
    running = mental_health.start(tmp_path, today=TODAY)
    try:
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert running.process.wait(timeout=10) == 0
    finally:
        running.process.kill()
        assert running.process.stdout is not None
        running.process.stdout.close()


def test_stopping_twice_is_harmless_also_after_a_kill(tmp_path: Path) -> None:
    running = mental_health.start(tmp_path, today=TODAY)
    os.kill(running.process.pid, signal.SIGKILL)
    running.stop()
    running.stop()
