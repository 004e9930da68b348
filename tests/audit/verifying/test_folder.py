import asyncio
import json
import random
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.checkpoint import NoteError, cosign, read_note, sign_checkpoint
from audit.events import Field
from audit.export import ExportError, export
from audit.heads import add_cosignature
from audit.sealing import Opener
from audit.signing import SigningKey
from audit.verifying.folder import verify_folder
from tests.audit import make

KEYS = [make.LOG_KEY.verifier, make.WITNESS.verifier]
EVENTS = 10
WITNESSED = 4


async def _filled(engine: AsyncEngine, keys: make.KeyService) -> None:
    """Keep ten events, with a cosigned head at four and a cosigned head at ten."""
    log = make.log(keys)
    for events in (WITNESSED, EVENTS - WITNESSED):
        await make.keep(engine, log, *(make.event(person=f"person-{n % 3}") for n in range(events)))
        note = await make.settle(engine, log)
        checkpoint, _ = read_note(note.encode())
        line = cosign(checkpoint, make.WITNESS, seconds=1_772_452_800)
        async with engine.begin() as connection:
            await add_cosignature(connection, size=checkpoint.size, line=line, witnesses=KEYS)


async def _export(engine: AsyncEngine, out: Path, open_with: Opener | None = None, since: int = 0) -> Path:
    await export(engine, out, keys=KEYS, open_with=open_with, since=since)
    return out


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("exported")

    async def write() -> Path:
        keys = make.KeyService()
        async with make.engine(f"sqlite+aiosqlite:///{place / 'schakel.db'}") as engine:
            await _filled(engine, keys)
            return await _export(engine, place / "export", open_with=keys)

    return asyncio.run(write())


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """Give a copy of one opened export, to be spoiled."""
    return Path(shutil.copytree(exported, tmp_path / "export"))


