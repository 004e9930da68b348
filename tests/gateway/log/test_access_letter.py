"""The letter of an access report: short sentences in both languages, and a PDF that writes whatever a name holds."""

import io
import re
from datetime import UTC, datetime

import pypdf
import pytest

from audit.own_log.days import Day, Line
from audit.sentences.sentence import Mark, Sentence
from audit.told import Told
from consent.whose_log import ReadsAs
from gateway.log.reports.access_letter import Letter, texts_in
from gateway.log.reports.access_pdf import pdf_of
from schemas.texts import LANGUAGES, Language
from tests.audit.test_part import told

LONGEST = 15


def letter(text: str, *, reading: ReadsAs = ReadsAs.HIMSELF, count: int = 1) -> Letter:
    events: tuple[Told, ...] = tuple(told() for _ in range(count))
    said: dict[Language, Sentence] = {
        each: Sentence(mark=Mark.READ, text=text, organisation=None, role=None) for each in LANGUAGES
    }
    line = Line(said=said, colleague=None, events=events)
    return Letter(
        reading=reading,
        number="8BB9A025",
        of=None,
        since=None,
        until=datetime(2026, 3, 3, tzinfo=UTC),
        days=[Day(day=line.day, lines=(line,))] if count else [],
        root=None,
    )


def read(one: Letter) -> str:
    return pypdf.PdfReader(io.BytesIO(pdf_of(one, "nl"))).pages[0].extract_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_letter_is_short(language: Language) -> None:
    for key, text in texts_in(language).said.items():
        if key.startswith("report."):
            for sentence in re.split(r"(?<=[.?!]) ", text):
                assert len(sentence.split()) <= LONGEST, key


def test_the_pdf_keeps_dutch_letters_and_never_takes_text_for_markup() -> None:
    assert "Zoë & François <b>van</b> Čapek?".replace("Č", "C") in read(letter("Zoë & François <b>van</b> Čapek?"))
    assert "?" in read(letter("\u4e2d"))


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert pdf_of(letter("x"), "nl") == pdf_of(letter("x"), "nl")


def test_where_nobody_looked_the_letter_says_so() -> None:
    assert "In deze periode keek niemand in de gegevens." in read(letter("x", count=0))


def test_a_parent_beside_a_youth_is_told_that_it_is_a_part() -> None:
    assert "Daarom zie je een deel." in read(letter("x", reading=ReadsAs.BESIDE))


def test_a_pdf_loads_nothing_from_elsewhere_and_runs_nothing() -> None:
    written = pdf_of(letter("x"), "en")
    for word in (b"/URI", b"/JavaScript", b"/JS", b"/OpenAction", b"/EmbeddedFile", b"/FontFile"):
        assert word not in written
