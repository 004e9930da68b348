"""The table of questions that wait for a holder's decision: what was asked is sealed under the key of whom it is about.

A question waits until a fact `holder_decisions` has its id: nothing in a row is ever changed. It goes with its person.
"""

from typing import Final

from sqlalchemy import Column, DateTime, Integer, LargeBinary, MetaData, String, Table

from consent.store.tables import ID_LENGTH, DatabaseClock
from gateway.database.append_only import FORGOTTEN, let_grow_only

metadata = MetaData()

QUESTION_ID_LENGTH: Final = 36

holder_question = Table(
    "holder_question",
    metadata,
    Column("id", String(QUESTION_ID_LENGTH), primary_key=True),
    Column("holder", String(ID_LENGTH), nullable=False, index=True),
    Column("person", String(ID_LENGTH), nullable=False),
    Column("alike", LargeBinary, nullable=False, index=True),
    Column("key_version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""`alike` is a keyed hash of holder, person and all that was asked: who asks the same again waits in the same place."""

APPEND_ONLY: Final = (holder_question,)

TRIGGERS: Final = let_grow_only(
    *APPEND_ONLY,
    function="question_refuse",
    message="questions are append-only",
    forgotten={holder_question.name: FORGOTTEN},
)
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""
