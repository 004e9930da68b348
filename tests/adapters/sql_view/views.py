"""A small care administration in a database, its mapping and its source; the same on SQLite and PostgreSQL."""

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.mapping import LoadedMapping
from adapters.sql_view import SQLViewSource, View, ViewSettings
from tests.adapters import make

MAPPING = """
tables:
  status: [{source: A, target: active, match: equal}]
records:
  - kind: doelen
    id: doel_id
    version: versie
    elements:
      - kind: goal
        rules:
          - {to: about, from: bsn, as: person}
          - {to: category, value: goals}
          - {to: regime, value: jeugdwet}
          - {to: handling.created_on, from: gemaakt, as: date jjjj-mm-dd}
          - {to: handling.told_in_confidence, from: vertrouwelijk, as: boolean J/N, default: "false"}
          - {to: text, from: tekst}
          - {to: status, from: status, as: code status}
  - kind: afspraken
    id: nr
    elements:
      - kind: agreement
        rules:
          - {to: about, from: bsn, as: person digits 9}
          - {to: about, from: bsn_ouder, as: person digits 9}
          - {to: category, value: appointments}
          - {to: handling.created_on, from: gemaakt, as: date jjjj-mm-dd}
          - {to: text, from: tekst}
          - {to: goals, from: doel_id, as: element of doelen}
"""

VIEWS = (
    View("doelen", "v_doelen", ("bsn",)),
    View("afspraken", "v_afspraken", ("bsn", "bsn_ouder"), "integer"),
)

_STATEMENTS = (
    """
    CREATE TABLE doelen (
        doel_id integer, versie integer, bsn text, gemaakt date, vertrouwelijk text, tekst text, status text
    )
    """,
    "CREATE TABLE afspraken (nr integer, bsn bigint, bsn_ouder bigint, gemaakt date, tekst text, doel_id integer)",
    "CREATE VIEW v_doelen AS SELECT * FROM doelen",
    "CREATE VIEW v_afspraken AS SELECT * FROM afspraken",
    "INSERT INTO doelen VALUES (1, 4, '999990019', '2026-01-05', NULL, 'een eigen kamer', 'A')",
    "INSERT INTO doelen VALUES (2, 1, '999990019', '2026-01-06', 'J', 'niet meer bang zijn', 'A')",
    "INSERT INTO doelen VALUES (3, 1, '999990044', '2026-01-06', 'N', 'van een ander gezin', 'A')",
    "INSERT INTO afspraken VALUES (1, 999990019, 999990020, '2026-01-07', 'samen eten', 1)",
)


async def fill(url: str) -> None:
    """Make the administration at `url`."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in _STATEMENTS:
            await connection.execute(text(statement))
    await engine.dispose()


def mapping() -> LoadedMapping:
    return make.mapping(MAPPING)


def source(url: str, *, views: tuple[View, ...] = VIEWS, rows: int = 100, deadline: float = 5.0) -> SQLViewSource:
    return SQLViewSource("noord", mapping(), ViewSettings(make_url(url), views, rows, deadline), now=lambda: make.NOW)
