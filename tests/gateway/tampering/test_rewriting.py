"""He who has the database, the log's key and the log's own code: everything that he writes fits together.

The one thing that he cannot make is what witnesses signed.
"""

# ruff: noqa: S608 - the superuser's statements, all ours
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.checkpoint import Checkpoint, cosign, read_note
from audit.export import export
from audit.signing import SigningKey
from audit.tables import audit_checkpoint
from audit.verifying.folder import verify_folder
from tests.audit.make import KeyService
from tests.gateway.tampering.hand import blob, go_on_from, opened, tamper
from tests.gateway.tampering.original import COSIGNED, KEYS, W1, W2, Original, build, cosign_head
from tests.gateway.tampering.test_matrix import STRANGER, said

CHANGED = 20
"""From this event on he writes another history; the cosigned head of 16 events still stands."""
OWN_LINES = 5
"""A checkpoint has so many lines before its cosignatures."""
NOT_VERIFIED = (
    f"`checkpoint 27`: the signature of `{W1.verifier.label}` on the checkpoint does not verify; "
    "the log's own heads hold up to 21"
)


@pytest.fixture
async def rewritten(original: Original, copy: str) -> str:
    """Give the URL of a log that was rewritten from event 20 on, each head signed anew."""
    await go_on_from(CHANGED, copy, original)
    return copy


async def line_at(url: str, witness: SigningKey) -> str:
    """Return what `witness` would sign of the head that is stored at the newest cosigned size."""
    async with opened(url) as engine, engine.connect() as connection:
        root = select(audit_checkpoint.c.root).where(audit_checkpoint.c.size == COSIGNED)
        head = Checkpoint(KEYS[0].name, COSIGNED, (await connection.execute(root)).scalar_one())
    return cosign(head, witness, seconds=1)


async def put_back(url: str, original: Original) -> None:
    """Put the cosignatures back that stood on the head of the true history."""
    lines = original.checkpoint.splitlines(keepends=True)[OWN_LINES:]
    for witness, line in zip((W1, W2), lines, strict=True):
        await tamper(url, [f"INSERT INTO audit_cosignature VALUES (27, '{witness.verifier.label}', '{line}')"])


async def test_without_any_witness_everything_fits(original: Original, rewritten: str) -> None:
    # What is left of the cosignatures is that on the head of 16: who expects more of them sees that they are gone.
    line = await said(original, rewritten, held=False)
    assert line.startswith("ok: 33 events, root ")
    assert line.endswith("2 checkpoints, 1 cosignatures")


async def test_the_cosigned_checkpoint_held_outside_names_from_where(original: Original, rewritten: str) -> None:
    assert await said(original, rewritten) == (
        "bad: seq 16..27: the hashes do not give the root that `older checkpoint` signs; "
        "the log's own heads hold up to 21"
    )


async def test_an_export_of_it_is_named_as_the_database_is(original: Original, rewritten: str, tmp_path: Path) -> None:
    async with opened(rewritten) as engine:
        await export(engine, tmp_path / "out", keys=KEYS)
    (tmp_path / "older checkpoint").write_text(original.checkpoint)
    verdict = verify_folder(tmp_path / "out", older=tmp_path / "older checkpoint")
    assert verdict.line.startswith("bad: seq 16..27: the hashes do not give the root that `older checkpoint` signs")


async def test_a_history_that_is_new_from_the_first_event_on_is_named(original: Original, tmp_path: Path) -> None:
    keys = KeyService(dict(original.keys.keys))
    other = await build(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", keys, witnessed=False)
    assert (await said(original, other.url, held=False)).endswith("1 checkpoints, 0 cosignatures")
    assert (await said(original, other.url)).startswith("bad: seq 0..27: the hashes do not give the root that `older")


async def test_the_cosignatures_put_back_do_not_verify_on_another_head(original: Original, rewritten: str) -> None:
    await put_back(rewritten, original)
    line = await said(original, rewritten, held=False)
    assert line == f"bad: seq 16..27: {NOT_VERIFIED}"


async def test_a_cosignature_by_a_key_of_his_own_counts_for_nothing(original: Original, rewritten: str) -> None:
    async with opened(rewritten) as engine, engine.begin() as connection:
        await cosign_head(connection, COSIGNED, STRANGER)
    assert (await said(original, rewritten, held=False)).endswith("2 checkpoints, 1 cosignatures")
    assert (await said(original, rewritten)).startswith("bad: seq 16..27: ")


async def test_a_cosignature_by_a_key_of_his_own_in_a_witnesss_name_does_not_verify(
    original: Original, rewritten: str
) -> None:
    own = await line_at(rewritten, SigningKey.from_seed(W1.name, bytes(32), W1.verifier.algorithm))
    await tamper(rewritten, [f"INSERT INTO audit_cosignature VALUES (27, '{W1.verifier.label}', '{own}')"])
    assert (await said(original, rewritten, held=False)).startswith(
        "bad: seq 16..27: a cosignature of `checkpoint 27` is not stored under the name that it bears"
    )


async def test_the_cosigned_head_kept_beside_another_history_is_not_given_by_its_hashes(
    original: Original, rewritten: str
) -> None:
    head, _ = read_note(original.checkpoint.encode())
    own = "".join(original.checkpoint.splitlines(keepends=True)[:OWN_LINES])
    kept = f"UPDATE audit_checkpoint SET note = '{own}', root = {blob(rewritten, head.root)} WHERE size = 27"
    await tamper(rewritten, [kept])
    await put_back(rewritten, original)
    assert (await said(original, rewritten, held=False)).startswith(
        "bad: seq 16..27: the hashes do not give the root that `checkpoint 27` signs"
    )
