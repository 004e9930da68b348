"""Above the newest cosigned head: what the verifier alone cannot see, and what receipts held outside make it see.

Before a receipt or a cosignature exists nobody can prove anything. These tests say both, so that nobody believes more.
"""

# ruff: noqa: S608 - the superuser's statements, all ours
import json
from collections.abc import Awaitable, Callable

import pytest

from audit.receipt import Receipt
from audit.tree import leaf_hash
from audit.verifying.receipts import Held, verify_database_with
from tests.gateway.tampering.hand import blob, cut, go_on_from, opened, tamper
from tests.gateway.tampering.original import COSIGNED, EVENTS, KEYS, Original
from tests.gateway.tampering.test_matrix import FORGED, said

By = Callable[[str, Original], Awaitable[None]]


def held(receipts: list[Receipt]) -> list[Held]:
    return [Held(f"event {n}", json.dumps(receipt.document()).encode()) for n, receipt in enumerate(receipts)]


async def with_receipts(original: Original, url: str) -> str:
    """Return the verdict, given the cosigned checkpoint and every receipt."""
    async with opened(url) as engine:
        verdict = await verify_database_with(
            engine,
            held(original.receipts),
            keys=KEYS,
            older=original.checkpoint.encode(),
            open_with=original.keys,
        )
    return verdict.line


async def takes_all_away(url: str, _: Original) -> None:
    await cut(COSIGNED, url)


async def writes_others(url: str, original: Original) -> None:
    await go_on_from(COSIGNED, url, original)


async def writes_others_from_the_middle_on(url: str, original: Original) -> None:
    await go_on_from(30, url, original)


async def takes_the_last_away(url: str, _: Original) -> None:
    of = f"(SELECT event_id FROM audit_event WHERE id = {EVENTS})"
    others = (f"DELETE FROM {table} WHERE event_id = {of}" for table in ("audit_leaf", "audit_subject"))
    await tamper(url, [*others, f"DELETE FROM audit_event WHERE id = {EVENTS}"])


async def changes_the_last(url: str, _: Original) -> None:
    await tamper(url, [f"UPDATE audit_event SET leaf = {blob(url, FORGED)} WHERE id = {EVENTS}"])


async def changes_the_last_and_its_hash(url: str, _: Original) -> None:
    leaf, hashed = blob(url, FORGED), blob(url, leaf_hash(FORGED))
    placed = f"UPDATE audit_leaf SET leaf_hash = {hashed} WHERE seq = {EVENTS - 1}"
    await tamper(url, [f"UPDATE audit_event SET leaf = {leaf}, leaf_hash = {hashed} WHERE id = {EVENTS}", placed])


async def gives_the_last_another_hash_in_the_tree(url: str, _: Original) -> None:
    await tamper(
        url,
        [
            "DELETE FROM audit_leaf WHERE seq >= 33",
            (
                "INSERT INTO audit_leaf (seq, event_id, leaf_hash)"
                " SELECT id - 1, event_id, leaf_hash FROM audit_event WHERE id > 33"
            ),
            (
                f"INSERT INTO audit_node (level, position, hash) VALUES (1, 16, {blob(url, bytes(32))})"
                " ON CONFLICT DO NOTHING"
            ),
            f"UPDATE audit_leaf SET leaf_hash = {blob(url, leaf_hash(FORGED))} WHERE seq = {EVENTS - 1}",
        ],
    )


@pytest.mark.parametrize(
    ("acts", "size", "missed"),
    [
        (takes_all_away, 27, 27),
        (writes_others, 33, 27),
        (writes_others_from_the_middle_on, 33, 30),
        (takes_the_last_away, 33, 34),
        (changes_the_last, 33, 34),
        (changes_the_last_and_its_hash, 33, 34),
        (gives_the_last_another_hash_in_the_tree, 33, 34),
    ],
)
async def test_above_the_cosigned_head_only_a_receipt_catches_who_rewrites(
    original: Original, copy: str, acts: By, size: int, missed: int
) -> None:
    await acts(copy, original)
    assert (await said(original, copy)).startswith(f"ok: {size} events, root ")
    line = await with_receipts(original, copy)
    assert line == f"bad: seq 27..{size}: receipt `event {missed}` promises an event that is not in the tree"


async def test_every_receipt_of_the_log_as_it_is_is_kept(original: Original, copy: str) -> None:
    assert (await with_receipts(original, copy)).endswith(f"5 cosignatures, {EVENTS} receipts")


async def test_below_the_cosigned_head_a_receipt_is_not_needed_and_contradicts_nothing(
    original: Original, copy: str
) -> None:
    await tamper(copy, ["UPDATE audit_event SET leaf = sealed_log WHERE id = 6"])
    assert await with_receipts(original, copy) == "bad: seq 5: the leaf does not give its hash"
