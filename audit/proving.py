"""Proofs out of the stored tree: that a leaf is in it, that it only grew, and one event's whole proof file.

Source: RFC 6962 sections 2.1.1 and 2.1.2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.checkpoint import verify_note
from audit.entry import Entry
from audit.grow import look_up
from audit.heads import newest_size, note_for, witnessed_sizes
from audit.proof_file import Proof
from audit.signing import VerifierKey
from audit.tree import Range, consistency_ranges, inclusion_ranges, perfect_nodes, root_of


class NotProvenYetError(Exception):
    """The event has no place in a signed tree yet; try again in a few seconds."""


async def inclusion_proof(connection: AsyncConnection, index: int, size: int) -> list[bytes]:
    """Return the hashes that prove leaf `index` in the tree of the first `size` leaves, its sibling's first.

    Raises:
        ValueError: no such leaf.
        BrokenTreeError: the stored tree lacks a node.
    """
    return await _hashes(connection, inclusion_ranges(index, size))


async def consistency_proof(connection: AsyncConnection, old: int, new: int) -> list[bytes]:
    """Return the hashes that prove that the tree of `old` leaves is the beginning of that of `new`.

    Raises:
        ValueError: `old` is 0 or larger than `new`.
        BrokenTreeError: the stored tree lacks a node.
    """
    return await _hashes(connection, consistency_ranges(old, new))


async def prove(
    connection: AsyncConnection, entry: Entry, *, keys: Sequence[VerifierKey], opened: Mapping[str, Any] | None
) -> bytes:
    """Return the proof file of `entry`, to the newest head that one of `keys` cosigned, or else the newest of all.

    `keys` are the log's own, then its witnesses'; the file names those of them that signed. The caller has checked the
    right to see what is `opened`, and logs it.

    Raises:
        NotProvenYetError: no signed head covers it.
    """
    seq = entry.seq
    size = None if seq is None else await _head_over(connection, seq, keys)
    if seq is None or size is None:
        raise NotProvenYetError("the event has no place in a signed tree yet; try again in a few seconds")
    note = await note_for(connection, size, keys)
    cosigners = verify_note(note.encode(), keys).cosigners
    hashes = await inclusion_proof(connection, seq, size)
    return Proof(seq, entry.leaf, opened, hashes, note, (keys[0], *cosigners)).encoded()


async def _head_over(connection: AsyncConnection, seq: int, keys: Sequence[VerifierKey]) -> int | None:
    newest = await newest_size(connection)
    sizes = [*([] if newest is None else [newest]), *await witnessed_sizes(connection, keys)]
    return next((size for size in reversed(sizes) if size > seq), None)


async def _hashes(connection: AsyncConnection, ranges: Sequence[Range]) -> list[bytes]:
    nodes = [node for leaves in ranges for node in perfect_nodes(leaves)]
    found = await look_up(connection, nodes)
    return [root_of(leaves, found.__getitem__) for leaves in ranges]
