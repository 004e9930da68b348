"""The sentences about events are whole, in both languages, and easy to read (B1)."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import textstat

from audit.own_log.withheld import BASES
from audit.sentences.catalogue import FILES, catalogue
from audit.sentences.sentence import Mark
from schemas.texts import LANGUAGES, WORDS, Language, read_catalogue

HERE = Path(__file__).resolve().parents[3] / "audit"
LONGEST = 15
EASY_ENOUGH = 65
OF_OFFICES = {"verstrek", "betreffende", "indien", "raadpleg", "grondslag", "rechtmatig", "onverwijld", "alsmede"}
OWN = {key: each for key, each in catalogue().items() if key not in read_catalogue([WORDS])}
FILLED = {
    "who": "Iemand van Wijkteam Noord (leraar)",
    "what": "de familie",
    "topics": "doelen, school en gezondheid",
    "organisation": "Wijkteam Noord",
    "role": "leraar",
    "day": "1 februari 2026",
    "moment": "1 februari 2026, 12:00",
    "count": "3",
}


ABOUT = ("about.you", "about.child", "about.person")


def whole(language: Language) -> Iterator[tuple[str, str]]:
    for about in ABOUT:
        filled = FILLED | {"about": OWN[about][language]}
        for key, each in OWN.items():
            if not key.startswith(("who.", "about.", "what.", "mark.", "gateway", "list.times")):
                yield key, each[language].format(**filled)


@pytest.mark.parametrize("key", sorted(OWN))
def test_each_text_stands_in_both_languages_and_fills_in_the_same(key: str) -> None:
    assert set(OWN[key]) == set(LANGUAGES)
    filled = [{name for _, name, _, _ in Formatter().parse(OWN[key][each]) if name} for each in LANGUAGES]
    assert filled[0] == filled[1]
    assert all(OWN[key][each].strip() for each in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_longer_than_fifteen_words(language: Language) -> None:
    sentences = [one for _, text in whole(language) for one in re.split(r"(?<=[.?!])\s+", text)]
    assert [one for one in sentences if len(one.split()) > LONGEST] == []


def test_the_dutch_is_easy_to_read() -> None:
    textstat.set_lang("nl")
    hard = [(key, textstat.flesch_reading_ease(text)) for key, text in whole("nl")]
    assert [each for each in hard if each[1] < EASY_ENOUGH] == []


@pytest.mark.parametrize("word", sorted(OF_OFFICES))
def test_no_word_of_offices_is_used(word: str) -> None:
    assert [text for _, text in whole("nl") if word in text.lower()] == []


def test_every_row_of_law_of_which_a_line_may_tell_has_its_words_and_no_other_row() -> None:
    worded = {key.removeprefix("allowed.") for key in OWN if key.startswith("allowed.LB-")}
    assert worded == BASES - {"LB-01", "LB-02"}


def test_every_mark_has_its_word() -> None:
    assert {f"mark.{each}" for each in Mark} <= catalogue().keys()


def test_no_text_is_left_over() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in HERE.rglob("*.py"))
    code += (HERE.parent / "gateway" / "log" / "own_view.py").read_text(encoding="utf-8")
    made = ("allowed.LB-", "what.", "mark.")
    left = [key for key in OWN if not key.startswith(made) and f'"{key}"' not in code]
    ends = (".you", ".noted", ".automatic", ".refused", ".restored")
    assert [key for key in left if not key.endswith(ends)] == []


def test_no_file_says_a_text_twice() -> None:
    for path in FILES:
        keys = re.findall(r"^([^\s#:]+):", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(keys) == len(set(keys))
