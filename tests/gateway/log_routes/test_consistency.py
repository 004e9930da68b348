"""`GET /audit/consistency`: that the log only grew, for whoever has two of its checkpoints."""

import itertools
import json
from base64 import b64decode
from hashlib import sha256
from typing import Any

import pymerkle

from tests.gateway.log_routes.conftest import Published
from tests.gateway.log_routes.fetching import fetch
from tests.gateway.log_routes.growing import grow_to, lay, leaf, leaf_hash, root_of

HASHES = [leaf_hash(number) for number in range(600)]
SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100, 255, 256, 257, 511, 512, 513, 600]


async def proof(log: Published, old: int, new: int) -> list[bytes]:
    answer = await fetch(log.url, f"/audit/consistency?from={old}&to={new}")
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    told = json.loads(answer.body)
    assert (told.keys(), told["from"], told["to"]) == ({"from", "to", "proof"}, old, new)
    return [b64decode(each, validate=True) for each in told["proof"]]


def accepted(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """Say whether `path` proves it, by the steps of RFC 9162 section 2.1.4.2: written apart from ours."""
    if old == new:
        return not path and old_root == new_root
    if old.bit_count() == 1:
        path = [old_root, *path]
    if not path:
        return False
    first, second = old - 1, new - 1
    while first % 2:
        first, second = first // 2, second // 2
    left = right = path[0]
    for step in path[1:]:
        if second == 0:
            return False
        if first % 2 or first == second:
            left, right = sha256(b"\x01" + step + left).digest(), sha256(b"\x01" + step + right).digest()
            while first % 2 == 0 and first:
                first, second = first // 2, second // 2
        else:
            right = sha256(b"\x01" + right + step).digest()
        first, second = first // 2, second // 2
    return (left, right, second) == (old_root, new_root, 0)


async def test_every_older_tree_is_proven_to_be_the_beginning_of_every_newer(log: Published) -> None:
    await grow_to(log.engine, 600)
    for old, new in itertools.combinations_with_replacement(SIZES, 2):
        path, roots = await proof(log, old, new), (root_of(HASHES[:old]), root_of(HASHES[:new]))
        assert accepted(old, new, *roots, path), (old, new)
        assert old == new or not accepted(old, new, root_of(HASHES[1 : old + 1]), roots[1], path)
        assert old == new or not accepted(old, new, roots[0], root_of(HASHES[:-1]), path)


async def test_the_proofs_lead_to_the_roots_of_a_second_implementation(log: Published) -> None:
    await grow_to(log.engine, 25)
    theirs: Any = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(25):
        theirs.append_entry(leaf(number))
    roots = [theirs.get_root(size) for size in range(26)]
    for old, new in itertools.combinations(range(1, 26), 2):
        assert accepted(old, new, roots[old], roots[new], await proof(log, old, new)), (old, new)


async def test_nothing_is_proven_of_what_is_laid_and_not_yet_signed(log: Published) -> None:
    await grow_to(log.engine, 5)
    await lay(log.engine, 9)
    statuses = [(await fetch(log.url, f"/audit/consistency?from=3&to={new}")).status for new in (5, 6, 9)]
    assert statuses == [200, 422, 422]


async def test_nothing_is_proven_of_a_log_that_never_signed(log: Published) -> None:
    await lay(log.engine, 9)
    assert (await fetch(log.url, "/audit/consistency?from=1&to=1")).status == 422
