"""Signing tree heads and keeping them, with the cosignatures that witnesses give later."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.checkpoint import Checkpoint, NoteError, cosigner_of, read_note, sign_checkpoint, verify_note
from audit.grow import BrokenTreeError, frontier_of, tree_size
from audit.policy import Policy
from audit.signing import SigningKey, VerifierKey
from audit.tables import audit_checkpoint, audit_cosignature
from schemas.calendar import utc_milliseconds

_NEWEST = (
    select(audit_checkpoint.c.size, audit_checkpoint.c.root, audit_checkpoint.c.note)
    .order_by(audit_checkpoint.c.size.desc())
    .limit(1)
)
_LINES: Select[tuple[str]] = select(audit_cosignature.c.line).order_by(audit_cosignature.c.witness)


async def sign_head(connection: AsyncConnection, key: SigningKey, at: datetime) -> str:
    """Return the note of the newest tree head, signing and storing a new one where the tree grew.

    The first call also signs the empty tree. Whoever calls it is alone in the log, as for `audit.grow`.

    Raises:
        BrokenTreeError: the tree does not contain the head signed before; nothing is signed.
    """
    size = await tree_size(connection)
    newest = (await connection.execute(_NEWEST)).first()
    if newest is not None and newest.size == size:
        return await note_of(connection, size)
    # A log never signs two heads that contradict each other, whatever was done to its database.
    if newest is not None and not await contains(connection, size=newest.size, root=newest.root):
        raise BrokenTreeError("the stored tree does not contain its newest checkpoint; verify the log")
    root = (await frontier_of(connection, size)).root()
    note = sign_checkpoint(Checkpoint(key.name, size, root), key)
    await connection.execute(insert(audit_checkpoint).values(size=size, root=root, note=note, at=utc_milliseconds(at)))
    return note


async def contains(connection: AsyncConnection, *, size: int, root: bytes) -> bool:
    """Say whether the stored tree begins with the tree of `size` leaves with `root`: false for a restored backup.

    Looks at the stored nodes only; `verify_database` checks that they are right.
    """
    if size > await tree_size(connection):
        return False
    try:
        return (await frontier_of(connection, size)).root() == root
    except BrokenTreeError:
        return False


async def newest_size(connection: AsyncConnection) -> int | None:
    """Return the size of the newest signed head, or None where none was ever signed."""
    newest = (await connection.execute(_NEWEST)).first()
    return None if newest is None else newest.size


async def note_of(connection: AsyncConnection, size: int) -> str:
    """Return the note of the head that was signed at `size`, all cosignatures after the log's own line."""
    return await _note(connection, size, _LINES)


async def note_for(connection: AsyncConnection, size: int, keys: Iterable[VerifierKey]) -> str:
    """Return the note of the head at `size` with the cosignatures of `keys` only: for somebody who has just these."""
    return await _note(connection, size, _LINES.where(_by(keys)))


async def witnessed_sizes(connection: AsyncConnection, keys: Iterable[VerifierKey]) -> list[int]:
    """Return the sizes of the heads that one of `keys` cosigned, ascending."""
    sizes = select(audit_cosignature.c.size).where(_by(keys)).distinct().order_by(audit_cosignature.c.size)
    return list((await connection.execute(sizes)).scalars())


async def _note(connection: AsyncConnection, size: int, lines: Select[tuple[str]]) -> str:
    own = await connection.execute(select(audit_checkpoint.c.note).where(audit_checkpoint.c.size == size))
    cosignatures = await connection.execute(lines.where(_at(size)))
    return "".join((own.scalar_one(), *cosignatures.scalars()))


def _by(keys: Iterable[VerifierKey]) -> ColumnElement[bool]:
    return audit_cosignature.c.witness.in_([key.label for key in keys])


async def add_cosignature(
    connection: AsyncConnection, *, size: int, line: str, witnesses: Iterable[VerifierKey]
) -> None:
    """Keep the cosignature `line` that one of `witnesses` gave for the head at `size`; of each witness the first.

    Raises:
        NoteError: the line is not that witness's signature of that head.
    """
    checkpoint, _ = read_note((await note_of(connection, size)).encode())
    witness = cosigner_of(line, checkpoint, witnesses).label
    given = select(audit_cosignature.c.size).where(_at(size), audit_cosignature.c.witness == witness)
    if (await connection.execute(given)).first() is None:
        row = {"size": size, "witness": witness, "line": line.removesuffix("\n") + "\n"}
        await connection.execute(insert(audit_cosignature).values(row))


async def witnessed_by(connection: AsyncConnection, key: VerifierKey) -> int:
    """Return the size of the newest head that `key` cosigned; 0 where there is none."""
    newest = select(func.max(audit_cosignature.c.size)).where(_by([key]))
    size: int | None = (await connection.execute(newest)).scalar_one()
    return size or 0


async def anchored_size(connection: AsyncConnection, log: VerifierKey, policy: Policy, *, above: int) -> int:
    """Return the size of the newest head whose cosignatures meet `policy`; `above` where none is larger than that.

    Every signature is verified: a row that somebody put there anchors nothing.
    """
    sizes = select(audit_cosignature.c.size).where(_by(policy.keys), audit_cosignature.c.size > above).distinct()
    for size in (await connection.execute(sizes.order_by(audit_cosignature.c.size.desc()))).scalars().all():
        if policy.is_met(await _cosigners(connection, size, log, policy)):
            return int(size)
    return above


async def first_head_above(connection: AsyncConnection, size: int) -> tuple[int, datetime] | None:
    """Return the size of the first signed head of more than `size` leaves and when it was signed, or None."""
    heads = select(audit_checkpoint.c.size, audit_checkpoint.c.at).where(audit_checkpoint.c.size > size)
    first = (await connection.execute(heads.order_by(audit_checkpoint.c.size).limit(1))).first()
    return None if first is None else (first.size, datetime.fromisoformat(first.at))


async def _cosigners(
    connection: AsyncConnection, size: int, log: VerifierKey, policy: Policy
) -> tuple[VerifierKey, ...]:
    note = await _note(connection, size, _LINES.where(_by(policy.keys)))
    try:
        verified = verify_note(note.encode(), [log, *policy.keys])
    except NoteError:
        return ()
    return verified.cosigners if verified.checkpoint.size == size else ()


def _at(size: int) -> ColumnElement[bool]:
    return audit_cosignature.c.size == size
