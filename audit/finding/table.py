"""The table of search: by which words an event is found. It is made from the log and no part of it.

An event's id begins with its instant (RFC 9562, UUID version 7), so the events of each term lie in the order of time.
What is personal goes when the person is erased; nothing else ever does, and no row is changed.
"""

from typing import Final

from sqlalchemy import DDL, Boolean, Column, Index, LargeBinary, MetaData, Table, Uuid, event, text

metadata = MetaData()
_PERSONAL: Final = text("personal")

audit_term = Table(
    "audit_term",
    metadata,
    Column("term", LargeBinary, primary_key=True),
    Column("event_id", Uuid(as_uuid=False), primary_key=True),
    Column("personal", Boolean, nullable=False),
    Index("audit_term_personal", "event_id", postgresql_where=_PERSONAL, sqlite_where=_PERSONAL),
)
"""`term` is a keyed hash (`audit.finding.terms`)."""

_ABORT: Final = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
_TAKEN: Final = "EXISTS (SELECT 1 FROM audit_term WHERE term = NEW.term AND event_id = NEW.event_id)"
_REFUSE: Final = "EXECUTE FUNCTION audit_refuse()"
_KEPT: Final = (
    ("change", "BEFORE UPDATE", "FOR EACH ROW"),
    ("loss", "BEFORE DELETE", "FOR EACH ROW WHEN (NOT OLD.personal)"),
    ("truncate", "BEFORE TRUNCATE", "FOR EACH STATEMENT"),
)

TRIGGERS: Final = {
    "postgresql": [
        statement
        for name, act, each in _KEPT
        for statement in (
            f"CREATE OR REPLACE TRIGGER audit_term_no_{name} {act} ON audit_term {each} {_REFUSE}",
            f"ALTER TABLE audit_term ENABLE ALWAYS TRIGGER audit_term_no_{name}",
        )
    ],
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS audit_term_no_{name} BEFORE {act} {_ABORT}"
        for name, act in (
            ("update", "UPDATE ON audit_term"),
            ("delete", "DELETE ON audit_term WHEN NOT OLD.personal"),
            ("replace", f"INSERT ON audit_term WHEN {_TAKEN}"),
        )
    ],
}
"""For each dialect the statements that keep the rows; each may be run again without harm."""


def _install() -> None:
    """Let `metadata.create_all` install the triggers with the table."""
    for dialect, statements in TRIGGERS.items():
        for statement in statements:
            trigger = DDL(statement)  # type: ignore[no-untyped-call] # SQLAlchemy leaves DDL untyped
            event.listen(audit_term, "after_create", trigger.execute_if(dialect=dialect))


_install()
