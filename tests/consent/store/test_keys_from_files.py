"""The file driver of the key service."""

import json
from pathlib import Path
from typing import Any

import pytest

from consent.keys import KeyClass, KeyUnavailableError, SealBrokenError
from gateway.keys.files import FileKeyService, KeyFileError, create_key_file, read_key_file

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    create_key_file(path)
    return path


async def test_a_key_comes_back_with_its_context_only(path: Path) -> None:
    service = read_key_file(path)
    wrapped = await service.wrap(KEY, key_class=KeyClass.CONSENT, context=b"sem")
    assert await service.unwrap(wrapped, key_class=KeyClass.CONSENT, context=b"sem") == KEY
    with pytest.raises(SealBrokenError):
        await service.unwrap(wrapped, key_class=KeyClass.CONSENT, context=b"moeder")
    with pytest.raises(SealBrokenError):
        await service.unwrap(wrapped, key_class=KeyClass.AUDIT, context=b"sem")


async def test_another_key_file_opens_nothing(path: Path, tmp_path: Path) -> None:
    create_key_file(tmp_path / "other.json")
    wrapped = await read_key_file(path).wrap(KEY, key_class=KeyClass.AUDIT, context=b"x")
    with pytest.raises(SealBrokenError):
        await read_key_file(tmp_path / "other.json").unwrap(wrapped, key_class=KeyClass.AUDIT, context=b"x")


async def test_the_file_of_another_installation_in_its_place_breaks_nothing(path: Path, tmp_path: Path) -> None:
    service = read_key_file(path)
    wrapped = await service.wrap(KEY, key_class=KeyClass.AUDIT, context=b"x")
    create_key_file(tmp_path / "other.json")
    (tmp_path / "other.json").replace(path)
    more = await service.wrap(KEY, key_class=KeyClass.AUDIT, context=b"y")  # which looks at the file as it is now
    assert await service.unwrap(wrapped, key_class=KeyClass.AUDIT, context=b"x") == KEY
    assert await service.unwrap(more, key_class=KeyClass.AUDIT, context=b"y") == KEY
    with pytest.raises(SealBrokenError):
        await read_key_file(path).unwrap(wrapped, key_class=KeyClass.AUDIT, context=b"x")


async def test_what_an_older_epoch_wrapped_opens_as_long_as_its_key_is_there() -> None:
    def service(*epochs: int) -> FileKeyService:
        return FileKeyService(keys={each: {n: bytes([n]) * 32 for n in epochs} for each in KeyClass}, index=KEY)

    wrapped = await service(1).wrap(KEY, key_class=KeyClass.CONSENT, context=b"x")
    assert await service(1, 2).unwrap(wrapped, key_class=KeyClass.CONSENT, context=b"x") == KEY
    with pytest.raises(KeyUnavailableError, match="epoch 1"):
        await service(2).unwrap(wrapped, key_class=KeyClass.CONSENT, context=b"x")


@pytest.mark.parametrize("broken", [b"", b"\0\0", bytes(4), bytes(20), b"\0\0\0\1" + bytes(60)])
async def test_what_was_never_wrapped_is_refused(path: Path, broken: bytes) -> None:
    with pytest.raises((KeyUnavailableError, SealBrokenError)):
        await read_key_file(path).unwrap(broken, key_class=KeyClass.CONSENT, context=b"x")


async def test_the_same_name_gives_the_same_keyed_hash_with_the_same_file_only(path: Path, tmp_path: Path) -> None:
    create_key_file(tmp_path / "other.json")
    assert await read_key_file(path).hmac(b"name") == await read_key_file(path).hmac(b"name")
    assert await read_key_file(path).hmac(b"name") != await read_key_file(tmp_path / "other.json").hmac(b"name")


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_touch_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="0600"):
        read_key_file(path)


def test_a_file_that_is_there_is_never_written_over(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="exists already"):
        create_key_file(path)
    assert path.read_bytes() == before


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"gone\.json"):
        read_key_file(tmp_path / "gone.json")
    with pytest.raises(KeyFileError, match="cannot be written"):
        create_key_file(tmp_path / "no" / "folder")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other/1"},
        {"index": None},
        {"index": "c2hvcnQ="},
        {"index": "not base64"},
        {"keys": {}},
        {"keys": {"plan": {}, "consent": {}, "audit": {}}},
        {"keys": {"plan": {"one": "x"}}},
        {"keys": []},
    ],
)
def test_a_file_that_is_not_ours_is_refused_without_showing_it(path: Path, change: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(KeyFileError, match="not a file of the form schakel-keys/1") as refused:
        read_key_file(path)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b"\xff\xfe", b"{"])
def test_nonsense_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(KeyFileError):
        read_key_file(path)
