"""The tables of what waits at a holder: questions for his decision, and the lift of his stop for a second officer.

A question waits until a fact `holder_decisions` has its id: nothing in a row is ever changed. What was asked is sealed
under the key of whom it is about, and goes with him.
"""

from typing import Final

from sqlalchemy import Column, DateTime, Identity, Integer, LargeBinary, MetaData, String, Table

from consent.store.tables import BIG, FORGOTTEN, ID_LENGTH, DatabaseClock
from gateway.database.append_only import let_grow_only

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

stop_lift = Table(
    "stop_lift",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("holder", String(ID_LENGTH), nullable=False, index=True),
    Column("officer", String(ID_LENGTH)),
    Column("at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
)
"""Who proposed to lift a holder's stop; the newest row counts, and one without officer says that nobody does any more.

Not in the registry: a proposal changes nothing yet, and each change there has others begin anew.
"""

APPEND_ONLY: Final = (holder_question, stop_lift)

TRIGGERS: Final = let_grow_only(
    *APPEND_ONLY,
    function="question_refuse",
    message="questions are append-only",
    forgotten={holder_question.name: FORGOTTEN},
)
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""
