"""People as they come to a gateway: they log in at a provider that is not ours, and their system asks for them."""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import aiohttp
from yarl import URL

from gateway.identity.client_assertion import ASSERTION_TYPE
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.identity.token_request import TOKEN_EXCHANGE
from gateway.sandbox.call import client_assertion, proof

NUMBERS: Final = "http://fhir.nl/fhir/NamingSystem/bsn"
BACK: Final = "https://portal.example/back"


@dataclass(frozen=True)
class System:
    """What an organisation, or a portal, comes with: its client and key, and where its people log in."""

    client: str
    issuer: str
    key: SigningKey = field(default_factory=new_signing_key, repr=False)


@dataclass(frozen=True)
class Heard:
    status: int
    body: Any


@dataclass
class Someone:
    """Somebody at the keyboard of a system: `sub` is what his provider calls him."""

    system: System
    sub: str
    gateway: str
    session: aiohttp.ClientSession
    key: SigningKey = field(default_factory=new_signing_key, repr=False)
    _token: str = field(default="", repr=False)

    async def log_in(self) -> Heard:
        """Log in, and change what the provider says for a token of the gateway (RFC 8693)."""
        endpoint = f"{self.gateway}/oauth/token"
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(
                self.system.client, self.system.key, audience=self.gateway, now=datetime.now(UTC)
            ),
            "subject_token": await id_token(self.system, self.sub),
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "resource": self.gateway,
        }
        headers = {"DPoP": proof(self.key, "POST", endpoint)}
        async with self.session.post(endpoint, data=form, headers=headers) as answer:
            heard = Heard(answer.status, await answer.json())
        self._token = heard.body.get("access_token", "")
        return heard

    async def get(self, path: str) -> Heard:
        return await self._call("GET", path, None)

    async def post(self, path: str, body: Mapping[str, Any]) -> Heard:
        return await self._call("POST", path, json.dumps(body).encode())

    async def tell(self, section: str, **body: Any) -> Heard:
        """Record a fact."""
        return await self.post(f"/api/v1/facts/{section}", body)

    async def find(self, number: str) -> Heard:
        """Look for somebody by his number, where it may stand: in a body."""
        url = f"{self.gateway}/fhir/Consent/_search"
        headers = {"Authorization": f"DPoP {self._token}", "DPoP": self._proof("POST", url)}
        form = {"patient.identifier": f"{NUMBERS}|{number}"}
        async with self.session.post(url, headers=headers, data=form) as answer:
            return Heard(answer.status, json.loads(await answer.read()))

    async def ask(self, number: str, purpose: str, **more: Any) -> Heard:
        """Ask for the plan of who has a number."""
        person = {"system": NUMBERS, "value": number}
        body = {"person": person, "purpose": purpose, "categories": ["goals"], **more}
        return await self.post("/api/v1/exchange/plan", body)

    async def _call(self, method: str, path: str, body: bytes | None) -> Heard:
        url = f"{self.gateway}{path}"
        headers = {"Authorization": f"DPoP {self._token}", "DPoP": self._proof(method, url)}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8)}
        async with self.session.request(method, url, headers=headers, data=body) as answer:
            return Heard(answer.status, json.loads(await answer.read()))

    def _proof(self, method: str, url: str) -> str:
        return proof(self.key, method, url.partition("?")[0], access_token=self._token)


async def id_token(system: System, sub: str) -> str:
    """Return the ID token that a provider gives for `sub`: the code flow with PKCE, as a browser goes through it."""
    verifier = secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": system.client,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": BACK,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "acr_values": "substantial",
        "login_hint": sub,
    }
    url = URL(f"{system.issuer}/auth").with_query(asked)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        while not str(url).startswith(BACK):
            async with browser.get(url, allow_redirects=False) as answer:
                assert answer.status in {302, 303}, await answer.text()
                url = url.join(URL(answer.headers["Location"]))
        form = {
            "grant_type": "authorization_code",
            "code": url.query["code"],
            "redirect_uri": BACK,
            "client_id": system.client,
            "code_verifier": verifier,
        }
        async with browser.post(f"{system.issuer}/token", data=form) as answer:
            return str((await answer.json())["id_token"])


def professional(system: System, sub: str) -> str:
    """Return the id at the gateway of who is called `sub` at a system's provider, as its page says to make it."""
    organisation = system.client.removesuffix("-system")
    return f"{organisation}:{sha256(f'{system.issuer}|{sub}'.encode()).hexdigest()[:16]}"
