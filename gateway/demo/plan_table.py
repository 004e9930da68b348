"""What came, as a person reads a plan: by life domain, each element with its source and its day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gateway.demo.playing import HOLDERS, label
from gateway.demo.texts import Texts
from schemas.calendar import local_day
from schemas.plan import OwnWords

MOST: Final = 3
"""How many elements of one life domain are shown; of the others only how many there are, if that is more than one."""

WIDE: Final = 70
"""Columns of a terminal in which source and day fit beside the text."""

_TOLD_STAGES: Final = frozenset({"waiting", "stopped-early", "completed"})
_INDENT: Final = (0, 0, 0, 2)
_NONE: Final = "none"
_OWN: Final = "own"

Element = Mapping[str, Any]


def plan_table(elements: Sequence[Element], about: str, texts: Texts, width: int) -> RenderableType:
    """Return `elements` to print; whom one is about stands with it where that is not only `about`."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", ratio=1)
    if width >= WIDE:
        table.add_column(no_wrap=True, style="dim", min_width=max(len(texts.name(each)) for each in HOLDERS))
        table.add_column(no_wrap=True, style="dim")
    for domain, found in _by_domain(elements):
        if domain != _OWN:  # the family's own words need no heading
            heading = texts("domain.none") if domain == _NONE else texts.word("life-domain", domain)
            table.add_row(Text(heading, style="bold cyan"))
        shown = _mixed(found)[: MOST if len(found) > MOST + 1 else None]
        for each in shown:
            _add(table, _told(each, about, texts), texts.name(each["source"]["organisation"]), day_of(each, texts))
        if len(found) > len(shown):
            table.add_row(Padding(Text(texts("more", count=len(found) - len(shown)), style="dim"), _INDENT))
    return Padding(table, _INDENT)


def _add(table: Table, told: Text, source: str, day: str) -> None:
    if len(table.columns) > 1:
        table.add_row(Padding(told, _INDENT), source, day)
    else:
        table.add_row(Padding(told + Text(f"\n{source}, {day}", style="dim"), _INDENT))


def _by_domain(elements: Iterable[Element]) -> Iterator[tuple[str, list[Element]]]:
    found: dict[str, list[Element]] = {}
    for each in elements:
        domain = _OWN if each["kind"] == OwnWords.kind else each.get("life_domain", _NONE)
        found.setdefault(domain, []).append(each)
    yield from found.items()


def _mixed(elements: Sequence[Element]) -> list[Element]:
    """Return `elements` with the sources taking turns, so that the first few show how many systems spoke."""
    queues: dict[str, list[Element]] = {}
    for each in elements:
        queues.setdefault(each["source"]["organisation"], []).append(each)
    turns = [(at, place, each) for place, queue in enumerate(queues.values()) for at, each in enumerate(queue)]
    return [each for _, _, each in sorted(turns, key=lambda turn: turn[:2])]


def _told(element: Element, about: str, texts: Texts) -> Text:
    said = label(element)
    others = [] if element["about"] == [about] else [texts.name(each) for each in element["about"]]
    people = [each for each in others if each not in said]
    told = Text(f"{texts.listed(people)}: ", style="italic") if people else Text()
    return told + Text(said) + Text(_aside(element, texts), style="dim")


def _aside(element: Element, texts: Texts) -> str:
    said = [each for each in (element.get("role"), element.get("relation")) if each]
    if element.get("stage") in _TOLD_STAGES:
        said.append(texts(f"stage.{element['stage']}"))
    return f" ({', '.join(said)})" if said else ""


def day_of(element: Element, texts: Texts) -> str:
    """Return the day that says most of an element, as a phrase; where its source has none, that it was read today."""
    read, period = _day(element["source"]["retrieved_at"]), element.get("period", {})
    begins = period.get("start")
    for key, found in (
        ("day.on", element.get("begins_at") or element.get("written_on")),
        ("day.until", period.get("end")),
        ("day.by", element.get("target_date")),
        ("day.from" if begins and _day(begins) > read else "day.since", begins),
    ):
        if found:
            return texts(key, day=texts.day(_day(found)))
    return texts("day.read")


def _day(found: str) -> date:
    if "T" not in found:
        return date.fromisoformat(found)
    return local_day(datetime.fromisoformat(found).astimezone(UTC))
