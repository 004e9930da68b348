"""What a run is shown as, and held against: table, picture and warnings. No figure is measured."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks.report import Figure, figures, keep, picture, read_kept, table, warnings, write

MORE: dict[str, Any] = {"benchmark": "B1", "ratio": 0.25, "floor": 0.2, "goal": 0.35, "ok": True}
LESS: dict[str, Any] = {"benchmark": "B7", "ratio": 2.5, "floor": 5.0, "goal": 1.5, "ok": True}
MOST: dict[str, Any] = {"benchmark": "lag", "ratio": 2.0, "floor": 1.0, "goal": 1.0, "ok": False}
LINES = [MORE, LESS, MOST]


def named(name: str, kept: float) -> Figure:
    return next(each for each in figures(LINES, {name: kept}) if each.name == name)


@pytest.mark.parametrize(
    ("name", "kept", "told"),
    [
        ("B1", 0.30, True),
        ("B1", 0.29, False),
        ("B1", 0.10, False),
        ("B7", 2.0, True),
        ("B7", 2.2, False),
        ("B7", 9.0, False),
        ("lag", 1.0, True),
        ("lag", 3.0, False),
    ],
)
def test_only_what_is_worse_by_more_than_fifteen_in_a_hundred_is_told_of(name: str, kept: float, *, told: bool) -> None:
    assert bool(warnings([named(name, kept)])) is told


def test_a_warning_names_the_benchmark_and_both_figures() -> None:
    assert warnings([named("B7", 2.0)]) == ["B7 is 25% worse than in the run that was kept: 2.5, was 2.0"]


def test_a_benchmark_that_was_not_kept_is_no_worse() -> None:
    assert not warnings(figures(LINES, {}))


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    assert read_kept(file) == {}
    keep(figures(LINES, {}), file)
    assert read_kept(file) == {"B1": 0.25, "B7": 2.5, "lag": 2.0}


def test_the_table_has_a_row_for_each_with_its_floor_its_side_and_how_it_changed() -> None:
    rows = table(figures(LINES, {"B1": 0.2})).splitlines()[2:]
    assert rows == [
        "| B1 | 0.25 | at least 0.2 | 0.35 |  | 0.2 | +25% |",
        "| B7 | 2.5 | at most 5.0 | 1.5 |  |  |  |",
        "| lag | 2.0 | at most 1.0 | 1.0 | broken |  |  |",
    ]


def test_the_picture_is_xml_with_a_bar_for_each_that_is_as_long_as_it_is_good() -> None:
    drawn = ET.fromstring(picture(figures(LINES, {})))  # noqa: S314 - our own text
    bars = [each for each in drawn.iter() if each.tag.endswith("rect")]
    assert [float(each.attrib["width"]) for each in bars] == [150.0, 240.0, 60.0]
    assert len({each.attrib["fill"] for each in bars}) == 2


def test_table_and_picture_are_written_where_one_says(tmp_path: Path) -> None:
    write(figures(LINES, {}), tmp_path / "new" / "folder")
    assert sorted(each.name for each in (tmp_path / "new" / "folder").iterdir()) == ["benchmarks.md", "benchmarks.svg"]
