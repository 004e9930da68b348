"""A proof in a file of its own: it checks without us, and whatever is changed in it is refused."""

import json
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.checkpoint import cosign, read_note
from audit.events import Field
from audit.heads import add_cosignature
from audit.officer import signed_act
from audit.proof_file import check_proof
from audit.proving import NotProvenYetError, consistency_proof, inclusion_proof, prove
from audit.read import event_named, fetch_and_open
from audit.signing import SigningKey
from audit.tiles import NoTileError, Tile, bundle
from audit.tree import proves_consistency, proves_inclusion
from tests.audit import make

KEYS = [make.LOG_KEY.verifier, make.WITNESS.verifier]
EVENTS = 11
OFFICER = SigningKey.from_seed("a.jansen", bytes(range(2, 34)))


async def _proofs(engine: AsyncEngine, keys: make.KeyService, *, cosigned: bool = True) -> list[bytes]:
    """Keep eleven events and return the opened proof of each."""
    log = make.log(keys)
    receipts = await make.keep(engine, log, *(make.event(person=f"person-{n % 3}") for n in range(EVENTS)))
    note = await make.settle(engine, log)
    checkpoint, _ = read_note(note.encode())
    if cosigned:
        async with engine.begin() as connection:
            line = cosign(checkpoint, make.WITNESS, seconds=1_772_452_800)
            await add_cosignature(connection, size=checkpoint.size, line=line, witnesses=KEYS)
    proofs = []
    async with engine.connect() as connection:
        for receipt in receipts:
            entry = await event_named(connection, receipt.event_id)
            assert entry is not None
            proofs.append(await prove(connection, entry, keys=KEYS, opened=await fetch_and_open(keys, entry)))
    return proofs


async def test_every_event_is_proven_by_a_file_alone(engine: AsyncEngine, keys: make.KeyService) -> None:
    for seq, proof in enumerate(await _proofs(engine, keys)):
        verdict = check_proof(proof, trusted=KEYS)
        assert verdict.exit_status == 0, verdict.line
        assert f" is {seq} of {EVENTS}, " in verdict.line
        opened = "actor, categories, purpose, request"
        assert verdict.line.endswith(f"opened: {opened}, 1 cosignatures, log {KEYS[0].label}")


async def test_a_proof_to_a_head_that_no_witness_signed_names_no_witness(
    sqlite: AsyncEngine, keys: make.KeyService
) -> None:
    proof = (await _proofs(sqlite, keys, cosigned=False))[3]
    assert "0 cosignatures" in check_proof(proof).line
    assert json.loads(proof)["keys"] == [make.LOG_KEY.verifier.encoded()]


def _leaves_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return [path] if inner is None else [each for key, one in inner for each in _leaves_of(one, (*path, key))]


def _spoiled(document: Any, path: tuple[Any, ...]) -> bytes:
    copy = json.loads(json.dumps(document))
    at = copy
    for step in path[:-1]:
        at = at[step]
    old = at[path[-1]]
    at[path[-1]] = old + 1 if isinstance(old, int) else f"x{old}" if isinstance(old, str) else "x"
    return json.dumps(copy).encode()


async def test_every_value_that_is_changed_is_refused_with_a_reason(sqlite: AsyncEngine, keys: make.KeyService) -> None:
    document = json.loads((await _proofs(sqlite, keys))[6])
    for path in _leaves_of(document):
        verdict = check_proof(_spoiled(document, path))
        assert (verdict.exit_status, verdict.line[:5]) == (1, "bad: "), path


async def test_every_bit_of_a_proof_counts(sqlite: AsyncEngine, keys: make.KeyService) -> None:
    proof = (await _proofs(sqlite, keys))[6]
    good = json.loads(proof)
    for place in range(0, len(proof), 3):
        changed = proof[:place] + bytes((proof[place] ^ 1,)) + proof[place + 1 :]
        try:
            same = json.loads(changed) == good
        except ValueError:
            same = False
        assert same or check_proof(changed).exit_status == 1, place


async def test_a_member_more_or_less_is_refused(sqlite: AsyncEngine, keys: make.KeyService) -> None:
    document = json.loads((await _proofs(sqlite, keys))[6])
    for name in document.keys() - {"opened"}:
        assert check_proof(json.dumps({k: v for k, v in document.items() if k != name}).encode()).exit_status == 1
    assert check_proof(json.dumps(document | {"more": 1}).encode()).exit_status == 1
    for shorter in (document["proof"][1:], document["proof"][:-1], [*document["proof"], document["proof"][0]]):
        assert check_proof(json.dumps(document | {"proof": shorter}).encode()).exit_status == 1
    stranger = SigningKey.from_seed("witness.example/w9", bytes(32), make.WITNESS.algorithm).verifier.encoded()
    assert check_proof(json.dumps(document | {"keys": [*document["keys"], stranger]}).encode()).exit_status == 1
    twice = document["checkpoint"] + document["checkpoint"].splitlines()[-1] + "\n"
    assert check_proof(json.dumps(document | {"checkpoint": twice}).encode()).exit_status == 1
    assert check_proof(json.dumps(document | {"keys": document["keys"][:1]}).encode()).exit_status == 1


