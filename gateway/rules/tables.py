"""The table of confirmations: who confirmed which rule set, when and why. It only ever grows.

Source: decision contract, section 7.
"""

from typing import Final

from sqlalchemy import (
    Column,
    DateTime,
    Identity,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from consent.store.tables import BIG, DatabaseClock
from gateway.database.append_only import let_grow_only
from gateway.registry.said import NAME_LENGTH

metadata = MetaData()

rule_confirmation = Table(
    "rule_confirmation",
    metadata,
    Column("id", BIG, Identity(always=True), primary_key=True),
    Column("rule_set", String(32), nullable=False),
    Column("digest", String(80), nullable=False),
    Column("officer", String(NAME_LENGTH), nullable=False),
    Column("because", Text, nullable=False),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
    UniqueConstraint("rule_set", "digest", "officer"),
)
"""One officer's word for a rule set as `digest` says that it read. `event_id` is the log's event of it."""

APPEND_ONLY: Final = (rule_confirmation,)

TRIGGERS: Final = let_grow_only(*APPEND_ONLY, function="rule_refuse", message="confirmations are append-only")
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""
