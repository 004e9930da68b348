"""The Merkle tree of RFC 6962: hashing, growing, proving, checking. Pure.

A tree is spoken of as ranges of leaves: `[start, end)` with `start` a multiple of a power of two not smaller than its
width. Each range is made of *perfect* nodes, named `(level, position)`: level 0 is the leaves, and a node of level k
covers the 2**k leaves from `position * 2**k` on. Perfect nodes never change, so these are what a store keeps.

Source: RFC 6962 section 2.1; RFC 9162 sections 2.1.3.2 and 2.1.4.2 for the checking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

EMPTY_ROOT: Final = sha256(b"").digest()


class Node(NamedTuple):
    """Where a perfect node stands."""

    level: int
    position: int


class Range(NamedTuple):
    """The leaves `[start, end)`, whose common hash is one entry of a proof."""

    start: int
    end: int


Look = Callable[[Node], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node with these two children."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: its size and the hashes of its perfect nodes, largest first.

    All that an append needs, and a few dozen hashes even for billions of leaves.
    """

    size: int
    hashes: list[bytes]

    @classmethod
    def empty(cls) -> "Frontier":
        """Return the edge of a tree without leaves."""
        return cls(0, [])

    def copy(self) -> "Frontier":
        """Return an independent copy."""
        return Frontier(self.size, list(self.hashes))

    def append(self, hashed: bytes) -> list[tuple[Node, bytes]]:
        """Lay a leaf hash at the end and return the perfect nodes of level 1 and up that it completed, lowest first."""
        completed = []
        position, level = self.size, 0
        while position & 1:
            hashed = node_hash(self.hashes.pop(), hashed)
            position, level = position >> 1, level + 1
            completed.append((Node(level, position), hashed))
        self.hashes.append(hashed)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root over all leaves laid so far."""
        return fold(self.hashes)


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over perfect nodes side by side, largest first; of nothing, the empty tree's."""
    if not hashes:
        return EMPTY_ROOT
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def perfect_nodes(leaves: Range) -> list[Node]:
    """Return the perfect nodes that `leaves` is made of, from left to right."""
    nodes = []
    start, end = leaves
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def root_of(leaves: Range, look: Look) -> bytes:
    """Return the hash over `leaves`; `look` gives the hash of a perfect node."""
    return fold([look(node) for node in perfect_nodes(leaves)])


def _split(leaves: Range) -> int:
    """Return where the right child begins: the largest power of two below the width."""
    width = leaves.end - leaves.start
    return leaves.start + (1 << ((width - 1).bit_length() - 1))


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the ranges whose hashes are the inclusion proof of leaf `index`, lowest first.

    Raises:
        ValueError: no such leaf in a tree of `size`.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    siblings = []
    at = Range(0, size)
    while at.end - at.start > 1:
        middle = _split(at)
        left, right = Range(at.start, middle), Range(middle, at.end)
        at, sibling = (left, right) if index < middle else (right, left)
        siblings.append(sibling)
    return siblings[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Return the ranges whose hashes prove that the tree of `old` leaves is the beginning of that of `new`.

    Raises:
        ValueError: `old` is 0 or larger than `new`; nothing can or need be proven.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof leads from {old} to {new}")
    proof = []
    at, whole = Range(0, new), True
    while at.end != old:
        middle = _split(at)
        if old <= middle:
            proof.append(Range(middle, at.end))
            at = Range(at.start, middle)
            continue
        proof.append(Range(at.start, middle))
        at, whole = Range(middle, at.end), False
    # The old tree itself need not be shown: the checker has its root.
    return proof[::-1] if whole else [at, *proof[::-1]]


def proves_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether `proof` shows that the leaf hash `leaf` stands at `index` in the tree of `size` with `root`."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    position, last, hashed = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            hashed = node_hash(step, hashed)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        position, last = position >> 1, last >> 1
    return last == 0 and hashed == root


def proves_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether `proof` shows that the tree of `old` leaves is the beginning of that of `new`, with these roots.

    Of an empty old tree nothing can be shown, except that a new one is empty too.
    """
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not _are_hashes(old_root, new_root, *proof):
        return False
    # Where the old tree is perfect, its root is a node of the new one and is left out of the proof.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _climbs(old - 1, new - 1, path) == (old_root, new_root)


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(hashed) == len(EMPTY_ROOT) for hashed in hashes)


def _climbs(position: int, last: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """Return the two roots that `path` leads to, or None where it is too short or too long."""
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, step)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None
