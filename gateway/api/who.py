"""Step 1 of every request that needs to know who asks."""

from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request

from gateway.api.problems import Problem
from gateway.committing.calls import NotAllowedError
from gateway.identity.caller import Caller, IdentityServices, authenticate, is_let_in
from gateway.identity.refusals import UnauthenticatedError, UnrecordedError


class Who(Protocol):
    """Says who asks."""

    async def __call__(self, request: Request) -> Caller:
        """Authenticate a request, or raise a Problem."""

    async def still(self, caller: Caller) -> bool:
        """Say whether who was let in with his request would be so now, or raise a Problem."""


async def require_still(who: Who, caller: Caller) -> None:
    """Go on only where `caller` would be let in now: who was ended meanwhile is shown nothing of what was read for him.

    Raises:
        NotAllowedError: he would not. That it was read for him is on record.
        Problem: `log-unavailable`.
    """
    if not await who.still(caller):
        raise NotAllowedError


@dataclass(frozen=True)
class Authenticator:
    """Turns a request into who sends it."""

    services: IdentityServices

    async def __call__(self, request: Request) -> Caller:
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
