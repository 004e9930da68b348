"""Step 1 of the exchange: who asks. Says nothing about what is allowed.

A token is verified once and then remembered by its hash until it ends; its proof is verified each time, and may be used
once. Client and identity provider are looked up each time, so what an operator closed counts at the next request; and
once more before what was read for him goes out (`is_let_in`).
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.holding import beside_others
from gateway.health.log_health import LogHealth
from gateway.identity.dpop import Expected, Proof, check_proof
from gateway.identity.jose import MAX_TOKEN, TokenError
from gateway.identity.keys import TokenKeys
from gateway.identity.provider_keys import ProviderKeys
from gateway.identity.refusal_log import Refusal, RefusalLog
from gateway.identity.refusals import UnauthenticatedError, UnrecordedError
from gateway.identity.replay import SingleUse
from gateway.identity.tokens import AccessToken, Form, TokenExpiredError, verify
from gateway.registry.persons import Persons
from gateway.registry.professionals import Professionals
from gateway.registry.rows import EntryKind
from gateway.registry.snapshot import Registry, RegistryError
from gateway.registry.store import Registrations, load_registry
from schemas.words import Role

_SCHEME: Final = "dpop"
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks.

    `id` is the id inside Schakel of a professional, person, mentor or officer; of a client that asks for itself, its
    client id. `organisation` comes from the client's registration: `person` for persons and mentors, `operator` for
    the gateway's own officer. `trusted` says whether the login was strong enough. `officer_of` is the organisation
    whose privacy officer this is, `gateway` for the gateway's own, else None. `acr` is the provider's word for the
    strength of the login. `provider` is who said that it is he (None of a client that asks for itself), registered as
    it was `since` that revision, and `epoch` that of the client's keys.
    """

    form: Form
    id: str
    organisation: str
    role: Role | None
    trusted: bool
    officer_of: str | None
    client_id: str
    acr: str | None
    provider: str | None = None
    since: int | None = None
    epoch: int = 0


@dataclass(kw_only=True)
class VerifiedTokens:
    """Tokens whose signature was found right, by the SHA-256 of their text; the oldest give way."""

    most: int = _REMEMBERED
    _tokens: OrderedDict[bytes, AccessToken] = field(default_factory=OrderedDict)

    def get(self, text: str, *, now: int) -> AccessToken | None:
        """Return the token, or None where it is not remembered. An ended one is returned too, and forgotten."""
        key = sha256(text.encode()).digest()
        token = self._tokens.get(key)
        if token is not None and token.expires <= now:
            del self._tokens[key]
        return token

    def keep(self, text: str, token: AccessToken) -> None:
        """Remember `token`."""
        self._tokens[sha256(text.encode()).digest()] = token
        while len(self._tokens) > self.most:
            self._tokens.popitem(last=False)


@dataclass(frozen=True, kw_only=True)
class IdentityServices:
    """What authentication works with. `public_url` is the configured outside address; `clock` gives real time.

    `health` says whether the log takes events; where it does not, nobody gets a token.
    """

    public_url: str
    keys: TokenKeys
    registrations: Registrations
    single_use: SingleUse
    refusals: RefusalLog
    professionals: Professionals
    persons: Persons
    provider_keys: ProviderKeys
    clock: Callable[[], datetime]
    health: LogHealth
    verified: VerifiedTokens = field(default_factory=VerifiedTokens)

    async def registry(self, revision: int) -> Registry:
        """Return what is registered, at least up to `revision`.

        Raises:
            UnrecordedError: it cannot be read, so nobody counts.
        """
        try:
            return await self.registrations.at_least(revision)
        except (SQLAlchemyError, OSError, RegistryError) as error:
            raise UnrecordedError("nobody can say who is registered") from error


async def authenticate(
    headers: Sequence[tuple[bytes, bytes]], method: str, path: str, *, services: IdentityServices
) -> Caller:
    """Return who sends a request with these `headers` (ASGI form: names in lower case, each as often as it stands).

    `path` is the path as sent (ASGI `raw_path`), without query. A refusal is in the log before it is raised.

    Raises:
        UnauthenticatedError: nobody that we know; answer 401.
        UnrecordedError: the store of used proofs does not answer, so nobody knows; answer 503.
    """
    try:
        return await _authenticated(headers, method, path, services)
    except UnauthenticatedError as refusal:
        await services.refusals.record(Refusal(where="api", error=refusal.code, why=refusal.why))
        raise


