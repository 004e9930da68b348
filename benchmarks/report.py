"""What a run is shown as: a table, a picture, and a warning where a figure is worse than in the run that was kept."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

KEPT: Final = Path(__file__).with_name("kept.json")
"""The ratios of the run that others are held against: of ratios only, because they alone say something elsewhere."""
TABLE: Final = "benchmarks.md"
PICTURE: Final = "benchmarks.svg"
WORSE: Final = 0.15
"""A figure that is worse by more than this share is told of."""
_LEFT, _WIDTH, _ROW, _MOST = 120, 480, 26, 4.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One benchmark's ratio, beside its floor and goal, and what it was in the run that was kept."""

    name: str
    ratio: float
    floor: float
    goal: float
    ok: bool
    kept: float | None = None

    @property
    def more_is_better(self) -> bool:
        """Whether the goal lies above the floor; where they are one, the floor is the most that there may be."""
        return self.goal > self.floor

    @property
    def score(self) -> float:
        """How often better than its floor asks: 1 lies on the floor, below 1 the floor is broken."""
        if self.more_is_better:
            return self.ratio / self.floor
        return self.floor / self.ratio if self.ratio else _MOST

    @property
    def change(self) -> float | None:
        """How much better than what was kept, as a share of it; below 0 is worse, None where nothing was kept."""
        if not self.kept:
            return None
        return (self.ratio / self.kept - 1) * (1 if self.more_is_better else -1)


def printed(line: Mapping[str, Any]) -> int:
    """Print the line of one part by itself; return 1 where a floor of it is broken."""
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if line["ok"] else 1


def figures(lines: Sequence[Mapping[str, Any]], kept: Mapping[str, float]) -> list[Figure]:
    """Return the figures of the lines of a run."""
    return [
        Figure(
            each["benchmark"], each["ratio"], each["floor"], each["goal"], each["ok"], kept.get(str(each["benchmark"]))
        )
        for each in lines
    ]


def warnings(found: Sequence[Figure]) -> list[str]:
    """Return a sentence for each figure that is much worse than the one that was kept."""
    return [
        f"{each.name} is {-each.change:.0%} worse than in the run that was kept: {each.ratio}, was {each.kept}"
        for each in found
        if each.change is not None and each.change < -WORSE
    ]


def table(found: Sequence[Figure]) -> str:
    """Return the figures as a table of Markdown."""
    head = "| benchmark | ratio | floor | aim | | kept | better by |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(_row(each) for each in found)


def picture(found: Sequence[Figure]) -> str:
    """Return the figures as an SVG: a bar each, to how often better than its floor it is; the line is the floor."""
    height = _ROW * len(found) + 60
    floor = _LEFT + _WIDTH / _MOST
    bars = "".join(_bar(place, each) for place, each in enumerate(found))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 140}" height="{height}" '
        'font-family="sans-serif" font-size="13" role="img">\n'
        "<title>Each benchmark against its floor</title>\n"
        f"{bars}"
        f'<line x1="{floor}" y1="24" x2="{floor}" y2="{height - 24}" stroke="black"/>\n'
        f'<text x="{floor}" y="16" text-anchor="middle">floor</text>\n'
        f'<text x="{_LEFT}" y="{height - 6}">how often better than the floor asks; bars end at {_MOST:.0f}</text>\n'
        "</svg>\n"
    )


def read_kept(file: Path = KEPT) -> dict[str, float]:
    """Return the ratios of the run that was kept, by benchmark; none where none was."""
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def keep(found: Sequence[Figure], file: Path = KEPT) -> None:
    """Hold later runs against this one."""
    file.write_text(json.dumps({each.name: each.ratio for each in found}, indent=2) + "\n", encoding="utf-8")


def write(found: Sequence[Figure], folder: Path) -> None:
    """Write the table and the picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TABLE).write_text(table(found), encoding="utf-8")
    (folder / PICTURE).write_text(picture(found), encoding="utf-8")


def _row(each: Figure) -> str:
    kept = "" if each.kept is None else f"{each.kept}"
    change = "" if each.change is None else f"{each.change:+.0%}"
    side = "at least" if each.more_is_better else "at most"
    ok = "" if each.ok else "broken"
    return f"| {each.name} | {each.ratio} | {side} {each.floor} | {each.goal} | {ok} | {kept} | {change} |\n"


def _bar(place: int, each: Figure) -> str:
    top = _ROW * place + 30
    width = round(min(each.score, _MOST) / _MOST * _WIDTH, 1)
    colour = "#4477aa" if each.ok else "#cc3311"
    return (
        f'<text x="{_LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(each.name)}</text>'
        f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{_ROW - 8}" fill="{colour}"/>'
        f'<text x="{_LEFT + width + 6}" y="{top + 14}">{each.ratio}</text>\n'
    )
