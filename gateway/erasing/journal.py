"""The tombstone journal: a file apart from the database and its backups, to which lines are added and nothing else.

Copy its folder to where nothing can be changed, as often as an erasure happens: whoever restores the database needs it.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from audit.signing import SigningKey
from gateway.erasing.tombstone import (
    JournalError,
    Line,
    TombstoneKind,
    last_line,
    line_that_says,
    next_after,
    read_lines,
    whole,
)
from gateway.identity.keys import bring_to_disk

NAME: Final = "tombstones.ndjson"
_END: Final = 1 << 16
"""Bytes at the end of the file in which its last line lies, and what was begun behind it; of the lines some 150."""
_PRIVATE: Final = stat.S_IRUSR | stat.S_IWUSR


@dataclass(frozen=True)
class Journal:
    """The journal in `folder`, of the log whose `key` signs it."""

    folder: Path
    key: SigningKey

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / NAME

    def begin(self, *, at: str, epoch: int) -> None:
        """Make a journal where there is none, once for each installation.

        Raises:
            JournalError: there is one, or it cannot be written.
        """
        first = next_after(None, at=at, kind=TombstoneKind.BEGIN, pseudonym=self.key.name, epoch=epoch)
        try:
            new = self.folder / f".{NAME}.{os.getpid()}"
            new.unlink(missing_ok=True)  # of one who was killed
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(first.encoded(self.key))
                file.flush()
                os.fsync(file.fileno())
            try:
                # Whole or not at all, and never over one that is there.
                os.link(new, self.path)
            finally:
                new.unlink()
            bring_to_disk(self.folder)
        except FileExistsError:
            raise JournalError(f"there is a tombstone journal in {self.folder} already; keep it") from None
        except OSError as error:
            raise JournalError(f"{self.path} cannot be written: {error.strerror}; make its folder first") from None

    def require_writable(self) -> None:
        """Look that lines can be added here, before anything depends on it; the folder need not have a journal yet.

        Raises:
            JournalError: they cannot.
        """
        if not self.path.exists():
            return  # `read` says what to do
        try:
            os.close(os.open(self.path, os.O_RDWR))
        except OSError as error:
            raise JournalError(
                f"{self.path} cannot be written: {error.strerror}; what is withdrawn from now on would not be kept"
                " there. Let this account write it (deploy/systemd/schakel.service: StateDirectory), then start"
            ) from None

    def read(self) -> tuple[Line, ...]:
        """Return every line, checked.

        Raises:
            JournalError: there is no journal, or one that cannot be believed.
        """
        try:
            return read_lines(self.path.read_bytes(), self.key.verifier)
        except FileNotFoundError:
            raise JournalError(
                f"there is no tombstone journal in {self.folder}; put back the one in use, or, where none was ever"
                " made, run `schakel tombstones begin`"
            ) from None
        except OSError as error:
            raise JournalError(f"{self.path} cannot be read: {error.strerror}") from None

    def append(self, *, at: str, kind: TombstoneKind, pseudonym: str, epoch: int) -> Line:
        """Add a line, unless one of the last says the same; when it returns the line is on disk.

        Raises:
            JournalError: it is not; nothing may be erased.
        """
        try:
            with self._alone() as file:
                size = os.fstat(file).st_size
                start = max(0, size - _END)
                content = os.pread(file, _END, start)
                last = last_line(content, self.key.verifier)
                if same := line_that_says(content, self.key.verifier, at=at, kind=kind, pseudonym=pseudonym):
                    return same
                tombstone = next_after(last, at=at, kind=kind, pseudonym=pseudonym, epoch=epoch)
                line = tombstone.encoded(self.key)
                # What a power cut left behind the last line was never promised to anybody.
                os.ftruncate(file, start + len(whole(content)))
                _write(file, line, start + len(whole(content)))
        except OSError as error:
            raise JournalError(f"{self.path} cannot be written: {error.strerror}; nothing is erased") from None
        return Line(tombstone, sha256(line).digest())

    @contextmanager
    def _alone(self) -> Iterator[int]:
        file = os.open(self.path, os.O_RDWR)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _write(file: int, line: bytes, at: int) -> None:
    # A disk on which there is room for a part takes that part, and raises nothing.
    if os.pwrite(file, line, at) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file)


def require_held(done: Sequence[tuple[int, bytes]], lines: Sequence[Line]) -> None:
    """Look that the journal has every line that was `done`, as (seq, digest), by what database and key file know.

    Raises:
        JournalError: it was cut off, or is another one.
    """
    for seq, digest in done:
        if seq >= len(lines):
            raise JournalError(
                f"the tombstone journal ends at line {len(lines)}, and line {seq + 1} was carried out: it was cut off,"
                " or is an old copy; put back the newest one"
            )
        if lines[seq].digest != digest:
            raise JournalError(
                f"line {seq + 1} of the tombstone journal is not the one that was carried out: it is another journal,"
                " or was made anew; put back the one in use"
            )
