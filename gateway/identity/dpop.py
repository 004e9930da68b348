"""DPoP: the proof that who uses a token, or asks for one, has the key that it is bound to.

Everything but the single use of a proof is checked here, in the order of `reference/security.md` 1.5; the single use is
the store's (`gateway.identity.replay`), last, because only a proof that is otherwise right may take up room there.

Source: RFC 9449 section 4.3.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from gateway.identity import claims as claim
from gateway.identity.jose import TokenError, Unverified, read, verified
from gateway.registry.public_keys import KeyFormatError, PublicKey, public_key

ALGORITHMS: Final = ("ES256", "Ed25519")
PAST_SECONDS: Final = 30
_HEADER: Final = frozenset({"typ", "alg", "jwk"})
_KEY_MEMBERS: Final = ({"kty", "crv", "x", "y"}, {"kty", "crv", "x"})
_HARMLESS: Final = frozenset({"kid", "use", "alg"})
_JTI: Final = (8, 64)
_KNOWN_KEYS: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that is right, but for its single use: the thumbprint of its key, its id, and until when it counts."""

    thumbprint: str
    jti: str
    expires: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a proof must be about: this call, at this instant, with this token bound to that key (None: no token yet).

    `url` is the configured outside address and the path, without query: never what the request says of itself.
    """

    method: str
    url: str
    now: int
    access_token: str | None = None
    thumbprint: str | None = None


def check_proof(text: str, expected: Expected) -> Proof:
    """Return the proof that `text` is, where it is about what is `expected`.

    Does not check that it was not used before.

    Raises:
        TokenError: the first rule that it breaks.
    """
    token = read(text, types=("dpop+jwt",), members=_HEADER)
    key, thumbprint = _key(token)
    claims = verified(token, key)
    if expected.thumbprint is not None and not compare_digest(thumbprint, expected.thumbprint):
        raise TokenError("the token is bound to another key")
    claim.check_equal(claims, "htm", expected.method)
    claim.check_equal(claims, "htu", expected.url)
    issued = claim.instant(claims, "iat")
    if not expected.now - PAST_SECONDS <= issued <= expected.now + claim.SKEW:
        raise TokenError("`iat` is not now")
    _check_token_hash(claims, expected.access_token)
    jti = claim.text(claims, "jti", at_least=_JTI[0], at_most=_JTI[1])
    return Proof(thumbprint=thumbprint, jti=jti, expires=issued + PAST_SECONDS)


def token_hash(access_token: str) -> str:
    """Return `ath`: the SHA-256 of the token, base64url without padding. Source: RFC 9449 section 4.1."""
    return urlsafe_b64encode(sha256(access_token.encode()).digest()).rstrip(b"=").decode()


def _check_token_hash(claims: Mapping[str, Any], access_token: str | None) -> None:
    if access_token is None:
        return
    if not compare_digest(claim.text(claims, "ath").encode(), token_hash(access_token).encode()):
        raise TokenError("`ath` is of another token")


def _key(token: Unverified) -> tuple[PublicKey, str]:
    jwk = token.header.get("jwk")
    if not isinstance(jwk, dict) or not all(isinstance(value, str) for value in jwk.values()):
        raise TokenError("the header has no key")
    # A private member is refused as any other that is not listed: who sends one has published his key.
    if jwk.keys() - _HARMLESS not in _KEY_MEMBERS:
        raise TokenError("the key has members that are not accepted, or lacks some")
    try:
        key, thumbprint = _imported(jwk["kty"], jwk["crv"], jwk["x"], jwk.get("y"))
    except KeyFormatError as error:
        raise TokenError("the key cannot be read") from error
    if key.algorithm not in ALGORITHMS:
        raise TokenError("the key is of a kind that is not accepted for a proof")
    return key, thumbprint


@lru_cache(maxsize=_KNOWN_KEYS)
def _imported(kty: str, curve: str, x: str, y: str | None) -> tuple[PublicKey, str]:
    # A client uses one key for many proofs, and reading a key costs half as much as verifying with it.
    members = {"kty": kty, "crv": curve, "x": x} if y is None else {"kty": kty, "crv": curve, "x": x, "y": y}
    key = public_key({**members, "kid": "proof"})
    return key, key.key.thumbprint()
