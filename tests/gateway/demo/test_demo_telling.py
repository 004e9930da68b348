"""What the demonstration prints can be read: both languages whole, within the width, no JSON, no escapes in a pipe."""

import asyncio
import io
import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from rich.console import Console

from consent.world.documents import document
from gateway.demo import family
from gateway.demo.command import Show, perform
from gateway.demo.institutions import running
from gateway.demo.plan_table import day_of
from gateway.demo.playing import Played
from gateway.demo.proving import Proved
from gateway.demo.reading import Read
from gateway.demo.telling import Teller
from gateway.demo.texts import CATALOGUE, texts_in
from schemas.plan import LifeDomain
from schemas.texts import Language
from schemas.words import Category
from tests.gateway.demo.showing import TODAY

LANGUAGES = get_args(Language)
HOUSE = Path(__file__).resolve().parents[3]

Story = Callable[[Language, int], str]
"""Tells the story that was played, in a language, on a terminal so wide."""


@dataclass(frozen=True)
class Listening(Teller):
    """A teller that keeps what he is to tell, so that a story played once can be told in many ways."""

    told: list[Callable[[Teller], None]] = field(default_factory=list)

    def step(self, number: int, count: int, played: Played, faults: Sequence[str]) -> None:
        self.told.append(lambda other: other.step(number, count, played, faults))

    def who_looked(self, number: int, count: int, read: Read, faults: Sequence[str]) -> None:
        self.told.append(lambda other: other.who_looked(number, count, read, faults))

    def log(self, number: int, count: int, proved: Proved, faults: Sequence[str]) -> None:
        self.told.append(lambda other: other.log(number, count, proved, faults))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    listening = Listening(Console(file=io.StringIO()), texts_in("en"))
    with running(tmp_path_factory.mktemp("institutions"), today=TODAY) as found:
        shown = Show(listening, io.StringIO(), once=True, export=None)
        asyncio.run(perform(shown, found, family.facts(today=TODAY), folder=folder, today=TODAY))

    def tell(language: Language, width: int) -> str:
        printed = io.StringIO()
        teller = Teller(Console(file=printed, width=width, highlight=False), texts_in(language))
        for each in listening.told:
            each(teller)
        return printed.getvalue()

    return tell


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_both_languages_and_fills_in_the_same() -> None:
    for key, said in document(CATALOGUE.read_bytes()).items():
        assert set(said) == set(LANGUAGES), key
        assert fields(said["nl"]) == fields(said["en"]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_story_has_a_text(language: Language) -> None:
    texts = texts_in(language)
    steps = family.story(today=TODAY)
    words = [("category", str(each)) for each in Category] + [("life-domain", str(each)) for each in LifeDomain]
    words += [("purpose", each.request["purpose"]) for each in steps]
    words += [("reason", why) for each in steps for told in each.withheld.values() for why in told.values()]
    words += [("reason", why) for each in steps for told in each.unasked.values() for why in told.values()]
    assert {word for kind, word in words if f"{kind}.{word}" not in texts.said} == set()


def test_every_text_is_used() -> None:
    files = [*(HOUSE / "gateway" / "demo").glob("*.py"), HOUSE / "schemas" / "texts.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    words = ("category.", "reason.", "life-domain.", "purpose.", "stage.")
    sentences = [key for key in document(CATALOGUE.read_bytes()) if not key.startswith(words)]
    assert [key for key in sentences if not re.search(rf"""["']{re.escape(key)}["']""", code)] == []


@pytest.mark.server
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [44, 80, 160])
def test_the_story_keeps_within_the_terminal(story: Story, language: Language, width: int) -> None:
    *told, log = story(language, width).split(texts_in(language)("step.of", number=8, count=8))
    assert [line for line in "".join(told).splitlines() if len(line) > width] == []
    assert len(log.splitlines()) < 10


@pytest.mark.server
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed_is_text_for_people(story: Story, language: Language) -> None:
    printed = story(language, 400)
    assert "\x1b" not in printed
    assert not re.search(r"[{}]|\": |None|e-[0-9a-f]{8}", printed)
    assert printed.count(texts_in(language)("officer.title")) == 6
    assert [step.id for step in family.story(today=TODAY) if step.title[language] not in printed] == []


@pytest.mark.server
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mother_reads_in_her_language_who_looked_and_nothing_of_what_others_did(
    story: Story, language: Language
) -> None:
    texts = texts_in(language)
    after = story(language, 400).split(texts("step.of", number=7, count=8))[1]
    read = after.split(texts("step.of", number=8, count=8))[0]
    assert texts("looked.title", who="Ilse") in read
    assert all(texts.name(name) in read for name in ("wijkteam-noord", "college-de-brug", "gi-west"))
    assert [name for name in ("Ruben", "Luus", "JIM", "Anna", "Joke", "Jan ") if name in read] == []
    assert texts("right") in read


@pytest.mark.server
def test_what_is_withheld_is_never_printed(story: Story) -> None:
    printed = story("en", 400)
    released = {text for step in family.story(today=TODAY) for told in step.released.values() for text in told}
    withheld = {text for step in family.story(today=TODAY) for told in step.withheld.values() for text in told}
    assert [text for text in withheld - released if text in printed] == []
    assert [text for text in released if text in printed]


@pytest.mark.server
def test_the_longest_step_fits_on_a_page(story: Story) -> None:
    first = story("en", 100).split("Step 2 of 8")[0]
    assert len(first.splitlines()) < 70


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"begins_at": "2026-12-31T23:30:00+00:00", "target_date": "2027-02-01"}, "on 1 Jan 2027"),
        ({"written_on": "2026-11-16"}, "on 16 Nov 2026"),
        ({"period": {"start": "2026-02-02", "end": "2026-05-30"}}, "until 30 May 2026"),
        ({"period": {"start": "2026-02-02", "end": None}, "target_date": "2027-03-01"}, "by 1 Mar 2027"),
        ({"period": {"start": "2026-02-02", "end": None}}, "since 2 Feb 2026"),
        ({"period": {"start": "2026-12-08", "end": None}}, "from 8 Dec 2026"),
        ({}, "read today"),
    ],
)
def test_the_day_of_an_element_is_the_one_that_says_most(told: dict[str, object], said: str) -> None:
    source = {"organisation": "de-waard", "retrieved_at": "2026-11-25T12:00:00+00:00"}
    assert day_of({"source": source, **told}, texts_in("en")) == said


def test_a_day_has_its_month_as_a_word() -> None:
    assert texts_in("nl").day(date(2027, 3, 1)) == "1 mrt 2027"
