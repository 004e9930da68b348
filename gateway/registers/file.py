"""A register that answers by a file: read whole, within a limit, and named by its hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from consent.registers.authority_file import read_authority
from consent.registers.gezag_codes import BUILT_IN, Code, read_codes
from consent.registers.orders_file import read_orders
from consent.registers.persons_file import read_persons
from consent.registers.problems import Problem, RegisterError
from consent.registers.said import AuthoritySaid, OrdersSaid, PersonSaid
from consent.registers.text_table import MOST_BYTES


@dataclass(frozen=True, slots=True)
class FileRegister:
    """The bytes of one file, read as what it is asked for. `codes` are those that a file of authority may use."""

    content: bytes = field(repr=False)
    codes: Mapping[str, Code] = field(default_factory=lambda: BUILT_IN, repr=False)

    @property
    def source(self) -> str:
        """Return the hash of the file."""
        return f"sha256:{sha256(self.content).hexdigest()}"

    async def persons(self) -> Sequence[PersonSaid]:
        """Return the persons in the file, in its order."""
        return read_persons(self.content)

    async def authority(self) -> Sequence[AuthoritySaid]:
        """Return the answers about authority in the file, in its order."""
        return read_authority(self.content, self.codes)

    async def orders(self) -> Sequence[OrdersSaid]:
        """Return the answers about orders in the file, in its order."""
        return read_orders(self.content)


def open_file(path: Path, codes: Path | None) -> FileRegister:
    """Return the register in the file at `path`; `codes` is a file with the national table of authority codes.

    Raises:
        RegisterError: a file that is too large or cannot be opened, or a table of codes that cannot be read.
    """
    listed = BUILT_IN if codes is None else read_codes(_content(codes))
    return FileRegister(_content(path), listed)


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            # A pipe or a device may have no end.
            raise RegisterError([Problem("file", "is not there, or is no plain file")])
        with path.open("rb") as opened:
            # One byte more than is taken, and no other: that it is too large is told where it is read.
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        what = f"cannot be read: {error.strerror or type(error).__name__}"
        raise RegisterError([Problem("file", what)]) from None
