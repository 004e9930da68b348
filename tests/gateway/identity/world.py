"""A gateway's doors on a real database, with two organisations, and everything that a client of it does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

import audit.tables
from audit.signing import SigningKey as LogKey
from audit.store import AuditLog
from consent.entries import Professional
from consent.store import tables as fact_tables
from consent.store.fact_store import FactStore
from gateway.database.engine import create_engine, write_transaction
from gateway.health.log_health import LogHealth
from gateway.identity.builtin_provider import subject_token
from gateway.identity.caller import Caller, IdentityServices, authenticate
from gateway.identity.client_assertion import ASSERTION_TYPE
from gateway.identity.dpop import token_hash
from gateway.identity.jose import signed
from gateway.identity.keys import SigningKey, new_signing_key, token_keys
from gateway.identity.provider_keys import ProviderKeys
from gateway.identity.refusal_log import RefusalLog
from gateway.identity.replay import SingleUse
from gateway.identity.service import TokenAnswer, TokenService
from gateway.identity.token_request import TOKEN_EXCHANGE
from gateway.registry import tables as registry_tables
from gateway.registry.persons import Persons
from gateway.registry.professionals import Professionals
from gateway.registry.store import Registrations, record
from gateway.sandbox.call import client_assertion
from gateway.sandbox.credentials import Credentials, make_credentials
from schemas.words import Role
from tests.consent.store import make

ADDRESS = "https://schakel.example"
TOKEN_URL = f"{ADDRESS}/oauth/token"
PATH = "/api/v1/exchange/plan"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class OpenSealer:
    """Keeps values as they are, so that a test can read what was logged."""

    def seal(self, person: str | None, plaintext: bytes, associated: bytes) -> bytes:  # noqa: ARG002 - the port's
        return plaintext

    def open(self, person: str | None, sealed: bytes, associated: bytes) -> bytes:  # noqa: ARG002 - the port's
        return sealed


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())

    def pass_by(self, time: timedelta) -> None:
        self.now += time


class RealClock(Clock):
    def __call__(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class World:
    engine: AsyncEngine
    log: AuditLog
    clock: Clock
    services: IdentityServices
    service: TokenService
    credentials: Credentials
    key: SigningKey = field(default_factory=new_signing_key)
    made: int = 0

    def form(self, who: str, **changed: str | None) -> dict[str, str]:
        """Return the parameters of a right token exchange, with some changed or (None) left out."""
        someone = self.credentials.named(who)
        keys = self.credentials.keys[someone.organisation]
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(keys.client_id, keys.client_key, audience=ADDRESS, now=self.clock.now),
            "subject_token": subject_token(
                someone.login, issuer=keys.issuer, audience=ADDRESS, key=keys.issuer_key, now=self.clock.now
            ),
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "resource": ADDRESS,
        }
        return {name: value for name, value in {**form, **changed}.items() if value is not None}

    def proof(self, method: str = "POST", url: str = TOKEN_URL, **changed: Any) -> str:
        """Return a right proof, with some claims changed or (None) left out."""
        self.made += 1
        claims = {"htm": method, "htu": url, "iat": self.clock.seconds, "jti": f"proof-{self.made:08}"}
        claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        header = {"jwk": self.key.key.as_dict(private=False)}
        return signed(claims, kind="dpop+jwt", key=self.key.key, algorithm="ES256", header=header)

    async def answer(self, form: Mapping[str, str], proof: str | None = None) -> TokenAnswer:
        headers = [(b"dpop", (proof or self.proof()).encode())]
        return await self.service.token(list(form.items()), headers)

    async def token(self, who: str) -> str:
        return (await self.answer(self.form(who))).access_token

    def api_proof(self, token: str, **changed: Any) -> str:
        return self.proof(**{"method": "POST", "url": f"{ADDRESS}{PATH}", "ath": token_hash(token), **changed})

    async def ask(self, token: str, proof: str | None = None) -> Caller:
        return await self.ask_with(
            (b"authorization", f"DPoP {token}".encode()), (b"dpop", (proof or self.api_proof(token)).encode())
        )

    async def ask_with(self, *headers: tuple[bytes, bytes]) -> Caller:
        return await authenticate(headers, "POST", PATH, services=self.services)

    async def logged(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of `kind`, oldest first: the leaf's members, and under `opened` what they commit to."""
        columns = audit.tables.audit_event.c
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(columns.leaf, columns.sealed_log).order_by(columns.id))
            events = [
                {
                    **json.loads(row.leaf),
                    "opened": {name: each["value"] for name, each in json.loads(row.sealed_log).items()},
                }
                for row in rows
            ]
        return [event for event in events if event["kind"] == kind]

    async def refusals(self) -> list[dict[str, Any]]:
        """Return the details of the refusals in the log."""
        return [event["opened"]["detail"] for event in await self.logged("token.refused")]


PROFESSIONALS = (
    Professional(source={}, id="anna", organisation="team-noord", role=Role.YOUTH_PROFESSIONAL),
    Professional(source={}, id="wim", organisation="team-noord", role=Role.YOUTH_PROFESSIONAL, trusted=False),
    Professional(source={}, id="bea", organisation="school-zuid", role=Role.TEACHER),
)


async def make_world(database_url: str, *, address: str = ADDRESS, clock: Clock | None = None) -> World:
    engine = create_engine(database_url)
    clock = clock or Clock()
    log = AuditLog(key=LogKey.from_seed("test/audit", bytes(32)), sealer=OpenSealer(), now=clock)
    entries, credentials = make_credentials(
        gateway_url=address,
        organisations=["team-noord", "school-zuid"],
        professionals=PROFESSIONALS,
        persons=["sem", "luus"],
        mentors=["luus"],
    )
    async with engine.begin() as connection:
        await connection.run_sync(audit.tables.metadata.create_all)
        await connection.run_sync(registry_tables.metadata.create_all)
        await connection.run_sync(fact_tables.metadata.create_all)
    async with write_transaction(engine) as connection:
        await record(connection, entries, log=log, recorded_by="test")
    services = make_services(engine, log, clock, address)
    return World(engine, log, clock, services, TokenService(services=services), credentials)


def make_services(engine: AsyncEngine, log: AuditLog, clock: Clock, address: str = ADDRESS) -> IdentityServices:
    """Return the services of one more gateway process on the same database."""
    return IdentityServices(
        public_url=address,
        keys=token_keys(new_signing_key()),
        registrations=Registrations(engine, builtin_allowed=True),
        single_use=SingleUse(engine),
        refusals=RefusalLog(engine, log, clock),
        professionals=Professionals(engine, FactStore(make.key_service())),
        persons=Persons(engine, FactStore(make.key_service())),
        provider_keys=ProviderKeys(clock=clock, this_machine=True),
        clock=clock,
        health=LogHealth(),
    )
