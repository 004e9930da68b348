"""The picture of a plan says all that its rows say, to whoever looks and to whoever has it read aloud."""

import re
from xml.etree import ElementTree as ET

import pytest

from docs.family_picture import _COLOURS, picture
from docs.generate import EXPLANATION, written
from docs.one_family import one_family_picture
from gateway.showing_plan.sheet import Sheet
from tests.gateway.showing_plan.answers import element, sheet

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\"&' een lange tekst die over meer dan een regel gaat, want er is veel gezegd."


def drawn(found: Sheet) -> str:
    return picture(found, title="A & B", subtitle="today", described="what it is", language="nl")


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - it was drawn here


def words(svg: str) -> str:
    return " ".join(" ".join(each.text or "" for each in parsed(svg).iter(f"{SVG}text")).split())


def test_every_text_is_drawn_whole_and_none_is_obeyed() -> None:
    svg = drawn(sheet(element(text=HOSTILE, life_domain="home"), element("e2", text="Rust", life_domain="moon")))
    assert HOSTILE in words(svg)
    assert "Rust" in words(svg)
    assert "<script" not in svg


def test_it_has_a_title_and_a_description_and_leans_on_nothing_outside() -> None:
    svg = one_family_picture()
    root = parsed(svg)
    assert root.get("role") == "img"
    named = [root.find(f"{SVG}{name}") for name in ("title", "desc")]
    assert root.get("aria-labelledby") == " ".join(str(each.get("id")) for each in named if each is not None)
    assert all(each is not None and each.text for each in named)
    outside = svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|url\(|href|@import|<style|<script|<image", outside)


def test_nothing_is_drawn_on_something_else_and_nothing_falls_outside() -> None:
    root = parsed(one_family_picture())
    *_, width, height = map(float, str(root.get("viewBox")).split())
    panels = []
    for group in root.findall(f"{SVG}g"):
        x, y = map(float, re.findall(r"[\d.]+", str(group.get("transform"))))
        frame = group.find(f"{SVG}rect")
        assert frame is not None
        panels.append((x, y, x + float(str(frame.get("width"))), y + float(str(frame.get("height")))))
    assert all(left >= 0 and right <= width and bottom <= height for left, _, right, bottom in panels)
    apart = [
        one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        for at, one in enumerate(panels)
        for other in panels[at + 1 :]
    ]
    assert len(panels) > 1
    assert all(apart)


@pytest.mark.parametrize("colour", _COLOURS)
@pytest.mark.parametrize("ground", ["#ffffff", "#f2f6f2", "#f7f7f9"])
def test_the_small_letters_of_a_source_can_be_read(colour: str, ground: str) -> None:
    one, other = sorted((_light(colour), _light(ground)))
    assert (other + 0.05) / (one + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("name", ["one-family.md", "one-family.svg"])
def test_the_page_and_its_picture_are_fresh(name: str) -> None:
    assert (EXPLANATION / name).read_text(encoding="utf-8") == written(EXPLANATION / name)
