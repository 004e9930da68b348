"""Which organisations are registered technically: their clients, identity providers and record systems.

An immutable snapshot of the newest rows (`gateway.registry.tables`). Who an organisation *is* (its name, its kind, its
opt-in for emergencies) is a fact and lives in `consent`. What comes from here is never overruled by what a caller sends
(promise I8 of `design.md`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from consent.naming import PERSON_SYSTEM
from gateway.registry.public_keys import PublicKey
from schemas.words import Role

PERSONS: Final = "person"
"""The organisation word under which persons and mentors ask (audit log contract)."""

OPERATOR: Final = "operator"
"""The organisation word of those who run the gateway, its own privacy officer among them."""

OF_THE_HOUSE: Final = frozenset({PERSONS, OPERATOR})
"""Whose clients and identity providers are registered though they are no organisation: they always count."""

RESERVED: Final = frozenset({*OF_THE_HOUSE, "system", "gateway", "any", "all"})
"""Words that no organisation may have as its id."""

AssertionAudience = Literal["issuer", "token-endpoint"]


class RegistryError(Exception):
    """The registry cannot be used as it stands; the message says which entry and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A record system, or a portal, that may ask for tokens, for one organisation.

    `keys` by key id. `epoch` rises when the client is compromised: tokens of an earlier epoch are dead at once.
    `assertion_audience` says whether its assertions name the issuer (the rule) or the token endpoint (SMART).
    """

    client_id: str
    organisation: str
    keys: Mapping[str, PublicKey] = field(repr=False)
    assertion_audience: AssertionAudience = "issuer"
    epoch: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """Who signs for the people of one organisation.

    Its `keys` by key id are registered, or else it publishes them at `jwks_uri` (`gateway.identity.provider_keys` has
    those; here there are none), where `legacy_algorithms` names older algorithms that are allowed too.
    `audience` is the id under which the organisation's own system is known there; None means our issuer.
    A login is strong enough (NEN 7512) when its `acr` is in `trusted_acr` or one of its `amr` in `trusted_amr`; where
    both are empty no login is. `role_claim` names the claim that `roles`, `officers` and `administrators` translate;
    other values are refused. `person_claim` names the claim that says which person it is, by his number in
    `person_system`, or by his id here. `since` is the revision at which it was registered so: tokens on its word of
    before are dead. `subject_is_professional_id` and `builtin` exist in sandbox and demo only.
    """

    issuer: str
    organisation: str
    keys: Mapping[str, PublicKey] = field(repr=False)
    jwks_uri: str | None = None
    legacy_algorithms: tuple[str, ...] = ()
    audience: str | None = None
    trusted_acr: frozenset[str] = frozenset()
    trusted_amr: frozenset[str] = frozenset()
    role_claim: str = "role"
    roles: Mapping[str, Role] = field(default_factory=dict)
    officers: frozenset[str] = frozenset()
    administrators: frozenset[str] = frozenset()
    person_claim: str = "sub"
    person_system: str = PERSON_SYSTEM
    since: int = 0
    subject_is_professional_id: bool = False
    builtin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A record system of an organisation: `settings` as its adapter takes them, not read here."""

    organisation: str
    system: str
    settings: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where an organisation hears that there is a notice; `key` counts the keys that signed for it, from 1."""

    url: str = field(repr=False)
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A snapshot: everything registered up to and including row `revision` (0: nothing yet)."""

    revision: int = 0
    clients: Mapping[str, Client] = field(default_factory=dict)
    providers: Mapping[str, IdentityProvider] = field(default_factory=dict)
    sources: tuple[SourceEntry, ...] = ()
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    """The professionals whom their organisation ended."""
