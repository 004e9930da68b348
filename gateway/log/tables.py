"""How far each follower of the log has come: the one thing about reading the log that changes in place."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

metadata = MetaData()

NAME_LENGTH: Final = 32

log_follower = Table(
    "log_follower",
    metadata,
    Column("name", String(NAME_LENGTH), primary_key=True),
    Column("next", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
)
"""`next` is the number in the tree of the first event that the follower has not taken."""
