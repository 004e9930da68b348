"""What an import says to the operator: places in the file, ids of facts, and one word each. No number and no name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from consent.registers.seen import Amend, How, New, Note, Step
from consent.world.shape import printable

_WHAT: Final = {
    "persons": "person",
    "family": "family fact",
    "authority": "authority",
    "orders": "order",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one place in the file: how, and of what."""

    place: str
    how: How
    what: str

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.how}{': ' if self.what else ''}{self.what}")


def line_of(place: str, step: Step) -> Line | None:
    """Return what a step is called; nothing of one that only keeps that the register was asked."""
    if isinstance(step, Note):
        return Line(place, How.NOTHING, step.what)
    if isinstance(step, New):
        return Line(place, How.NEW, f"{_WHAT[step.section]}{_doubted(step.fields.get('disputed') is True)}")
    if step.how is How.NOTHING:
        return None
    section, name = step.key
    # Of a person the id is his own; of his parents and partners it says nothing.
    return Line(place, step.how, f"{_WHAT[section]} {name} ({_fields(step)})")


def _doubted(disputed: bool) -> str:  # noqa: FBT001 - a word for it, or none
    return " (disputed: somebody here closed it)" if disputed else ""


def _fields(step: Amend) -> str:
    return ", ".join(sorted(step.fields))


def told(lines: Sequence[Line], *, preview: bool) -> str:
    """Return everything that becomes, a line each, and how much of each, with whether it was stored."""
    counted = Counter(each.how for each in lines)
    counts = ", ".join(f"{counted[how]} {how}" for how in How)
    last = f"preview: {counts}; nothing was stored" if preview else f"imported: {counts}"
    return "\n".join([*map(str, lines), last])
