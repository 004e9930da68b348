"""Each kind, word and gap of the plan has its text, in easy Dutch and in English."""

import re
from string import Formatter

import pytest
import textstat

from schemas.plan import KINDS, Missing
from schemas.plan import words as lists
from schemas.plan.texts import CATALOGUES, PREFIXES
from schemas.texts import LANGUAGES, WORDS, read_catalogue

EASY_ENOUGH = 65
LONGEST = 15
FILLED = {"referred_by": "de huisarts", "day": "3 april 2027", "pillars": "wonen en zorg"}

ALL = read_catalogue((WORDS, *CATALOGUES))
OWN = read_catalogue(CATALOGUES)
NEEDED = {f"{prefix}.{each}" for words, prefix in PREFIXES.items() for each in words} | {
    f"kind.{each}" for each in KINDS
}
GAPS = {key: each for key, each in OWN.items() if key.startswith("gap.")}


def test_every_kind_and_word_has_a_text() -> None:
    assert NEEDED - ALL.keys() == set()


def test_every_list_of_words_has_texts() -> None:
    declared = {each for each in vars(lists).values() if isinstance(each, type) and each.__module__ == lists.__name__}
    assert declared <= PREFIXES.keys()


def test_no_text_is_left_over() -> None:
    assert {key for key in OWN if key not in GAPS} - NEEDED == set()


@pytest.mark.parametrize("missing", Missing)
def test_every_gap_has_a_text(missing: Missing) -> None:
    assert [key for key in GAPS if key.startswith(f"gap.{missing}")]


@pytest.mark.parametrize("key", OWN)
def test_each_text_stands_in_both_languages_and_fills_in_the_same(key: str) -> None:
    assert OWN[key].keys() == set(LANGUAGES)
    filled = [{name for _, name, _, _ in Formatter().parse(OWN[key][each]) if name} for each in LANGUAGES]
    assert filled[0] == filled[1]


def test_a_missing_coordinator_is_said_of_what_may_be_seen_only() -> None:
    assert GAPS["gap.no-coordinator"]["en"].startswith("In what you may see")
    assert GAPS["gap.no-coordinator"]["nl"].startswith("In wat u mag zien")


def test_the_dutch_of_gaps_is_easy_to_read() -> None:
    textstat.set_lang("nl")
    said = [each["nl"].format(**FILLED) for each in GAPS.values()]
    assert [one for text in said for one in re.split(r"(?<=[.?!])\s+", text) if len(one.split()) > LONGEST] == []
    assert [text for text in said if textstat.flesch_reading_ease(text) < EASY_ENOUGH] == []
