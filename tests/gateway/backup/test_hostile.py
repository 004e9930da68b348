"""Whoever changes, cuts, turns round or makes up a backup gets nothing into a database."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy.ext.asyncio import create_async_engine

from audit.signing import SigningKey
from gateway.backup import sealed
from gateway.backup.keys import BackupKeyError, make_backup_key, read_private, read_public
from gateway.backup.postgres import is_empty
from gateway.backup.restoring import NotEmptyError
from gateway.backup.sealed import CHUNK, MAGIC, BackupFileError, Header, Sealing
from gateway.commands.log import log_of
from gateway.commands.restore import run_restore
from gateway.keys.first import read_log_key
from tests.audit.make import event, settle
from tests.gateway.backup import make
from tests.gateway.tampering.hand import tamper

STEP = CHUNK + 16


async def nothing_at(url: str) -> bool:
    """Say whether there is no database, or an empty one."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite+aiosqlite:///"))
        return not [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
    engine = create_async_engine(url)
    try:
        return await is_empty(engine)
    finally:
        await engine.dispose()


def signed(house: make.House, content: bytes) -> bytes:
    """Return `content` with its signature by the log's key made anew, as only the gateway itself could."""
    body = content[:-64]
    return body + read_log_key(house.settings).sign(b"schakel-backup-v1\0" + sha256(body).digest())


def start_of(content: bytes) -> int:
    length = int.from_bytes(content[len(MAGIC) : len(MAGIC) + 4], "big")
    return len(MAGIC) + 4 + length + 80


def turned(content: bytes) -> bytes:
    at = start_of(content)
    one, other = content[at : at + STEP], content[at + STEP : at + 2 * STEP]
    return content[:at] + other + one + content[at + 2 * STEP :]


def doubled(content: bytes) -> bytes:
    at = start_of(content)
    return content[: at + STEP] + content[at:]


def without_the_last(content: bytes) -> bytes:
    at = start_of(content)
    chunks = (len(content) - 64 - at - 1) // STEP  # whole ones before the last, which may be whole too
    return content[: at + chunks * STEP] + content[-64:]


def flipped(place: Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    def flip(content: bytes) -> bytes:
        at = place(content)
        return content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :]

    return flip


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "another form": flipped(lambda _: 3),
    "a changed front": flipped(lambda content: content.index(b'"size":') + 7),
    "a front of another length": flipped(lambda _: len(MAGIC) + 3),
    "another sealed key": flipped(lambda content: start_of(content) - 5),
    "a changed first chunk": flipped(start_of),
    "a changed last chunk": flipped(lambda content: len(content) - 70),
    "another signature": flipped(lambda content: len(content) - 1),
    "chunks turned round": turned,
    "a chunk twice": doubled,
    "the last chunk left out": without_the_last,
    "cut off in a chunk": lambda content: content[: start_of(content) + STEP + 9],
    "cut off between chunks": lambda content: content[: start_of(content) + STEP],
    "cut off in the front": lambda content: content[:40],
    "cut off before the signature": lambda content: content[:-64],
    "something behind it": lambda content: content + b"\0",
    "empty": lambda _: b"",
    "no backup at all": lambda _: b"SQLite format 3\0" + bytes(5000),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_changed_backup_is_refused_and_nothing_is_in_the_database(
    small: make.House, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path, _ = await small.back_up()
    whole = path.read_bytes()
    assert len(whole) > start_of(whole) + 2 * STEP
    path.write_bytes(change(whole))
    url = f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}"
    with pytest.raises(BackupFileError):
        await small.restore(path, url)
    assert await nothing_at(url)


@pytest.mark.parametrize(
    "name",
    ["another sealed key", "a changed first chunk", "chunks turned round", "a chunk twice", "the last chunk left out"],
)
async def test_nor_does_it_open_where_the_signature_is_made_to_fit(
    small: make.House, tmp_path: Path, name: str
) -> None:
    path, _ = await small.back_up()
    path.write_bytes(signed(small, CHANGES[name](path.read_bytes())))
    url = f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}"
    with pytest.raises(BackupFileError, match=r"does not open|changed on its way"):
        await small.restore(path, url)
    assert await nothing_at(url)


@pytest.mark.parametrize("name", ["another form", "empty", "no backup at all"])
async def test_what_is_no_backup_is_called_that(small: make.House, tmp_path: Path, name: str) -> None:
    path, _ = await small.back_up()
    path.write_bytes(CHANGES[name](path.read_bytes()))
    with pytest.raises(BackupFileError, match="not a backup of the form"):
        await small.restore(path, f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}")


HEADER = Header(at="2026-03-02T12:00:00.123Z", database="sqlite", origin="log", revision="0021", size=7, root=bytes(32))


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (b'"size":7', b'"size":"7"'),
        (b'"sqlite"', b"1"),
        (b'"size":7', b'"size": 7'),
        (b'"size":7', b'"more":1,"size":7'),
    ],
)
def test_a_front_is_read_in_its_one_form_only(true: bytes, false: bytes) -> None:
    assert Header.read(HEADER.encoded()) == HEADER
    with pytest.raises(ValueError, match="not a header of this form"):
        Header.read(HEADER.encoded().replace(true, false))


async def test_the_wrong_private_key_is_told_apart(small: make.House, tmp_path: Path) -> None:
    path, _ = await small.back_up()
    with pytest.raises(BackupFileError, match="private key does not open"):
        await small.restore(path, f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}", key=X25519PrivateKey.generate())


