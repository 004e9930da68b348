"""What is wrong with a mapping file: every problem with its place, all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file; line and column begin at 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    place: Place
    text: str

    def __str__(self) -> str:
        """Return `FILE:line:col: text`."""
        return f"{self.place.file}:{self.place.line}:{self.place.column}: {self.text}"


class MappingError(Exception):
    """A mapping file that does not load. `problems` holds everything that is wrong with it, in the file's order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(slots=True)
class Problems:
    """Collects problems while a file is read, so that its author hears all of them at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, text: str) -> None:
        """Note that `text` is wrong at `place`."""
        self.found.append(Problem(place, text))

    def raise_if_any(self) -> None:
        """Stop here where something was wrong.

        Raises:
            MappingError: with every problem, in the file's order, each once.
        """
        if self.found:
            raise MappingError(sorted(set(self.found)))


def allowed(words: Iterable[str], given: str) -> str:
    """Return what may stand in place of `given`: `allowed: a, b (did you mean `b`?)`."""
    words = sorted(words)
    near = get_close_matches(given, words, n=1)
    hint = f" (did you mean `{near[0]}`?)" if near else ""
    return f"allowed: {', '.join(words)}{hint}"
