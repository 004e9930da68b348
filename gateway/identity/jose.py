"""Signed tokens, read strictly: what is accepted is listed, all else is refused before a key is touched.

joserfc verifies; this file decides what it is asked to verify: the size, the characters, the members of the header, the
algorithm of the key (never the token's word for it), and JSON in which no member stands twice.

Source: RFC 7515, RFC 8725 (JWT best current practices); `reference/security.md` 1.2.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from gateway.registry.public_keys import ALGORITHMS, LEGACY_ALGORITHMS, PublicKey

MAX_TOKEN: Final = 8192
"""The size of the largest token that is looked at, in bytes."""

_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_READERS: Final = {
    name: jws.JWSRegistry(algorithms=[name], strict_check_header=False) for name in ALGORITHMS | LEGACY_ALGORITHMS
}


class TokenError(Exception):
    """This is no token that we accept; the message says which rule it breaks, never what it holds."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token whose form is right and whose signature nobody has looked at."""

    text: str = field(repr=False)
    header: Mapping[str, Any]


def read(text: str, *, types: Collection[str | None], members: Collection[str]) -> Unverified:
    """Return `text` as a token whose header has no members but `members` and whose `typ` is one of `types`.

    `types` are in lower case; None is a header without `typ`. Does not verify anything.

    Raises:
        TokenError: too large, not compact JWS, or a header that is not as it must be.
    """
    if len(text) > MAX_TOKEN:
        raise TokenError("too large")
    parts = _COMPACT.fullmatch(text)
    if parts is None:
        raise TokenError("not a compact signed token")
    header = json_object(_decoded(parts[1]), "header")
    if not header.keys() <= set(members):
        raise TokenError("the header has members that are not accepted")
    kind = header.get("typ")
    if (kind.lower() if isinstance(kind, str) else kind) not in types or ("typ" in header and kind is None):
        raise TokenError("the token is of another type")
    return Unverified(text, MappingProxyType(header))


def verified(token: Unverified, key: PublicKey) -> dict[str, Any]:
    """Return the claims of `token`, which `key` signed with its own algorithm.

    Does not check any claim.

    Raises:
        TokenError: another algorithm, a signature that is not right, or claims that are no JSON object.
    """
    if token.header.get("alg") != key.algorithm:
        raise TokenError("the algorithm is not that of the key")
    try:
        payload = jws.deserialize_compact(token.text, key.key, registry=_READERS[key.algorithm]).payload
    except (JoseError, ValueError) as error:
        raise TokenError("the signature is not right") from error
    return json_object(payload, "claims")


def unverified_claims(token: Unverified) -> dict[str, Any]:
    """Return what `token` claims, before anybody looked at its signature: only to know whose key to try.

    Raises:
        TokenError: the claims are no JSON object.
    """
    return json_object(_decoded(token.text.split(".")[1]), "claims")


def key_named(token: Unverified, keys: Mapping[str, PublicKey]) -> PublicKey:
    """Return the key of `keys` that the token's `kid` names.

    Raises:
        TokenError: no `kid`, or not one of them.
    """
    kid = token.header.get("kid")
    if not isinstance(kid, str):
        raise TokenError("the header has no kid")
    key = keys.get(kid)
    if key is None:
        raise TokenError("the kid is not registered")
    return key


def json_object(raw: bytes, what: str) -> dict[str, Any]:
    """Return the JSON object in `raw`, which others made: UTF-8, no member twice. `what` names it in the error.

    Raises:
        TokenError: it is none.
    """
    try:
        # As text: left to itself the reader takes UTF-16 and UTF-32 too, and RFC 7515 section 2 says UTF-8.
        value = json.loads(raw.decode(), object_pairs_hook=_without_doubles, parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise TokenError(f"the {what} is not JSON that we accept") from error
    if not isinstance(value, dict):
        raise TokenError(f"the {what} is not an object")
    return value


def signed(claims: Mapping[str, Any], *, kind: str, key: Key, algorithm: str, header: Mapping[str, Any]) -> str:
    """Return `claims` as a token of type `kind`, signed with the private `key`; `header` has what else it says."""
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    return jws.serialize_compact({"typ": kind, "alg": algorithm, **header}, payload, key, algorithms=[algorithm])


def _decoded(segment: str) -> bytes:
    try:
        return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError as error:
        raise TokenError("not base64url") from error


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers may each take another of two members of one name, so there may not be two.
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_such_number(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
