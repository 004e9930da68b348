"""The token service: a client proves who it is, and that it has a key; it gets a token bound to both.

Every token and every refusal is in the log before it is answered. There are no passwords, no secrets that two parties
share, no refresh tokens, no bearer tokens.

Source: RFC 6749 section 4.4, RFC 8693, RFC 7523, RFC 8707, RFC 9449 section 5.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from audit.events import Event, EventOutcome, Field, Kind
from audit.store import AuditUnavailableError
from consent.keys import KeyUnavailableError
from gateway.identity.caller import IdentityServices
from gateway.identity.client_assertion import ASSERTION_TYPE, Audiences, check_assertion
from gateway.identity.dpop import Expected, check_proof
from gateway.identity.jose import TokenError
from gateway.identity.provider_keys import ProviderSilentError
from gateway.identity.refusal_log import Beside, Refusal
from gateway.identity.refusals import OAuthError, UnrecordedError
from gateway.identity.subject_token import check_subject_token, read_subject_token
from gateway.identity.token_request import TokenRequest, read_token_request
from gateway.identity.tokens import LIFETIME, AccessToken, Identity, issue
from gateway.registry.snapshot import PERSONS, Client, Registry

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path

_NO_CLIENT: Final = "client authentication failed"
_NO_PROOF: Final = "the DPoP proof is missing or not right"
_NO_SUBJECT: Final = "the subject token is not accepted"
_NO_KEYS: Final = "the keys of the identity provider are not known now, so nothing is done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A token, and how many seconds it lasts."""

    access_token: str
    expires_in: int
    exchanged: bool


