"""Files made to break parsers, read through our doors: no harm, no hang, nothing of them in a message."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.contract import Leftover, SourceError, SourceMalformedError
from adapters.csv_drop import CSVDropSource, DropFile, DropSettings
from adapters.fhir_r4.bundles import read_page
from schemas.permits import Permit
from tests.adapters import make
from tests.adapters.csv_drop import drops

CORPORA = "08-security-corpora"


def _files(data: Path, folder: str, pattern: str) -> list[Path]:
    found = sorted((data / CORPORA / folder).glob(pattern))
    assert found
    return found


def _first_line(content: bytes) -> tuple[str, ...]:
    """Return the columns that the file itself says it has, as a mapping file can name them: each once, none empty."""
    names = content.decode("latin-1").split("\n", 1)[0].strip("\r").split(",")
    return tuple(dict.fromkeys(re.sub(r"[^\w ]", "", each).strip() or f"x{n}" for n, each in enumerate(names)))


def _source(folder: Path, file: DropFile) -> CSVDropSource:
    settings = DropSettings(folder, "utf-8", ",", (file,))
    mapping = make.mapping(f"""
records:
  - kind: rij
    id: '"{file.columns[0]}"'
    elements:
      - kind: report
        rules:
          - {{to: about, from: '"{file.columns[0]}"', as: person}}
          - {{to: category, value: health}}
          - {{to: handling.created_on, value: 2026-01-01}}
""")
    return CSVDropSource("noord", mapping, settings)


def _everybody(values: set[str]) -> Permit:
    """Return leave to ask about everybody whom a file may name, so that every row comes."""
    numbers = {f"p{n}": value for n, value in enumerate(sorted(values))}
    return make.permit(about=tuple(numbers), family=numbers) if numbers else make.permit()


async def _said(folder: Path, file: DropFile, content: bytes) -> tuple[list[str], int]:
    """Read one file through the CSV door; return everything it says beside the plan, and how many rows came."""
    (folder / file.file).write_bytes(content)
    source = _source(folder, file)
    firsts = {line.split(",")[0].strip().strip('"') for line in content.decode("latin-1").splitlines()}
    leave = _everybody({each for each in firsts if each})
    try:
        records = await source.fetch(leave)
    except SourceError as error:
        return [str(error)], 0
    mapped = source.map(records, leave)
    return [text for each in mapped.leftovers for text in (each.path, each.why)], len(mapped.elements)


async def test_broken_csv_files_do_no_harm(data: Path, tmp_path: Path) -> None:
    for path in [*_files(data, "csv-malformed-frictionless", "*.csv"), *_files(data, "csv-spectrum/csvs", "*.csv")]:
        content = path.read_bytes()
        file = DropFile("rij", "rij.csv", columns := _first_line(content) or ("a",), columns[:1])
        said, _ = await _said(tmp_path, file, content)
        assert not [each for each in said if _repeats(each, content, columns)], path.name


async def test_a_broken_csv_file_under_a_header_that_it_does_not_have_does_no_harm(data: Path, tmp_path: Path) -> None:
    file = DropFile("rij", "rij.csv", ("Nr", "Naam"), ("Nr",))
    for path in _files(data, "csv-malformed-frictionless", "*.csv"):
        content = path.read_bytes()
        said, rows = await _said(tmp_path, file, content)
        assert rows == 0, path.name
        assert not [each for each in said if _repeats(each, content, file.columns)], path.name


async def test_well_formed_csv_files_give_their_rows(data: Path, tmp_path: Path) -> None:
    rows: dict[str, int] = {}
    for path in _files(data, "csv-spectrum/csvs", "*.csv"):
        content = path.read_bytes()
        columns = _first_line(content)
        _, rows[path.stem] = await _said(tmp_path, DropFile("rij", "rij.csv", columns, columns[:1]), content)
    expected = {path.stem: len(orjson.loads(path.read_bytes())) for path in _files(data, "csv-spectrum/json", "*.json")}
    assert rows.keys() == expected.keys()
    assert rows["simple"] == expected["simple"]
    assert rows["utf8"] == expected["utf8"]


async def test_naughty_strings_pass_through_a_file_unharmed_or_are_left_over(data: Path, tmp_path: Path) -> None:
    strings: list[str] = orjson.loads((data / CORPORA / "blns" / "blns.json").read_bytes())
    lines = [drops.HEADER]
    lines += [f'{n};{make.SEM};3-2-2026;"{each.replace(chr(34), chr(34) * 2)}"' for n, each in enumerate(strings, 1)]
    drops.fill(tmp_path, absence="\n".join(lines), talks=None)
    source = drops.source(tmp_path)
    mapped = source.map(await source.fetch(make.permit()), make.permit())
    texts = {each.source.record: each.text for each in mapped.elements}
    lost = {each.path for each in mapped.leftovers if each.why.endswith("a NUL")}
    assert len(texts) + len(lost) == len(strings)
    for n, each in enumerate(strings, 1):
        if each.isprintable() and each.strip() and str(n) in texts:
            assert texts[str(n)] == each.strip()
    assert not [each for each in mapped.leftovers if each.why in set(strings) - {""}]


async def test_naughty_strings_as_names_and_numbers_are_not_repeated(data: Path) -> None:
    strings: list[str] = orjson.loads((data / CORPORA / "blns" / "blns.json").read_bytes())
    loaded = make.goal()
    naughty = {each for each in strings if len(each) > 3 and not each.isidentifier()}
    for each in naughty:
        content: dict[str, Any] = make.row(BSN=each, **{each: each}) | {"SOORT": each}
        mapped = make.read(loaded, content)
        assert not mapped.elements
        assert not [leftover for leftover in mapped.leftovers if _holds(leftover, each)]


def test_what_is_no_json_is_malformed_and_what_is_none_of_ours_too(data: Path) -> None:
    for path in _files(data, "JSONTestSuite/test_parsing", "*.json"):
        content = path.read_bytes()
        with pytest.raises(SourceMalformedError) as caught:
            read_page(200, content, "Goal: page 1")
        if path.name.startswith("n_"):
            assert "not JSON at line" in str(caught.value), path.name
        if path.name.startswith("y_"):
            assert "not JSON" not in str(caught.value), path.name


def test_what_is_no_json_inside_a_page_is_malformed(data: Path) -> None:
    for path in _files(data, "JSONTestSuite/test_parsing", "n_*.json"):
        content = b'{"resourceType": "Bundle", "type": "searchset", "entry": [' + path.read_bytes() + b"]}"
        with pytest.raises(SourceMalformedError):
            read_page(200, content, "Goal: page 1")


def _repeats(said: str, content: bytes, columns: tuple[str, ...]) -> bool:
    """Return whether `said` holds a value of the file that is not the name of a declared column."""
    values = {each.strip().strip('"') for each in content.decode("latin-1").replace("\n", ",").split(",")}
    telling = {each for each in values if len(each) > len("rows") and not any(each in column for column in columns)}
    return any(each in said for each in telling)


def _holds(leftover: Leftover, value: str) -> bool:
    return value in leftover.path or value in leftover.why
