"""Everything that a printed plan says is there in both languages."""

import re
from dataclasses import fields

import pytest
import textstat

from gateway.showing_plan.words import CATALOGUE, member_called, texts_in
from schemas.plan import KINDS
from schemas.texts import LANGUAGES, read_catalogue

OWN = read_catalogue([CATALOGUE])
EASY_ENOUGH = 65
LONGEST = 15
SHORT = 6
"""Words: what is no longer is no sentence to measure."""


@pytest.mark.parametrize("key", OWN)
def test_a_text_stands_in_both_languages_with_the_same_places_to_fill_in(key: str) -> None:
    assert OWN[key].keys() == set(LANGUAGES)
    assert len({frozenset(re.findall(r"{(\w+)}", text)) for text in OWN[key].values()}) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_of_a_kind_is_called_by_a_name(kind: str) -> None:
    names = [each.name for each in fields(KINDS[kind]) if each.name != "handling"]
    assert [name for name in names if member_called(kind, name, texts_in("nl")) == name and "_" in name] == []
    assert [name for name in names if f"member.{name}" not in OWN and f"member.{kind}.{name}" not in OWN] == []


def test_no_name_of_a_member_is_left_over() -> None:
    known = {each.name for kind in KINDS.values() for each in fields(kind)} | {"kind"}
    terms = {"basis", "obligations", "expires_at"}
    told = {key.split(".")[-1] for key in OWN if key.startswith("member.")}
    assert told - known - terms == set()


@pytest.mark.parametrize("key", OWN)
def test_the_dutch_is_easy(key: str) -> None:
    textstat.set_lang("nl")
    told = re.sub(r"{\w+}", "mei", OWN[key]["nl"])
    for sentence in (each for each in re.split(r"(?<=[.:]) ", told) if len(each.split()) > SHORT):
        assert len(sentence.split()) <= LONGEST, sentence
        assert textstat.flesch_reading_ease(sentence) >= EASY_ENOUGH, sentence
