import hashlib
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tree import (
    EMPTY_ROOT,
    Frontier,
    Node,
    Range,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    perfect_nodes,
    proves_consistency,
    proves_inclusion,
    root_of,
)
from tests.beside import DATA, files, needs_shared

VECTORS = DATA / "06-crypto-audit-vectors" / "rfc6962-merkle"

# The leaves and roots that Certificate Transparency implementations test themselves with.
CT_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


class Tree:
    """All nodes of a tree of `size` numbered leaves."""

    def __init__(self, size: int) -> None:
        self.frontier, self.nodes, self.roots = Frontier.empty(), dict[Node, bytes](), [EMPTY_ROOT]
        for n in range(size):
            hashed = leaf_hash(str(n).encode())
            self.nodes[Node(0, n)] = hashed
            self.nodes |= dict(self.frontier.append(hashed))
            self.roots.append(self.frontier.root())

    def look(self, node: Node) -> bytes:
        return self.nodes[node]

    def proof(self, ranges: list[Range]) -> list[bytes]:
        return [root_of(leaves, self.look) for leaves in ranges]


LARGE = Tree(200)


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert Frontier.empty().root() == hashlib.sha256(b"").digest()


def test_the_roots_are_those_of_certificate_transparency() -> None:
    frontier = Frontier.empty()
    for leaf, root in zip(CT_LEAVES, CT_ROOTS, strict=True):
        frontier.append(leaf_hash(bytes.fromhex(leaf)))
        assert frontier.root().hex() == root


def test_a_second_implementation_gives_the_same_roots_and_proofs() -> None:
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for size in range(1, 65):
        theirs.append_entry(str(size - 1).encode())
        assert theirs.get_root() == LARGE.roots[size]
        for index in range(size):
            path = LARGE.proof(inclusion_ranges(index, size))
            assert [LARGE.nodes[Node(0, index)], *path] == _their_path(theirs, index, size)


def _their_path(tree: Any, index: int, size: int) -> list[bytes]:
    """Return pymerkle's inclusion proof: it counts leaves from one and puts the leaf itself first."""
    path: list[bytes] = tree.prove_inclusion(index + 1, size).path
    return path


@given(size=st.integers(1, 200), data=st.data())
def test_every_leaf_is_proven_at_its_place_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size))
    proof = LARGE.proof(inclusion_ranges(index, size))
    proven = proves_inclusion(
        index=other, size=size, leaf=LARGE.nodes[Node(0, index)], proof=proof, root=LARGE.roots[size]
    )
    assert proven is (other == index)


@given(sizes=st.lists(st.integers(1, 200), min_size=2, max_size=2).map(sorted), wrong=st.integers(0, 199))
def test_every_tree_is_proven_to_be_the_beginning_of_a_later_one(sizes: list[int], wrong: int) -> None:
    old, new = sizes
    proof = LARGE.proof(consistency_ranges(old, new))
    roots = {"old_root": LARGE.roots[old], "new_root": LARGE.roots[new]}
    assert proves_consistency(old=old, new=new, **roots, proof=proof)
    other = LARGE.roots[wrong]
    assert proves_consistency(old=old, new=new, **roots | {"old_root": other}, proof=proof) is (wrong == old)
    assert proves_consistency(old=old, new=new, **roots | {"new_root": other}, proof=proof) is (wrong == new)


@given(start=st.integers(0, 60), width=st.integers(0, 64))
def test_perfect_nodes_cover_a_range_from_left_to_right(start: int, width: int) -> None:
    aligned = start << 6
    covered = [
        leaf
        for level, position in perfect_nodes(Range(aligned, aligned + width))
        for leaf in range(position << level, (position + 1) << level)
    ]
    assert covered == list(range(aligned, aligned + width))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_no_proof_is_made_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_ranges(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_no_consistency_is_proven_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_ranges(old, new)


def _vectors(kind: str) -> list[Any]:
    return [pytest.param(path, id=str(path.relative_to(VECTORS))) for path in files(VECTORS / kind, "*.json")]


def _bytes(text: str | None) -> bytes:
    return b64decode(text or "")


@needs_shared
@pytest.mark.parametrize("path", _vectors("inclusion"))
def test_inclusion_is_judged_as_transparency_dev_judges_it(path: Path) -> None:
    case = json.loads(path.read_text())
    proven = proves_inclusion(
        index=case["leafIdx"],
        size=case["treeSize"],
        leaf=_bytes(case["leafHash"]),
        proof=[_bytes(step) for step in case["proof"] or []],
        root=_bytes(case["root"]),
    )
    assert proven is not case["wantErr"]


@needs_shared
@pytest.mark.parametrize("path", _vectors("consistency"))
def test_consistency_is_judged_as_transparency_dev_judges_it(path: Path) -> None:
    case = json.loads(path.read_text())
    proven = proves_consistency(
        old=case["size1"],
        new=case["size2"],
        old_root=_bytes(case["root1"]),
        new_root=_bytes(case["root2"]),
        proof=[_bytes(step) for step in case["proof"] or []],
    )
    assert proven is not case["wantErr"]
