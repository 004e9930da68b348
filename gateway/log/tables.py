"""How far each follower of the log has come, which changes in place; and the tickets to content, which only grow."""

from typing import Final

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from consent.store.tables import BIG
from gateway.database.append_only import let_grow_only

metadata = MetaData()

NAME_LENGTH: Final = 32

log_follower = Table(
    "log_follower",
    metadata,
    Column("name", String(NAME_LENGTH), primary_key=True),
    Column("next", BIG, nullable=False),
)
"""`next` is the number in the tree of the first event that the follower has not taken."""

log_ticket = Table(
    "log_ticket",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("body", String(64), nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("scope", LargeBinary, nullable=False),
    Column("about", String(64), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("times", Integer, nullable=False),
    Index("log_ticket_of_body", "body", "asked_at"),
)
"""What an officer asks to see. `body` is whose officer he is, `scope` a keyed hash of what he may open with it, `about`
what the second officer reads: an event's id, or that it is for a person. Nothing of whom."""

log_ticket_step = Table(
    "log_ticket_step",
    metadata,
    Column("ticket", ForeignKey("log_ticket.id"), primary_key=True),
    Column("step", String(16), primary_key=True),
    Column("by", String(128), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""That a ticket was `approved` or `withdrawn`, each once."""

log_ticket_use = Table(
    "log_ticket_use",
    metadata,
    Column("ticket", ForeignKey("log_ticket.id"), primary_key=True),
    Column("use", Integer, primary_key=True, autoincrement=False),
)
"""Each use of a ticket, from 1 up to its `times`."""

TRIGGERS: Final = let_grow_only(
    log_ticket, log_ticket_step, log_ticket_use, function="ticket_refuse", message="tickets are append-only"
)
