"""Reading one mapping strictly into one of the frozen classes, by a table of its keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar

from consent.world.fields import FieldError, Reader, expected, plain_text, step

Made = TypeVar("Made")
Check: TypeAlias = Callable[[Mapping[str, Any]], list[tuple[str, str]]]
NOTE: Final = "note"
LONGEST: Final = 2000
"""Characters of a problem."""


class WorldError(ValueError):
    """A world, or one entry of it, is wrong: show `problems`, each `path.to.field: what is wrong`, to who wrote it.

    Each is one printable line, whatever stands in the file: its keys and ids cannot write on a terminal.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = tuple(map(printable, problems))
        super().__init__("\n".join(self.problems))


def printable(problem: str) -> str:
    """Return a text with escapes in place of what is no visible character, cut where nobody reads on."""
    if len(problem) > LONGEST:
        problem = f"{problem[:LONGEST]}…"
    if problem.isprintable():
        return problem
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in problem)


def nothing_more(_: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Find nothing wrong between keys."""
    return []


def until_not_before_since(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Find an end before its start; equal is no error: such an entry is never in force."""
    since, until = values.get("since"), values.get("until")
    if since is None or until is None or since <= until:
        return []
    return [(".until", "before `since`")]


def without_notes(value: Any) -> Any:
    """Return JSON without any key `note`, however deep."""
    if type(value) is dict:
        return {key: without_notes(inner) for key, inner in value.items() if key != NOTE}
    return [without_notes(item) for item in value] if type(value) is list else value


@dataclass(frozen=True, slots=True)
class Shape(Generic[Made]):
    """The keys of one kind of mapping.

    `renamed` maps a key to the argument it becomes, `check` finds what is wrong between keys, `nests` says that
    entries stand inside, whose notes too are no part of the facts.
    """

    make: Callable[..., Made]
    readers: Mapping[str, Reader]
    required: frozenset[str]
    renamed: Mapping[str, str]
    check: Check
    nests: bool

    def read(self, mapping: Any) -> Made:
        """Return the value that `mapping` describes.

        Raises:
            FieldError: with everything that is wrong, each with its place below the mapping.
        """
        if type(mapping) is not dict:
            raise expected("a mapping")
        values: dict[str, Any] = {}
        problems: list[tuple[str, str]] = []
        readers = self.readers
        for key, value in mapping.items():
            read = readers.get(key)
            if read is None:
                problems.append((f".{step(key)}", "unknown key, or one that an entry of its kind does not have"))
                continue
            try:
                values[key] = read(value)
            except FieldError as error:
                problems += [(f".{key}{place}", what) for place, what in error.problems]
        if not self.required <= mapping.keys():
            problems += [(f".{key}", "missing") for key in sorted(self.required - mapping.keys())]
        problems += self.check(values)
        if problems:
            raise FieldError(*problems)
        return self._made(mapping, values)

    def _made(self, mapping: dict[str, Any], values: dict[str, Any]) -> Made:
        noted = values.pop(NOTE, None) is not None
        source = without_notes(mapping) if noted or self.nests else mapping
        for key, argument in self.renamed.items():
            if key in values:
                values[argument] = values.pop(key)
        return self.make(source=source, **values)


def shape(  # noqa: PLR0913 - a table's columns, each by name
    make: Callable[..., Made],
    keys: Mapping[str, Reader],
    *,
    renamed: Mapping[str, str] | None = None,
    check: Check = nothing_more,
    nests: bool = False,
    note: bool = True,
) -> Shape[Made]:
    """Return the shape of a mapping whose keys are written as in the contract: `id!` is required."""
    readers = {key.rstrip("!"): read for key, read in keys.items()}
    return Shape(
        make=make,
        readers=readers | ({NOTE: plain_text} if note else {}),
        required=frozenset(key.rstrip("!") for key in keys if key.endswith("!")),
        renamed=renamed or {},
        check=check,
        nests=nests,
    )
