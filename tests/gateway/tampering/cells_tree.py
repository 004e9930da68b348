"""The matrix for the tree: leaves and nodes."""

# ruff: noqa: S608 - the superuser's statements, all ours
from tests.gateway.tampering.cells import Act, Cell, of

NOT_ITS_LEAVES = "a stored node of the tree is not what its leaves give"
LACKS = "the tree lacks a stored node"

LEAF = (
    Cell(
        Act.CHANGE,
        "leaf_hash",
        "UPDATE audit_leaf SET leaf_hash = {FORGED_HASH} WHERE seq = 5",
        "bad: seq 0..7: the hashes do not give the root that `checkpoint 7` signs",
    ),
    Cell(
        Act.CHANGE,
        "leaf_hash, below the second witnessed head",
        "UPDATE audit_leaf SET leaf_hash = {FORGED_HASH} WHERE seq = 24",
        "bad: seq 16..27: the hashes do not give the root that `checkpoint 27` signs",
    ),
    Cell(
        Act.CHANGE,
        "leaf_hash, to one that is no hash",
        "UPDATE audit_leaf SET leaf_hash = (SELECT leaf FROM audit_event WHERE id = 6) WHERE seq = 18",
        "bad: seq 16..21: the hashes do not give the root that `checkpoint 21` signs",
    ),
    Cell(
        Act.CHANGE,
        "leaf_hash, to nothing",
        "UPDATE audit_leaf SET leaf_hash = NULL WHERE seq = 5",
        "bad: seq 0..7: the hashes do not give the root that `checkpoint 7` signs",
        unkeyed=True,
    ),
    Cell(
        Act.CHANGE,
        "leaf_hash, and an event before it",
        (
            "UPDATE audit_leaf SET leaf_hash = {FORGED_HASH} WHERE seq = 24",
            "UPDATE audit_event SET leaf = sealed_log WHERE id = 6",
        ),
        "bad: seq 5: the leaf does not give its hash",
    ),
    Cell(
        Act.CHANGE,
        "event_id",
        "UPDATE audit_leaf SET event_id = '00000000000070008000000000000001' WHERE seq = 5",
        "bad: seq 5: the entry is missing",
    ),
    Cell(
        Act.CHANGE,
        "seq",
        "UPDATE audit_leaf SET seq = 500 WHERE seq = 5",
        "bad: seq 0..7: leaf 5 is not stored",
    ),
    Cell(Act.DELETE, "first", "DELETE FROM audit_leaf WHERE seq = 0", "bad: seq 0..7: leaf 0 is not stored"),
    Cell(Act.DELETE, "middle", "DELETE FROM audit_leaf WHERE seq = 12", "bad: seq 0..16: leaf 12 is not stored"),
    Cell(Act.DELETE, "last below", "DELETE FROM audit_leaf WHERE seq = 26", "bad: seq 16..27: leaf 26 is not stored"),
    Cell(
        Act.DELETE,
        "middle, and the others moved up",
        (
            "DELETE FROM audit_leaf WHERE seq = 18",
            "UPDATE audit_leaf SET seq = -seq WHERE seq > 18",
            "UPDATE audit_leaf SET seq = -seq - 1 WHERE seq < 0",
        ),
        "bad: seq 16..21: the hashes do not give the root that `checkpoint 21` signs",
    ),
    Cell(
        Act.INSERT,
        "before the first",
        "INSERT INTO audit_leaf (seq, event_id, leaf_hash) VALUES"
        " (-1, '00000000000070008000000000000001', {FORGED_HASH})",
        "bad: seq 0: a leaf stands before the first",
    ),
    Cell(
        Act.INSERT,
        "in the middle, and the others moved down",
        (
            "UPDATE audit_leaf SET seq = -seq - 1 WHERE seq >= 18",
            "UPDATE audit_leaf SET seq = -seq WHERE seq < 0",
            (
                "INSERT INTO audit_leaf (seq, event_id, leaf_hash) VALUES"
                " (18, '00000000000070008000000000000001', {FORGED_HASH})"
            ),
        ),
        "bad: seq 16..21: the hashes do not give the root that `checkpoint 21` signs",
    ),
    Cell(
        Act.INSERT,
        "far beyond the end",
        "INSERT INTO audit_leaf (seq, event_id, leaf_hash) VALUES"
        " (500, '00000000000070008000000000000001', {FORGED_HASH})",
        "bad: seq 33..501: the leaves after the newest checkpoint are not in a row",
    ),
    Cell(
        Act.INSERT,
        "twin",
        "INSERT INTO audit_leaf SELECT * FROM audit_leaf WHERE seq = 18",
        "bad: seq 16..21: leaf 18 is stored twice",
        unkeyed=True,
    ),
    Cell(
        Act.SWAP,
        "two leaves",
        (
            "UPDATE audit_leaf SET seq = -5 WHERE seq = 5",
            "UPDATE audit_leaf SET seq = 5 WHERE seq = 11",
            "UPDATE audit_leaf SET seq = 11 WHERE seq = -5",
        ),
        "bad: seq 0..7: the hashes do not give the root that `checkpoint 7` signs",
    ),
    Cell(
        Act.SWAP,
        "two neighbours",
        (
            "UPDATE audit_leaf SET seq = -5 WHERE seq = 24",
            "UPDATE audit_leaf SET seq = 24 WHERE seq = 25",
            "UPDATE audit_leaf SET seq = 25 WHERE seq = -5",
        ),
        "bad: seq 16..27: the hashes do not give the root that `checkpoint 27` signs",
    ),
    Cell(
        Act.SWAP,
        "the events of two leaves",
        (
            "CREATE TABLE kept AS SELECT * FROM audit_leaf WHERE seq IN (5, 11)",
            "UPDATE audit_leaf SET event_id = '00000000000070008000000000000001' WHERE seq = 5",
            "UPDATE audit_leaf SET event_id = (SELECT event_id FROM kept WHERE seq = 5) WHERE seq = 11",
            "UPDATE audit_leaf SET event_id = (SELECT event_id FROM kept WHERE seq = 11) WHERE seq = 5",
        ),
        "bad: seq 5: the leaf does not give its hash",
    ),
    Cell(Act.TRUNCATE, "all", "{TRUNCATE} audit_leaf", "bad: seq 0..7: leaf 0 is not stored"),
    Cell(
        Act.REPLAY,
        "an older leaf's hash in the place of another",
        "UPDATE audit_leaf SET leaf_hash ="
        " (SELECT older.leaf_hash FROM audit_leaf AS older WHERE older.seq = 5) WHERE seq = 18",
        "bad: seq 16..21: the hashes do not give the root that `checkpoint 21` signs",
    ),
    Cell(
        Act.REPLAY,
        "an older event in the place of another, hash and all",
        (
            f"DELETE FROM audit_event WHERE event_id = {of(18)}",
            (
                "UPDATE audit_leaf SET leaf_hash = (SELECT o.leaf_hash FROM audit_leaf AS o WHERE o.seq = 5),"
                f" event_id = {of(5)} WHERE seq = 18"
            ),
        ),
        "bad: seq 16..21: the hashes do not give the root that `checkpoint 21` signs",
        unkeyed=True,
    ),
)

