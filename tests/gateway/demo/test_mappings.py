"""The three mapping files, on the records as the simulators' own files have them; the doors are in test_story."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from adapters.contract import Mapped
from adapters.mapping import LoadedMapping, load_mapping
from gateway.demo import family
from gateway.demo.days import BASE_DAY
from gateway.demo.institutions import MAPPINGS
from gateway.demo.simulators.mental_health.records import Records
from schemas.permits import Permit
from schemas.words import Category

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
EXTENSION = "https://de-linde.example/fhir/ext"

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def mapping() -> LoadedMapping:
    return load_mapping(MAPPINGS / "de-linde.yaml")


def permit(mapping: LoadedMapping) -> Permit:
    known = family.identifiers()[mapping.identifier_system]
    everything = {person: frozenset(Category) for person in known}
    return Permit(
        request_id="r",
        holder="de-linde",
        system=mapping.system,
        categories=everything,
        identifiers=known,
        family=known,
    )


def mapped(mapping: LoadedMapping, resource: str, *changes: Change, today: date = BASE_DAY) -> Mapped:
    """Map one resource of De Linde, changed, together with its patients."""
    found = Records.on(today).resources
    [changed] = [json.loads(json.dumps(each)) for each in found if each["id"] == resource]
    for change in changes:
        change(changed)
    patients = [each for each in found if each["resourceType"] == "Patient"]
    records = [mapping.record(each["resourceType"], each, NOW) for each in [*patients, changed]]
    return mapping.map([each for each in records if each is not None], permit(mapping), "de-linde")


@pytest.mark.parametrize("file", sorted(MAPPINGS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_mapping_loads_and_knows_its_people_by_the_institutions_own_numbers(file: Any) -> None:
    assert load_mapping(file).identifier_system in family.identifiers()


def test_what_is_told_in_confidence_says_so(mapping: LoadedMapping) -> None:
    [goal] = mapped(mapping, "g-302").elements
    assert goal.handling.told_in_confidence


def test_a_handling_code_that_nobody_thought_of_keeps_the_record_in(mapping: LoadedMapping) -> None:
    def marked(resource: dict[str, Any]) -> None:
        resource["meta"]["security"] = [{"system": "https://de-linde.example/fhir/CodeSystem/omgang", "code": "nieuw"}]

    assert mapped(mapping, "g-301").elements
    assert mapped(mapping, "g-301", marked).elements == ()


def test_a_person_that_is_not_of_the_family_keeps_the_record_in(mapping: LoadedMapping) -> None:
    def about_another(resource: dict[str, Any]) -> None:
        resource["extension"][-1]["valueReference"]["identifier"]["value"] = "L-30011"

    assert mapped(mapping, "do-802").elements
    assert mapped(mapping, "do-802", about_another).elements == ()


def test_a_law_that_the_institution_does_not_know_is_unknown_and_never_guessed(mapping: LoadedMapping) -> None:
    [letter] = mapped(mapping, "do-804").elements
    assert letter.regime is None


def test_an_extension_that_nobody_thought_of_is_listed(mapping: LoadedMapping) -> None:
    def extended(resource: dict[str, Any]) -> None:
        resource["extension"].append({"url": f"{EXTENSION}/nieuw", "valueCode": "geheim"})

    [leftover] = set(mapped(mapping, "g-301", extended).leftovers) - set(mapped(mapping, "g-301").leftovers)
    assert (leftover.record_kind, leftover.path) == ("Goal", "extension*.valueCode")


def test_no_bsn_and_no_birth_date_comes_out_of_a_patient(mapping: LoadedMapping) -> None:
    out = repr(mapped(mapping, "g-301"))
    assert "9999" not in out
    assert "2011" not in out


def test_an_activity_stopped_early_says_until_which_day_and_why(mapping: LoadedMapping) -> None:
    stopped = [each for each in mapped(mapping, "cp-421").elements if each.period.end is not None]
    assert [(str(each.period.end), getattr(each, "stage", None)) for each in stopped] == [
        ("2024-12-11", "stopped-early")
    ]
