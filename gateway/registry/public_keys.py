"""Public keys by which somebody's signatures are known, read strictly: what is accepted is listed.

Source: RFC 7517; RFC 8725 (JWT best current practices); `reference/security.md` 1.2.
"""

from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

ALGORITHMS: Final = frozenset({"ES256", "ES384", "PS256", "PS384", "Ed25519"})
LEGACY_ALGORITHMS: Final = frozenset({"RS256", "RS384"})
"""Accepted only where a registration names them."""

_BY_CURVE: Final = {"P-256": "ES256", "P-384": "ES384", "Ed25519": "Ed25519"}
_RSA: Final = ("PS256", "PS384", "RS256", "RS384")
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_MIN_RSA_BITS: Final = 2048
MOST_KEYS: Final = 32
"""How many keys a published set may have."""

_MOST_KID: Final = 255
_TOLD: Final = 3
"""Of how many keys it is told why none can be used."""


class KeyFormatError(Exception):
    """These are no public keys that we can use; the message says which one, and why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key by which somebody's signatures are known, with the one algorithm that it is good for."""

    kid: str
    algorithm: str
    key: Key = field(repr=False)


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


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """The keys by `kid` of a set that others publish, and of each that is not for us its place and why."""

    keys: Mapping[str, PublicKey]
    passed_over: tuple[str, ...]


def published_keys(document: object, *, legacy: Sequence[str] = ()) -> PublishedKeys:
    """Return what can be used of a set that somebody publishes for all the world.

    It may well hold keys that are not for us: for encryption, or for an algorithm that is not accepted here. Those are
    passed over (RFC 7517 section 5), and no others: whoever publishes a secret has lost it. An RSA key that names no
    algorithm is for the first of `legacy`, where there is one.

    Raises:
        KeyFormatError: not a key set, too large a one, one with a key that is not public, with two of one `kid` or
            with none that can be used. The message names the place in the set.
    """
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_KEYS:
        raise KeyFormatError(f"expected a key set: an object with a list `keys` of 1 to {MOST_KEYS} keys")
    keys: dict[str, PublicKey] = {}
    passed_over = []
    for at, entry in enumerate(entries):
        if isinstance(entry, Mapping) and _PRIVATE & entry.keys():
            raise KeyFormatError(f"keys[{at}]: not a public key")
        try:
            key = _published(entry, legacy)
        except KeyFormatError as error:
            passed_over.append(f"keys[{at}]: {error}")
            continue
        if key.kid in keys:
            raise KeyFormatError(f"keys[{at}]: another key has its `kid`")
        keys[key.kid] = key
    if not keys:
        raise KeyFormatError(f"no key that can be used; {'; '.join(passed_over[:_TOLD])}")
    return PublishedKeys(MappingProxyType(keys), tuple(passed_over))


def _published(entry: object, legacy: Sequence[str]) -> PublicKey:
    if not isinstance(entry, Mapping):
        raise KeyFormatError("a key is an object")
    kid = entry.get("kid")
    # It is told to whoever operates, on a terminal too.
    if isinstance(kid, str) and not (kid.isprintable() and len(kid) <= _MOST_KID):
        raise KeyFormatError("its `kid` is too long or unreadable")
    if legacy and entry.get("kty") == "RSA" and "alg" not in entry:
        entry = {**entry, "alg": legacy[0]}
    return public_key(entry, legacy=legacy)


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
