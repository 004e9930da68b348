"""The examples of the reference page load, and read records of their own shape."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.configure import source_from
from adapters.contract import Mapped
from adapters.mapping import LoadedMapping, read_mapping
from adapters.mapping.targets import targets_of
from schemas.plan import KINDS, Element
from tests.adapters import make

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "mapping-language.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
MAPPINGS = {match[1]: block for block in BLOCKS if (match := re.match(r"mapping: (\S+)", block))}
SETTINGS = {str(yaml.safe_load(block)["door"]): block for block in BLOCKS if block.startswith("door:")}


def _loaded(name: str) -> LoadedMapping:
    return read_mapping(MAPPINGS[name].encode(), f"{name}.yaml", Path())


def _mapped(name: str, *records: tuple[str, dict[str, Any]]) -> Mapped:
    loaded = _loaded(name)
    made = [loaded.record(kind, content, make.NOW) for kind, content in records]
    return loaded.map([each for each in made if each], make.permit(), "noord")


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_mapping_on_the_page_loads(name: str) -> None:
    assert _loaded(name).kinds


def test_every_kind_stands_on_the_page_with_its_own_fields() -> None:
    rows = {
        match[1]: match[2] for match in re.finditer(r"^\| ([a-z-]+) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    }
    common = {each.name for each in fields(Element)}
    named = {kind: set(re.findall(r"[a-z_]+", rows.get(kind, ""))) for kind in KINDS}
    own = {kind: {name for name in targets_of(kind) if name not in common and "." not in name} for kind in KINDS}
    assert {kind: own[kind] - named[kind] for kind in KINDS if own[kind] - named[kind]} == {}


@pytest.mark.parametrize("door", ["fhir-r4", "sql-view", "csv-drop"])
def test_every_entry_of_settings_on_the_page_gives_a_source(door: str, tmp_path: Path) -> None:
    config = yaml.safe_load(SETTINGS[door])
    (tmp_path / config["mapping"]).write_text(MAPPINGS[config["system"]], encoding="utf-8")
    for word in ("token_file", "ca_file", "client_certificate", "password_file"):
        config["settings"].pop(word, None)  # the files themselves are not here
    source = source_from(config, base=tmp_path)
    assert (source.organisation, source.system) == (config["organisation"], config["system"])


def test_the_example_of_the_view_reads_goals_and_agreements() -> None:
    mapped = _mapped(
        "noord-dossier",
        (
            "doelen",
            {
                "DOEL_ID": 7,
                "GEWIJZIGD_OP": "2026-02-01",
                "BSN": make.SEM,
                "AANGEMAAKT": "2026-01-05",
                "VERTROUWELIJK": None,
                "LEEFGEBIED": "WON",
                "OMSCHRIJVING": "een eigen kamer",
                "STATUS": "A",
                "BEGINDATUM": "2026-01-05",
                "EINDDATUM": None,
                "MEDEWERKER": "a.jansen",
            },
        ),
        (
            "afspraken",
            {
                "NR": 3,
                "BSN": int(make.SEM),
                "BSN_OUDER": int(make.MOEDER),
                "DATUM": "2026-01-06",
                "AFSPRAAK": "samen eten",
                "DOOR": "moeder;Sem",
                "DOEL_ID": 7,
            },
        ),
    )
    goal, agreement = mapped.elements
    assert not mapped.leftovers
    assert agreement.goals == (goal.id,)
    assert agreement.about == ("moeder", "sem")


def test_the_example_of_the_files_reads_needs_and_reports() -> None:
    row = {"Nr": "1", "Leerling": make.SEM, "Datum": "3-2-2026", "Toelichting": "laat", "Mentor": "mw. Bos"}
    mapped = _mapped("oost-lvs", ("verzuim", row | {"Soort": "T"}), ("verzuim", row | {"Nr": "2", "Soort": "G"}))
    assert [each.kind for each in mapped.elements] == ["need", "report"]
    assert not mapped.leftovers


def test_the_example_of_the_server_reads_goals_and_appointments() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"system": make.BSN, "value": make.SEM}],
        "name": [{"text": "Sem"}],
    }
    goal = {
        "resourceType": "Goal",
        "id": "g1",
        "meta": {"versionId": "2", "security": [{"system": "urn:x", "code": "R"}]},
        "lifecycleStatus": "active",
        "description": {"text": "beter slapen"},
        "subject": {"reference": "Patient/p1"},
        "startDate": "2026-02-01",
        "target": [{"dueDate": "2026-05-01"}],
    }
    appointment = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "booked",
        "description": "gesprek",
        "start": "2026-03-05T10:00:00+01:00",
        "end": "2026-03-05T11:00:00+01:00",
        "created": "2026-02-20",
        "participant": [
            {"actor": {"reference": "Patient/p1", "display": "Sem"}},
            {"actor": {"reference": "Practitioner/x", "display": "dr. Ali"}},
        ],
    }
    mapped = _mapped("west-epd", ("Patient", patient), ("Goal", goal), ("Appointment", appointment))
    assert [each.kind for each in mapped.elements] == ["goal", "appointment"]
    assert mapped.elements[0].handling.restricted
    assert not mapped.leftovers