async def test_a_proof_of_another_log_than_the_one_you_know_is_refused(
    sqlite: AsyncEngine, keys: make.KeyService
) -> None:
    proof = (await _proofs(sqlite, keys))[0]
    other = SigningKey.from_seed(make.ORIGIN, bytes(32)).verifier
    assert check_proof(proof, trusted=[other, make.WITNESS.verifier]).exit_status == 1
    assert check_proof(proof, trusted=KEYS[:1]).exit_status == 1


async def test_an_event_that_no_head_covers_yet_is_not_proven(engine: AsyncEngine, keys: make.KeyService) -> None:
    await _proofs(engine, keys)
    [receipt] = await make.keep(engine, make.log(keys), make.event())
    async with engine.connect() as connection:
        entry = await event_named(connection, receipt.event_id)
        assert entry is not None
        with pytest.raises(NotProvenYetError):
            await prove(connection, entry, keys=KEYS, opened=None)


async def test_the_store_proves_every_leaf_and_every_beginning(engine: AsyncEngine, keys: make.KeyService) -> None:
    log, roots, leaves = make.log(keys), {}, []
    for size in range(1, EVENTS + 1):
        leaves += [receipt.leaf_hash for receipt in await make.keep(engine, log, make.event())]
        roots[size] = read_note((await make.settle(engine, log)).encode())[0].root
    async with engine.connect() as connection:
        for new in range(1, EVENTS + 1):
            for old in range(1, new + 1):
                path = await consistency_proof(connection, old, new)
                assert proves_consistency(old=old, new=new, old_root=roots[old], new_root=roots[new], proof=path)
                path = await inclusion_proof(connection, old - 1, new)
                assert proves_inclusion(index=old - 1, size=new, leaf=leaves[old - 1], proof=path, root=roots[new])


def test_an_officers_signature_is_of_his_key_and_of_what_he_did() -> None:
    detail = {"since": 0, "opened": True}
    told = signed_act(OFFICER, kind="log.exported", at="2026-03-02T12:00:00.000Z", detail=detail)
    officers = [OFFICER.verifier]
    assert make.is_act_of(told, kind="log.exported", detail=detail, officers=officers)
    assert not make.is_act_of(told, kind="log.exported", detail=detail | {"since": 1}, officers=officers)
    assert not make.is_act_of(told, kind="log.unmasked", detail=detail, officers=officers)
    assert not make.is_act_of(told | {"officer": "b.bakker"}, kind="log.exported", detail=detail, officers=officers)
    assert not make.is_act_of(told, kind="log.exported", detail=detail, officers=[make.LOG_KEY.verifier])
    assert not make.is_act_of({}, kind="log.exported", detail=detail, officers=officers)


def test_an_opened_field_is_one_of_the_closed_list() -> None:
    assert {"actor", "purpose", "categories"} <= set(Field)


@pytest.mark.parametrize(
    ("name", "tile"),
    [
        ("0/x001/x234/067", Tile(0, 1234067)),
        ("0/000", Tile(0, 0)),
        ("63/999.p/255", Tile(63, 999, 255)),
        ("entries/x001/000.p/1", Tile(None, 1000, 1)),
    ],
)
def test_a_tile_is_named_as_the_c2sp_standard_says(name: str, tile: Tile) -> None:
    assert Tile.read(name) == tile
    assert tile.name == name


@pytest.mark.parametrize(
    "name",
    ["", "0", "00/000", "64/000", "0/0", "0/x000/001", "0/1000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "-1/000",
     "0/000/", "0/x001/x234", "data/000", "0/\u0660\u0660\u0660", "0/000.p/1\n"],
)  # fmt: skip
def test_what_is_not_the_one_spelling_names_no_tile(name: str) -> None:
    with pytest.raises(NoTileError):
        Tile.read(name)


def test_a_tree_of_70000_has_the_tiles_that_the_c2sp_standard_counts() -> None:
    there = ["0/272", "0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1"]
    assert all(Tile.read(name).is_in(70_000) for name in there)
    assert not any(
        Tile.read(name).is_in(70_000) for name in ("0/273", "0/273.p/113", "1/001.p/18", "2/000.p/2", "3/000.p/1")
    )


def test_an_entry_has_its_length_before_it_the_higher_byte_first() -> None:
    assert bundle([b"ab", b"c" * 256]) == b"\x00\x02ab\x01\x00" + b"c" * 256
    with pytest.raises(ValueError, match="65535"):
        bundle([b"x" * 65536])
