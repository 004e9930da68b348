"""The tables of reviews and duties. They only ever grow: a verdict, an end, a thing that was done is a row of its own.

No row names a person or holds a word that somebody wrote: those stand in the event, under its keys, and are gone when
he is forgotten. Who may not judge, and who did, is kept as a keyed hash that fits one item only.
"""

from typing import Final

from sqlalchemy import (
    Column,
    Date,
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
    Uuid,
)

from consent.store.tables import BIG, ID_LENGTH, DatabaseClock
from gateway.database.append_only import let_grow_only

metadata = MetaData()

_KEY: Final = 36

review_item = Table(
    "review_item",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("id", String(_KEY), nullable=False),
    Column("about", String(64), nullable=False),
    Column("event", Uuid(as_uuid=False), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("organisation", String(ID_LENGTH), nullable=False),
    Column("due", Date, nullable=False),
    Column("judges", Integer, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
    UniqueConstraint("id"),
    UniqueConstraint("about", "reason", "organisation"),
    Index("review_item_of_organisation", "organisation", "due", "seq"),
)
"""One review, of `event`; see `audit.review.opening.Opening`. `organisation` is whose officer judges, or `gateway`."""

review_excluded = Table(
    "review_excluded",
    metadata,
    Column("item", ForeignKey("review_item.id"), primary_key=True),
    Column("who", LargeBinary, primary_key=True),
)
"""Who had a hand in it, and so never judges it."""

review_taken = Table(
    "review_taken",
    metadata,
    Column("item", ForeignKey("review_item.id"), primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("who", LargeBinary, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""Who took an item to look at it; for a while nobody else can."""

review_verdict = Table(
    "review_verdict",
    metadata,
    Column("item", ForeignKey("review_item.id"), primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("who", LargeBinary, nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("follow_up", String(32), nullable=False),
    Column("event", Uuid(as_uuid=False), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""What somebody found. His name, his reason and his answers stand in `event`."""

review_closed = Table(
    "review_closed",
    metadata,
    Column("item", ForeignKey("review_item.id"), primary_key=True),
    Column("verdict", String(32), nullable=False),
)
"""The verdict that closed an item."""

review_sample = Table(
    "review_sample",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("size", BIG, nullable=False),
    Column("drawn_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""The sample that was drawn at the beginning of `week`, from the events below `size` that no sample before it had."""

obligation = Table(
    "obligation",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("id", String(_KEY), nullable=False),
    Column("about", String(64), nullable=False),
    Column("event", Uuid(as_uuid=False), nullable=False),
    Column("code", String(32), nullable=False),
    Column("organisation", String(ID_LENGTH), nullable=False),
    Column("due", Date, nullable=False),
    Column("notice", String(_KEY), index=True),
    UniqueConstraint("id"),
    UniqueConstraint("about", "code", "organisation"),
    Index("obligation_of_organisation", "organisation", "due", "seq"),
)
"""What `organisation` still has to do because of `event`; see `audit.review.opening.Owed`."""

obligation_done = Table(
    "obligation_done",
    metadata,
    Column("obligation", ForeignKey("obligation.id"), primary_key=True),
    Column("event", Uuid(as_uuid=False), nullable=False),
)
"""What was done; `event` says by whom and how."""

APPEND_ONLY: Final = (
    review_item,
    review_excluded,
    review_taken,
    review_verdict,
    review_closed,
    review_sample,
    obligation,
    obligation_done,
)

TRIGGERS: Final = let_grow_only(*APPEND_ONLY, function="review_refuse", message="reviews are append-only")
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""
