import copy
from pathlib import Path
from typing import Any

import pytest

from adapters.configure import ConfigurationError, source_from
from adapters.contract import SourceSilentError
from adapters.testing import ask
from tests.adapters import make
from tests.adapters.csv_drop import drops
from tests.adapters.fhir_r4 import servers
from tests.adapters.sql_view import views

DOORS: dict[str, tuple[str, dict[str, Any]]] = {
    "sql-view": (
        views.MAPPING,
        {
            "url": "sqlite+aiosqlite:///dossier.db",
            "views": [
                {"kind": "doelen", "view": "v_doelen", "person": "bsn"},
                {"kind": "afspraken", "view": "v_afspraken", "person": ["bsn", "bsn_ouder"], "number": "integer"},
            ],
        },
    ),
    "csv-drop": (
        drops.MAPPING,
        {
            "folder": "drop",
            "encoding": "utf-8",
            "delimiter": ";",
            "files": [
                {
                    "kind": file.kind,
                    "file": file.file,
                    "columns": list(file.columns),
                    "person": list(file.person),
                    "digits": 9,
                }
                for file in (drops.ABSENCE, drops.TALKS)
            ],
        },
    ),
    "fhir-r4": (
        servers.MAPPING,
        {"base_url": "http://127.0.0.1:1/r4", "insecure_plain_http": True, "searches": {"Goal": "patient"}},
    ),
}


def config(door: str, folder: Path) -> dict[str, Any]:
    text, settings = DOORS[door]
    (folder / f"{door}.yaml").write_text(make.HEAD + text)
    return {
        "door": door,
        "organisation": "noord",
        "system": "dossier",
        "identifier_system": make.BSN,
        "mapping": f"{door}.yaml",
        "settings": copy.deepcopy(settings),
    }