def _change(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def _lines(folder: Path) -> list[bytes]:
    return (folder / "entries.ndjson").read_bytes().splitlines(keepends=True)


def _put(folder: Path, lines: list[bytes]) -> None:
    (folder / "entries.ndjson").write_bytes(b"".join(lines))


async def test_an_export_verifies_and_says_what_was_checked(
    engine: AsyncEngine, keys: make.KeyService, tmp_path: Path
) -> None:
    await _filled(engine, keys)
    verdict = verify_folder(await _export(engine, tmp_path / "out", open_with=keys))
    assert verdict.exit_status == 0
    assert verdict.line.startswith("ok: 10 events, root ")
    assert verdict.line.endswith(", 2 checkpoints, 2 cosignatures")


def test_an_export_holds_exactly_the_files_of_the_contract(folder: Path) -> None:
    names = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    assert names == {"entries.ndjson", "hashes", "checkpoint", "checkpoints", f"checkpoints/{WITNESSED}", "keys"}


async def test_an_empty_log_can_be_exported_and_verified(sqlite: AsyncEngine, tmp_path: Path) -> None:
    await make.settle(sqlite, make.log())
    verdict = verify_folder(await _export(sqlite, tmp_path / "out"))
    assert verdict.line == (
        "ok: 0 events, root 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=, 1 checkpoints, 0 cosignatures"
    )


async def test_a_part_of_the_log_verifies_against_the_whole_tree(
    sqlite: AsyncEngine, keys: make.KeyService, tmp_path: Path
) -> None:
    await _filled(sqlite, keys)
    verdict = verify_folder(await _export(sqlite, tmp_path / "out", since=7))
    assert verdict.line.startswith("ok: 3 events, ")


async def test_what_was_erased_stays_closed_and_the_log_stays_good(
    sqlite: AsyncEngine, keys: make.KeyService, tmp_path: Path
) -> None:
    await _filled(sqlite, keys)
    keys.erase("person-0")
    out = await _export(sqlite, tmp_path / "out", open_with=keys)
    assert verify_folder(out).exit_status == 0
    first = _lines(out)[0]
    assert b'"opened":{"actor":' in first
    assert b"coordinate-plan" not in first


@pytest.mark.parametrize("seq", range(EVENTS))
def test_a_changed_entry_is_named(folder: Path, seq: int) -> None:
    lines = _lines(folder)
    lines[seq] = lines[seq].replace(b"team-noord", b"team-zuid")
    _put(folder, lines)
    assert verify_folder(folder).line.startswith(f"bad: seq {seq}: ")


@pytest.mark.parametrize("seq", range(EVENTS))
def test_a_missing_entry_is_named(folder: Path, seq: int) -> None:
    lines = _lines(folder)
    del lines[seq]
    _put(folder, lines)
    assert verify_folder(folder).line.startswith(f"bad: seq {seq}: ")


def test_swapped_entries_are_named_by_the_first(folder: Path) -> None:
    lines = _lines(folder)
    lines[3], lines[6] = lines[6], lines[3]
    _put(folder, lines)
    assert verify_folder(folder).line.startswith("bad: seq 3: ")


@pytest.mark.parametrize("seq", [0, 5, EVENTS])
def test_an_inserted_entry_is_named(folder: Path, seq: int) -> None:
    lines = _lines(folder)
    lines.insert(seq, lines[1])
    _put(folder, lines)
    assert verify_folder(folder).line.startswith(f"bad: seq {seq}: ")


def test_an_entry_removed_with_its_hash_is_found_between_the_heads_that_hold_and_do_not(folder: Path) -> None:
    lines, hashes = _lines(folder), (folder / "hashes").read_bytes().splitlines(keepends=True)
    del lines[7], hashes[7]
    _put(folder, lines)
    (folder / "hashes").write_bytes(b"".join(hashes))
    assert verify_folder(folder).line.startswith("bad: seq 4..10: ")


def test_an_opened_value_that_was_changed_is_named(folder: Path) -> None:
    lines = _lines(folder)
    lines[2] = lines[2].replace(b'"goals"', b'"risk"')
    _put(folder, lines)
    assert verify_folder(folder).line == "bad: seq 2: the opened field `categories` does not give its commitment"


def test_a_member_that_stands_twice_is_found(folder: Path) -> None:
    lines = _lines(folder)
    lines[2] = lines[2].replace(b'"organisation":', b'"organisation":"x","organisation":', 1)
    _put(folder, lines)
    assert verify_folder(folder).line.startswith("bad: seq 2: ")


@pytest.mark.parametrize("levels", [200, 300, 1000, 5000])
def test_a_line_that_goes_on_for_ever_inwards_is_named(folder: Path, levels: int) -> None:
    lines = _lines(folder)
    lines[2] = b"[" * levels + b"]" * levels + b"\n"
    _put(folder, lines)
    assert verify_folder(folder).line.startswith("bad: seq 2: ")


def test_spaces_between_the_members_change_nothing(folder: Path) -> None:
    _put(folder, [line.replace(b'{"seq":', b'{ "seq": ', 1) for line in _lines(folder)])
    assert verify_folder(folder).exit_status == 0


def _flips(path: Path, times: int) -> Iterator[tuple[int, bytes]]:
    content, dice = path.read_bytes(), random.Random(7)  # noqa: S311 - a test's dice
    for _ in range(times):
        place = dice.randrange(len(content))
        flipped = bytes((content[place] ^ 1 << dice.randrange(8),))
        yield place, content[:place] + flipped + content[place + 1 :]


def test_a_flipped_bit_in_the_entries_is_found_and_its_line_named(folder: Path) -> None:
    path = folder / "entries.ndjson"
    original = path.read_bytes()
    for place, changed in _flips(path, 300):
        path.write_bytes(changed)
        seq = original[:place].count(b"\n")
        assert verify_folder(folder).line.startswith(f"bad: seq {seq}: "), (place, original[place])
    path.write_bytes(original)


def test_a_flipped_bit_in_the_hashes_is_found_and_its_range_named(folder: Path) -> None:
    path = folder / "hashes"
    original = path.read_bytes()
    for place, changed in _flips(path, 200):
        path.write_bytes(changed)
        seq = original[:place].count(b"\n")
        expected = "bad: seq 0..4: " if seq < WITNESSED else "bad: seq 4..10: "
        assert verify_folder(folder).line.startswith(expected), (place, original[place])
    path.write_bytes(original)


@pytest.mark.parametrize(
    ("name", "where"), [("checkpoint", "4.."), (f"checkpoints/{WITNESSED}", "0.."), ("keys", "0..")]
)
def test_a_flipped_bit_in_any_other_file_is_found(folder: Path, name: str, where: str) -> None:
    path = folder / name
    original = path.read_bytes()
    for place, changed in _flips(path, 200):
        path.write_bytes(changed)
        verdict = verify_folder(folder)
        assert verdict.line.startswith(f"bad: seq {where}"), (place, original[place])


def test_a_log_cut_off_shorter_than_an_older_checkpoint_is_found(folder: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.write_bytes((folder / "checkpoint").read_bytes())
    short = folder / "checkpoints" / str(WITNESSED)
    (folder / "checkpoint").write_bytes(short.read_bytes())
    short.unlink()
    for name in ("hashes", "entries.ndjson"):
        lines = (folder / name).read_bytes().splitlines(keepends=True)
        (folder / name).write_bytes(b"".join(lines[:WITNESSED]))
    assert verify_folder(folder).exit_status == 0
    assert verify_folder(folder, older=older).line.startswith("bad: seq 4..10: ")


async def test_another_history_under_the_same_key_is_found_by_an_older_checkpoint(folder: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.write_bytes((folder / "checkpoints" / str(WITNESSED)).read_bytes())
    async with make.engine(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}") as other:
        await _filled(other, make.KeyService())
        rewritten = await _export(other, tmp_path / "rewritten")
    assert verify_folder(rewritten).exit_status == 0
    assert verify_folder(rewritten, older=older).line.startswith("bad: seq 0..4: ")


def test_hashes_that_no_checkpoint_signs_are_found(folder: Path) -> None:
    with (folder / "hashes").open("ab") as file:
        file.write(b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    assert verify_folder(folder).line.startswith("bad: seq 10..11: ")


def test_a_checkpoint_under_another_size_is_found(folder: Path) -> None:
    (folder / "checkpoints" / str(WITNESSED)).rename(folder / "checkpoints" / "5")
    assert verify_folder(folder).line.startswith("bad: seq 0..4: ")


def test_the_first_key_says_whose_log_it_is(folder: Path) -> None:
    other = SigningKey.from_seed("other.example", bytes(32)).verifier
    lines = [key.encoded() for key in (other, make.WITNESS.verifier)]
    (folder / "keys").write_text("".join(f"{line}\n" for line in lines))
    assert verify_folder(folder).line.startswith("bad: seq 0..4: ")


def test_a_second_key_of_a_log_cannot_sign_another_history(folder: Path) -> None:
    second = SigningKey.from_seed(make.ORIGIN, bytes(32))
    checkpoint, _ = read_note((folder / "checkpoint").read_bytes())
    (folder / "checkpoint").write_text(sign_checkpoint(checkpoint, second))
    (folder / "keys").write_text("".join(f"{key.encoded()}\n" for key in (KEYS[0], second.verifier, *KEYS[1:])))
    shutil.rmtree(folder / "checkpoints")
    assert verify_folder(folder).line.startswith("bad: seq 0..10: `keys`")


def test_a_witness_key_cannot_be_the_logs_own(folder: Path) -> None:
    (folder / "keys").write_text("".join(f"{key.encoded()}\n" for key in reversed(KEYS)))
    assert verify_folder(folder).line.startswith("bad: seq 0..10: `keys`")


@pytest.mark.parametrize("since", ["11", "x"])
def test_a_beginning_that_is_not_so_is_found(folder: Path, since: str) -> None:
    (folder / "since").write_text(since)
    (folder / "entries.ndjson").write_bytes(b"")
    assert verify_folder(folder).exit_status == 1


async def test_no_byte_can_move_from_a_value_into_its_salt(sqlite: AsyncEngine, tmp_path: Path) -> None:
    keys = make.KeyService()
    log = make.log(keys)
    await make.keep(sqlite, log, make.event(fields={Field.DETAIL: 12}))
    await make.settle(sqlite, log)
    out = await _export(sqlite, tmp_path / "out", open_with=keys)
    entry = json.loads(_lines(out)[0])
    opened = entry["opened"]["detail"]
    opened |= {"salt": b64encode(b64decode(opened["salt"]) + b"1").decode(), "value": 2}
    _put(out, [json.dumps(entry).encode()])
    assert verify_folder(out).exit_status == 1


async def test_only_a_witness_that_is_known_can_add_its_line(sqlite: AsyncEngine) -> None:
    log = make.log()
    await make.keep(sqlite, log, make.event())
    checkpoint, _ = read_note((await make.settle(sqlite, log)).encode())
    line = cosign(checkpoint, make.WITNESS, seconds=1)
    async with sqlite.begin() as connection:
        with pytest.raises(NoteError):
            await add_cosignature(connection, size=1, line=line, witnesses=[make.LOG_KEY.verifier])
        with pytest.raises(NoteError):
            await add_cosignature(connection, size=1, line=line.replace("w1", "w2"), witnesses=KEYS)


def test_a_checkpoint_without_a_signature_is_not_accepted(folder: Path) -> None:
    text = (folder / "checkpoint").read_text().split("\n\n")[0]
    (folder / "checkpoint").write_text(f"{text}\n\n")
    assert verify_folder(folder).exit_status == 1


def test_a_checkpoint_signed_only_by_a_stranger_is_not_accepted(folder: Path) -> None:
    stranger = SigningKey.from_seed("stranger.example", bytes(32))
    (folder / "keys").write_text(f"{stranger.verifier.encoded()}\n")
    assert verify_folder(folder).exit_status == 1


@pytest.mark.parametrize("name", ["checkpoint", "hashes", "entries.ndjson", "keys"])
def test_a_folder_without_one_of_its_files_is_unreadable(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert verify_folder(folder).exit_status == 2


async def test_an_export_never_writes_over_what_is_there(sqlite: AsyncEngine, folder: Path) -> None:
    with pytest.raises(ExportError, match="exists"):
        await _export(sqlite, folder)


async def test_a_failed_export_leaves_nothing(sqlite: AsyncEngine, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no checkpoint"):
        await _export(sqlite, tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))  # noqa: ASYNC240 - a test may wait for the disk


async def test_an_export_without_opening_holds_no_value(
    sqlite: AsyncEngine, keys: make.KeyService, tmp_path: Path
) -> None:
    log = make.log(keys)
    await make.keep(sqlite, log, make.event(fields={Field.JUSTIFICATION: "kwartelkoning"}))
    await make.settle(sqlite, log)
    out = await _export(sqlite, tmp_path / "out")
    assert not any(b"kwartelkoning" in path.read_bytes() for path in out.rglob("*") if path.is_file())
