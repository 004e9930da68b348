"""The table of confirmations: who confirmed which rule set, when and why. It only ever grows.

Source: decision contract, section 7.
"""

from typing import Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    event,
)

from consent.tables import DatabaseClock
from gateway.rules.said import NAME_LENGTH

metadata = MetaData()

rule_confirmation = Table(
    "rule_confirmation",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True),
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

_MESSAGE: Final = "confirmations are append-only"

_ROW, _STATEMENT = "FOR EACH ROW EXECUTE FUNCTION rule_refuse()", "FOR EACH STATEMENT EXECUTE FUNCTION rule_refuse()"
_POSTGRESQL: Final = (
    f"""\
CREATE OR REPLACE FUNCTION rule_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'insufficient_privilege';
END $$""",
    f"CREATE OR REPLACE TRIGGER rule_confirmation_no_change BEFORE UPDATE OR DELETE ON rule_confirmation {_ROW}",
    f"CREATE OR REPLACE TRIGGER rule_confirmation_no_truncate BEFORE TRUNCATE ON rule_confirmation {_STATEMENT}",
    # ALWAYS: also where session_replication_role switches ordinary triggers off.
    "ALTER TABLE rule_confirmation ENABLE ALWAYS TRIGGER rule_confirmation_no_change",
    "ALTER TABLE rule_confirmation ENABLE ALWAYS TRIGGER rule_confirmation_no_truncate",
)

_REFUSE: Final = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
_SAME: Final = "rule_set = NEW.rule_set AND digest = NEW.digest AND officer = NEW.officer"
_TAKEN: Final = f"EXISTS (SELECT 1 FROM rule_confirmation WHERE id = NEW.id OR ({_SAME}))"  # noqa: S608 - our own names
_WHEN_TAKEN: Final = f"WHEN {_TAKEN} {_REFUSE}"
_SQLITE: Final = (
    f"CREATE TRIGGER IF NOT EXISTS rule_confirmation_no_update BEFORE UPDATE ON rule_confirmation {_REFUSE}",
    f"CREATE TRIGGER IF NOT EXISTS rule_confirmation_no_delete BEFORE DELETE ON rule_confirmation {_REFUSE}",
    # INSERT OR REPLACE deletes the old row without firing a delete trigger.
    f"CREATE TRIGGER IF NOT EXISTS rule_confirmation_no_replace BEFORE INSERT ON rule_confirmation {_WHEN_TAKEN}",
)

TRIGGERS: Final = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}
"""For each dialect the statements that make the table append-only; each may be run again without harm."""

for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        _trigger = DDL(_statement)  # type: ignore[no-untyped-call] # SQLAlchemy gives it no types
        event.listen(rule_confirmation, "after_create", _trigger.execute_if(dialect=_dialect))
