"""The table of erasures that this database carried out, and the guard that keeps whoever is gone from coming back.

A row tells which line of the tombstone journal was carried out, and nobody's id. The guard stands before
`audit_subject`: an event about somebody who was forgotten while it was made keeps its place in the tree, and leads to
nobody. It works in every process, whatever that still remembers.
"""

from typing import Final

from sqlalchemy import DDL, Column, DateTime, LargeBinary, MetaData, Table, event

from consent.store.tables import BIG, DatabaseClock
from gateway.database.append_only import let_grow_only

metadata = MetaData()

tombstone_done = Table(
    "tombstone_done",
    metadata,
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""The line `seq` of the journal, of which `digest` is the SHA-256, is carried out in this database."""

APPEND_ONLY: Final = (tombstone_done,)

TRIGGERS: Final = let_grow_only(*APPEND_ONLY, function="tombstone_refuse", message="tombstones are append-only")
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""

GUARD: Final = {
    "postgresql": [
        """\
CREATE OR REPLACE FUNCTION subject_of_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM person WHERE id = NEW.person) OR NOT EXISTS (SELECT 1 FROM tombstone_done) THEN
    RETURN NEW;
  END IF;
  RETURN NULL;
END $$""",
        (
            "CREATE OR REPLACE TRIGGER audit_subject_of_nobody BEFORE INSERT ON audit_subject"
            " FOR EACH ROW EXECUTE FUNCTION subject_of_nobody()"
        ),
        "ALTER TABLE audit_subject ENABLE ALWAYS TRIGGER audit_subject_of_nobody",
    ],
    "sqlite": [
        (
            "CREATE TRIGGER IF NOT EXISTS audit_subject_of_nobody BEFORE INSERT ON audit_subject"
            " WHEN NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.person)"
            " AND EXISTS (SELECT 1 FROM tombstone_done) BEGIN SELECT RAISE(IGNORE); END"
        ),
    ],
}
"""For each dialect the statements that let no event lead to somebody who is not known here, once anybody was erased."""

for _dialect, _statements in GUARD.items():
    for _statement in _statements:
        _guard = DDL(_statement)  # type: ignore[no-untyped-call] # SQLAlchemy gives it no types
        event.listen(tombstone_done, "after_create", _guard.execute_if(dialect=_dialect))
