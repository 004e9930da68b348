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
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

MAX_TOKEN: Final = 8192
"""The size of the largest token that is looked at, in bytes."""

ALGORITHMS: Final = frozenset({"ES256", "ES384", "PS256", "PS384", "Ed25519"})
LEGACY_ALGORITHMS: Final = frozenset({"RS256", "RS384"})
"""Accepted only where a registration names them."""

_BY_CURVE: Final = {"P-256": "ES256", "P-384": "ES384", "Ed25519": "Ed25519"}
_RSA: Final = ("PS256", "PS384", "RS256", "RS384")
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_MIN_RSA_BITS: Final = 2048
_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_READERS: Final = {
    name: jws.JWSRegistry(algorithms=[name], strict_check_header=False) for name in ALGORITHMS | LEGACY_ALGORITHMS
}


class TokenError(Exception):
    """This is no token that we accept; the message says which rule it breaks, never what it holds."""


class KeyFormatError(Exception):
    """These are no public keys that we can use; the message says which one, and why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key by which somebody's signatures are known, with the one algorithm that it is good for."""

    kid: str
    algorithm: str
    key: Key = field(repr=False)


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
    header = _object(_decoded(parts[1]), "header")
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
    return _object(payload, "claims")


def unverified_claims(token: Unverified) -> dict[str, Any]:
    """Return what `token` claims, before anybody looked at its signature: only to know whose key to try.

    Raises:
        TokenError: the claims are no JSON object.
    """
    return _object(_decoded(token.text.split(".")[1]), "claims")


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


def signed(claims: Mapping[str, Any], *, kind: str, key: Key, algorithm: str, header: Mapping[str, Any]) -> str:
    """Return `claims` as a token of type `kind`, signed with the private `key`; `header` has what else it says."""
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    return jws.serialize_compact({"typ": kind, "alg": algorithm, **header}, payload, key, algorithms=[algorithm])


def public_key(value: object, *, legacy: Collection[str] = ()) -> PublicKey:
    """Return the public key that a JSON Web Key describes; `legacy` names older algorithms that are allowed too.

    Raises:
        KeyFormatError: not a key, a private one, without `kid`, too short, or for an algorithm that is not allowed.
    """
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise KeyFormatError("a key is an object")
    kid = value.get("kid")
    if not isinstance(kid, str) or not kid:
        raise KeyFormatError("a key needs a `kid`")
    if _PRIVATE & value.keys():
        raise KeyFormatError(f"key `{kid}` is not a public key; give only its public members")
    if value.get("use", "sig") != "sig":
        raise KeyFormatError(f"key `{kid}` is not for signatures")
    key, algorithm = _imported(kid, value)
    if algorithm not in ALGORITHMS | (LEGACY_ALGORITHMS & set(legacy)):
        raise KeyFormatError(f"key `{kid}` is for an algorithm that is not accepted here")
    return PublicKey(kid, algorithm, key)


def public_keys(document: object, *, legacy: Collection[str] = ()) -> Mapping[str, PublicKey]:
    """Return the keys of a JSON Web Key Set by their `kid`.

    Raises:
        KeyFormatError: not a key set, none in it, two of one `kid`, or one that cannot be used.
    """
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise KeyFormatError("expected a key set: an object with a list `keys` that is not empty")
    keys = [public_key(entry, legacy=legacy) for entry in entries]
    if len({key.kid for key in keys}) != len(keys):
        raise KeyFormatError("two keys have the same `kid`")
    return MappingProxyType({key.kid: key for key in keys})


def _imported(kid: str, value: Mapping[str, Any]) -> tuple[Key, str]:
    members = {name: value[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in value}
    try:
        if value.get("kty") == "RSA":
            return _rsa(members), _rsa_algorithm(value)
        curve: Key = OKPKey.import_key(members) if value.get("kty") == "OKP" else ECKey.import_key(members)
        _ = curve.public_key  # the point is read, and must be on its curve
        algorithm = _BY_CURVE[members["crv"]]
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise KeyFormatError(f"key `{kid}` cannot be read") from error
    # OKP keys are often marked with the older name of Ed25519.
    if value.get("alg", algorithm) not in (algorithm, "EdDSA" if algorithm == "Ed25519" else algorithm):
        raise KeyFormatError(f"key `{kid}` says another algorithm than its curve has")
    return curve, algorithm


def _rsa(members: dict[str, Any]) -> RSAKey:
    modulus = int.from_bytes(urlsafe_b64decode(members["n"] + "=" * (-len(members["n"]) % 4)))
    if modulus.bit_length() < _MIN_RSA_BITS:
        raise ValueError("an RSA key has at least 2048 bits")
    return RSAKey.import_key(members)


def _rsa_algorithm(value: Mapping[str, Any]) -> str:
    algorithm = value.get("alg", "PS256")
    if algorithm not in _RSA:
        raise ValueError("not an algorithm for RSA signatures")
    return str(algorithm)


def _decoded(segment: str) -> bytes:
    try:
        return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError as error:
        raise TokenError("not base64url") from error


def _object(raw: bytes, what: str) -> dict[str, Any]:
    try:
        # As text: left to itself the reader takes UTF-16 and UTF-32 too, and RFC 7515 section 2 says UTF-8.
        value = json.loads(raw.decode(), object_pairs_hook=_without_doubles, parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise TokenError(f"the {what} is not JSON that we accept") from error
    if not isinstance(value, dict):
        raise TokenError(f"the {what} is not an object")
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers may each take another of two members of one name, so there may not be two.
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_such_number(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
