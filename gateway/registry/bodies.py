"""How a registration is written in the database, and read back: JSON, and the objects of `snapshot`."""

from collections.abc import Mapping
from typing import Any

from consent.naming import PERSON_SYSTEM
from gateway.registry.public_keys import KeyFormatError, public_keys
from gateway.registry.snapshot import Client, IdentityProvider, RegistryError, Webhook
from schemas.words import Role


def client_from(client_id: str, organisation: str, body: Mapping[str, Any]) -> Client:
    """Return the client that `body` describes: `jwks`, `legacy_algorithms`, `assertion_audience`, `epoch`.

    Raises:
        RegistryError: it cannot be read; nobody may be let in on it.
    """
    try:
        return Client(
            client_id=client_id,
            organisation=organisation,
            keys=public_keys(body["jwks"], legacy=body.get("legacy_algorithms", ())),
            assertion_audience=body["assertion_audience"],
            epoch=body["epoch"],
        )
    except (KeyFormatError, KeyError, TypeError) as error:
        raise RegistryError(f"client `{client_id}` cannot be read: {error}") from error


def provider_from(issuer: str, organisation: str, body: Mapping[str, Any]) -> IdentityProvider:
    """Return the identity provider that `body` describes.

    Raises:
        RegistryError: it cannot be read.
    """
    try:
        return IdentityProvider(
            issuer=issuer,
            organisation=organisation,
            keys={} if "jwks_uri" in body else public_keys(body["jwks"], legacy=body.get("legacy_algorithms", ())),
            jwks_uri=body.get("jwks_uri"),
            legacy_algorithms=tuple(body.get("legacy_algorithms", ())),
            audience=body["audience"],
            trusted_acr=frozenset(body["trusted_acr"]),
            trusted_amr=frozenset(body["trusted_amr"]),
            role_claim=body["role_claim"],
            roles={said: Role(role) for said, role in body["roles"].items()},
            officers=frozenset(body["officers"]),
            administrators=frozenset(body.get("administrators", ())),
            person_claim=body.get("person_claim", "sub"),
            person_system=body.get("person_system", PERSON_SYSTEM),
            subject_is_professional_id=body["subject_is_professional_id"],
            builtin=body["builtin"],
        )
    except (KeyFormatError, KeyError, TypeError, ValueError) as error:
        raise RegistryError(f"identity provider `{issuer}` cannot be read: {error}") from error


def webhook_from(organisation: str, body: Mapping[str, Any]) -> Webhook:
    """Return the webhook that `body` describes: `url` and `key`.

    Raises:
        RegistryError: it cannot be read.
    """
    try:
        return Webhook(url=body["url"], key=body["key"])
    except (KeyError, TypeError) as error:
        raise RegistryError(f"webhook of `{organisation}` cannot be read: {error}") from error
