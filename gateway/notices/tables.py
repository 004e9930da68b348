"""The tables of notices. They only ever grow: what was worked off, tried or settled is a row of its own.

No row links a notice to a person: its id is a keyed hash and its requests are sealed, so that after somebody is erased
nobody can find in here which exchanges were about him. What had to be looked for because of a fact of his goes with it.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from consent.store.tables import BIG, FORGOTTEN, ID_LENGTH, DatabaseClock
from gateway.database.append_only import let_grow_only

metadata = MetaData()

NOTICE_ID_LENGTH: Final = 36

notice_due = Table(
    "notice_due",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("person", String(ID_LENGTH), nullable=False),
    Column("version", BIG, nullable=False),
    Column("section", String(32), nullable=False),
    Column("fact", String(ID_LENGTH), nullable=False),
    Column("field", String(32), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("person", "version"),
)
"""A fact that was ended, by the row (`person`, `version`) of `fact`: who relied on it is still to be looked for.
It is kept in that row's own transaction. `ended_at` is in the clock of decisions."""

notice_looked = Table(
    "notice_looked",
    metadata,
    Column("due", ForeignKey("notice_due.seq"), primary_key=True, autoincrement=False),
)
"""What was worked off: everybody who relied on it has his notice."""

notice = Table(
    "notice",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("id", String(NOTICE_ID_LENGTH), nullable=False),
    Column("organisation", String(ID_LENGTH), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("announced", Boolean, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
    UniqueConstraint("id"),
    Index("notice_of_organisation", "organisation", "seq"),
)
"""One notice. `seq` follows the order of the commits, and nobody outside sees it: it tells how many others there are.
`sealed` has the requests; `announced` says whether the organisation had a webhook then."""

notice_attempt = Table(
    "notice_attempt",
    metadata,
    Column("notice", ForeignKey("notice.seq"), primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""An attempt to announce a notice, kept before anything is sent: who keeps it is the one who sends."""

notice_settled = Table(
    "notice_settled",
    metadata,
    Column("notice", ForeignKey("notice.seq"), primary_key=True, autoincrement=False),
    Column("how", String(16), nullable=False),
)
"""What is announced no more: `delivered`, `dead` or `unregistered`."""

APPEND_ONLY: Final = (notice_due, notice_looked, notice, notice_attempt, notice_settled)

LOOKED_FORGOTTEN: Final = """\
NOT EXISTS (SELECT 1 FROM notice_due JOIN person_key ON person_key.person = notice_due.person
    WHERE notice_due.seq = OLD.due)"""

TRIGGERS: Final = let_grow_only(
    *APPEND_ONLY,
    function="notice_refuse",
    message="notices are append-only",
    forgotten={notice_due.name: FORGOTTEN, notice_looked.name: LOOKED_FORGOTTEN},
)
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""
