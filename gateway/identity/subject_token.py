"""The subject token of an exchange: an identity provider says which of its people is at the client's keyboard.

Only a provider that is registered for the client's own organisation counts, so nobody brings in another organisation's
professional (confused deputy). The role comes from the provider, through the translation that was registered for it.

Source: RFC 8693 section 2.1; `reference/security.md` 1.4; facts contract, row *professional and role*.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from string import hexdigits
from typing import Any, Final, cast

from consent.store.tables import ID_LENGTH
from gateway.identity import claims as claim
from gateway.identity.jose import TokenError, Unverified, key_named, read, unverified_claims, verified
from gateway.identity.tokens import Form, Identity
from gateway.registry.public_keys import PublicKey
from gateway.registry.snapshot import OPERATOR, PERSONS, Client, IdentityProvider, Registry
from schemas.words import Role

TOKEN_TYPES: Final = frozenset({"urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:jwt"})
LOGIN_LASTS: Final = timedelta(hours=12)
"""How long ago somebody may have logged in (GF Authenticatie: once a day)."""

GATEWAY: Final = "gateway"
"""`officer_of` of the gateway's own privacy officer."""

_TYPES: Final = (None, "jwt")
# Thumbprints of certificates name a key as `kid` does; they are not read, but many providers send them.
_HEADER: Final = frozenset({"typ", "alg", "kid", "x5t", "x5t#S256"})
_PERSON_FORMS: Final = ("person", "mentor")
_PSEUDONYM: Final = 16
"""Digits."""
_HOME: Final = ID_LENGTH - 1 - _PSEUDONYM
"""Characters."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A subject token that nobody verified yet, and the provider that it says it is of: one that the client may use."""

    token: Unverified
    provider: IdentityProvider


def read_subject_token(text: str, *, client: Client, registry: Registry) -> Claimed:
    """Return whose word `text` says it is. Does not verify anything.

    Raises:
        TokenError: its form is not right, or that provider is not registered for the client's organisation.
    """
    token = read(text, types=_TYPES, members=_HEADER)
    provider = registry.providers.get(claim.text(unverified_claims(token), "iss"))
    if provider is None or provider.organisation != client.organisation:
        raise TokenError("the issuer is not registered for the client's organisation")
    return Claimed(token, provider)


def check_subject_token(
    claimed: Claimed, keys: Mapping[str, PublicKey], *, barred: Collection[str], issuer: str, now: int
) -> tuple[Identity, int]:
    """Return who is there, and when that word ends; a person by his name in the provider's `person_system`.

    `keys` are the provider's, `barred` the professionals whom their organisation ended.

    Raises:
        TokenError: the first rule that it breaks.
    """
    token, provider = claimed.token, claimed.provider
    claims = verified(token, key_named(token, keys))
    audience = provider.audience or issuer
    claim.check_equal(claims, "iss", provider.issuer)
    claim.check_equal(claims, "aud", audience)
    if "azp" in claims:
        claim.check_equal(claims, "azp", audience)
    if "act" in claims or "may_act" in claims:
        raise TokenError("delegation in the subject token")
    expires = claim.check_period(claims, now=now)
    _check_login(claims, now)
    identity = _identity(claims, provider)
    if identity.id in barred:
        raise TokenError("an administrator of his organisation ended him")
    return identity, expires


def professional_id(provider: IdentityProvider, subject: str) -> str:
    """Return the id of a professional in Schakel: the same person always the same, told by nobody but his provider.

    Raises:
        TokenError: `subject` is to be the id itself, and cannot be one.
    """
    if provider.subject_is_professional_id:
        if not subject.isprintable() or len(subject) > ID_LENGTH:
            raise TokenError("`sub` cannot be an id")
        return subject
    pseudonym = sha256(f"{provider.issuer}|{subject}".encode()).hexdigest()[:_PSEUDONYM]
    # Of a long name only the beginning, so that the whole can be kept wherever an id is; who he is the rest says.
    return f"{provider.organisation[:_HOME]}:{pseudonym}"


def is_id_of(organisation: str, name: str) -> bool:
    """Return whether `name` is what `professional_id` makes of somebody of `organisation`, and of no other.

    Of one whose own name is longer than what is taken of it nobody can tell.
    """
    home, _, pseudonym = name.rpartition(":")
    is_pseudonym = len(pseudonym) == _PSEUDONYM and set(pseudonym) <= set(hexdigits.lower())
    return home == organisation and len(organisation) <= _HOME and is_pseudonym


def _check_login(claims: Mapping[str, Any], now: int) -> None:
    issued = claim.instant(claims, "iat")
    login = claim.instant(claims, "auth_time") if "auth_time" in claims else issued
    if login > now + claim.SKEW:
        raise TokenError("`auth_time` is in the future")
    if login < now - LOGIN_LASTS.total_seconds():
        raise TokenError("the login is too long ago")


def _identity(claims: Mapping[str, Any], provider: IdentityProvider) -> Identity:
    subject, person = claim.text(claims, "sub"), claim.text(claims, provider.person_claim)
    acr = claim.optional_text(claims, "acr")
    methods = _methods(claims)
    trusted = acr in provider.trusted_acr or not provider.trusted_amr.isdisjoint(methods)
    form, role, officer_of = _capacity(claims, provider)
    return Identity(
        form=form,
        id=person if form in _PERSON_FORMS else professional_id(provider, subject),
        organisation=provider.organisation,
        role=role,
        trusted=trusted,
        officer_of=officer_of,
        provider=provider.issuer,
        acr=acr,
        since=provider.since,
    )


def _capacity(claims: Mapping[str, Any], provider: IdentityProvider) -> tuple[Form, Role | None, str | None]:
    """Return as what somebody is there, in which role, and whose officer he is."""
    if provider.organisation == PERSONS:
        form = claim.text(claims, "form")
        if form not in _PERSON_FORMS:
            raise TokenError("`form` is neither person nor mentor")
        return cast("Form", form), None, None
    said = claim.text(claims, provider.role_claim)
    if said in provider.officers:
        return "officer", None, GATEWAY if provider.organisation == OPERATOR else provider.organisation
    if said in provider.administrators and provider.organisation != OPERATOR:
        return "administrator", None, None
    role = provider.roles.get(said)
    if role is None:
        raise TokenError("the role is not one that was registered for this provider")
    return "professional", role, None


def _methods(claims: Mapping[str, Any]) -> frozenset[str]:
    methods = claims.get("amr", [])
    if not isinstance(methods, list) or not all(isinstance(each, str) for each in methods):
        raise TokenError("`amr` is not a list of texts")
    return frozenset(methods)
