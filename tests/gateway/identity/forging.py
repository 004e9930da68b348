"""Tokens as an attacker makes them: any header, any claims, any signature."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key

from gateway.registry.public_keys import PublicKey, public_key

Sign = Callable[[bytes], bytes]


def segment(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def forged(
    header: Mapping[str, Any] | str, claims: Mapping[str, Any] | str, sign: Sign, *, encoding: str = "utf-8"
) -> str:
    """Return a compact token; `header` and `claims` may be raw JSON text."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in (header, claims)]
    parts = [segment(each.encode(encoding)) for each in texts]
    signing_input = ".".join(parts)
    return f"{signing_input}.{segment(sign(signing_input.encode()))}"


def by(key: Key, algorithm: str = "ES256") -> Sign:
    return lambda message: jws.JWSRegistry.algorithms[algorithm].sign(message, key)


def by_nobody(_message: bytes) -> bytes:
    return b""


def by_a_shared_secret(secret: bytes) -> Sign:
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


def public_of(key: Key, kid: str) -> PublicKey:
    return public_key({**key.as_dict(private=False), "kid": kid})


def members_of(key: ECKey) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def broken(token: str) -> str:
    """Return `token` with one bit of its signature turned."""
    head, _, signature = token.rpartition(".")
    return f"{head}.{'B' if signature[0] != 'B' else 'C'}{signature[1:]}"


def loose(token: str) -> str:
    """Return `token` with another last character, of which only bits that stand for nothing are turned."""
    return token[:-1] + chr(ord(token[-1]) + 1)
