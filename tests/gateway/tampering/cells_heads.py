"""The matrix for the signed heads and what witnesses signed."""

from tests.gateway.tampering.cells import OK, Act, Cell

OTHER_SIZE = "does not speak of the size that it is under"
NOT_VERIFIED = "on the checkpoint does not verify"

CHECKPOINT = (
    Cell(
        Act.CHANGE,
        "size",
        "UPDATE audit_checkpoint SET size = 26 WHERE size = 27",
        f"bad: seq 16..26: `checkpoint 26` {OTHER_SIZE}",
    ),
    Cell(
        Act.CHANGE,
        "root",
        "UPDATE audit_checkpoint SET root = {FORGED_HASH} WHERE size = 27",
        "bad: seq 16..27: the root stored beside `checkpoint 27` is another",
    ),
    Cell(
        Act.CHANGE,
        "root, of one that only the log signed",
        "UPDATE audit_checkpoint SET root = {FORGED_HASH} WHERE size = 7",
        "bad: seq 0..7: the root stored beside `checkpoint 7` is another",
    ),
    Cell(
        Act.CHANGE,
        "note",
        "UPDATE audit_checkpoint SET note = replace(note, '— ', '- ') WHERE size = 27",
        "bad: seq 16..27: `checkpoint 27`: a signature line of the checkpoint is malformed",
    ),
    Cell(
        Act.CHANGE,
        "note, to a larger tree",
        "UPDATE audit_checkpoint SET note = replace(note, '\n27\n', '\n29\n') WHERE size = 27",
        f"bad: seq 16..27: `checkpoint 27` {OTHER_SIZE}",
    ),
    Cell(
        Act.CHANGE,
        "note, to another root, and the root beside it",
        "UPDATE audit_checkpoint SET root = {FORGED_HASH}, note = {FORGED_NOTE} WHERE size = 27",
        f"bad: seq 16..27: `checkpoint 27`: the signature of `{{LOG}}` {NOT_VERIFIED}",
    ),
    Cell(
        Act.CHANGE,
        "root, to nothing",
        "UPDATE audit_checkpoint SET root = NULL WHERE size = 27",
        "bad: seq 16..27: the root stored beside `checkpoint 27` is another",
        unkeyed=True,
    ),
    Cell(
        Act.CHANGE,
        "at",
        "UPDATE audit_checkpoint SET at = '2020-01-01T00:00:00.000Z' WHERE size = 27",
        OK,
        because="a checkpoint states origin, size and root; when it was signed is a note of ours, to warn by",
    ),
    Cell(
        Act.DELETE,
        "first, which only the log signed",
        "DELETE FROM audit_checkpoint WHERE size = 7",
        OK,
        because="nobody outside can know of it, and every leaf below it is proven by the next",
    ),
    Cell(
        Act.DELETE,
        "middle",
        "DELETE FROM audit_checkpoint WHERE size = 16",
        "bad: seq 0..16: `checkpoint 16` is not stored, though a witness signed it",
    ),
    Cell(
        Act.DELETE,
        "last below",
        "DELETE FROM audit_checkpoint WHERE size = 27",
        "bad: seq 16..27: `checkpoint 27` is not stored, though a witness signed it",
    ),
    Cell(
        Act.DELETE,
        "last below, with its cosignatures",
        ("DELETE FROM audit_checkpoint WHERE size = 27", "DELETE FROM audit_cosignature WHERE size = 27"),
        "bad: seq 27..27: `older checkpoint` was signed, but the store does not hold it",
    ),
    Cell(
        Act.DELETE,
        "middle, with its cosignature",
        ("DELETE FROM audit_checkpoint WHERE size = 16", "DELETE FROM audit_cosignature WHERE size = 16"),
        "ok: 33 events, root ROOT, 3 checkpoints, 4 cosignatures",
        because="whoever holds the newer checkpoint outside has every leaf below it proven; this one he does not hold",
    ),
    Cell(
        Act.DELETE,
        "all from the cosigned one on",
        ("DELETE FROM audit_checkpoint WHERE size >= 27", "DELETE FROM audit_cosignature WHERE size >= 27"),
        "bad: seq 16..27: `older checkpoint` is of 27 leaves, there are 21 hashes",
    ),
    Cell(
        Act.INSERT,
        "between",
        "INSERT INTO audit_checkpoint (size, root, note, at) SELECT 24, root, replace(note, '\n21\n', '\n24\n'), at"
        " FROM audit_checkpoint WHERE size = 21",
        f"bad: seq 16..24: `checkpoint 24`: the signature of `{{LOG}}` {NOT_VERIFIED}",
    ),
    Cell(
        Act.INSERT,
        "of a tree that is not there",
        "INSERT INTO audit_checkpoint (size, root, note, at) SELECT 5000, root, replace(note, '\n21\n', '\n5000\n'), at"
        " FROM audit_checkpoint WHERE size = 21",
        f"bad: seq 27..5000: `checkpoint 5000`: the signature of `{{LOG}}` {NOT_VERIFIED}",
    ),
    Cell(
        Act.INSERT,
        "twin with another root",
        "INSERT INTO audit_checkpoint (size, root, note, at) VALUES (27, {FORGED_HASH}, 'x', 'x')",
        "bad: seq 16..27: `checkpoint 27` is stored twice",
        unkeyed=True,
    ),
    Cell(
        Act.INSERT,
        "twin",
        "INSERT INTO audit_checkpoint SELECT * FROM audit_checkpoint WHERE size = 27",
        "bad: seq 16..27: `checkpoint 27` is stored twice",
        unkeyed=True,
    ),
    Cell(
        Act.SWAP,
        "two heads",
        (
            "UPDATE audit_checkpoint SET size = 900 WHERE size = 16",
            "UPDATE audit_checkpoint SET size = 16 WHERE size = 27",
            "UPDATE audit_checkpoint SET size = 27 WHERE size = 900",
        ),
        f"bad: seq 0..16: `checkpoint 16` {OTHER_SIZE}",
    ),
    Cell(
        Act.SWAP,
        "the roots of two heads",
        (
            "CREATE TABLE kept AS SELECT * FROM audit_checkpoint WHERE size IN (21, 27)",
            "UPDATE audit_checkpoint SET root = (SELECT root FROM kept WHERE size = 27) WHERE size = 21",
            "UPDATE audit_checkpoint SET root = (SELECT root FROM kept WHERE size = 21) WHERE size = 27",
        ),
        "bad: seq 16..21: the root stored beside `checkpoint 21` is another",
    ),
    Cell(Act.TRUNCATE, "all", "{TRUNCATE} audit_checkpoint", "bad: seq 0: no checkpoint was ever signed"),
    Cell(
        Act.REPLAY,
        "an older head in the place of another",
        (
            (
                "UPDATE audit_checkpoint SET root = (SELECT o.root FROM audit_checkpoint AS o WHERE o.size = 16),"
                " note = (SELECT o.note FROM audit_checkpoint AS o WHERE o.size = 16) WHERE size = 27"
            ),
        ),
        f"bad: seq 16..27: `checkpoint 27` {OTHER_SIZE}",
    ),
)

