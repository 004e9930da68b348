"""The tables of registration and of single use.

`registration` only grows: a change is a new row of the same kind and key, an end a row without a body.
`used_once` remembers proofs and assertions until they end; losing it in a crash costs nothing but their last seconds,
which the checks of time bound, so on PostgreSQL it is UNLOGGED.
"""

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
    func,
)

from gateway.database.append_only import let_grow_only

metadata = MetaData()

_BIG = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only an INTEGER PRIMARY KEY by itself

registration = Table(
    "registration",
    metadata,
    Column("id", _BIG, Identity(always=True), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key", String(300), nullable=False),
    Column("organisation", String(64), nullable=False),
    Column("body", JSON(none_as_null=True)),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.current_timestamp()),
    Column("recorded_by", String(300), nullable=False),
    Index("registration_entry", "kind", "key"),
)
"""An organisation, a client, an identity provider, a source or a webhook, as it was registered; `body` is null from the
moment that it ended. Beside them the words of operators, which open nothing (`gateway.registry.rows`)."""

used_once = Table(
    "used_once",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires", BigInteger, nullable=False, index=True),
)
"""The SHA-256 of what may be used once, and the second (since 1970) after which it counts for nothing anyway."""

APPEND_ONLY: Final = (registration,)

TRIGGERS: Final = let_grow_only(*APPEND_ONLY, function="registration_refuse", message="registrations are append-only")
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""

POSTGRESQL: Final = ("ALTER TABLE used_once SET UNLOGGED",)
"""What a migration runs on PostgreSQL after it made the tables; `metadata.create_all` runs it too."""


@event.listens_for(used_once, "after_create")
def _unlog(_table: Table, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "postgresql":
        for statement in POSTGRESQL:
            connection.exec_driver_sql(statement)
