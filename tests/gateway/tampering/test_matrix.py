"""Every table of the log, every act of a superuser below the newest cosigned head, and what the verifier then says."""

from base64 import b64encode

import pytest

from audit.checkpoint import Checkpoint, Signature, cosign, read_note
from audit.signing import Algorithm, SigningKey
from audit.tables import metadata
from audit.tree import Frontier, leaf_hash
from audit.verifying.database import verify_database
from tests.audit import make
from tests.gateway.tampering.cells import OK, Act, Cell
from tests.gateway.tampering.cells_events import EVENT
from tests.gateway.tampering.cells_heads import CHECKPOINT, COSIGNATURE
from tests.gateway.tampering.cells_subjects import SUBJECT
from tests.gateway.tampering.cells_tree import LEAF, NODE
from tests.gateway.tampering.hand import blob, opened, tamper
from tests.gateway.tampering.original import COSIGNED, ERASED, KEYS, NEWEST, W1, W2, Original

MATRIX = {
    "audit_event": EVENT,
    "audit_subject": SUBJECT,
    "audit_leaf": LEAF,
    "audit_node": NODE,
    "audit_checkpoint": CHECKPOINT,
    "audit_cosignature": COSIGNATURE,
}
CELLS = [
    pytest.param(table, cell, id=f"{table}-{cell.act}-{cell.what.replace(' ', '-')}")
    for table, cells in MATRIX.items()
    for cell in cells
]
STRANGER = SigningKey.from_seed("witness.example/own", bytes([9] * 32), Algorithm.COSIGNATURE)
FORGED = b'{"v":1}'
ERASING = b'{"kind":"subject.erased"}'


def root_of(original: Original) -> str:
    """Return the root of the newest head, from the receipts alone."""
    tree = Frontier.empty()
    for receipt in original.receipts[:NEWEST]:
        tree.append(receipt.leaf_hash)
    return b64encode(tree.root()).decode()


def names(original: Original, url: str) -> dict[str, str]:
    """Return what the statements and the lines of the cells speak of."""
    head, _ = read_note(original.checkpoint.encode())
    forged = Checkpoint(head.origin, COSIGNED, leaf_hash(FORGED))
    another = SigningKey.from_seed(make.ORIGIN, bytes(32))
    signature = Signature(head.origin, make.LOG_KEY.verifier.key_id, another.sign(forged.text().encode()))
    is_file = url.startswith("sqlite")
    gone = [(person, event.replace("-", "") if is_file else event) for person, event in original.gone]
    return {
        "FORGED": blob(url, FORGED),
        "FORGED_HASH": blob(url, leaf_hash(FORGED)),
        "FORGED_NOTE": f"'{forged.text()}\n{signature.line()}'",
        "OTHER_LINE": f"'{cosign(forged, W1, seconds=1)}'",
        "STRANGER": STRANGER.verifier.label,
        "STRANGER_LINE": f"'{cosign(head, STRANGER, seconds=1)}'",
        "ERASED": ERASED,
        "ERASING": blob(url, ERASING),
        "ERASING_HASH": blob(url, leaf_hash(ERASING)),
        "GONE": ", ".join(f"('{person}', '{event}', true)" for person, event in gone),
        "LOG": make.LOG_KEY.verifier.label,
        "W1": W1.verifier.label,
        "W2": W2.verifier.label,
        "TRUNCATE": "DELETE FROM" if is_file else "TRUNCATE",
    }


async def said(original: Original, url: str, *, held: bool = True) -> str:
    """Return the verdict on the log at `url`, given the cosigned checkpoint if it is `held` outside."""
    async with opened(url) as engine:
        older = original.checkpoint.encode() if held else None
        verdict = await verify_database(engine, keys=KEYS, older=older, open_with=original.keys)
    assert verdict.exit_status == (0 if verdict.line.startswith("ok: ") else 1)
    return verdict.line.replace(root_of(original), "ROOT")


async def test_the_log_as_it_is_verifies(original: Original, copy: str) -> None:
    assert await said(original, copy) == OK


@pytest.mark.parametrize(("table", "cell"), CELLS)
async def test_what_the_superuser_does_is_named(original: Original, copy: str, table: str, cell: Cell) -> None:
    known = names(original, copy)
    statements = [each.format(**known) for each in cell.statements]
    await tamper(copy, statements, unkeyed=table if cell.unkeyed else None)
    expected = cell.line.format(**known)
    assert (await said(original, copy))[: len(expected)] == expected


@pytest.mark.parametrize("original", ["sqlite"], indirect=True)
async def test_a_head_under_what_is_no_size_is_named_where_a_file_can_hold_one(original: Original, copy: str) -> None:
    await tamper(copy, ["UPDATE audit_checkpoint SET size = 'x' WHERE size = 33"], unkeyed="audit_checkpoint")
    assert await said(original, copy) == "bad: seq 0: a checkpoint is stored under what is no size"


def test_every_table_suffers_every_act() -> None:
    assert MATRIX.keys() == metadata.tables.keys()
    for table, cells in MATRIX.items():
        assert {cell.act for cell in cells} == set(Act), table


@pytest.mark.parametrize("table", MATRIX)
def test_every_column_is_changed(table: str) -> None:
    changed = {cell.what.partition(",")[0] for cell in MATRIX[table] if cell.act is Act.CHANGE}
    assert changed == set(metadata.tables[table].columns.keys())


@pytest.mark.parametrize("table", MATRIX)
def test_first_middle_and_last_row_are_deleted(table: str) -> None:
    deleted = {cell.what.partition(",")[0] for cell in MATRIX[table] if cell.act is Act.DELETE}
    assert deleted >= {"first", "middle", "last below"}


@pytest.mark.parametrize(("table", "cell"), CELLS)
def test_what_passes_says_why_nothing_was_promised(table: str, cell: Cell) -> None:
    assert bool(cell.because) == cell.line.startswith("ok: "), table