def problems(entry: dict[str, Any], folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        source_from(entry, base=folder, at="sources[0]")
    assert caught.value.problems
    return list(caught.value.problems)


async def test_each_door_opens_on_plain_settings(tmp_path: Path) -> None:
    await views.fill(f"sqlite+aiosqlite:///{tmp_path / 'dossier.db'}")
    (tmp_path / "drop").mkdir()
    drops.fill(tmp_path / "drop")
    entry = config("sql-view", tmp_path)
    entry["settings"]["url"] = f"sqlite+aiosqlite:///{tmp_path / 'dossier.db'}"
    for each in (entry, config("csv-drop", tmp_path)):
        source = source_from(each, base=tmp_path)
        assert (await ask(source, make.permit())).elements
        await source.close()
    source = source_from(config("fhir-r4", tmp_path), base=tmp_path)
    with pytest.raises(SourceSilentError):
        await source.fetch(make.permit())
    await source.close()


WRONG: list[tuple[str, str, Any, str]] = [
    ("sql-view", "door", "sql", "sources[0].door: no such word; allowed: csv-drop, fhir-r4, sql-view"),
    ("sql-view", "organisation", None, "sources[0].organisation: is missing"),
    ("sql-view", "system", "anders", "sources[0].system: the mapping is for `dossier`"),
    ("sql-view", "identifier_system", "urn:x", "sources[0].identifier_system: the mapping is for"),
    ("sql-view", "mapping", "weg.yaml", "cannot be read: No such file or directory"),
    ("sql-view", "deadline", 0, "sources[0].deadline: a number above 0, at most 60, is expected"),
    ("sql-view", "deadline", True, "sources[0].deadline: a number above 0, at most 60, is expected"),
    ("sql-view", "concurrency", 1.5, "sources[0].concurrency: a whole number is expected"),
    ("sql-view", "extra", 1, "sources[0]: unknown word `extra`"),
    ("sql-view", "settings", [], "sources[0].settings"),
    (
        "sql-view",
        "settings.url",
        "mysql://x",
        "sources[0].settings.url: begins with one of: postgresql+asyncpg, sqlite",
    ),
    ("sql-view", "settings.url", "postgresql+asyncpg://a:b@c/d", "no password may stand in it: use password_file"),
    ("sql-view", "settings.url", "nergens", "sources[0].settings.url: not an address of a database"),
    ("sql-view", "settings.password_file", "weg", "sources[0].settings.password_file: cannot be read"),
    ("sql-view", "settings.views", [], "sources[0].settings.views: a list is expected"),
    ("sql-view", "settings.views.0.view", "x; y", "sources[0].settings.views[0]: a view is a name of letters"),
    ("sql-view", "settings.views.0.person", [], "sources[0].settings.views[0].person: a text or a list of texts"),
    ("sql-view", "settings.views.0.kind", "doel", "views[0].kind: no such word; allowed: afspraken, doelen (did you"),
    ("sql-view", "settings.views.0.kind", "afspraken", "no view gives the records of kind `doelen`"),
    ("csv-drop", "settings.encoding", "latin", "sources[0].settings.encoding: no such word; allowed: cp1252"),
    ("csv-drop", "settings.delimiter", ";;", "sources[0].settings: a delimiter is one sign"),
    ("csv-drop", "settings.folder", None, "sources[0].settings.folder: is missing"),
    ("csv-drop", "settings.files.0.file", "../x", "sources[0].settings.files[0]: a file is a plain name"),
    ("csv-drop", "settings.files.0.columns", ["Nr", "Leerling", "Datum", "Nr"], "a column is declared twice"),
    ("csv-drop", "settings.files.0.columns", ["Nr", "Leerling", "Datum"], "the mapping reads `Toelichting`, which"),
    (
        "csv-drop",
        "settings.files.0.columns",
        ["Nr", "Leerling", "Datum", "Toelichting", "Geheim"],
        "`Geheim` is neither read by the mapping nor ignored with a reason",
    ),
    ("csv-drop", "settings.files.0.person", "Kind", "the person columns are some of the columns"),
    ("fhir-r4", "settings.base_url", "http://elders.example/r4", "base_url: an https address; plain http only to this"),
    ("fhir-r4", "settings.base_url", "https://a:b@elders.example", "no question, fragment or account may stand in it"),
    ("fhir-r4", "settings.insecure_plain_http", False, "base_url: an https address"),
    ("fhir-r4", "settings.insecure_plain_http", "ja", "insecure_plain_http: true or false is expected"),
    ("fhir-r4", "settings.searches", {}, "sources[0].settings.searches.Goal: is missing"),
    ("fhir-r4", "settings.searches.Gaol", "x", "searches: unknown word `Gaol`; allowed: Goal (did you mean `Goal`?)"),
    ("fhir-r4", "settings.ca_file", "weg.pem", "sources[0].settings.ca_file: is of no use"),
]


@pytest.mark.parametrize(("door", "word", "value", "expected"), WRONG)
def test_a_wrong_setting_is_named_at_its_place(door: str, word: str, value: Any, expected: str, tmp_path: Path) -> None:
    entry = config(door, tmp_path)
    *way, last = word.split(".")
    place: Any = entry
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    found = problems(entry, tmp_path)
    assert any(expected in each for each in found), found


def test_all_wrong_settings_are_named_at_once(tmp_path: Path) -> None:
    entry = config("sql-view", tmp_path) | {"deadline": -1, "extra": 1}
    entry["settings"]["row_limit"] = 0
    entry["settings"]["views"][0]["view"] = "1"
    assert len(problems(entry, tmp_path)) >= 4


def test_a_mistake_in_the_mapping_is_named_at_its_line(tmp_path: Path) -> None:
    entry = config("sql-view", tmp_path)
    (tmp_path / "sql-view.yaml").write_text("mapping: x\nversion: nul\n")
    found = problems(entry, tmp_path)
    assert any("sql-view.yaml:2:10: version: a whole number from 1" in each for each in found)


def test_what_is_no_entry_at_all_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="source: words and values are expected"):
        source_from([])  # type: ignore[arg-type]  # what a wrong settings file gives


async def test_a_token_that_cannot_be_read_is_silence(tmp_path: Path) -> None:
    entry = config("fhir-r4", tmp_path)
    entry["settings"]["token_file"] = "weg"
    source = source_from(entry, base=tmp_path)
    with pytest.raises(SourceSilentError, match="the token file cannot be read"):
        await source.fetch(make.permit())
    await source.close()
