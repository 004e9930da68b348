"""What is wrong with a register's answer: where, what it is, and what to do. Never what stands there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from consent.world.fields import FieldError
from consent.world.shape import printable

MOST_TOLD: Final = 100
"""So many problems are told one by one; of the others how many there are."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `place` is `line 7`, with a column where it is in one cell, or a path into JSON."""

    place: str
    what: str

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.what}")


class RegisterError(ValueError):
    """What a register answered cannot be taken as it is: store nothing of it, and show `problems` to who brought it.

    None of them holds anybody's data.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take everything that is wrong, in the order of the answer."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """The problems, a line each, and a last line where there are more than anybody reads."""
        told = tuple(map(str, self.problems[:MOST_TOLD]))
        left = len(self.problems) - len(told)
        return (*told, f"and {left} more") if left else told


def line(number: int) -> str:
    """Return the place of a line of a file, counted from 1."""
    return f"line {number}"


def cell(number: int, column: str) -> str:
    """Return the place of one cell."""
    return f"line {number}, column `{column}`"


@contextmanager
def told_at(place: str, problems: list[Problem]) -> Iterator[None]:
    """Keep what a reader finds wrong inside the block among `problems`, and go on."""
    try:
        yield
    except FieldError as error:
        problems += [Problem(f"{place}{inner}", what) for inner, what in error.problems]
