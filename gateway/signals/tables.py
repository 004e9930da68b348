"""The tables of signals. They only ever grow: an explanation ends by a row, and a switch is the words said of it.

No row names anybody: accounts and persons stand here as keyed hashes, and what was written is sealed.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
)

from consent.store.tables import BIG, ID_LENGTH, DatabaseClock
from gateway.database.append_only import let_grow_only
from gateway.registry.said import NAME_LENGTH

metadata = MetaData()

RULE_LENGTH: Final = 16
PSEUDONYM_LENGTH: Final = 32

signal_explained = Table(
    "signal_explained",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("rule", String(RULE_LENGTH), nullable=False),
    Column("organisation", String(ID_LENGTH), nullable=False, index=True),
    Column("account", String(PSEUDONYM_LENGTH)),
    Column("person", String(PSEUDONYM_LENGTH)),
    Column("until", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""What an officer said: that a rule leaves out, up to and with the day `until`, what `account` did, with `person` where
one is named, or that this ends (`gateway.signals.explaining`). No account means the whole team. `sealed` holds all of
the row again, why, and who said so: a row that does not say what is sealed in it counts for nothing."""

signal_word = Table(
    "signal_word",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("rule", String(RULE_LENGTH), nullable=False),
    Column("officer", String(NAME_LENGTH), nullable=False),
    Column("off", Boolean, nullable=False),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""One officer's word that a rule goes off, or on again. It counts where its event says the same; why stands there."""

APPEND_ONLY: Final = (signal_explained, signal_word)

TRIGGERS: Final = let_grow_only(*APPEND_ONLY, function="signal_refuse", message="signals are append-only")
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""
