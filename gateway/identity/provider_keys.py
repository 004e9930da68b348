"""The keys of identity providers: those that are registered, and those that a provider publishes and changes by itself.

Published ones are fetched when a login needs them, from the address that two operators registered and from no other,
whatever a token says, and kept in the memory of each process. Whoever may ask for tokens may send any `kid`, so there
is one fetch of a provider at a time, and none within `PAUSE` of the last.

Source: OpenID Connect Core 1.0 section 10.1.1 (rotation of signing keys); RFC 7517 section 5; `reference/security.md`
1.2 and threat 39.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from adapters.contract import SourceError
from gateway.identity.jose import TokenError, json_object
from gateway.identity.subject_token import Claimed
from gateway.logs import logger
from gateway.registry.public_keys import KeyFormatError, PublicKey, PublishedKeys, published_keys
from gateway.registry.snapshot import IdentityProvider

RENEWED_AFTER: Final = timedelta(minutes=5)
"""How old keys may be before a login has them fetched anew."""

ACCEPTED_FOR: Final = timedelta(minutes=15)
"""How old keys may be where the provider gives no others; after that there are none."""

PAUSE: Final = timedelta(seconds=10)
"""How long after one fetch began there is no other of that provider, whatever came of it."""

DEADLINE: Final = timedelta(seconds=5)
"""How long a fetch may take. Shorter than `PAUSE`: who waited for one that failed does not begin the next."""

_LARGEST: Final = 65_536
_ACCEPT: Final = "application/jwk-set+json, application/json"


class ProviderSilentError(Exception):
    """Nobody can say now by which keys this provider signs. Answer 503; trying again later may help."""


class KeySetError(Exception):
    """A provider did not give keys that can be used; the message says why, and of one key its place in the set."""


@dataclass
class _Kept:
    """The `keys` of one provider as of `since`; when it was `tried` last, and `why` where that gave none."""

    provider: IdentityProvider
    keys: Mapping[str, PublicKey] = field(default_factory=dict)
    since: datetime | None = None
    tried: datetime | None = None
    why: str | None = None
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)

    def has(self, kid: str, now: datetime, *, within: timedelta) -> bool:
        return kid in self.keys and _within(within, self.since, now)


@dataclass(kw_only=True)
class ProviderKeys:
    """Gives the keys of providers. `this_machine` lets keys be fetched from this machine too, for sandbox and demo."""

    clock: Callable[[], datetime]
    this_machine: bool
    _kept: dict[str, _Kept] = field(default_factory=dict)

    async def of(self, claimed: Claimed) -> Mapping[str, PublicKey]:
        """Return the keys of the provider by key id, fetched where that is needed to know the one of the token.

        Raises:
            ProviderSilentError: they are not known, or whether that one is among them.
        """
        provider, kid = claimed.provider, claimed.token.header.get("kid")
        if provider.jwks_uri is None or not isinstance(kid, str):
            return provider.keys
        kept = self._kept_of(provider)
        await self._renew(kept, kid)
        if kept.has(kid, self.clock(), within=ACCEPTED_FOR):
            return kept.keys
        if kept.since is None or kept.since != kept.tried:
            raise ProviderSilentError(f"nobody knows the provider's keys now: {kept.why}")
        return {}

    def _kept_of(self, provider: IdentityProvider) -> _Kept:
        kept = self._kept.get(provider.issuer)
        if kept is None or kept.provider.since != provider.since:
            # It was registered otherwise, or again: its keys of before may be what it was ended for.
            kept = self._kept[provider.issuer] = _Kept(provider)
        return kept

    async def _renew(self, kept: _Kept, kid: str) -> None:
        """Fetch the keys anew where `kid` is not among them or they are old, and it may be done now."""
        if kept.fetching.locked() and kept.has(kid, self.clock(), within=ACCEPTED_FOR):
            return  # one login waits for newer keys, and no other needs to
        async with kept.fetching:
            began = self.clock()
            if kept.has(kid, began, within=RENEWED_AFTER) or _within(PAUSE, kept.tried, began):
                return
            kept.tried = began
            try:
                found = await fetched(kept.provider, this_machine=self.this_machine)
            except KeySetError as error:
                kept.why = _told(kept, str(error))
                return
            kept.keys, kept.since, kept.why = found.keys, began, None


async def fetched(provider: IdentityProvider, *, this_machine: bool) -> PublishedKeys:
    """Return the keys that `provider` publishes now.

    Raises:
        KeySetError: it gives none that can be used.
    """
    # Where no provider publishes its keys the process carries no HTTP client.
    from yarl import URL  # noqa: PLC0415

    from gateway.registry.egress import ForbiddenAddressError, guarded_client  # noqa: PLC0415 - as above

    address = provider.jwks_uri or ""
    try:
        client = guarded_client(
            URL(address), this_machine=this_machine, accept=_ACCEPT, deadline=DEADLINE, size_limit=_LARGEST
        )
        try:
            answer = await client.get(address)
        finally:
            await client.close()
        if answer.status != HTTPStatus.OK:
            raise KeySetError(f"status {answer.status}")
        return published_keys(json_object(answer.content, "key set"), legacy=provider.legacy_algorithms)
    except (SourceError, ForbiddenAddressError, TokenError, KeyFormatError, ValueError) as error:
        raise KeySetError(str(error)) from None


def _told(kept: _Kept, why: str) -> str:
    """Return `why`, told in the running log where it is news."""
    if why != kept.why:
        provider = kept.provider
        logger().warning("provider.silent", organisation=provider.organisation, issuer=provider.issuer, why=why)
    return why


def _within(time: timedelta, since: datetime | None, now: datetime) -> bool:
    # A clock that was set back says of nothing how old it is.
    return since is not None and timedelta(0) <= now - since < time
