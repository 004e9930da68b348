"""The token service's key file: made once, read by its owner only, and never written over."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from gateway.identity.keys import KeyFileError, create_key_file, new_signing_key, read_key_file


def test_a_key_file_that_was_made_can_be_read_and_only_by_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    create_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    keys = read_key_file(path)
    assert list(keys.accepted) == [keys.current.kid]


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    create_key_file(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        create_key_file(path)
    assert path.read_bytes() == before


def test_the_first_key_signs_and_the_others_still_count(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    keys = [new_signing_key(), new_signing_key()]
    path.touch(mode=0o600)
    path.write_text(json.dumps({"keys": [each.key.as_dict(private=True) | {"kid": each.kid} for each in keys]}))
    read = read_key_file(path)
    assert read.current.kid == keys[0].kid
    assert set(read.accepted) == {each.kid for each in keys}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "tokens.json"
    create_key_file(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_key_file(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"keys": []}',
        '{"keys": {}}',
        '{"keys": ["x"]}',
        '{"keys": [{"kty": "oct", "k": "AAAA"}]}',
        json.dumps({"keys": [new_signing_key().published()]}),
        json.dumps({"keys": [new_signing_key().key.as_dict(private=True) | {"crv": "P-384"}]}),
        json.dumps({"keys": [ECKey.generate_key("P-384").as_dict(private=True)]}),
    ],
)
def test_a_file_that_holds_anything_but_private_keys_of_ours_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokens.json"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(KeyFileError) as refused:
        read_key_file(path)
    assert str(path) in str(refused.value)


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot read"):
        read_key_file(tmp_path / "nowhere.json")
