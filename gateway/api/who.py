"""Step 1 of every request that needs to know who asks."""

from dataclasses import dataclass

from starlette.requests import Request

from gateway.api.problems import Problem
from gateway.identity.caller import Caller, IdentityServices, authenticate
from gateway.identity.refusals import UnauthenticatedError, UnrecordedError


@dataclass(frozen=True)
class Authenticator:
    """Turns a request into who sends it."""

    services: IdentityServices

    async def who(self, request: Request) -> Caller:
        """Return the caller.

        Raises:
            Problem: `unauthenticated` with its challenge, or `log-unavailable`.
        """
        path = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1").partition("?")[0]
        try:
            return await authenticate(request.scope["headers"], request.method, path, services=self.services)
        except UnauthenticatedError as error:
            raise Problem("unauthenticated", headers={"WWW-Authenticate": error.challenge}) from None
        except UnrecordedError:
            raise Problem("log-unavailable") from None
