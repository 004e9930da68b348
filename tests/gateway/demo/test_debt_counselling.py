import csv
import hashlib
from datetime import date
from pathlib import Path

import pytest

from gateway.demo.simulators import debt_counselling

TODAY = date(2027, 7, 1)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    return debt_counselling.start(tmp_path, today=TODAY).path


def test_files_are_windows_1252_with_semicolons_and_crlf(drop: Path) -> None:
    content = (drop / "dossier.csv").read_bytes()
    assert "(€ 1.140)".encode("cp1252") in content
    assert content.count(b"\r\n") == content.count(b"\n") == 12
    rows = list(csv.reader(content.decode("cp1252").splitlines(), delimiter=";"))
    assert {len(row) for row in rows} == {13}


def test_days_move_with_today_and_keep_their_form(drop: Path) -> None:
    assert "13-7-2027 09:30" in (drop / "agenda.csv").read_text(encoding="cp1252")


@pytest.mark.parametrize("name", debt_counselling.FILES)
def test_checksum_and_number_of_rows_stand_beside_each_file(name: str, drop: Path) -> None:
    content = (drop / name).read_bytes()
    assert (drop / f"{name}.sha256").read_text() == f"{hashlib.sha256(content).hexdigest()}  {name}\n"
    assert int((drop / f"{name}.rows").read_text()) == len(content.splitlines()) - 1


@pytest.mark.parametrize("kind", debt_counselling.HEADERS)
def test_the_header_is_as_the_institution_tells_it(kind: str, drop: Path) -> None:
    header = (drop / f"{kind}.csv").read_text(encoding="cp1252").splitlines()[0]
    assert header.split(";") == list(debt_counselling.HEADERS[kind])


def test_no_half_written_file_stays(drop: Path) -> None:
    assert not list(drop.glob("*.part"))


def test_stopping_takes_the_folder_away(tmp_path: Path) -> None:
    running = debt_counselling.start(tmp_path, today=TODAY)
    running.stop()
    running.stop()
    assert not running.path.exists()