@dataclass(slots=True)
class _Progress:
    """What is known so far of who asks, for the log."""

    client: Client | None = None
    subject_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class TokenService:
    """Issues tokens on what `services` hold."""

    services: IdentityServices

    @property
    def endpoint(self) -> str:
        """Return the address of the token endpoint."""
        return f"{self.services.public_url}{TOKEN_PATH}"

    async def token(self, form: Sequence[tuple[str, str]], headers: Sequence[tuple[bytes, bytes]]) -> TokenAnswer:
        """Return the token that `form` asks for. `headers` in ASGI form.

        Raises:
            OAuthError: refused; the refusal is in the log.
            UnrecordedError: the database or the log does not answer, or the log's tree is broken; answer 503.
        """
        progress = _Progress()
        try:
            return await self._answer(form, headers, progress)
        except OAuthError as refusal:
            await self.refused(refusal, progress)
            raise

    async def refused(self, refusal: OAuthError, progress: _Progress | None = None) -> None:
        """Write a refusal to the log.

        Raises:
            UnrecordedError: the log does not take it.
        """
        client = None if progress is None else progress.client
        await self.services.refusals.record(
            Refusal(
                where="token",
                error=refusal.error,
                why=refusal.why,
                organisation=None if client is None else client.organisation,
                client=None if client is None else client.client_id,
                subject_token=None if progress is None else progress.subject_token,
            )
        )

    async def _answer(
        self, form: Sequence[tuple[str, str]], headers: Sequence[tuple[bytes, bytes]], progress: _Progress
    ) -> TokenAnswer:
        now = int(self.services.clock().timestamp())
        request = read_token_request(form, resource=self.services.public_url)
        registry = await self.services.registry(await self.services.single_use.revision())
        client = progress.client = await self._client(request, headers, registry, now)
        thumbprint = await self._key(headers, now)
        identity, ends = await self._who(request, client, registry, now, progress)
        token = AccessToken(
            identity=identity,
            client_id=client.client_id,
            epoch=client.epoch,
            thumbprint=thumbprint,
            jti=secrets.token_urlsafe(16),
            expires=min(ends, now + int(LIFETIME.total_seconds())),
        )
        self._require_whole()
        await self._record(token, progress.subject_token)
        text = issue(token, address=self.services.public_url, now=now, keys=self.services.keys)
        return TokenAnswer(
            access_token=text, expires_in=token.expires - now, exchanged=request.subject_token is not None
        )

    async def _record(self, token: AccessToken, subject_token: str | None) -> None:
        """Have it on record that this token is issued, and register who comes in as a professional for the first time.

        Not by a weak login: what is too weak to act is too weak to become somebody.
        """
        who, professionals = token.identity, self.services.professionals
        beside: Beside | None = None
        if who.role is not None and who.trusted and await self._may_come_in(who):
            beside = partial(professionals.register, name=who.id, organisation=who.organisation, role=who.role)
        event = _event(token, subject_token, registered=beside is not None)
        await self.services.refusals.append(event, beside)

    async def _may_come_in(self, who: Identity) -> bool:
        try:
            return await self.services.professionals.may_come_in(who.id, who.organisation)
        except (SQLAlchemyError, OSError) as error:
            raise UnrecordedError("nobody can say who is registered") from error

    def _require_whole(self) -> None:
        # A full disk or silent witnesses stop what leaves, and no token: who withdraws must still come in.
        try:
            self.services.health.require_whole()
        except AuditUnavailableError as error:
            raise UnrecordedError(str(error)) from error

    async def _who(
        self, request: TokenRequest, client: Client, registry: Registry, now: int, progress: _Progress
    ) -> tuple[Identity, int]:
        """Return for whom the token is, and when that word ends."""
        if request.subject_token is None:
            return _itself(client), now + int(LIFETIME.total_seconds())
        progress.subject_token = sha256(request.subject_token.encode()).hexdigest()
        try:
            claimed = read_subject_token(request.subject_token, client=client, registry=registry)
            # Before anything is looked at that anybody knows of who logs in: the time it takes says nothing of him.
            keys = await self.services.provider_keys.of(claimed)
            identity, ends = check_subject_token(
                claimed, keys, barred=registry.barred, issuer=self.services.public_url, now=now
            )
        except TokenError as error:
            # RFC 8693 section 2.2.2 calls every subject token that is not accepted an invalid request.
            raise OAuthError("invalid_request", _NO_SUBJECT, why=str(error)) from error
        except ProviderSilentError as error:
            raise OAuthError("temporarily_unavailable", _NO_KEYS, why=str(error)) from error
        return await self._here(identity, registry), ends

    async def _here(self, identity: Identity, registry: Registry) -> Identity:
        """Return `identity` under its id here: a person may be known to his provider by another number."""
        if identity.organisation != PERSONS or identity.provider is None:
            return identity
        system = registry.providers[identity.provider].person_system
        try:
            return replace(identity, id=await self.services.persons.named(system, identity.id))
        except (SQLAlchemyError, OSError, KeyUnavailableError) as error:
            raise UnrecordedError("nobody can say who this is") from error

    async def _client(
        self, request: TokenRequest, headers: Sequence[tuple[bytes, bytes]], registry: Registry, now: int
    ) -> Client:
        if any(name == b"authorization" for name, _ in headers):
            raise OAuthError("invalid_client", _NO_CLIENT, why="a second way of client authentication")
        if request.assertion_type != ASSERTION_TYPE:
            raise OAuthError("invalid_client", _NO_CLIENT, why="no client assertion")
        audiences = Audiences(issuer=self.services.public_url, token_endpoint=self.endpoint)
        try:
            assertion = check_assertion(
                request.assertion, claimed_id=request.client_id, registry=registry, audiences=audiences, now=now
            )
        except TokenError as error:
            raise OAuthError("invalid_client", _NO_CLIENT, why=str(error)) from error
        client = assertion.client
        if not await self._first("assertion", client.client_id, assertion.jti, assertion.expires, now):
            raise OAuthError("invalid_client", _NO_CLIENT, why="the assertion was used before")
        return client

    async def _key(self, headers: Sequence[tuple[bytes, bytes]], now: int) -> str:
        """Return the thumbprint of the key that the token will be bound to."""
        proofs = [value for name, value in headers if name == b"dpop"]
        if len(proofs) != 1:
            raise OAuthError("invalid_dpop_proof", _NO_PROOF, why="not one proof")
        try:
            proof = check_proof(
                proofs[0].strip().decode("latin-1"), Expected(method="POST", url=self.endpoint, now=now)
            )
        except TokenError as error:
            raise OAuthError("invalid_dpop_proof", _NO_PROOF, why=str(error)) from error
        if not await self._first("dpop", proof.thumbprint, proof.jti, proof.expires, now):
            raise OAuthError("invalid_dpop_proof", _NO_PROOF, why="the proof was used before")
        return proof.thumbprint

    async def _first(self, scope: str, owner: str, name: str, expires: int, now: int) -> bool:
        return (await self.services.single_use.use(scope, owner, name, expires=expires, now=now)).first


def _itself(client: Client) -> Identity:
    return Identity(
        form="client",
        id=client.client_id,
        organisation=client.organisation,
        role=None,
        trusted=False,
        officer_of=None,
        provider=None,
        acr=None,
    )


def _event(token: AccessToken, subject_token: str | None, *, registered: bool) -> Event:
    who = token.identity
    actor = {
        "form": who.form,
        "id": who.id,
        "role": None if who.role is None else str(who.role),
        "client": token.client_id,
        "provider": who.provider,
        "authentication": who.acr,
        "trusted": who.trusted,
    }
    detail = {"token": token.jti, "key": token.thumbprint}
    if subject_token is not None:
        detail["subject_token_sha256"] = subject_token
    if registered:
        detail["registered"] = "professional"
    return Event(
        kind=Kind.TOKEN_ISSUED,
        outcome=EventOutcome.OK,
        organisation=who.organisation,
        fields={Field.ACTOR: actor, Field.DETAIL: detail},
    )
