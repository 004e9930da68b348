"""A plan as a picture: a sheet drawn as SVG, the family's own words on top, then a panel for each life domain.

Nothing in it is measured with a font, so that every machine draws the same bytes; letters are taken to be wide.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from gateway.showing_plan.rows import Row
from gateway.showing_plan.sheet import OWN_WORDS, Named, Section, Sheet

WIDTH: Final = 1120
MARGIN: Final = 24
PANEL: Final = (WIDTH - 3 * MARGIN) // 2
LINE: Final = 19
SMALL: Final = 16
_PAD: Final = 16
_LETTER: Final = 7.6
"""What a letter of the 14 pixel text is taken to need, in pixels; the small text needs less."""
_SMALL_LETTER: Final = 6.8
_BOLD_LETTER: Final = 8.6
_INK: Final = "#1b1b1f"
_GREY: Final = "#44444c"
_ROOT: Final = 'role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="14"'
_COLOURS: Final = ("#1d5fa8", "#9a4b00", "#23713a", "#7a2f8f", "#8a1c3c", "#4a5560")
"""One for each source: each stands out by at least 4.5 to 1 on white, and is never all that tells them apart."""


@dataclass(frozen=True, slots=True)
class _Piece:
    height: int
    drawn: str
    """To be moved to where it stands."""


def picture(sheet: Sheet, *, title: str, subtitle: str, described: str, language: str) -> str:
    """Return the SVG. `language` is that of what the family and its helpers wrote, for who has it read aloud."""
    sources = list(dict.fromkeys(row.source for section in sheet.sections for row in section.rows))
    colours = {source: _COLOURS[at % len(_COLOURS)] for at, source in enumerate(sorted(sources))}
    wide = [_section(each, colours, language, WIDTH - 2 * MARGIN) for each in sheet.sections if each.word == OWN_WORDS]
    panels = [_section(each, colours, language, PANEL) for each in sheet.sections if each.word != OWN_WORDS]
    panels += [_named(each, PANEL) for each in sheet.named]
    body, top = [], 92
    for each in wide:
        body.append(_at(MARGIN, top, each.drawn))
        top += each.height + _PAD
    placed, bottom = _two_columns(panels, top)
    foot = [each for each in (*sheet.notes, sheet.message) if each]
    height = bottom + MARGIN + LINE * len(foot) + MARGIN
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" lang="en" {_ROOT}>',
            f'<title id="t">{escape(title)}</title>',
            f'<desc id="d">{escape(described)}</desc>',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            f'<text x="{MARGIN}" y="42" font-size="24" font-weight="700" fill="#1b1b1f">{escape(title)}</text>',
            f'<text x="{MARGIN}" y="70" fill="{_GREY}">{escape(subtitle)}</text>',
            *_legend(colours),
            *body,
            *placed,
            *(_text(MARGIN, bottom + MARGIN + LINE * at + 13, each, fill=_GREY) for at, each in enumerate(foot)),
            "</svg>\n",
        )
    )


def _legend(colours: dict[str, str]) -> Iterator[str]:
    right = WIDTH - MARGIN
    for source, colour in reversed(colours.items()):
        right -= int(len(source) * _BOLD_LETTER) + 36
        yield f'<rect x="{right}" y="59" width="12" height="12" rx="2" fill="{colour}"/>'
        yield f'<text x="{right + 18}" y="70" fill="{colour}" font-weight="600">{escape(source)}</text>'


def _two_columns(panels: Sequence[_Piece], top: int) -> tuple[list[str], int]:
    """Return the panels where they stand, and how far down they come: each goes where there is more room above."""
    tops, drawn = [top, top], []
    for each in panels:
        column = tops.index(min(tops))
        drawn.append(_at(MARGIN + column * (PANEL + MARGIN), tops[column], each.drawn))
        tops[column] += each.height + _PAD
    return drawn, max(tops) - _PAD


def _section(section: Section, colours: dict[str, str], language: str, width: int) -> _Piece:
    top, drawn = 44, []
    for row in section.rows:
        what = "" if section.word == OWN_WORDS else row.what  # the panel says so
        piece = _row(row, what, colours[row.source], language, width - 2 * _PAD)
        drawn.append(_at(_PAD, top, piece.drawn))
        top += piece.height + 12
    return _panel(section.title, drawn, top, width, "#f2f6f2" if section.word == OWN_WORDS else "#f7f7f9")


def _named(named: Named, width: int) -> _Piece:
    top, drawn = 44, []
    for line in named.lines:
        wrapped = _wrapped(line, width - 2 * _PAD, _LETTER)
        drawn += [_text(_PAD, top + LINE * at + 10, each) for at, each in enumerate(wrapped)]
        top += LINE * len(wrapped) + 8
    return _panel(named.title, drawn, top, width, "#fff7e0" if named.word == "gaps" else "#f7f7f9")


def _panel(title: str, drawn: Iterable[str], height: int, width: int, fill: str) -> _Piece:
    frame = f'<rect width="{width}" height="{height}" rx="8" fill="{fill}" stroke="#c4c4cc"/>'
    head = _text(_PAD, 27, title[:1].upper() + title[1:], more=' font-size="16" font-weight="700"')
    return _Piece(height, "".join((frame, head, *drawn)))


def _row(row: Row, what: str, colour: str, language: str, width: int) -> _Piece:
    aside = " · ".join(each for each in (what, row.who, row.stands, *row.when) if each)
    said = _wrapped(row.text or row.what, width - 16, _LETTER)
    told = _wrapped(f"{aside} · {row.source}", width - 16, _SMALL_LETTER)
    height = LINE * len(said) + SMALL * len(told) + 2
    lines = [_text(14, LINE * at + 13, each, more=f" lang={quoteattr(language)}") for at, each in enumerate(said)]
    under = LINE * len(said)
    lines += [
        _text(14, under + SMALL * at + 12, each, fill=colour, more=' font-size="12.5"') for at, each in enumerate(told)
    ]
    return _Piece(height, f'<rect width="4" height="{height}" rx="2" fill="{colour}"/>{"".join(lines)}')


def _wrapped(text: str, width: int, letter: float) -> list[str]:
    return textwrap.wrap(text, int(width / letter)) or [""]


def _text(x: int, y: int, text: str, *, fill: str = _INK, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{fill}"{more}>{escape(text)}</text>'


def _at(x: int, y: int, drawn: str) -> str:
    return f'<g transform="translate({x} {y})">{drawn}</g>'
