"""World files on disk: one that is named, or all that lie under a folder. Never more is read than a world can have."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from consent.world.documents import LARGEST, parsed
from consent.world.file import WORLD, World, read_world, world_in
from consent.world.shape import WorldError

STDIN: Final = "-"
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
_SAYS_WORLD: Final = re.compile(rb"schakel[\"']?\s*:\s*[\"']?world/1")
_LONGEST_SAID: Final = 64
"""Bytes that two parts of a file have in common, so that the words are not cut in two."""


def read_world_file(path: str | Path) -> World:
    """Return the world in the file at `path`; `-` is standard input.

    Raises:
        OSError: it cannot be read.
        WorldError: with all that is wrong.
    """
    if str(path) != STDIN:
        with Path(path).open("rb") as file:
            return read_world(_beginning(file))
    if sys.stdin is None:
        raise FileNotFoundError(0, "there is no standard input")
    return read_world(_beginning(sys.stdin.buffer))


def world_in_file(path: Path) -> World | None:
    """Return the world that a file in a folder holds, or nothing where it is no world file.

    Raises:
        OSError: it cannot be read.
        WorldError: with all that is wrong with a file that says it is a world.
    """
    with path.open("rb") as file:
        raw = _beginning(file)
        if _SAYS_WORLD.search(raw) is None and not _says_world_further_on(raw, file):
            return None
    found = parsed(raw)
    if type(found.value) is not dict or found.value.get("schakel") != WORLD:
        return None
    return world_in(found)


def world_files(folder: Path) -> Iterator[Path | OSError]:
    """Yield the files under `folder` that could hold a world, by name, and why a folder in it cannot be read."""
    unread: list[OSError] = []
    found = [
        Path(within) / name
        for within, _, names in os.walk(folder, onerror=unread.append)
        for name in names
        if Path(name).suffix in _SUFFIXES
    ]
    yield from unread
    yield from (file for file in sorted(found) if file.is_file())


def problems_of(error: OSError | WorldError) -> tuple[str, ...]:
    """Return what to tell of a file, each in a line of its own behind the file's name."""
    return error.problems if isinstance(error, WorldError) else (f"cannot be read: {error.strerror}",)


def _beginning(file: BinaryIO) -> bytes:
    """Return a file whole, or one byte more than a world can have: a pipe may never end."""
    return file.read(LARGEST + 1)


def _says_world_further_on(part: bytes, file: BinaryIO) -> bool:
    # Keys may stand in any order. What says it is a world, and is too large, must be told and not passed over.
    while following := file.read(LARGEST):
        part = part[-_LONGEST_SAID:] + following
        if _SAYS_WORLD.search(part) is not None:
            return True
    return False
