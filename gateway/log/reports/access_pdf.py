"""The letter of an access report as a PDF: text only, in fonts that every reader has; nothing hidden under anything."""

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from gateway.log.reports.access_letter import Letter, texts_in
from schemas.calendar import AMSTERDAM
from schemas.texts import Language

_ENCODING: Final = "cp1252"
"""What the standard fonts can write (WinAnsi): all of Dutch."""
_MARGIN: Final = 22 * mm


def pdf_of(letter: Letter, language: Language) -> bytes:
    """Return `letter` as the bytes of a PDF: the same letter gives the same bytes."""
    written = BytesIO()
    title = texts_in(language)("report.title")
    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=title,
        author="Schakel",
        lang=language,
        invariant=1,
    )
    document.build([Paragraph(_plain(title), _STYLES["Title"]), *_body(letter, language)])
    return written.getvalue()


def _body(letter: Letter, language: Language) -> Iterator[Flowable]:
    for sentence in letter.first_page(language):
        yield Paragraph(_plain(sentence), _TEXT)
    for day in letter.days:
        yield Spacer(1, 4 * mm)
        yield Paragraph(_plain(day.as_json()["heading"][language]), _STYLES["Heading3"])
        for line in day.lines:
            when = ", ".join(f"{each.at.astimezone(AMSTERDAM):%H:%M}" for each in reversed(line.events))
            yield Paragraph(f"<b>{when}</b> {_plain(line.said[language].text)}", _TEXT)


def _plain(text: str) -> str:
    """Return `text` as the fonts can write it and as markup: what they lack loses its accents, or becomes a `?`."""
    return escape("".join(map(_letter, text)))


def _letter(one: str) -> str:
    for form in (one, "".join(each for each in unicodedata.normalize("NFKD", one) if not unicodedata.combining(each))):
        try:
            form.encode(_ENCODING)
        except UnicodeEncodeError:
            continue
        return form
    return "?"


_STYLES: Final = getSampleStyleSheet()
_TEXT: Final = ParagraphStyle("text", parent=_STYLES["BodyText"], fontSize=11, leading=15, spaceAfter=3)
