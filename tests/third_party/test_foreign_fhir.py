"""The FHIR door on a server that is not ours, with files that are not ours. What does not reach the plan is listed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from yarl import URL

from adapters.contract import Mapped, SourceMalformedError, SourceRecord
from adapters.fhir_r4 import FHIRSettings, FHIRSource
from adapters.http import HTTPSettings
from adapters.mapping import LoadedMapping, load_mapping
from schemas.permits import Permit
from schemas.words import Category
from tests.adapters import make
from tests.third_party import foreign

pytestmark = pytest.mark.server

MAPPING = Path(__file__).parent / "mappings" / "foreign-fhir.yaml"
OURS = {"example": "999990019", "f001": "999990020", "f201": "999990032", "1": "999990044"}
"""The official examples name these patients; the numbers are invented."""

UNREADABLE = ["nl-core-NameInformation-firstNames.xml", "nl-core-NameInformation-firstNamesAndInitials.xml"]
"""Patients whose id is an extension only: the model class refuses them, and nobody could be asked about them."""

NOT_FOUND = {"CareTeam/nl-core-CareTeam-01", "ServiceRequest/myringotomy", "ServiceRequest/subrequest"}
"""About nobody, about a patient of another server, about a patient who is not asked about."""


@dataclass
class Seeded:
    url: str
    seeds: dict[str, dict[str, Any]]
    unreadable: list[str]
    refused: dict[str, str]
    family: dict[str, str]


@dataclass
class Answer:
    records: list[SourceRecord]
    mapped: Mapped


@pytest.fixture(scope="module")
def seeded(data: Path) -> Iterator[Seeded]:
    official, nictiz = foreign.official(data), foreign.nictiz(data)
    ours = [
        {"resourceType": "Patient", "id": name, "identifier": [{"system": make.BSN, "value": number}]}
        for name, number in OURS.items()
    ]
    dutch = nictiz.resources["nl-core-Patient-01.xml"]
    number = next(each["value"] for each in dutch["identifier"] if each["system"] == make.BSN)
    resources = [*ours, *official.resources.values(), *nictiz.resources.values()]
    seeds = {f"{each['resourceType']}/{each['id']}": each for each in resources}
    with foreign.server() as url:
        refused = {name: why for name, each in seeds.items() if (why := foreign.put(url, each))}
        unreadable = [*official.unreadable, *nictiz.unreadable]
        yield Seeded(url, seeds, unreadable, refused, OURS | {"dutch": number})


def leave(seeded: Seeded, about: tuple[str, ...] | None = None) -> Permit:
    return make.permit(about=about or tuple(seeded.family), family=seeded.family, system="foreign-fhir")


def source(seeded: Seeded, *, page_size: int = 200) -> FHIRSource:
    mapping = mapped_kinds()
    http = HTTPSettings(base_url=URL(seeded.url), accept="application/fhir+json", deadline_seconds=20)
    searches = {kind: "patient" for kind in mapping.kinds if kind != "Patient"}
    return FHIRSource("noord", mapping, FHIRSettings(http, searches, page_size=page_size))


def mapped_kinds() -> LoadedMapping:
    return load_mapping(MAPPING)


@pytest.fixture
async def answer(seeded: Seeded) -> Answer:
    door = source(seeded)
    records = list(await door.fetch(leave(seeded)))
    await door.close()
    return Answer(records, door.map(records, leave(seeded)))


def test_the_files_that_cannot_be_seeded_are_these(seeded: Seeded) -> None:
    assert seeded.unreadable == UNREADABLE
    assert not seeded.refused


def test_every_seeded_resource_is_fetched_or_known_not_to_be(seeded: Seeded, answer: Answer) -> None:
    fetched = {f"{each.kind}/{each.id}" for each in answer.records}
    patients = {name for name in seeded.seeds if name.startswith("Patient/")}
    asked = {f"Patient/{name}" for name in OURS} | {"Patient/nl-core-Patient-01"}
    assert seeded.seeds.keys() - fetched == NOT_FOUND | (patients - asked)
    assert fetched <= seeded.seeds.keys()


def test_plan_content_comes_as_elements_of_its_kind(answer: Answer) -> None:
    counted = Counter(each.kind for each in answer.mapped.elements)
    assert counted == {"activity": 31, "need": 15, "goal": 11, "contact": 2, "appointment": 2, "report": 2}


def test_dutch_and_official_goals_say_what_their_files_say(seeded: Seeded, answer: Answer) -> None:
    goals = {each.source.record: each for each in answer.mapped.elements if each.kind == "goal"}
    for name in ("nl-core-TreatmentObjective-01", "example"):
        assert goals[name].text == seeded.seeds[f"Goal/{name}"]["description"]["text"]
    assert goals["nl-core-TreatmentObjective-01"].about == ("dutch",)
    assert goals["example"].handling.created_on == "2015-04-05"


def test_an_activity_that_serves_a_goal_is_linked_to_it(answer: Answer) -> None:
    goal = next(each for each in answer.mapped.elements if each.kind == "goal" and each.source.record == "example")
    linked = [each for each in answer.mapped.elements if goal.id in each.goals]
    assert [(each.kind, each.text) for each in linked] == [("activity", "Weight Measured\nBody weight")]


def test_a_supervision_order_among_the_problems_is_no_health(answer: Answer) -> None:
    found = {each.source.record: each.category for each in answer.mapped.elements}
    assert found["nl-core-LegalSituation-LegalStatus-01"] is Category.JUSTICE
    assert found["nl-core-Problem-01"] is Category.HEALTH


def test_what_carries_a_label_that_nobody_here_knows_does_not_come(seeded: Seeded, answer: Answer) -> None:
    assert seeded.seeds["Condition/f202"]["meta"]["security"][0]["code"] == "TBOO"
    assert not [each for each in answer.mapped.elements if each.source.record == "f202"]
    assert any(each.path == "meta.security*.code" and "not made" in each.why for each in answer.mapped.leftovers)


def test_what_must_not_be_done_is_no_activity(seeded: Seeded, answer: Answer) -> None:
    assert seeded.seeds["ServiceRequest/do-not-turn"]["doNotPerform"]
    assert not [each for each in answer.mapped.elements if each.source.record == "do-not-turn"]


def test_help_by_a_relative_whom_the_mapping_does_not_read_is_not_made(seeded: Seeded, answer: Answer) -> None:
    """It names him, and only who is read as one whom an element is about is asked for his yes."""
    (activity,) = seeded.seeds["CarePlan/nl-core-HelpFromOthers-01"]["activity"]
    assert activity["detail"]["performer"][0]["type"] == "RelatedPerson"
    assert not [each for each in answer.mapped.elements if each.source.record == "nl-core-HelpFromOthers-01"]


async def test_who_is_asked_about_alone_comes_alone(seeded: Seeded) -> None:
    door = source(seeded)
    records = await door.fetch(leave(seeded, ("f001",)))
    await door.close()
    mapped = door.map(records, leave(seeded, ("f001",)))
    assert {person for each in mapped.elements for person in each.about} == {"f001"}


async def test_a_server_that_cuts_off_without_a_next_page_is_caught(seeded: Seeded) -> None:
    door = source(seeded, page_size=5)
    with pytest.raises(SourceMalformedError, match=r"5 of [0-9]+ resources, and no next page"):
        await door.fetch(leave(seeded))
    await door.close()


def test_every_value_that_does_not_reach_the_plan_is_listed(answer: Answer) -> None:
    """Ask the mapping file itself, not the code that reads it, which paths it names."""
    unlisted: list[tuple[str, str]] = []
    for record in answer.records:
        named = _named_paths(record.kind)
        listed = {each.path for each in answer.mapped.leftovers if each.record_kind == record.kind}
        loose = [path for path in _leaves(record.content, "") if not any(_within(path, e) for e in named | listed)]
        unlisted += [(record.kind, path) for path in loose]
    assert not unlisted


def test_the_oracle_of_the_test_before_finds_what_is_taken_from_the_list(answer: Answer) -> None:
    record = next(each for each in answer.records if (each.kind, each.id) == ("Goal", "example"))
    loose = {path for path in _leaves(record.content, "") if not any(_within(path, e) for e in _named_paths("Goal"))}
    assert {"addresses*.display", "statusDate", "target*.measure.coding*.code"} <= loose


def test_no_value_of_a_file_is_in_what_is_left_over(answer: Answer, seeded: Seeded) -> None:
    shown = {word for each in answer.mapped.leftovers for word in (each.path, each.why)}
    values = {value for record in answer.records for value in _texts(record.content) if len(value) > len("unknown")}
    members = {name for record in answer.records for path in _leaves(record.content, "") for name in path.split(".")}
    members = {each.rstrip("*") for each in members}
    assert not shown & (values - members)
    assert not any(number in each for each in shown for number in seeded.family.values())


def _leaves(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, f"{path}*")
    else:
        yield path


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}*"))


def _named_paths(kind: str) -> set[str]:
    file = yaml.safe_load(MAPPING.read_text(encoding="utf-8"))
    found = {f"{each['each']}.{each['from']}" for each in file["persons"] if each["record"] == kind}
    found |= {f"{each['each']}.{each['when'].split(' is ')[0]}" for each in file["persons"] if each["record"] == kind}
    entry = next(each for each in file["records"] if each["kind"] == kind)
    found |= {entry["id"], entry["version"], *(each["from"] for each in entry["ignore"])}
    for element in entry.get("elements", []):
        inside = f"{element['each']}." if "each" in element else ""
        paths = [each["from"] for each in element["rules"] if "from" in each]
        paths += [element["when"].split(" is ")[0]] if "when" in element else []
        paths += [element["key"]] if element.get("key", "position") != "position" else []
        found |= {each[1:] if each.startswith("/") else inside + each for each in paths}
    return found
