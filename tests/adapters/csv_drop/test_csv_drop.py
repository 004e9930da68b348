import hashlib
import os
from pathlib import Path

import pytest

from adapters.contract import Leftover, Mapped, RecordSource, SourceMalformedError, SourceSilentError
from adapters.csv_drop import CSVDropSource, DropFile, DropSettings
from adapters.csv_drop.parsing import BadFileError, parse
from adapters.testing import RemoteSourceContract, ask
from schemas.permits import Permit
from tests.adapters import make
from tests.adapters.csv_drop import drops


class TestCSVDropSource(RemoteSourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> RecordSource:
        drops.fill(tmp_path)
        return drops.source(tmp_path)

    @pytest.fixture
    def permit(self) -> Permit:
        return make.permit()

    @pytest.fixture
    def silent(self, tmp_path: Path) -> RecordSource:
        return drops.source(tmp_path / "weg")


async def _texts(source: CSVDropSource) -> list[str | None]:
    return [each.text for each in (await ask(source, make.permit())).elements]


async def _leftovers(folder: Path, absence: str | bytes) -> tuple[Mapped, list[Leftover]]:
    drops.fill(folder, absence=absence)
    mapped = await ask(drops.source(folder), make.permit())
    return mapped, [each for each in mapped.leftovers if each.record_kind == "verzuim"]


async def test_a_text_may_hold_a_delimiter_and_a_line_end(tmp_path: Path) -> None:
    drops.fill(tmp_path)
    assert await _texts(drops.source(tmp_path)) == ["te laat; de bus\nkwam niet", "een goed gesprek"]


async def test_a_number_without_its_zeros_is_found(tmp_path: Path) -> None:
    drops.fill(tmp_path, absence=f"{drops.HEADER}\n1;12345672;3-2-2026;x\n")
    leave = make.permit(family={"sem": "012345672"})
    assert [each.about for each in (await ask(drops.source(tmp_path), leave)).elements] == [("sem",)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("3;999990019;geheim", "3 fields where 4 are declared"),
        ("3;999990019;3-2-2026;geheim;meer", "5 fields where 4 are declared"),
        ("3;999990019;3-2-2026;ge\0heim", "`Toelichting`: a NUL"),
        (f"3;999990019;3-2-2026;{'x' * 100_001}", "`Toelichting`: more than 100000 characters"),
    ],
)
async def test_a_bad_row_is_left_over_with_its_line_and_stops_no_other(tmp_path: Path, row: str, why: str) -> None:
    mapped, leftovers = await _leftovers(tmp_path, f"{drops.HEADER}\n{row}\n4;{make.SEM};3-2-2026;goed\n")
    assert "goed" in [each.text for each in mapped.elements]
    assert leftovers == [Leftover("verzuim", "verzuim.csv:2", why)]


async def test_bytes_that_are_no_text_spoil_only_their_row(tmp_path: Path) -> None:
    absence = f"{drops.HEADER}\n3;{make.SEM};3-2-2026;caf\xe9\n4;{make.SEM};3-2-2026;goed\n".encode("latin-1")
    mapped, leftovers = await _leftovers(tmp_path, absence)
    assert "goed" in [each.text for each in mapped.elements]
    assert leftovers == [Leftover("verzuim", "verzuim.csv:2", "`Toelichting`: bytes that are not utf-8")]


@pytest.mark.parametrize(
    ("absence", "why"),
    [
        ("", "verzuim.csv:1: 0 columns where 4 are declared"),
        ("3;999990019;3-2-2026;geheim\n", "verzuim.csv:1:1: not the declared column `Nr`"),
        ("Nr;Datum;Leerling;Toelichting\n", "verzuim.csv:1:2: not the declared column `Leerling`"),
        ("Nr;Nr;Datum;Toelichting\n", "verzuim.csv:1: a column stands twice"),
        ("Nr;Leerling;Datum;Toelichting;Nieuw\n", "verzuim.csv:1: 5 columns where 4 are declared"),
        (f'{drops.HEADER}\n3;999990019;3-2-2026;"geheim\n4;1;2;3\n', "a quote is out of place, or a field has no end"),
        (f'{drops.HEADER}\n3;999990019;3-2-2026;"ge"heim\n', "a quote is out of place, or a field has no end"),
    ],
)
async def test_a_bad_file_is_left_over_without_a_value_and_the_other_file_goes_on(
    tmp_path: Path, absence: str, why: str
) -> None:
    mapped, leftovers = await _leftovers(tmp_path, absence)
    assert [each.text for each in mapped.elements] == ["een goed gesprek"]
    assert len(leftovers) == 1
    assert why in leftovers[0].why
    assert "geheim" not in leftovers[0].why


async def test_words_of_another_family_do_not_come_in_through_an_open_quote(tmp_path: Path) -> None:
    absence = (
        f'{drops.HEADER}\n3;{make.SEM};3-2-2026;"open\n4;999990044;3-2-2026;geheim\n5;999990044;3-2-2026;"dicht"\n'
    )
    mapped, _ = await _leftovers(tmp_path, absence)
    assert not any("geheim" in (each.text or "") for each in mapped.elements)


async def test_no_file_that_can_be_used_is_malformed_and_no_file_at_all_is_silence(tmp_path: Path) -> None:
    with pytest.raises(SourceSilentError, match=r"verzuim\.csv: is not there; gesprek\.csv: is not there"):
        await drops.source(tmp_path).fetch(make.permit())
    drops.fill(tmp_path, absence="x", talks="y")
    with pytest.raises(SourceMalformedError, match=r"verzuim\.csv:1: 1 columns where 4 are declared"):
        await drops.source(tmp_path).fetch(make.permit())


