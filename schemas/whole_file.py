"""Reading a file whole that somebody named, and that need not be what he takes it for: a device has no end."""

import errno
from pathlib import Path
from typing import BinaryIO, Final

LARGEST: Final = 64 * 1024**2
"""In bytes: far more than any plan, key, receipt or registry has."""


def whole(path: Path) -> bytes:
    """Return the bytes of the file at `path`; a pipe is a file too.

    Raises:
        OSError: it cannot be read, or is larger than `LARGEST`; `strerror` says which.
    """
    with path.open("rb") as file:
        return whole_of(file)


def whole_of(file: BinaryIO) -> bytes:
    """Return what is left of `file`.

    Raises:
        OSError: as `whole`.
    """
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(errno.EFBIG, f"it is larger than {LARGEST // 1024**2} MiB", str(file.name))
    return content
