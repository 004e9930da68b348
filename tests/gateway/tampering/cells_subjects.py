"""The matrix for whom the events are about."""

# ruff: noqa: S608 - the superuser's statements, all ours
from tests.gateway.tampering.cells import OK, Act, Cell, of
from tests.gateway.tampering.cells_events import NAMED, SEALED, TWICE

NOT_ON_RECORD = "it is not on record any more whom the event is about, and nobody was erased since"
TOO_MANY = (
    "it is not on record any more whom {} of the events sealed for somebody are about, and no erasure accounts for"
    " that many"
)

SUBJECT = (
    Cell(
        Act.CHANGE,
        "person",
        f"UPDATE audit_subject SET person = 'person-1' WHERE event_id = {of(11)}",
        f"bad: seq 11: {SEALED}",
    ),
    Cell(
        Act.CHANGE,
        "person, to one who is not known",
        f"UPDATE audit_subject SET person = '{{ERASED}}' WHERE event_id = {of(11)}",
        "bad: seq 11: values that the event committed to are gone, though its person was not erased",
    ),
    Cell(
        Act.CHANGE,
        "person, of a row that holds no key",
        f"UPDATE audit_subject SET person = 'person-3' WHERE event_id = {of(13)} AND NOT holds_key",
        OK,
        because="whom else an event is about is an index outside the tree, to which nothing is committed",
    ),
    Cell(
        Act.CHANGE,
        "event_id",
        f"UPDATE audit_subject SET event_id = {of(12)} WHERE event_id = {of(11)}",
        f"bad: seq 11: {NOT_ON_RECORD}",
    ),
    Cell(
        Act.CHANGE,
        "holds_key",
        f"UPDATE audit_subject SET holds_key = NOT holds_key WHERE event_id = {of(11)}",
        f"bad: seq 11: {NOT_ON_RECORD}",
    ),
    Cell(
        Act.CHANGE,
        "holds_key, of both persons",
        f"UPDATE audit_subject SET holds_key = NOT holds_key WHERE event_id = {of(13)}",
        f"bad: seq 13: {SEALED}",
    ),
    Cell(
        Act.DELETE,
        "first",
        f"DELETE FROM audit_subject WHERE event_id = {of(1)}",
        f"bad: seq 1..4: {TOO_MANY.format(1)}",
    ),
    Cell(
        Act.DELETE,
        "middle",
        f"DELETE FROM audit_subject WHERE event_id = {of(11)}",
        f"bad: seq 11: {NOT_ON_RECORD}",
    ),
    Cell(
        Act.DELETE,
        "middle, and an erasure made up that would explain it",
        (
            f"DELETE FROM audit_subject WHERE event_id = {of(11)}",
            (
                "INSERT INTO audit_event (id, xid, event_id, leaf, leaf_hash, sealed_log)"
                " SELECT 1000, xid, '00000000000070008000000000000001', {ERASING}, {ERASING_HASH}, sealed_log"
                " FROM audit_event WHERE id = 35"
            ),
        ),
        f"bad: seq 11: {NOT_ON_RECORD}",
    ),
    Cell(
        Act.DELETE,
        "last below",
        f"DELETE FROM audit_subject WHERE event_id = {of(26)}",
        f"bad: seq 26: {NOT_ON_RECORD}",
    ),
    Cell(
        Act.DELETE,
        "a person",
        "DELETE FROM audit_subject WHERE person = 'person-2'",
        f"bad: seq 1..31: {TOO_MANY.format(12)}",
    ),
    Cell(
        Act.DELETE,
        "a row that holds no key",
        f"DELETE FROM audit_subject WHERE event_id = {of(13)} AND NOT holds_key",
        OK,
        because="whom else an event is about is an index outside the tree, to which nothing is committed",
    ),
    Cell(
        Act.INSERT,
        "a second holder of the key",
        f"INSERT INTO audit_subject (person, event_id, holds_key) SELECT 'person-3', {of(11)}, true",
        f"bad: seq 11: {TWICE}",
    ),
    Cell(
        Act.INSERT,
        "a person for an event about nobody",
        f"INSERT INTO audit_subject (person, event_id, holds_key) SELECT 'person-1', {of(12)}, true",
        f"bad: seq 12: {NAMED}",
    ),
    Cell(
        Act.INSERT,
        "a person for an event whose person was erased",
        f"INSERT INTO audit_subject (person, event_id, holds_key) SELECT 'person-1', {of(2)}, true",
        f"bad: seq 2: {SEALED}",
    ),
    Cell(
        Act.INSERT,
        "one who holds no key",
        f"INSERT INTO audit_subject (person, event_id, holds_key) SELECT 'person-3', {of(11)}, false",
        OK,
        because="whom else an event is about is an index outside the tree, to which nothing is committed",
    ),
    Cell(
        Act.INSERT,
        "twin",
        f"INSERT INTO audit_subject SELECT * FROM audit_subject WHERE event_id = {of(11)}",
        f"bad: seq 11: {TWICE}",
        unkeyed=True,
    ),
    Cell(
        Act.SWAP,
        "the persons of two events",
        (
            f"UPDATE audit_subject SET person = 'person-1' WHERE event_id = {of(11)}",
            f"UPDATE audit_subject SET person = 'person-2' WHERE event_id = {of(14)}",
        ),
        f"bad: seq 11: {SEALED}",
    ),
    Cell(Act.TRUNCATE, "all", "{TRUNCATE} audit_subject", f"bad: seq 1..32: {TOO_MANY.format(24)}"),
    Cell(
        Act.REPLAY,
        "the rows of a person who was erased",
        "INSERT INTO audit_subject (person, event_id, holds_key) VALUES {GONE}",
        "bad: seq 2: values that the event committed to are gone, though its person was not erased",
    ),
)
