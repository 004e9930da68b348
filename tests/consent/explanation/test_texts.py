"""The catalogue is whole: each reason, row, rule, condition and duty has its text, in Dutch and in English."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from string import Formatter

import pytest
import textstat

from consent.entry import Capability
from consent.explanation.catalogue import LANGUAGES, catalogue
from consent.explanation.client import DOING, NEVER_TOLD, OWN, OWN_NO, OWN_WISH, WHYS
from consent.explanation.describing import TOLD
from consent.explanation.looking import OWN_CONDITIONS, name_of
from consent.explanation.numbered import ROWS
from consent.explanation.tracing import CLOSED, GATES
from gateway.api.problems import CATALOGUE as PROBLEMS
from gateway.flow.release import MESSAGE
from schemas.words import (
    AuthorityKind,
    AuthorityScope,
    Category,
    InvolvementKind,
    OrderKind,
    OrganisationKind,
    Outcome,
    Purpose,
    Reason,
    Regime,
    Relation,
    Result,
    Role,
)

CONSENT = Path(__file__).resolve().parents[3] / "consent"
NEVER_RELEASE = {"LB-17", "NB-04"}
BY_CONSENT = {"LB-01", "LB-02"}
LONGEST = 15
EASY_ENOUGH = 65
WORDS_OF_A_SENTENCE = 3
READABLE = 45
WORDS_OF_A_LONG_TEXT = 6
TO_THE_OFFICER = ("reason.", "condition.", "gate.", "closed.")
OF_OFFICES = {"verstrek", "betreffende", "indien", "raadpleg", "grondslag", "rechtmatig", "onverwijld", "alsmede"}
TO_THE_CLIENT = ("client.", "kind.", "because.", "why.", "do.")


def constants(folder: Path) -> set[str]:
    """Return every text constant in the code under `folder`."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py")]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def conditions() -> set[str]:
    asks = {name_of(each) for row in ROWS.values() for each in row.asks}
    meets = {name_of(each) for row in ROWS.values() for each in row.meets}
    decided = {name_of(each) for row in ROWS.values() for each in row.decided}
    return asks | meets | decided | set(OWN_CONDITIONS)


def prefixed(prefix: str, each: Iterable[object]) -> set[str]:
    return {f"{prefix}.{one}" for one in each}


def needed() -> set[str]:
    """Return the key of every text that an explanation can come to need, the frames of sentences left out."""
    whys = {*WHYS.values(), *OWN.values(), OWN_NO, OWN_WISH}
    told = TOLD.values()
    closed = (Reason.REQUESTER_UNTRUSTED, Reason.FEATURE_DISABLED, Reason.RULE_SET_UNCONFIRMED)
    return (
        prefixed("reason", Reason)
        | prefixed("condition", conditions())
        | prefixed("gate", set(GATES) - {CLOSED})
        | prefixed("closed", closed)
        | prefixed("outcome", Outcome)
        | prefixed("category", Category)
        | prefixed("kind", set(Category) - NEVER_TOLD)
        | prefixed("purpose", Purpose)
        | prefixed("authority-kind", AuthorityKind)
        | prefixed("order-kind", OrderKind)
        | prefixed("relation", Relation)
        | prefixed("involvement-kind", InvolvementKind)
        | prefixed("capability", Capability)
        | prefixed("role", Role)
        | prefixed("organisation-kind", OrganisationKind)
        | prefixed("scope", AuthorityScope)
        | prefixed("regime", Regime)
        | prefixed("element", Result)
        | prefixed("form", ("professional", "person", "mentor"))
        | prefixed("fact", TOLD)
        | prefixed("detail", {key for one in told for key in one.details} | {"origin", "term"})
        | prefixed("flag", {key for one in told for key in (*one.telling, *one.denying)})
        | prefixed("absent", {key for one in told for key in one.needed})
        | prefixed("because", {"own-yes", "yes", *(set(ROWS) - NEVER_RELEASE - BY_CONSENT)})
        | prefixed("why", whys)
        | prefixed("do", {"stop", *DOING.values()})
    )


def frames() -> set[str]:
    """Return the keys that stand in the code as they are."""
    parts = {"client.more", "client.ask", "client.disagree", "tried-no", "tried-review"}
    said = constants(CONSENT / "explanation") | constants(CONSENT.parent / "schemas")
    return parts | (said & catalogue().keys())


def test_no_text_is_missing() -> None:
    assert needed() | frames() <= catalogue().keys()


def test_no_text_is_left_over() -> None:
    assert catalogue().keys() <= needed() | frames()


def test_each_reason_has_a_sentence_for_the_client_and_something_that_he_can_do() -> None:
    assert set(WHYS) == set(Reason)
    assert set(DOING) == {*WHYS.values(), *OWN.values(), OWN_NO, OWN_WISH}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_each_text_stands_in_both_languages_and_fills_in_the_same(key: str) -> None:
    text = catalogue()[key]
    assert set(text) == set(LANGUAGES)
    filled = [{name for _, name, _, _ in Formatter().parse(text[language]) if name} for language in LANGUAGES]
    assert filled[0] == filled[1]
    assert all(text[language].strip() for language in LANGUAGES)


def to_the_client(language: str) -> list[str]:
    return [
        text[language].format(what="je doelen, school", day="1 december 2026")
        for key, text in sorted(catalogue().items())
        if key.startswith(TO_THE_CLIENT)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_to_the_client_is_longer_than_fifteen_words(language: str) -> None:
    sentences = [one for text in to_the_client(language) for one in re.split(r"(?<=[.?!])\s+", text)]
    assert [one for one in sentences if len(one.split()) > LONGEST] == []


def test_the_clients_dutch_is_easy_to_read() -> None:
    textstat.set_lang("nl")
    # A word or two can never be easy by this measure: it counts syllables by word.
    texts = [text for text in to_the_client("nl") if len(text.split()) > WORDS_OF_A_SENTENCE]
    assert [text for text in texts if textstat.flesch_reading_ease(text) < EASY_ENOUGH] == []


@pytest.mark.parametrize("word", sorted(OF_OFFICES))
def test_the_client_reads_no_word_of_offices(word: str) -> None:
    assert [text for text in to_the_client("nl") if word in text.lower()] == []


def test_the_officers_dutch_can_be_read_in_one_go() -> None:
    textstat.set_lang("nl")
    texts = [text["nl"] for key, text in catalogue().items() if key.startswith(TO_THE_OFFICER)]
    long = [text for text in texts if len(text.split()) > WORDS_OF_A_LONG_TEXT]
    assert [text for text in long if textstat.flesch_reading_ease(text) < READABLE] == []


def test_the_requester_reads_the_sentences_that_he_got_over_the_wire() -> None:
    assert catalogue()["requester.released"] == MESSAGE
    denied = PROBLEMS["not-available"]
    assert catalogue()["requester.not-available"] == {"nl": denied.nl, "en": denied.en}
