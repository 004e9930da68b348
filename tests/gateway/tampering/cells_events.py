"""The matrix for the events."""

# ruff: noqa: S608 - the superuser's statements, all ours
from tests.gateway.tampering.cells import OK, Act, Cell, of

SEALED = "the sealed values of an event were changed"
TWICE = "the event, or who holds its key, is stored twice"
NAMED = "a person is said to hold the key of an event that is sealed under nobody's"

ANEW = "SELECT {id}, xid, '00000000000070008000000000000001', leaf, leaf_hash, sealed_log, sealed_person, request_id"
COLUMNS = "(id, xid, event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id)"

EVENT = (
    Cell(
        Act.CHANGE,
        "leaf",
        "UPDATE audit_event SET leaf = sealed_log WHERE id = 6",
        "bad: seq 5: the leaf does not give its hash",
    ),
    Cell(
        Act.CHANGE,
        "leaf, of the first event",
        "UPDATE audit_event SET leaf = sealed_log WHERE id = 1",
        "bad: seq 0: the leaf does not give its hash",
    ),
    Cell(
        Act.CHANGE,
        "leaf, of the last event below the head",
        "UPDATE audit_event SET leaf = sealed_log WHERE id = 27",
        "bad: seq 26: the leaf does not give its hash",
    ),
    Cell(
        Act.CHANGE,
        "leaf, and with it every hash of it",
        (
            "UPDATE audit_event SET leaf = {FORGED}, leaf_hash = {FORGED_HASH} WHERE id = 19",
            "UPDATE audit_leaf SET leaf_hash = {FORGED_HASH} WHERE seq = 18",
        ),
        "bad: seq 16..21: the hashes do not give the root that `checkpoint 21` signs",
    ),
    Cell(
        Act.CHANGE,
        "leaf_hash",
        "UPDATE audit_event SET leaf_hash = {FORGED_HASH} WHERE id = 6",
        "bad: seq 5: the leaf does not give its hash",
    ),
    Cell(
        Act.CHANGE,
        "sealed_log",
        "UPDATE audit_event SET sealed_log = sealed_person WHERE id = 6",
        f"bad: seq 5: {SEALED}",
    ),
    Cell(
        Act.CHANGE,
        "sealed_person",
        "UPDATE audit_event SET sealed_person = sealed_log WHERE id = 6",
        f"bad: seq 5: {SEALED}",
    ),
    Cell(
        Act.CHANGE,
        "sealed_person, taken away",
        "UPDATE audit_event SET sealed_person = NULL WHERE id = 6",
        f"bad: seq 5: {NAMED}",
    ),
    Cell(
        Act.CHANGE,
        "sealed_person, taken away with who it was",
        (
            "UPDATE audit_event SET sealed_person = NULL WHERE id = 6",
            f"DELETE FROM audit_subject WHERE event_id = {of(5)}",
        ),
        "bad: seq 5: values that the event committed to are gone, though its person was not erased",
    ),
    Cell(
        Act.CHANGE,
        "sealed_person, of an event whose person was erased",
        "UPDATE audit_event SET sealed_person = sealed_log WHERE id = 3",
        OK,
        because="the key is destroyed and the values are gone for ever: nobody can open what stood there either",
    ),
    Cell(
        Act.CHANGE,
        "leaf, to nothing",
        "UPDATE audit_event SET leaf = NULL WHERE id = 6",
        "bad: seq 5: a part of the event is not stored",
        unkeyed=True,
    ),
    Cell(
        Act.CHANGE,
        "leaf_hash, to nothing",
        "UPDATE audit_event SET leaf_hash = NULL WHERE id = 6",
        "bad: seq 5: the leaf does not give its hash",
        unkeyed=True,
    ),
    Cell(
        Act.CHANGE,
        "sealed_log, to nothing",
        "UPDATE audit_event SET sealed_log = NULL WHERE id = 6",
        "bad: seq 5: a part of the event is not stored",
        unkeyed=True,
    ),
    Cell(
        Act.CHANGE,
        "event_id",
        "UPDATE audit_event SET event_id = '00000000000070008000000000000001' WHERE id = 6",
        "bad: seq 5: the entry is missing",
    ),
    Cell(
        Act.CHANGE,
        "event_id, and with it every row that names it",
        (
            "UPDATE audit_event SET event_id = '00000000000070008000000000000001' WHERE id = 1",
            "UPDATE audit_leaf SET event_id = '00000000000070008000000000000001' WHERE seq = 0",
        ),
        f"bad: seq 0: {SEALED}",
    ),
    Cell(
        Act.CHANGE,
        "request_id",
        "UPDATE audit_event SET request_id = 'request-7' WHERE id = 6",
        "bad: seq 5: the event is stored under another request",
    ),
    Cell(
        Act.CHANGE,
        "request_id, taken away",
        "UPDATE audit_event SET request_id = NULL WHERE id = 6",
        "bad: seq 5: the event is stored under another request",
    ),
    Cell(
        Act.CHANGE,
        "request_id, taken away from what is no exchange",
        "UPDATE audit_event SET request_id = NULL WHERE id = 4",
        "bad: seq 3: the event is stored under another request",
    ),
    Cell(
        Act.CHANGE,
        "request_id, given to an event of no request",
        "UPDATE audit_event SET request_id = 'request-7' WHERE id = 1",
        "bad: seq 0: the event is stored under another request",
    ),
    Cell(
        Act.CHANGE,
        "id",
        "UPDATE audit_event SET id = 1000 WHERE id = 6",
        OK,
        because="the order is the tree's (`audit_leaf`); each event says in its leaf when it was",
    ),
    Cell(
        Act.CHANGE,
        "xid",
        "UPDATE audit_event SET xid = '5' WHERE id = 6",
        OK,
        because="it only said when the event could be given its place, and it has its place",
    ),
    Cell(Act.DELETE, "first", "DELETE FROM audit_event WHERE id = 1", "bad: seq 0: the entry is missing"),
    Cell(Act.DELETE, "middle", "DELETE FROM audit_event WHERE id = 13", "bad: seq 12: the entry is missing"),
    Cell(Act.DELETE, "last below", "DELETE FROM audit_event WHERE id = 27", "bad: seq 26: the entry is missing"),
    Cell(
        Act.DELETE,
        "several",
        "DELETE FROM audit_event WHERE id IN (19, 13, 27)",
        "bad: seq 12: the entry is missing",
    ),
    Cell(
        Act.DELETE,
        "middle, and with it every row that names it",
        (
            f"DELETE FROM audit_event WHERE event_id = {of(12)}",
            f"DELETE FROM audit_subject WHERE event_id = {of(12)}",
            "DELETE FROM audit_leaf WHERE seq = 12",
        ),
        "bad: seq 0..16: leaf 12 is not stored",
    ),
    Cell(
        Act.INSERT,
        "between",
        f"INSERT INTO audit_event {COLUMNS} {ANEW.format(id=-1)} FROM audit_event WHERE id = 6",
        "bad: seq 33: an event has no place in the tree",
    ),
    Cell(
        Act.INSERT,
        "twin",
        f"INSERT INTO audit_event {COLUMNS} SELECT {COLUMNS[1:-1]} FROM audit_event WHERE id = 6",
        f"bad: seq 5: {TWICE}",
        unkeyed=True,
    ),
    Cell(
        Act.SWAP,
        "two events",
        (
            "UPDATE audit_event SET event_id = '00000000000070008000000000000001' WHERE id = 6",
            f"UPDATE audit_event SET event_id = {of(5)} WHERE id = 12",
            f"UPDATE audit_event SET event_id = {of(11)} WHERE id = 6",
        ),
        "bad: seq 5: the leaf does not give its hash",
    ),
    Cell(
        Act.SWAP,
        "what is sealed, of two events",
        (
            "CREATE TABLE kept AS SELECT * FROM audit_event WHERE id IN (6, 12)",
            "UPDATE audit_event SET sealed_person = (SELECT sealed_person FROM kept WHERE id = 12) WHERE id = 6",
            "UPDATE audit_event SET sealed_person = (SELECT sealed_person FROM kept WHERE id = 6) WHERE id = 12",
        ),
        f"bad: seq 5: {SEALED}",
    ),
    Cell(Act.TRUNCATE, "all", "{TRUNCATE} audit_event", "bad: seq 0: the entry is missing"),
    Cell(
        Act.REPLAY,
        "an older event in the place of another",
        (
            (
                "UPDATE audit_event SET leaf = (SELECT older.leaf FROM audit_event AS older WHERE older.id = 6),"
                " leaf_hash = (SELECT older.leaf_hash FROM audit_event AS older WHERE older.id = 6) WHERE id = 12"
            ),
        ),
        "bad: seq 11: the leaf does not give its hash",
    ),
    Cell(
        Act.REPLAY,
        "what an older event of the same person holds sealed",
        "UPDATE audit_event SET sealed_person ="
        " (SELECT older.sealed_person FROM audit_event AS older WHERE older.id = 6) WHERE id = 12",
        f"bad: seq 11: {SEALED}",
    ),
)
