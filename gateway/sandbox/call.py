"""The body of `schakel call`: one call to a gateway as somebody, with token and proof, as any client would do it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from gateway.identity.builtin_provider import subject_token
from gateway.identity.client_assertion import ASSERTION_TYPE
from gateway.identity.dpop import token_hash
from gateway.identity.jose import signed
from gateway.identity.keys import ALGORITHM, SigningKey, new_signing_key
from gateway.identity.service import TOKEN_PATH
from gateway.identity.token_request import TOKEN_EXCHANGE
from gateway.sandbox.credentials import Credentials, Someone, read_credentials

_ASSERTION_SECONDS: Final = 60
DEADLINE: Final = aiohttp.ClientTimeout(total=60)


class CallError(Exception):
    """The call could not be made; the message says why. Nothing was asked of the gateway's data."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: method, path with query, and the bytes of a JSON body, if any."""

    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway answered: status, media type and body."""

    status: int
    content_type: str
    body: bytes = field(repr=False)


async def call(credentials_path: Path, as_id: str, method: str, path: str, body: bytes | None) -> Answer:
    """Return the answer to `method` `path` with the JSON `body`, asked as `as_id` of the credentials file.

    Raises:
        CredentialsError: the file cannot be used, or nobody in it is called so.
        CallError: the gateway does not answer, or gives no token.
    """
    credentials = read_credentials(credentials_path)
    someone = credentials.named(as_id)
    async with aiohttp.ClientSession(timeout=DEADLINE) as session:
        return await call_as(session, credentials, someone, Question(method, path, body))


async def call_as(
    session: aiohttp.ClientSession, credentials: Credentials, someone: Someone, question: Question
) -> Answer:
    """Return the answer to one call as `someone`, with a token and a key that are made for it.

    Raises:
        CallError: the gateway does not answer, or gives no token.
    """
    url = _url(credentials, question.path)
    try:
        headers = await _headers(session, credentials, someone, method=question.method, url=url)
        if question.body is not None:
            headers["Content-Type"] = "application/json"
        sent = session.request(question.method, url, headers=headers, data=question.body, allow_redirects=False)
        async with sent as answer:
            return Answer(answer.status, answer.content_type, await answer.read())
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CallError(f"the gateway at {credentials.gateway_url} does not answer") from error


async def headers_of(credentials_path: Path, as_id: str, method: str, path: str) -> dict[str, str]:
    """Return the headers of one call as `as_id`, for who makes it with a client of his own: a token and its proof.

    Raises:
        CredentialsError: the file cannot be used, or nobody in it is called so.
        CallError: the gateway does not answer, or gives no token.
    """
    credentials = read_credentials(credentials_path)
    someone, url = credentials.named(as_id), _url(credentials, path)
    try:
        async with aiohttp.ClientSession(timeout=DEADLINE) as session:
            return await _headers(session, credentials, someone, method=method, url=url)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CallError(f"the gateway at {credentials.gateway_url} does not answer") from error


def _url(credentials: Credentials, path: str) -> URL:
    if not path.startswith("/"):
        raise CallError(f"the path begins with a slash, as in /api/v1/exchange/plan; given: {path}")
    return URL(f"{credentials.gateway_url}{path}", encoded=True)


async def _headers(
    session: aiohttp.ClientSession, credentials: Credentials, someone: Someone, *, method: str, url: URL
) -> dict[str, str]:
    key = new_signing_key()
    token = await fetch_token(session, credentials, someone, key)
    return {"Authorization": f"DPoP {token}", "DPoP": proof(key, method, _bare(url), access_token=token)}


async def fetch_token(
    session: aiohttp.ClientSession, credentials: Credentials, someone: Someone, key: SigningKey
) -> str:
    """Return an access token of `someone`, bound to `key`.

    Raises:
        CallError: the token service refuses.
        ClientError, TimeoutError: it does not answer.
    """
    url = f"{credentials.gateway_url}{TOKEN_PATH}"
    form = token_form(credentials, someone)
    headers = {"DPoP": proof(key, "POST", url)}
    async with session.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        said = await answer.read()
    try:
        document = json.loads(said)
        return str(document["access_token"])
    except (ValueError, KeyError, TypeError):
        raise CallError(f"the gateway gives no token (status {answer.status}): {_reason(said)}") from None


def token_form(credentials: Credentials, someone: Someone) -> dict[str, str]:
    """Return the parameters of a token exchange for `someone`."""
    keys = credentials.keys[someone.organisation]
    now = datetime.now(UTC)
    subject = subject_token(
        someone.login, issuer=keys.issuer, audience=credentials.gateway_url, key=keys.issuer_key, now=now
    )
    return {
        "grant_type": TOKEN_EXCHANGE,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": client_assertion(
            keys.client_id, keys.client_key, audience=credentials.gateway_url, now=now
        ),
        "subject_token": subject,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "resource": credentials.gateway_url,
    }


def client_assertion(client_id: str, key: SigningKey, *, audience: str, now: datetime) -> str:
    """Return an assertion that `client_id` signs to prove who it is (RFC 7523)."""
    instant = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": instant,
        "exp": instant + _ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
    return signed(claims, kind="JWT", key=key.key, algorithm=ALGORITHM, header={"kid": key.kid})


def proof(key: SigningKey, method: str, url: str, *, access_token: str | None = None) -> str:
    """Return a fresh DPoP proof for one call (RFC 9449); `url` without query."""
    claims: dict[str, Any] = {
        "htm": method,
        "htu": url,
        "iat": int(datetime.now(UTC).timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    if access_token is not None:
        claims["ath"] = token_hash(access_token)
    header: Mapping[str, Any] = {"jwk": key.key.as_dict(private=False)}
    return signed(claims, kind="dpop+jwt", key=key.key, algorithm=ALGORITHM, header=header)


def _bare(url: URL) -> str:
    return str(url).partition("?")[0].partition("#")[0]


def _reason(said: bytes) -> str:
    try:
        document = json.loads(said)
        return f"{document['error']}: {document['error_description']}"
    except (ValueError, KeyError, TypeError):
        return "its answer is not one of a token service"
