"""Client authentication with `private_key_jwt`: the client signs that it is itself, for us, now, once.

Source: RFC 7523 section 3; `reference/security.md` 1.2 (`aud` is one text: arrays are refused, whatever they hold).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from joserfc.jwk import ECKey

from gateway.identity import claims as claim
from gateway.identity.jose import TokenError, Unverified, key_named, read, signed, unverified_claims, verified
from gateway.registry.public_keys import PublicKey, public_key
from gateway.registry.snapshot import Client, Registry

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME: Final = timedelta(seconds=300)
_TYPES: Final = (None, "jwt", "client-authentication+jwt")
_HEADER: Final = frozenset({"typ", "alg", "kid"})
_JTI: Final = (8, 128)


def _decoy() -> tuple[Unverified, PublicKey]:
    key = ECKey.generate_key("P-256")
    text = signed({"iss": "nobody"}, kind="JWT", key=key, algorithm="ES256", header={})
    public = public_key({**key.as_dict(private=False), "kid": "nobody"})
    return read(text, types=_TYPES, members=_HEADER), public


_DECOY, _DECOY_KEY = _decoy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A client that proved who it is, but for the single use of its assertion: that `jti` until `expires`."""

    client: Client
    jti: str
    expires: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audiences:
    """What an assertion may be for: our issuer, or our token endpoint for a client that was registered so."""

    issuer: str
    token_endpoint: str


def check_assertion(
    text: str, *, claimed_id: str | None, registry: Registry, audiences: Audiences, now: int
) -> Assertion:
    """Return the client that signed `text`. `claimed_id` is the request's own `client_id`, where it gave one.

    Does not check that the assertion was not used before.

    Raises:
        TokenError: the first rule that it breaks.
    """
    token = read(text, types=_TYPES, members=_HEADER)
    client, key = _signer(token, registry)
    claims = verified(token, key)
    if claimed_id is not None and claimed_id != client.client_id:
        raise TokenError("`client_id` is another than the assertion's")
    claim.check_equal(claims, "iss", client.client_id)
    claim.check_equal(claims, "sub", client.client_id)
    to_issuer = client.assertion_audience == "issuer"
    claim.check_equal(claims, "aud", audiences.issuer if to_issuer else audiences.token_endpoint)
    expires = claim.check_period(claims, now=now, at_most=LIFETIME)
    jti = claim.text(claims, "jti", at_least=_JTI[0], at_most=_JTI[1])
    return Assertion(client=client, jti=jti, expires=expires)


def _signer(token: Unverified, registry: Registry) -> tuple[Client, PublicKey]:
    try:
        client = registry.clients.get(claim.text(unverified_claims(token), "iss"))
        if client is None:
            raise TokenError("the client is not registered")  # noqa: TRY301 - both ways out must cost the same
        return client, key_named(token, client.keys)
    except TokenError:
        # An unknown client takes as long as a wrong signature, so that neither answer nor clock says who is registered.
        verified(_DECOY, _DECOY_KEY)
        raise