async def _authenticated(
    headers: Sequence[tuple[bytes, bytes]], method: str, path: str, services: IdentityServices
) -> Caller:
    now = int(services.clock().timestamp())
    text, proof_text = _credentials(headers)
    token = _token(text, now, services)
    url = f"{services.public_url}{path}"
    expected = Expected(method=method, url=url, now=now, access_token=text, thumbprint=token.thumbprint)
    try:
        proof = check_proof(proof_text, expected)
    except TokenError as error:
        raise UnauthenticatedError("proof_invalid", why=str(error)) from error
    caller = _caller(token)
    # Only now, with the newest registry: this process may not have heard yet of a client, or of its end.
    if (why := _why_not(caller, await _use_once(proof, now, services))) is not None:
        raise UnauthenticatedError("token_invalid", why=why)
    return caller


async def is_let_in(caller: Caller, *, services: IdentityServices) -> bool:
    """Return whether `caller`, who was let in with his request, would be so now.

    Raises:
        UnrecordedError: the database does not answer, so nobody knows.
    """
    return lets_in(await services.registry(await services.single_use.revision()), caller)


async def is_let_in_at_commit(connection: AsyncConnection, caller: Caller) -> bool:
    """Return whether `caller` would be let in once this transaction is committed, which waits for nobody after this.

    Raises:
        RegistryError: what is registered cannot be read, so nobody knows.
    """
    await beside_others(connection)
    return lets_in(await load_registry(connection, builtin_allowed=True, places=places_of(caller)), caller)


def lets_in(registry: Registry, caller: Caller) -> bool:
    """Return whether `registry` lets `caller` in, who was let in with his request."""
    return _why_not(caller, registry) is None


def places_of(caller: Caller) -> tuple[tuple[EntryKind, str], ...]:
    """Return what has to be registered for `caller` to be let in, and by what he is kept out."""
    return ("client", caller.client_id), ("barred", caller.id), ("identity-provider", caller.provider or "")


def _credentials(headers: Sequence[tuple[bytes, bytes]]) -> tuple[str, str]:
    tokens = [value for name, value in headers if name == b"authorization"]
    proofs = [value for name, value in headers if name == b"dpop"]
    if not tokens:
        raise UnauthenticatedError("token_missing", why="no token")
    scheme, _, text = tokens[0].partition(b" ")
    if len(tokens) > 1 or scheme.lower() != _SCHEME.encode() or len(text) > MAX_TOKEN:
        raise UnauthenticatedError("token_invalid", why="not one token of the scheme DPoP")
    if len(proofs) != 1:
        raise UnauthenticatedError("proof_invalid", why="not one proof")
    return text.strip().decode("latin-1"), proofs[0].strip().decode("latin-1")


def _token(text: str, now: int, services: IdentityServices) -> AccessToken:
    known = services.verified.get(text, now=now)
    if known is not None:
        if known.expires <= now:
            raise UnauthenticatedError("token_expired", why="`exp` is past")
        return known
    try:
        token = verify(text, address=services.public_url, now=now, keys=services.keys)
    except TokenExpiredError as error:
        raise UnauthenticatedError("token_expired", why=str(error)) from error
    except TokenError as error:
        raise UnauthenticatedError("token_invalid", why=str(error)) from error
    services.verified.keep(text, token)
    return token


def _why_not(caller: Caller, registry: Registry) -> str | None:
    """Return why `registry` does not let `caller` in; None where it does."""
    client = registry.clients.get(caller.client_id)
    if client is None or client.epoch != caller.epoch or client.organisation != caller.organisation:
        return "the client is not registered as it was"
    if caller.id in registry.barred:
        return "an administrator of his organisation ended him"
    if caller.provider is None:
        return None
    provider = registry.providers.get(caller.provider)
    if provider is None or provider.organisation != caller.organisation:
        return "the identity provider is not registered any more"
    return None if caller.since in {None, provider.since} else "the identity provider is not registered as it was"


async def _use_once(proof: Proof, now: int, services: IdentityServices) -> Registry:
    use = await services.single_use.use("dpop", proof.thumbprint, proof.jti, expires=proof.expires, now=now)
    if not use.first:
        raise UnauthenticatedError("proof_invalid", why="the proof was used before")
    return await services.registry(use.revision)


def _caller(token: AccessToken) -> Caller:
    who = token.identity
    return Caller(
        form=who.form,
        id=who.id,
        organisation=who.organisation,
        role=who.role,
        trusted=who.trusted,
        officer_of=who.officer_of,
        client_id=token.client_id,
        acr=who.acr,
        provider=who.provider,
        since=who.since,
        epoch=token.epoch,
    )
