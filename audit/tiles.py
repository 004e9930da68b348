"""The tree cut into tiles that can be cached for ever: their names, and the bytes of a bundle of entries. Pure.

Source: C2SP tlog-tiles, *Merkle Tree* and *Log entries*.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from audit.tree import Range

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
LONGEST_ENTRY: Final = 0xFFFF
"""So many bytes fit behind a length of two."""

_HIGHEST_LEVEL: Final = 63
_ENTRIES: Final = "entries"
# More digits than a tree of 2**63 leaves needs name nothing, and Python would not read thousands of them.
_NAME: Final = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


class NoTileError(ValueError):
    """This names no tile of any tree; answer as to any address that does not exist."""


@dataclass(frozen=True, slots=True)
class Tile:
    """The `width` hashes from `index` * 256 on at a level, or the entries themselves (`level` is None)."""

    level: int | None
    index: int
    width: int = WIDTH

    @classmethod
    def read(cls, name: str) -> "Tile":
        """Return the tile with this name, `LEVEL/INDEX` or `entries/INDEX`, `.p/WIDTH` behind it where it is partial.

        Raises:
            NoTileError: no name, or not the one spelling of it.
        """
        found = _NAME.fullmatch(name)
        if found is None:
            raise NoTileError("expected LEVEL/INDEX or entries/INDEX, with .p/WIDTH for a partial tile")
        level = None if found["level"] == _ENTRIES else int(found["level"])
        width = WIDTH if found["width"] is None else int(found["width"])
        tile = cls(level, int(found["index"].replace("x", "").replace("/", "")), width)
        if (level or 0) > _HIGHEST_LEVEL or (found["width"] is not None and width >= WIDTH) or tile.name != name:
            raise NoTileError("no such level or width, or zeroes before the index")
        return tile

    @property
    def name(self) -> str:
        """Return the tile's address below `tile/`."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        index = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{_ENTRIES if self.level is None else self.level}/{index}{partial}"

    @property
    def is_full(self) -> bool:
        """Say whether it is as wide as a tile can be."""
        return self.width == WIDTH

    @property
    def positions(self) -> Range:
        """Return which nodes of its level (in units of 256**level leaves) the tile holds."""
        return Range(self.index * WIDTH, self.index * WIDTH + self.width)

    def is_in(self, size: int) -> bool:
        """Say whether a tree of `size` leaves has this tile."""
        return self.positions.end << (HEIGHT * (self.level or 0)) <= size


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Return `leaves` as an entry bundle: each with its length before it, two bytes, the higher first.

    Raises:
        ValueError: a leaf has more than 65,535 bytes.
    """
    entries = list(leaves)
    if any(len(leaf) > LONGEST_ENTRY for leaf in entries):
        raise ValueError(f"a leaf has more than {LONGEST_ENTRY} bytes")
    return b"".join(len(leaf).to_bytes(2) + leaf for leaf in entries)