async def test_a_file_that_is_still_being_written_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "verzuim.csv.part").write_text(drops.ROWS)
    drops.fill(tmp_path, absence=f"{drops.HEADER}\n")
    assert await _texts(drops.source(tmp_path)) == ["een goed gesprek"]


async def test_a_new_file_is_read_and_an_old_one_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drops.fill(tmp_path)
    read: list[str] = []

    def counting(content: bytes, file: DropFile, settings: DropSettings) -> object:
        read.append(file.file)
        return parse(content, file, settings)

    monkeypatch.setattr("adapters.csv_drop.folder.parse", counting)
    source = drops.source(tmp_path)
    await _texts(source)
    await _texts(source)
    assert read == ["verzuim.csv", "gesprek.csv"]
    (tmp_path / "verzuim.csv.part").write_text(f"{drops.HEADER}\n9;{make.SEM};3-2-2026;nieuw\n")
    (tmp_path / "verzuim.csv.part").rename(tmp_path / "verzuim.csv")
    assert await _texts(source) == ["nieuw", "een goed gesprek"]
    assert read == ["verzuim.csv", "gesprek.csv", "verzuim.csv"]
    (tmp_path / "verzuim.csv").unlink()
    assert await _texts(source) == ["een goed gesprek"]


async def test_a_checksum_or_a_number_of_rows_that_does_not_fit_spoils_the_file(tmp_path: Path) -> None:
    drops.fill(tmp_path)
    sidecar, source = tmp_path / "verzuim.csv.sha256", drops.source(tmp_path)
    sidecar.write_text(f"{hashlib.sha256(drops.ROWS.encode()).hexdigest()}  verzuim.csv\n")
    (tmp_path / "verzuim.csv.rows").write_text("2\n")
    assert len(await _texts(source)) == 2
    sidecar.write_text("0" * 64)
    assert len(await _texts(source)) == 1
    sidecar.unlink()
    (tmp_path / "verzuim.csv.rows").write_text("3")
    assert len(await _texts(source)) == 1


async def test_a_checksum_that_is_required_must_be_there(tmp_path: Path) -> None:
    drops.fill(tmp_path)
    with pytest.raises(SourceMalformedError, match=r"`verzuim\.csv\.sha256` is not there"):
        await drops.source(tmp_path, checksum_required=True).fetch(make.permit())


@pytest.mark.parametrize("limit", [{"size_limit": 20}, {"row_limit": 1}])
async def test_a_file_beyond_a_limit_is_not_used(tmp_path: Path, limit: dict[str, int]) -> None:
    drops.fill(tmp_path, talks=None)
    with pytest.raises(SourceMalformedError, match="more than"):
        await drops.source(tmp_path, **limit).fetch(make.permit())


async def test_a_row_without_an_id_is_left_over(tmp_path: Path) -> None:
    _, leftovers = await _leftovers(tmp_path, f"{drops.HEADER}\n ;{make.SEM};3-2-2026;x\n")
    assert leftovers == [Leftover("verzuim", "verzuim.csv", "a row without an id")]


async def test_a_file_full_of_bad_rows_is_listed_up_to_a_limit(tmp_path: Path) -> None:
    _, leftovers = await _leftovers(tmp_path, drops.HEADER + "\nx;y" * 150)
    assert len(leftovers) == 101
    assert leftovers[-1].why == "50 more rows that are no rows"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_an_encoding_is_what_was_declared(encoding: str, tmp_path: Path) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    settings = DropSettings(tmp_path, declared, ";", (drops.ABSENCE,))
    content = f"{drops.HEADER}\n1;2;3;één €\n".encode(encoding)
    assert parse(content, drops.ABSENCE, settings).good[0]["Toelichting"] == "één €"


def test_an_encoding_that_is_not_one_of_the_few_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="an encoding is one of"):
        DropSettings(tmp_path, "utf-7", ";", (drops.ABSENCE,))


def test_an_empty_line_is_no_row(tmp_path: Path) -> None:
    settings = DropSettings(tmp_path, "utf-8", ";", (drops.ABSENCE,))
    found = parse(f"{drops.HEADER}\n\n1;2;3;x\n\n".encode(), drops.ABSENCE, settings)
    assert (len(found.good), len(found.bad)) == (1, 0)


def test_half_a_character_of_utf_16_is_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="is not utf-16"):
        parse(b"\xff\xfea", drops.ABSENCE, DropSettings(tmp_path, "utf-16", ";", (drops.ABSENCE,)))


@pytest.mark.parametrize("name", ["../x.csv", "/etc/passwd", "a/b.csv", "x.csv.part", "x\0.csv", ""])
def test_a_file_is_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="a plain name"):
        DropFile("k", name, ("a",), ("a",))


async def test_a_pipe_in_place_of_a_file_hangs_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "verzuim.csv")
    drops.fill(tmp_path, absence=None)
    assert await _texts(drops.source(tmp_path)) == ["een goed gesprek"]


async def test_nor_is_a_pipe_read_that_somebody_fills(tmp_path: Path) -> None:
    drops.fill(tmp_path)
    path = tmp_path / "verzuim.csv"
    content = path.read_bytes()
    path.unlink()
    os.mkfifo(path)
    held = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(held, content)
        assert await _texts(drops.source(tmp_path)) == ["een goed gesprek"]
    finally:
        os.close(held)


async def test_a_link_is_not_followed(tmp_path: Path) -> None:
    drops.fill(tmp_path)
    (tmp_path / "verzuim.csv").rename(tmp_path / "elders.csv")
    (tmp_path / "verzuim.csv").symlink_to(tmp_path / "elders.csv")
    assert await _texts(drops.source(tmp_path)) == ["een goed gesprek"]
