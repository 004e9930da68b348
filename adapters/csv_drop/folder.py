"""Reads the files of a drop folder, and reads one again only when it has changed. Blocking: to be run in a thread."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from adapters.csv_drop.parsing import BadFileError, BadRow, Rows, parse
from adapters.csv_drop.settings import DropFile, DropSettings

_SIDECAR_BYTES: Final = 1_000
_SHA256: Final = re.compile(r"([0-9a-fA-F]{64})\b")

_Signature = tuple[int, int, int]
"""Modified at (ns), bytes, inode: a file that was renamed into place differs in at least one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file as it was read: rows by person's number, bad rows, and why it is of no use, if so."""

    rows: dict[str, list[dict[str, str]]] = field(repr=False)
    bad: tuple[BadRow, ...] = ()
    unusable: str | None = None
    missing: bool = False


class DropFolder:
    """The files of one source. Holds what they held when they were last read, and nothing older."""

    def __init__(self, settings: DropSettings) -> None:
        self._settings = settings
        self._read: dict[str, tuple[tuple[_Signature | None, ...], Sheet]] = {}

    def sheet(self, file: DropFile) -> Sheet:
        """Return what `file` holds now."""
        path = self._settings.folder / file.file
        signature = tuple(_signature(each) for each in (path, _beside(path, "sha256"), _beside(path, "rows")))
        held = self._read.get(file.file)
        if held is not None and held[0] == signature:
            return held[1]
        self._read.pop(file.file, None)
        sheet = self._fresh(path, file)
        if signature[0] is not None and signature[0] == _signature(path):
            self._read[file.file] = signature, sheet
        return sheet

    def _fresh(self, path: Path, file: DropFile) -> Sheet:
        try:
            content = self._content(path, file)
            rows = parse(content, file, self._settings)
            self._check(path, file, content, rows)
        except FileNotFoundError:
            return Sheet({}, unusable=f"{file.file}: is not there", missing=True)
        except OSError as error:
            return Sheet({}, unusable=f"{file.file}: cannot be read: {error.strerror}", missing=True)
        except BadFileError as error:
            return Sheet({}, unusable=str(error))
        by_person: dict[str, list[dict[str, str]]] = {}
        for row in rows.good:
            for number in {row[column].strip().zfill(file.digits) for column in file.person}:
                by_person.setdefault(number, []).append(row)
        return Sheet(by_person, rows.bad)

    def _content(self, path: Path, file: DropFile) -> bytes:
        content = _plain_file(path, self._settings.size_limit + 1)
        if len(content) > self._settings.size_limit:
            raise BadFileError(f"{file.file}: more than {self._settings.size_limit} bytes")
        return content

    def _check(self, path: Path, file: DropFile, content: bytes, rows: Rows) -> None:
        written = _sidecar(_beside(path, "sha256"))
        if written is None and self._settings.checksum_required:
            raise BadFileError(f"{file.file}: `{file.file}.sha256` is not there")
        if written is not None:
            match = _SHA256.match(written)
            if match is None or match[1].lower() != hashlib.sha256(content).hexdigest():
                raise BadFileError(f"{file.file}: is not what `{file.file}.sha256` says")
        count = _sidecar(_beside(path, "rows"))
        if count is not None and count.strip() != str(len(rows.good) + len(rows.bad)):
            raise BadFileError(f"{file.file}: has not as many rows as `{file.file}.rows` says")


def _plain_file(path: Path, most: int) -> bytes:
    """Return at most `most` bytes of a plain file. Who may drop files may not make us read elsewhere, or wait."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise BadFileError(f"{path.name}: is no plain file")
        return stream.read(most)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}.{ending}")


def _sidecar(path: Path) -> str | None:
    try:
        return _plain_file(path, _SIDECAR_BYTES).decode("ascii", errors="replace")
    except FileNotFoundError:
        return None


def _signature(path: Path) -> _Signature | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # one call for all three
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