NODE = (
    Cell(
        Act.CHANGE,
        "hash",
        "UPDATE audit_node SET hash = {FORGED_HASH} WHERE level = 1 AND position = 6",
        f"bad: seq 12: {NOT_ITS_LEAVES}",
    ),
    Cell(
        Act.CHANGE,
        "hash, to nothing",
        "UPDATE audit_node SET hash = NULL WHERE level = 1 AND position = 6",
        f"bad: seq 12: {NOT_ITS_LEAVES}",
        unkeyed=True,
    ),
    Cell(
        Act.CHANGE,
        "hash, and an event before it",
        (
            "UPDATE audit_node SET hash = {FORGED_HASH} WHERE level = 1 AND position = 6",
            "UPDATE audit_event SET leaf = sealed_log WHERE id = 6",
        ),
        "bad: seq 5: the leaf does not give its hash",
    ),
    Cell(
        Act.CHANGE,
        "hash, of a higher node",
        "UPDATE audit_node SET hash = {FORGED_HASH} WHERE level = 3 AND position = 1",
        f"bad: seq 8: {NOT_ITS_LEAVES}",
    ),
    Cell(
        Act.CHANGE,
        "level",
        "UPDATE audit_node SET level = 9 WHERE level = 1 AND position = 6",
        f"bad: seq 12: {LACKS}",
    ),
    Cell(
        Act.CHANGE,
        "position",
        "UPDATE audit_node SET position = 900 WHERE level = 1 AND position = 6",
        f"bad: seq 12: {LACKS}",
    ),
    Cell(Act.DELETE, "first", "DELETE FROM audit_node WHERE level = 1 AND position = 0", f"bad: seq 0: {LACKS}"),
    Cell(Act.DELETE, "middle", "DELETE FROM audit_node WHERE level = 2 AND position = 3", f"bad: seq 12: {LACKS}"),
    Cell(Act.DELETE, "last below", "DELETE FROM audit_node WHERE level = 1 AND position = 12", f"bad: seq 24: {LACKS}"),
    Cell(
        Act.INSERT,
        "of a level that is not there",
        "INSERT INTO audit_node (level, position, hash) VALUES (9, 0, {FORGED_HASH})",
        "bad: seq 33: a node is stored of leaves that are not there",
    ),
    Cell(
        Act.INSERT,
        "before the first",
        "INSERT INTO audit_node (level, position, hash) VALUES (1, -1, {FORGED_HASH})",
        "bad: seq 0: a node is stored of leaves that are not there",
    ),
    Cell(
        Act.INSERT,
        "twin with another hash",
        "INSERT INTO audit_node (level, position, hash) VALUES (1, 6, {FORGED_HASH})",
        "bad: seq 12: a node of the tree is stored twice",
        unkeyed=True,
    ),
    Cell(
        Act.INSERT,
        "twin",
        "INSERT INTO audit_node SELECT * FROM audit_node WHERE level = 1 AND position = 6",
        "bad: seq 12: a node of the tree is stored twice",
        unkeyed=True,
    ),
    Cell(
        Act.SWAP,
        "two nodes",
        (
            "UPDATE audit_node SET position = 900 WHERE level = 1 AND position = 2",
            "UPDATE audit_node SET position = 2 WHERE level = 1 AND position = 6",
            "UPDATE audit_node SET position = 6 WHERE level = 1 AND position = 900",
        ),
        f"bad: seq 4: {NOT_ITS_LEAVES}",
    ),
    Cell(Act.TRUNCATE, "all", "{TRUNCATE} audit_node", f"bad: seq 0: {LACKS}"),
    Cell(
        Act.REPLAY,
        "an older node's hash in the place of another",
        "UPDATE audit_node SET hash = (SELECT older.hash FROM audit_node AS older"
        " WHERE older.level = 1 AND older.position = 2) WHERE level = 1 AND position = 6",
        f"bad: seq 12: {NOT_ITS_LEAVES}",
    ),
)