COSIGNATURE = (
    Cell(
        Act.CHANGE,
        "size",
        "UPDATE audit_cosignature SET size = 21 WHERE size = 16",
        f"bad: seq 0..21: `checkpoint 21`: the signature of `{{W1}}` {NOT_VERIFIED}",
    ),
    Cell(
        Act.CHANGE,
        "witness",
        "UPDATE audit_cosignature SET witness = 'witness.example/w3+01020304' WHERE size = 16",
        "bad: seq 0..16: a cosignature of `checkpoint 16` is not stored under the name that it bears",
    ),
    Cell(
        Act.CHANGE,
        "line",
        "UPDATE audit_cosignature SET line = {OTHER_LINE} WHERE size = 16",
        f"bad: seq 0..16: `checkpoint 16`: the signature of `{{W1}}` {NOT_VERIFIED}",
    ),
    Cell(
        Act.CHANGE,
        "line, to nonsense",
        "UPDATE audit_cosignature SET line = 'nonsense' WHERE size = 16",
        "bad: seq 0..16: a cosignature of `checkpoint 16` is not stored under the name that it bears",
    ),
    Cell(
        Act.CHANGE,
        "line, to two",
        "UPDATE audit_cosignature SET line = line || line WHERE size = 16",
        "bad: seq 0..16: a cosignature of `checkpoint 16` is not stored under the name that it bears",
    ),
    Cell(
        Act.DELETE,
        "first",
        "DELETE FROM audit_cosignature WHERE size = 16",
        "ok: 33 events, root ROOT, 3 checkpoints, 4 cosignatures",
        because="whoever holds the newer checkpoint outside has every leaf below it proven; this one he does not hold",
    ),
    Cell(
        Act.DELETE,
        "middle",
        "DELETE FROM audit_cosignature WHERE size = 27 AND witness = '{W1}'",
        "bad: seq 27..27: the store does not hold the cosignature of `{W1}`",
    ),
    Cell(
        Act.DELETE,
        "last below",
        "DELETE FROM audit_cosignature WHERE size = 27 AND witness = '{W2}'",
        "bad: seq 27..27: the store does not hold the cosignature of `{W2}`",
    ),
    Cell(
        Act.INSERT,
        "in the name of a witness",
        "INSERT INTO audit_cosignature (size, witness, line) VALUES (21, '{W1}', {OTHER_LINE})",
        f"bad: seq 16..21: `checkpoint 21`: the signature of `{{W1}}` {NOT_VERIFIED}",
    ),
    Cell(
        Act.INSERT,
        "in the name of a witness, by another key",
        "INSERT INTO audit_cosignature (size, witness, line) VALUES (21, '{W1}', {STRANGER_LINE})",
        "bad: seq 16..21: a cosignature of `checkpoint 21` is not stored under the name that it bears",
    ),
    Cell(
        Act.INSERT,
        "of a head that is not there",
        "INSERT INTO audit_cosignature (size, witness, line) VALUES (24, '{W1}', {OTHER_LINE})",
        "bad: seq 16..24: `checkpoint 24` is not stored, though a witness signed it",
    ),
    Cell(
        Act.INSERT,
        "of a witness that nobody trusts",
        "INSERT INTO audit_cosignature (size, witness, line) VALUES (27, '{STRANGER}', {STRANGER_LINE})",
        OK,
        because="it counts for nothing: a witness that left the policy has its lines here too",
    ),
    Cell(
        Act.INSERT,
        "twin",
        "INSERT INTO audit_cosignature SELECT * FROM audit_cosignature WHERE size = 16",
        "bad: seq 0..16: a cosignature of `checkpoint 16` is stored twice",
        unkeyed=True,
    ),
    Cell(
        Act.SWAP,
        "the lines of two witnesses",
        (
            "CREATE TABLE kept AS SELECT * FROM audit_cosignature WHERE size = 27",
            (
                "UPDATE audit_cosignature SET line = (SELECT line FROM kept WHERE witness <> '{W1}')"
                " WHERE size = 27 AND witness = '{W1}'"
            ),
            (
                "UPDATE audit_cosignature SET line = (SELECT line FROM kept WHERE witness = '{W1}')"
                " WHERE size = 27 AND witness <> '{W1}'"
            ),
        ),
        "bad: seq 16..27: a cosignature of `checkpoint 27` is not stored under the name that it bears",
    ),
    Cell(
        Act.SWAP,
        "the lines of one witness on two heads",
        (
            "UPDATE audit_cosignature SET size = 900 WHERE size = 16",
            "UPDATE audit_cosignature SET size = 16 WHERE size = 27 AND witness = '{W1}'",
            "UPDATE audit_cosignature SET size = 27 WHERE size = 900",
        ),
        f"bad: seq 0..16: `checkpoint 16`: the signature of `{{W1}}` {NOT_VERIFIED}",
    ),
    Cell(
        Act.TRUNCATE,
        "all",
        "{TRUNCATE} audit_cosignature",
        "bad: seq 27..27: the store does not hold the cosignature of `{W1}`",
    ),
    Cell(
        Act.REPLAY,
        "an older line in the place of another",
        "UPDATE audit_cosignature SET line = (SELECT older.line FROM audit_cosignature AS older WHERE older.size = 16)"
        " WHERE size = 27 AND witness = '{W1}'",
        f"bad: seq 16..27: `checkpoint 27`: the signature of `{{W1}}` {NOT_VERIFIED}",
    ),
)
