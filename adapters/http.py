"""One small HTTP client for every door that needs one: deadlines, size limits, no redirects, nothing logged.

No message of it holds a URL or a body: both may hold a number of a person.
"""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from adapters.contract import SourceMalformedError, SourceSilentError

Token = Callable[[], Awaitable[str]]
"""Gives a bearer token for the next question."""

_CHUNK: Final = 65_536
_TRY_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class HTTPSettings:
    """Where a server is and how far it is trusted. `tls` is what its certificate is held against.

    `resolver` looks its name up instead of the machine, and may refuse.
    """

    base_url: URL
    accept: str
    deadline_seconds: float = 5.0
    size_limit: int = 10_000_000
    connections: int = 4
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    token: Token | None = field(default=None, repr=False)
    resolver: AbstractResolver | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status that is not an error of transport, and the body."""

    status: int
    content: bytes = field(repr=False)


class HTTPClient:
    """Talks to one server, and to no other whatever that server says."""

    def __init__(self, settings: HTTPSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def post_form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Post `fields` to `path` below the base URL.

        Raises:
            SourceSilentError: no connection, no answer in time, or the server says that it cannot now.
            SourceMalformedError: a redirect, or an answer that is too long.
        """
        return await self._ask("POST", self._settings.base_url / path, fields)

    async def post_json(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post the JSON `body` to the base URL itself, with `headers` besides.

        Raises:
            SourceSilentError: as `post_form`.
            SourceMalformedError: as `post_form`.
        """
        told = {**headers, "Content-Type": "application/json"}
        return await self._ask("POST", self._settings.base_url, body, told)

    async def post_text(self, path: str, body: bytes) -> Answer:
        """Post the plain text `body` to `path` below the base URL.

        Raises:
            SourceSilentError: as `post_form`.
            SourceMalformedError: as `post_form`.
        """
        told = {"Content-Type": "text/plain; charset=utf-8"}
        return await self._ask("POST", self._settings.base_url / path, body, told)

    async def get(self, url: str) -> Answer:
        """Get `url`, absolute or relative to the base URL, on the same server.

        Raises:
            SourceSilentError: as `post_form`.
            SourceMalformedError: as `post_form`; or another server.
        """
        try:
            target = (self._settings.base_url / "").join(URL(url))
            elsewhere = target.origin() != self._settings.base_url.origin() or target.user is not None
        except ValueError:
            raise SourceMalformedError("a link that is no address") from None
        if elsewhere:
            raise SourceMalformedError("a link to another server; it is not followed")
        return await self._ask("GET", target, None)

    async def close(self) -> None:
        """Give back the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(
        self, method: str, url: URL, data: Mapping[str, str] | bytes | None, more: Mapping[str, str] | None = None
    ) -> Answer:
        headers = {"Accept": self._settings.accept, "Accept-Encoding": "identity", **(more or {})}
        if self._settings.token is not None:
            headers["Authorization"] = f"Bearer {await self._settings.token()}"
        try:
            async with self._opened().request(
                method, url, data=data, headers=headers, allow_redirects=False
            ) as response:
                return Answer(_checked(response), await self._body(response))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            # Its text holds the URL.
            raise SourceSilentError(f"no answer: {type(error).__name__}") from None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=self._settings.tls or True,
                    limit=self._settings.connections,
                    resolver=self._settings.resolver,
                ),
                timeout=aiohttp.ClientTimeout(total=self._settings.deadline_seconds),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            content += chunk
            if len(content) > self._settings.size_limit:
                raise SourceMalformedError(f"an answer of more than {self._settings.size_limit} bytes")
        return bytes(content)


def _checked(response: aiohttp.ClientResponse) -> int:
    if response.status in _TRY_LATER:
        raise SourceSilentError(f"status {response.status}")
    if 300 <= response.status < 400:  # noqa: PLR2004  # the redirects
        raise SourceMalformedError(f"status {response.status}: redirects are not followed")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        # Unasked for, and a small one may unpack to a very large one.
        raise SourceMalformedError("a compressed answer, which was not asked for")
    return response.status
