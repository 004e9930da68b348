"""Schuldhulp Stad: a folder into which its system drops CSV files every night, as an old Dutch program writes them.

Windows-1252, semicolons, CRLF, and beside each file its checksum and its number of rows.
"""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gateway.demo.days import moved

FILES: Final = ("klanten.csv", "dossier.csv", "agenda.csv")
ENCODING: Final = "cp1252"
HEADERS: Final = {
    "dossier": (
        "Regel",
        "Klant",
        "Betreft ook",
        "Soort",
        "Onderwerp",
        "Tekst",
        "Door",
        "Begin",
        "Einde",
        "Stand",
        "Reden",
        "Ingevoerd",
        "Behandelaar",
    ),
    "agenda": ("Nr", "Klant", "Wanneer", "Tot", "Onderwerp", "Met", "Ingevoerd"),
}
"""The header lines of the files that others may read, as the institution tells them."""


@dataclass(frozen=True, slots=True)
class DebtCounselling:
    """The folder of last night's files, at `path`."""

    path: Path

    def stop(self) -> None:
        """Take the folder away; does nothing where it is gone."""
        shutil.rmtree(self.path, ignore_errors=True)


def start(folder: Path, *, today: date) -> DebtCounselling:
    """Drop the files of one night into a new folder inside `folder`.

    Raises:
        FileExistsError: there is one already.
    """
    path = folder / "schuldhulp-stad"
    path.mkdir()
    for name in FILES:
        text = moved(Path(__file__).with_name(name).read_text(encoding="utf-8"), today=today)
        drop(path, name, text)
    return DebtCounselling(path)


def drop(folder: Path, name: str, text: str) -> None:
    """Write the file `name` as the institution does: checksum and rows first, then the whole file at once.

    `text` has its header in the first line; the header is no row.
    """
    content = text.replace("\n", "\r\n").encode(ENCODING)
    (folder / f"{name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {name}\n", encoding="ascii")
    (folder / f"{name}.rows").write_text(f"{len(text.splitlines()) - 1}\n", encoding="ascii")
    part = folder / f"{name}.part"
    part.write_bytes(content)
    part.rename(folder / name)
