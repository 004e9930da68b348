"""What the door to a drop folder needs to know."""

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

ENCODINGS: Final = frozenset({"utf-8", "cp1252", "iso-8859-1", "iso-8859-15", "utf-16"})


@dataclass(frozen=True, slots=True)
class DropFile:
    """One file, which holds one kind of record; `columns` is its header, exactly."""

    kind: str
    file: str
    columns: tuple[str, ...]
    person: tuple[str, ...]
    digits: int = 0

    def __post_init__(self) -> None:
        """Refuse what could read elsewhere, or never fit.

        Raises:
            ValueError: with what is wrong.
        """
        if (
            PurePath(self.file).name != self.file
            or self.file.endswith(".part")
            or not self.file.isprintable()
            or not self.file
        ):
            raise ValueError("a file is a plain name, not a path, and not one that ends in `.part`")
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("a column is declared twice")
        if not self.person or not set(self.person) <= set(self.columns):
            raise ValueError("the person columns are some of the columns")


@dataclass(frozen=True, slots=True)
class DropSettings:
    """Where the files lie and how they are written. Limits: bytes and rows of a file, characters of a field."""

    folder: Path
    encoding: str
    delimiter: str
    files: tuple[DropFile, ...]
    checksum_required: bool = False
    size_limit: int = 50_000_000
    row_limit: int = 200_000
    field_limit: int = 100_000

    def __post_init__(self) -> None:
        """Refuse an encoding or a delimiter that would be guessed at.

        Raises:
            ValueError: with what is wrong.
        """
        if self.encoding not in ENCODINGS:
            raise ValueError(f"an encoding is one of: {', '.join(sorted(ENCODINGS))}")
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n\0' or self.delimiter.isalnum():
            raise ValueError("a delimiter is one sign, and no quote, letter or digit")
