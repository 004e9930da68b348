"""The token service's own keys, in a file that nobody else may read.

The file is a JSON Web Key Set with private members: its first key signs, all of them are published, so a key that has
just been replaced still counts for the tokens that it signed.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.registry.public_keys import PublicKey, public_key
from schemas.whole_file import whole_of

ALGORITHM: Final = "ES256"
OWNER_ONLY: Final = 0o600


class KeyFileError(Exception):
    """The key file cannot be used; the message names the file and what to do. The gateway must not start."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private ES256 key and the id under which its public half is known."""

    kid: str
    key: ECKey = field(repr=False)

    def public(self) -> PublicKey:
        """Return the public half."""
        return public_key(self.published())

    def published(self) -> dict[str, Any]:
        """Return the public half as a JSON Web Key."""
        members = self.key.as_dict(private=False)
        return {**members, "kid": self.kid, "use": "sig", "alg": ALGORITHM}


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The key that signs, and every key under which a token may still be signed, by its id."""

    current: SigningKey
    accepted: Mapping[str, PublicKey]
    document: bytes = field(repr=False)
    """The published key set, as bytes of JSON."""


def new_signing_key() -> SigningKey:
    """Make a key; its id is its thumbprint (RFC 7638)."""
    key = ECKey.generate_key("P-256")
    return SigningKey(key.thumbprint(), key)


def create_key_file(path: Path) -> None:
    """Make a key file with one new key, which only this account may read.

    Raises:
        FileExistsError: there is one already; it is left as it is.
    """
    key = new_signing_key()
    private = {**key.key.as_dict(private=True), "kid": key.kid}
    write_secret(path, json.dumps({"keys": [private]}).encode())


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only this account may ever read, not even between its making and its filling.

    When it returns the file is on disk, under its name; when it raises there is none.

    Raises:
        FileExistsError: the file is there already.
        OSError: it cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        bring_to_disk(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)  # a half one would stand in the way of the next try, and be taken for the key
        raise


def bring_to_disk(folder: Path) -> None:
    """Bring the names in `folder` to disk, so that a file that was made or renamed is found after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_secret(path: Path) -> bytes:
    """Return the content of `path`.

    Raises:
        KeyFileError: it cannot be read, or others may read it.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = whole_of(file)
    except OSError as error:
        raise KeyFileError(f"cannot read {path}: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"others may read {path}; run chmod 600 on it")
    return content


def read_key_file(path: Path) -> TokenKeys:
    """Return the keys of the file at `path`.

    Raises:
        KeyFileError: it cannot be read, others may read it, or it holds anything but private ES256 keys.
    """
    try:
        entries = json.loads(read_secret(path))["keys"]
        keys = [_signing_key(entry) for entry in entries]
    except (ValueError, TypeError, KeyError, RecursionError, JoseError) as error:
        raise KeyFileError(f"{path} is not a key set of private P-256 keys") from error
    if not keys:
        raise KeyFileError(f"{path} holds no key")
    return token_keys(*keys)


def token_keys(current: SigningKey, *earlier: SigningKey) -> TokenKeys:
    """Return the keys of which `current` signs and all are accepted and published."""
    keys = (current, *earlier)
    document = json.dumps({"keys": [key.published() for key in keys]}).encode()
    return TokenKeys(current, {key.kid: key.public() for key in keys}, document)


def _signing_key(entry: dict[str, Any]) -> SigningKey:
    members = {name: entry[name] for name in ("kty", "crv", "x", "y", "d")}
    if members["kty"] != "EC" or members["crv"] != "P-256":
        raise ValueError("not a P-256 key")
    key = ECKey.import_key(members)
    return SigningKey(str(entry.get("kid") or key.thumbprint()), key)
