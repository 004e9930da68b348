"""In every Python process that a test starts: what it says on standard error is also kept for the run to look at.

Python imports this by itself where its folder is on the path; `tests.canaries.watch` puts it there. It is no part of
the product, and does nothing where no folder is named.
"""

import os
import sys
from contextlib import suppress
from typing import Any

FOLDER = os.environ.get("CANARY_FOLDER")


class Heard:
    """Standard error, of which each word is also appended to a file: unbuffered, for processes are killed."""

    def __init__(self, stream: Any, file: int) -> None:
        self._stream, self._file = stream, file

    def write(self, text: str) -> Any:
        with suppress(OSError):  # the run is over, or its disk is full: the process must not notice
            os.write(self._file, text.encode(errors="backslashreplace"))
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


if FOLDER and sys.stderr is not None:
    with suppress(OSError):
        kept = os.open(f"{FOLDER}/{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        sys.stderr = Heard(sys.stderr, kept)