async def test_a_backup_that_somebody_else_sealed_to_the_public_key_is_refused(
    small: make.House, tmp_path: Path
) -> None:
    real, header = await small.back_up()
    forger = SigningKey.from_seed(small.log.name, bytes(32))
    path = tmp_path / "forged.backup"
    with path.open("w+b") as file:
        sealing = Sealing(file, header, recipient=read_public(small.settings.backup_key or ""), log=forger)
        sealing.add(b"SQLite format 3\0")
        sealing.finish()
    assert real.exists()
    with pytest.raises(BackupFileError, match="as the key of this log signed it"):
        await small.restore(path, f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}")


async def test_a_backup_of_another_log_is_refused(small: make.House, tmp_path: Path) -> None:
    path, _ = await small.back_up()
    (tmp_path / "other").mkdir()
    other = await make.house(tmp_path / "other", f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(BackupFileError, match="is a backup of the log"):
        await other.restore(path, f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}", key=small.key)


async def test_a_front_that_names_another_tree_leaves_nothing(
    house: make.House, fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = Header.encoded
    monkeypatch.setattr(
        Header,
        "encoded",
        lambda header: true(header).replace(b'"size":', b'"size":1') if header.size < 10 else true(header),
    )
    path, _ = await house.back_up()
    with pytest.raises(BackupFileError, match="is not the one that its front names"):
        await house.restore(path, fresh)
    assert await nothing_at(fresh)


async def test_a_backup_of_a_log_that_was_tampered_with_leaves_nothing(house: make.House, fresh: str) -> None:
    async with log_of(house.settings) as committer:
        await committer.keep(event(person=None, request_id=None))
        await settle(committer.engine, committer.log)
    await tamper(house.settings.database_url, ["UPDATE audit_event SET leaf = sealed_log"])
    path, _ = await house.back_up()
    with pytest.raises(BackupFileError, match="the log in the backup does not verify: bad: seq 0"):
        await house.restore(path, fresh)
    assert await nothing_at(fresh)


async def test_what_is_signed_and_no_database_leaves_nothing(house: make.House, fresh: str, tmp_path: Path) -> None:
    _, header = await house.back_up()
    path = tmp_path / "rubbish.backup"
    with path.open("w+b") as file:
        recipient = read_public(house.settings.backup_key or "")
        sealing = Sealing(file, header, recipient=recipient, log=read_log_key(house.settings))
        sealing.add(b"PGDMP rubbish" * 10_000)
        sealing.finish()
    with pytest.raises(Exception, match=r"is no database of Schakel|pg_restore gave up"):
        await house.restore(path, fresh)
    assert await nothing_at(fresh)


async def test_a_chunk_that_changes_between_looking_and_restoring_leaves_nothing(
    house: make.House, fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = await house.back_up()
    monkeypatch.setattr(make, "open_sealed", _changed_behind(path))
    with pytest.raises(BackupFileError, match="changed on its way"):
        await house.restore(path, fresh)
    assert await nothing_at(fresh)


def _changed_behind(path: Path) -> Callable[..., sealed.SealedFile]:
    def opened(*given: object, **named: object) -> sealed.SealedFile:
        found = sealed.open_sealed(*given, **named)  # type: ignore[arg-type] # passed on as they came
        content = path.read_bytes()
        path.write_bytes(CHANGES["a changed last chunk"](content))
        return found

    return opened


async def test_nothing_is_restored_over_what_is_there(house: make.House) -> None:
    path, _ = await house.back_up()
    before = await make.rows(house.settings.database_url)
    with pytest.raises(NotEmptyError, match="nothing is ever overwritten"):
        await house.restore(path, house.settings.database_url)
    assert await make.rows(house.settings.database_url) == before


async def test_a_backup_of_a_file_does_not_go_into_postgresql(small: make.House) -> None:
    path, _ = await small.back_up()
    with pytest.raises(NotEmptyError, match="backup of sqlite"):
        await small.restore(path, "postgresql+asyncpg://nobody@/nowhere")


def test_a_key_file_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "private"
    public = make_backup_key(path)
    assert read_private(path).public_key().public_bytes_raw() == read_public(public).public_bytes_raw()
    with pytest.raises(BackupKeyError, match="exists already"):
        make_backup_key(path)
    path.chmod(0o644)
    with pytest.raises(BackupKeyError, match="others may read"):
        read_private(path)
    path.chmod(0o600)
    path.write_text(public)
    with pytest.raises(BackupKeyError, match="does not hold the private key"):
        read_private(path)
    with pytest.raises(BackupKeyError, match="expected the public key"):
        read_public("schakel-backup+AAAA")


def test_a_backup_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_backup_key(tmp_path / "private")
    monkeypatch.setenv("SCHAKEL_ENVIRONMENT", "sandbox")
    for name in ("KEY", "LOG_KEY", "TOKEN_KEY"):
        (tmp_path / name).touch(mode=0o600)
        monkeypatch.setenv(f"SCHAKEL_{name}_FILE", str(tmp_path / name))
    monkeypatch.setenv("SCHAKEL_PUBLIC_URL", "http://127.0.0.1:8420")
    code, said = run_restore(tmp_path / "nothing", database=None, key=tmp_path / "private")
    assert (code, said) == (1, f"{tmp_path / 'nothing'} cannot be read: No such file or directory; name a backup")
