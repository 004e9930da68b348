"""A drop folder of two files, its mapping and its source."""

from pathlib import Path
from typing import Any

from adapters.csv_drop import CSVDropSource, DropFile, DropSettings
from adapters.mapping import LoadedMapping
from tests.adapters import make

MAPPING = """
records:
  - kind: verzuim
    id: Nr
    elements:
      - kind: need
        rules:
          - {to: about, from: Leerling, as: person digits 9}
          - {to: category, value: school}
          - {to: regime, value: other}
          - {to: handling.created_on, from: Datum, as: date d-m-jjjj}
          - {to: text, from: Toelichting}
  - kind: gesprek
    id: Nr
    elements:
      - kind: report
        rules:
          - {to: about, from: Leerling, as: person}
          - {to: about, from: Ouder, as: person}
          - {to: category, value: school}
          - {to: handling.created_on, from: Datum, as: date d-m-jjjj}
          - {to: text, from: Verslag}
"""

ABSENCE = DropFile("verzuim", "verzuim.csv", ("Nr", "Leerling", "Datum", "Toelichting"), ("Leerling",), 9)
TALKS = DropFile("gesprek", "gesprek.csv", ("Nr", "Leerling", "Ouder", "Datum", "Verslag"), ("Leerling", "Ouder"))

HEADER = "Nr;Leerling;Datum;Toelichting"
ROWS = f"""{HEADER}
1;{make.SEM};3-2-2026;"te laat; de bus
kwam niet"
2;999990044;4-2-2026;van een ander
"""
TALK_ROWS = f"""Nr;Leerling;Ouder;Datum;Verslag
1;{make.SEM};{make.MOEDER};5-2-2026;een goed gesprek
"""


def fill(folder: Path, *, absence: str | bytes | None = ROWS, talks: str | bytes | None = TALK_ROWS) -> None:
    """Drop the two files, or one."""
    for name, content in (("verzuim.csv", absence), ("gesprek.csv", talks)):
        if content is not None:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def mapping() -> LoadedMapping:
    return make.mapping(MAPPING)


def settings(folder: Path, **changes: Any) -> DropSettings:
    return DropSettings(folder, "utf-8", ";", (ABSENCE, TALKS), **changes)


def source(folder: Path, **changes: Any) -> CSVDropSource:
    return CSVDropSource("noord", mapping(), settings(folder, **changes), now=lambda: make.NOW)
