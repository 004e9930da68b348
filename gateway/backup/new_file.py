"""A new file that has its name only when it is whole and on disk, and that takes nobody else's name."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from gateway.identity.keys import OWNER_ONLY, bring_to_disk

PART: Final = ".part"
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file under a name of its own, for its owner alone; at the end of the block it gets the name `path`.

    An exception in the block leaves nothing. Who is killed leaves a file whose name ends in `.part`.

    Raises:
        FileExistsError: `path` is taken, or somebody else is making it.
    """
    part = path.with_name(path.name + PART)
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(part, path)
    finally:
        part.unlink(missing_ok=True)
    bring_to_disk(path.parent)


def _name(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)  # which, unlike renaming, never takes the place of a file that is there
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        part.rename(path)
