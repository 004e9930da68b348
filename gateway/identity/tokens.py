"""Access tokens: who asks, for one audience, bound to one key, for at most five minutes. Never what is allowed.

Source: RFC 9068 (`at+jwt`), RFC 7800 and RFC 9449 section 6.1 (`cnf.jkt`), RFC 8693 section 4.1 (`act`).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, cast, get_args

from gateway.identity import claims as claim
from gateway.identity.jose import TokenError, key_named, read, signed, verified
from gateway.identity.keys import ALGORITHM, TokenKeys
from schemas.words import Role

LIFETIME: Final = timedelta(seconds=300)
SCOPE: Final = "schakel"
"""The one scope there is: what may be asked is decided on each request, not written in a token."""

TYPE: Final = "at+jwt"
_HEADER: Final = frozenset({"typ", "alg", "kid"})

Form = Literal["professional", "person", "mentor", "officer", "administrator", "client"]
_FORMS: Final = get_args(Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, as his identity provider says it and his client's registration bounds it.

    `id` is that of Schakel. `officer_of` is the organisation whose privacy officer this is, or `gateway`.
    `provider` is the issuer that said so, registered as it was `since` that revision; None where a client asks for
    itself. `acr` is the provider's own word.
    """

    form: Form
    id: str
    organisation: str
    role: Role | None
    trusted: bool
    officer_of: str | None
    provider: str | None
    acr: str | None
    since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What an access token says. `epoch` is the client's at the time of issue; `thumbprint` that of the bound key."""

    identity: Identity
    client_id: str
    epoch: int
    thumbprint: str
    jti: str
    expires: int


def issue(token: AccessToken, *, address: str, now: int, keys: TokenKeys) -> str:
    """Return `token`, signed; `address` is issuer and audience in one."""
    who = token.identity
    claims: dict[str, Any] = {
        "iss": address,
        "aud": address,
        "sub": who.id,
        "client_id": token.client_id,
        "iat": now,
        "exp": token.expires,
        "jti": token.jti,
        "scope": SCOPE,
        "cnf": {"jkt": token.thumbprint},
        "org": who.organisation,
        "form": who.form,
        "trusted": who.trusted,
        "epoch": token.epoch,
    }
    optional: dict[str, Any] = {"role": who.role, "officer_of": who.officer_of, "acr": who.acr}
    optional |= {"idp": who.provider, "idp_since": who.since}
    claims |= {name: value for name, value in optional.items() if value is not None}
    if who.form != "client":
        claims["act"] = {"sub": token.client_id}
    key = keys.current
    return signed(claims, kind=TYPE, key=key.key, algorithm=ALGORITHM, header={"kid": key.kid})


def verify(text: str, *, address: str, now: int, keys: TokenKeys) -> AccessToken:
    """Return what the access token `text` says, where we issued it, for us, and it has not ended.

    Does not check the key that it is bound to, nor whether its client still counts.

    Raises:
        TokenExpiredError: it has ended.
        TokenError: anything else.
    """
    token = read(text, types=(TYPE,), members=_HEADER)
    claims = verified(token, key_named(token, keys.accepted))
    claim.check_equal(claims, "iss", address)
    claim.check_equal(claims, "aud", address)
    expires = claim.instant(claims, "exp")
    if expires <= now:
        raise TokenExpiredError("`exp` is past")
    return AccessToken(
        identity=_identity(claims),
        client_id=claim.text(claims, "client_id"),
        epoch=claim.instant(claims, "epoch"),
        thumbprint=_thumbprint(claims),
        jti=claim.text(claims, "jti"),
        expires=expires,
    )


class TokenExpiredError(TokenError):
    """The token was right, and has ended: get a new one."""


def _identity(claims: dict[str, Any]) -> Identity:
    form = claim.text(claims, "form")
    if form not in _FORMS:
        raise TokenError("`form` is not one that we know")
    role = claim.optional_text(claims, "role")
    try:
        known_role = None if role is None else Role(role)
    except ValueError as error:
        raise TokenError("`role` is not one that we know") from error
    return Identity(
        form=cast("Form", form),
        id=claim.text(claims, "sub"),
        organisation=claim.text(claims, "org"),
        role=known_role,
        trusted=claims.get("trusted") is True,
        officer_of=claim.optional_text(claims, "officer_of"),
        provider=claim.optional_text(claims, "idp"),
        acr=claim.optional_text(claims, "acr"),
        # The version before does not say it.
        since=claim.instant(claims, "idp_since") if "idp_since" in claims else None,
    )


def _thumbprint(claims: dict[str, Any]) -> str:
    bound = claims.get("cnf")
    if not isinstance(bound, dict):
        raise TokenError("the token is not bound to a key")
    return claim.text(bound, "jkt")
