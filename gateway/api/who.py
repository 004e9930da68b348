"""Step 1 of every request that needs to know who asks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request

from gateway.api.problems import Problem
from gateway.identity.caller import Caller, IdentityServices, authenticate, is_let_in
from gateway.identity.refusals import UnauthenticatedError, UnrecordedError

Who = Callable[[Request], Awaitable[Caller]]
"""Authenticates a request, or raises a Problem."""
Still = Callable[[Caller], Awaitable[bool]]
"""Says whether who was let in with his request would be so now, or raises a Problem."""


@dataclass(frozen=True)
class Authenticator:
    """Turns a request into who sends it."""

    services: IdentityServices

    async def who(self, request: Request) -> Caller:
        """Return the caller.

        Raises:
            Problem: `unauthenticated` with its challenge, or `log-unavailable`.
        """
        try:
            return await authenticate(request.scope["headers"], request.method, _path(request), services=self.services)
        except UnauthenticatedError as error:
            raise Problem("unauthenticated", headers={"WWW-Authenticate": error.challenge}) from None
        except UnrecordedError:
            raise Problem("log-unavailable") from None

    async def still(self, caller: Caller) -> bool:
        """Return whether `caller` would be let in now.

        Raises:
            Problem: `log-unavailable`.
        """
        try:
            return await is_let_in(caller, services=self.services)
        except UnrecordedError:
            raise Problem("log-unavailable") from None


def _path(request: Request) -> str:
    raw = request.scope.get("raw_path")
    # A server need not say how the path was sent; a URL is made of the scope only then, as it costs a proof's tenth.
    sent: bytes = request.url.path.encode() if raw is None else raw
    return sent.decode("latin-1").partition("?")[0]
