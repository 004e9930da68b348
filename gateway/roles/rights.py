"""Who may do what in the database, column by column: the table from which `deploy/sql/roles.sql` grants.

A table or column that is not named here is closed to everybody but its owner. Source: audit log contract, *Storage*;
`reference/security.md` 3.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sqlalchemy import Column, MetaData, String, Table

from audit.finding.table import audit_term
from audit.tables import (
    audit_checkpoint,
    audit_cosignature,
    audit_event,
    audit_leaf,
    audit_node,
    audit_subject,
)
from consent.store.tables import fact, person, person_identifier, person_key, registry_fact
from gateway.committing.idempotency import idempotent_request
from gateway.emergency.tables import crisis_set, emergency, emergency_closed, emergency_closed_again
from gateway.erasing.tables import tombstone_done
from gateway.holders.tables import holder_question, stop_lift
from gateway.log.tables import log_follower, log_ticket, log_ticket_step, log_ticket_use
from gateway.notices.tables import notice, notice_attempt, notice_due, notice_looked, notice_settled
from gateway.registry.tables import registration, used_once
from gateway.reviews.tables import APPEND_ONLY as REVIEWS
from gateway.rules.tables import rule_confirmation
from gateway.signals.tables import signal_explained, signal_word


class Role(StrEnum):
    """Who comes to the database. The owner of the tables is nobody's login, so it is not here."""

    WRITER = "writer"
    """The gateway, for everything but the log's tree."""

    SEQUENCER = "sequencer"
    """What gives events their place, signs heads and keeps what witnesses sign; it cannot read an event."""

    READER = "reader"
    """Who verifies the log, and reads in it what he has the keys to."""

    ERASER = "eraser"
    """Who destroys what is a person's, and writes that down; it can read neither a key nor anything that is sealed."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a role may do with a table: the columns that it reads, writes in a new row, and changes in a row."""

    select: tuple[str, ...] = ()
    insert: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    delete: bool = False


def _every(table: Table) -> tuple[str, ...]:
    return tuple(table.columns.keys())


def _given(table: Table) -> tuple[str, ...]:
    # Not what the database itself fills in: numbers in the order of insertion, its clock, its transaction.
    filled = {each.name for each in table.columns if each.server_default is not None or each.identity is not None}
    return tuple(name for name in _every(table) if name not in filled)


def _reads(*tables: Table) -> dict[str, Right]:
    return {table.name: Right(select=_every(table)) for table in tables}


def _grows(*tables: Table) -> dict[str, Right]:
    return {table.name: Right(select=_every(table), insert=_given(table)) for table in tables}


def _grows_and_is_held(*tables: Table) -> dict[str, Right]:
    # `LOCK TABLE` asks for UPDATE on all of a table; the table's triggers refuse to update a row.
    return {table.name: Right(_every(table), insert=_given(table), update=_every(table)) for table in tables}


STEPS: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Which step of the migrations the database is at; Alembic makes it."""

_TREE: Final = (audit_leaf, audit_node, audit_checkpoint, audit_cosignature)

_WRITER: Final = {
    **_grows(audit_event, audit_subject, fact, person_identifier, person_key, holder_question),
    **_grows(stop_lift),
    **_grows(notice_due, notice_looked, notice, notice_attempt, notice_settled),
    **_grows(emergency, emergency_closed, emergency_closed_again, crisis_set),
    **_grows(*REVIEWS),
    **_grows(audit_term, log_ticket, log_ticket_step, log_ticket_use),
    **_grows(signal_explained),
    **_grows_and_is_held(registry_fact, registration, rule_confirmation, signal_word),
    **_reads(*_TREE, STEPS),
    **_grows(tombstone_done),
    # UPDATE (version) is also what `SELECT … FOR SHARE` of a version row asks for.
    "person": Right(_every(person), insert=_given(person), update=("version",)),
    "idempotent_request": Right(
        _every(idempotent_request),
        insert=("key", "request"),
        # `answer` for the version before step 0012, which may serve beside this one.
        update=("answer", "sealed", "event_id", "leaf_hash", "event_at"),
    ),
    "log_follower": Right(_every(log_follower), insert=_given(log_follower), update=("next",)),
    "used_once": Right(_every(used_once), insert=_given(used_once), delete=True),
}

_SEQUENCER: Final = {
    **_grows(*_TREE),
    "audit_event": Right(select=("id", "xid", "event_id", "leaf_hash")),
}

# A person's keys come with his facts (`gateway.commands.opening`), so who opens what the log holds sealed reads those
# too.
_READER: Final = {
    **_reads(audit_event, audit_subject, *_TREE, STEPS),
    **_reads(person, person_identifier, person_key, fact, registry_fact),
}

_ERASER: Final = {
    "person_key": Right(select=("person", "key_class", "version"), delete=True),
    # UPDATE (version) is what `SELECT … FOR UPDATE` of a version row asks for.
    "person": Right(select=("id", "family"), update=("version",), delete=True),
    "person_identifier": Right(select=("person",), delete=True),
    "fact": Right(select=("person",), delete=True),
    "holder_question": Right(select=("person",), delete=True),
    "notice_due": Right(select=("seq", "person"), delete=True),
    "notice_looked": Right(select=("due",), delete=True),
    "emergency": Right(select=("id", "holder", "person"), delete=True),
    "emergency_closed": Right(select=("id", "holder"), delete=True),
    "emergency_closed_again": Right(select=("id", "holder"), delete=True),
    "idempotent_request": Right(select=("event_id", "recorded_at"), delete=True),
    "audit_term": Right(select=("event_id", "personal"), delete=True),
    "audit_subject": Right(_every(audit_subject), insert=_given(audit_subject), delete=True),
    "audit_event": Right(select=("event_id", "sealed_person"), insert=_given(audit_event)),
    "log_follower": Right(_every(log_follower), insert=_given(log_follower), update=("next",)),
    **_grows(tombstone_done),
}

RIGHTS: Final[Mapping[Role, Mapping[str, Right]]] = MappingProxyType(
    {
        Role.WRITER: _WRITER,
        Role.SEQUENCER: _SEQUENCER,
        Role.READER: _READER,
        Role.ERASER: _ERASER,
    }
)
"""The right of each role on each table, by its name; no entry is no right."""
