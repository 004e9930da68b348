"""The tables of emergencies. They only grow: a closing is a row of its own.

They say nothing that the log does not say; they are there to be asked at once, beside a request. Who opened one is
sealed under the log's own key. Its rows go with whom it was about; that somebody looked stays in the log.
"""

from typing import Final

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from consent.store.tables import BIG, FORGOTTEN, ID_LENGTH, DatabaseClock
from gateway.database.append_only import let_grow_only

metadata = MetaData()

EMERGENCY_ID_LENGTH: Final = 36

emergency = Table(
    "emergency",
    metadata,
    Column("id", String(EMERGENCY_ID_LENGTH), primary_key=True),
    Column("holder", String(ID_LENGTH), primary_key=True),
    Column("organisation", String(ID_LENGTH), nullable=False),
    Column("person", String(ID_LENGTH), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
    Index("emergency_of_person", "person", "organisation", "opened_at"),
    Index("emergency_by_time", "opened_at"),
)
"""What one request (`id`) of `organisation` got of one `holder` in an emergency. The instants are in the clock of
decisions; `sealed` has the worker."""

emergency_closed = Table(
    "emergency_closed",
    metadata,
    Column("id", String(EMERGENCY_ID_LENGTH), primary_key=True),
    Column("holder", String(ID_LENGTH), primary_key=True),
    Column("side", String(16), nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["id", "holder"], ["emergency.id", "emergency.holder"]),
)
"""What was closed by hand, by whose `side` first: `asker`, `holder` or `gateway`."""

emergency_closed_again = Table(
    "emergency_closed_again",
    metadata,
    Column("id", String(EMERGENCY_ID_LENGTH), primary_key=True),
    Column("holder", String(ID_LENGTH), primary_key=True),
    Column("side", String(16), primary_key=True),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["id", "holder"], ["emergency.id", "emergency.holder"]),
)
"""From which other sides it was closed after that: what ended ends no more, but who closes it bars the next."""

crisis_set = Table(
    "crisis_set",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("holder", String(ID_LENGTH), nullable=False, index=True),
    Column("officer", String(ID_LENGTH), nullable=False),
    Column("act", String(16), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""What was said of a holder's crisis set: `admin-proposed` and `opened` by his administrators, `closed` by whoever may,
and `proposed` by a privacy officer in the version before; the newest row counts. `officer` is who said it."""

APPEND_ONLY: Final = (emergency, emergency_closed, emergency_closed_again, crisis_set)

_FORGOTTEN_TOO: Final = """\
NOT EXISTS (SELECT 1 FROM emergency JOIN person_key ON person_key.person = emergency.person
    WHERE emergency.id = OLD.id AND emergency.holder = OLD.holder)"""

TRIGGERS: Final = let_grow_only(
    *APPEND_ONLY,
    function="emergency_refuse",
    message="emergencies are append-only",
    forgotten={
        emergency.name: FORGOTTEN,
        emergency_closed.name: _FORGOTTEN_TOO,
        emergency_closed_again.name: _FORGOTTEN_TOO,
    },
)
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""
