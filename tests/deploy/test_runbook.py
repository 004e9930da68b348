"""Whoever is called finds a page: each alarm that the code can raise has one, and each page says what it must."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.logs import EVENTS, UNLISTED
from gateway.metrics.catalogue import CATALOGUE
from tests.deploy.door import HOUSE

RUNBOOK = HOUSE / "docs" / "how-to" / "runbook"
INDEX = (RUNBOOK / "README.md").read_text()
PAGES = sorted(each for each in RUNBOOK.glob("*.md") if each.name != "README.md")
PARTS = (
    "Heard as: ",
    "## What it means for families",
    "## What the service does by itself",
    "## Look at",
    "## Do",
    "## Never",
)
FORWARDED = {"library.said", UNLISTED}
"""Logged at whatever level another library used, or in place of what may not be logged."""


def rows() -> Iterator[tuple[str, str]]:
    """Yield the cells of each row of the index that leads to a page: what is heard, and the page."""
    for line in INDEX.splitlines():
        found = re.fullmatch(r"\| (.+) \| \[[^\]]+\]\(([\w-]+\.md)\) \|", line)
        if found:
            yield found[1], found[2]


def logged_at(*levels: str) -> set[str]:
    """Return every event that the gateway logs at one of `levels`."""
    found = set()
    for file in (HOUSE / "gateway").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr=level), args=[ast.Constant(value=str(event)), *_]) if (
                    level in levels and event in EVENTS
                ):
                    found.add(event)
    return found


def has_page() -> set[str]:
    return {name for heard, _ in rows() for name in re.findall(r"`([\w.]+)`", heard)}


def test_every_event_that_is_an_alarm_has_a_page() -> None:
    alarms = logged_at("warning", "error") | FORWARDED
    assert {"audit.unavailable", "notices.webhook_dead", "disk.filling"} <= alarms
    assert alarms - has_page() == set()


def test_an_event_without_a_page_is_only_ever_told_as_information() -> None:
    assert set(EVENTS) - has_page() - logged_at("info") == set()


def test_no_page_is_for_an_event_that_nobody_logs() -> None:
    named = {each for each in has_page() if "." in each}
    assert named <= set(EVENTS)


def test_every_check_of_readyz_has_a_page() -> None:
    source = (HOUSE / "gateway" / "api" / "health.py").read_text()
    literal = re.search(r"checks = \{(.+)\}", source)
    assert literal is not None
    checks = {*re.findall(r'"(\w+)":', literal[1]), *re.findall(r'checks\["(\w+)"\]', source)}
    assert {"database", "log", "anchor"} <= checks
    assert checks <= has_page()


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.stem))
def test_a_page_says_what_it_must_and_can_be_found(page: Path) -> None:
    text = page.read_text()
    places = [text.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)
    assert page.name in {name for _, name in rows()}


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.stem))
def test_a_page_looks_at_metrics_that_are_there(page: Path) -> None:
    assert set(re.findall(r"`(schakel_\w+)`", page.read_text())) <= {each.name for each in CATALOGUE}


def test_every_link_of_it_leads_somewhere() -> None:
    for page in (*PAGES, RUNBOOK / "README.md", HOUSE / "deploy" / "README.md", RUNBOOK.parent / "upgrade.md"):
        for link in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
