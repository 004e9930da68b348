"""A token request as it comes in: every parameter once, and none that would be silently ignored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.identity.refusals import OAuthError
from gateway.identity.subject_token import TOKEN_TYPES
from gateway.identity.tokens import SCOPE

CLIENT_CREDENTIALS: Final = "client_credentials"
TOKEN_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant's name
ACCESS_TOKEN_TYPE: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type's name

# Each of them would change what the token means, and none is supported: refusing is safer than ignoring.
_UNSUPPORTED: Final = ("actor_token", "actor_token_type", "audience", "authorization_details", "client_secret")
_INVALID: Final = "the request is not one that this token service takes"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What is asked: an exchange where there is a `subject_token`, else a token for the client itself."""

    client_id: str | None
    assertion: str = field(repr=False)
    assertion_type: str
    subject_token: str | None = field(repr=False)


def read_token_request(form: Sequence[tuple[str, str]], *, resource: str) -> TokenRequest:
    """Return what `form` asks for; `resource` is the one thing that there are tokens for.

    Raises:
        OAuthError: the first thing that is wrong.
    """
    given = _once_each(form)
    grant = given.get("grant_type")
    if not grant:  # RFC 6749 section 3.2: without a value it is left out
        raise invalid("no grant_type")
    if grant not in (CLIENT_CREDENTIALS, TOKEN_EXCHANGE):
        raise OAuthError("unsupported_grant_type", "this grant is not supported", why="grant_type")
    if given.get("resource") != resource:
        raise OAuthError("invalid_target", "`resource` must name this gateway", why="resource")
    if given.get("scope", SCOPE) != SCOPE:
        raise OAuthError("invalid_scope", f"the only scope is `{SCOPE}`", why="scope")
    return TokenRequest(
        client_id=given.get("client_id"),
        assertion=given.get("client_assertion", ""),
        assertion_type=given.get("client_assertion_type", ""),
        subject_token=_subject_token(given, grant),
    )


def invalid(why: str) -> OAuthError:
    """Return the refusal of a request that is not of the form that it must have."""
    return OAuthError("invalid_request", _INVALID, why=why)


def _once_each(form: Sequence[tuple[str, str]]) -> dict[str, str]:
    given = dict(form)
    # RFC 6749 section 3.2: parameters must not be included more than once.
    if len(given) != len(form):
        raise invalid("a parameter stands twice")
    if any(name in given for name in _UNSUPPORTED):
        raise invalid("a parameter that is not supported")
    return given


def _subject_token(given: dict[str, str], grant: str) -> str | None:
    if grant == CLIENT_CREDENTIALS:
        if given.keys() & {"subject_token", "subject_token_type"}:
            raise invalid("a subject token without an exchange")
        return None
    if given.get("requested_token_type", ACCESS_TOKEN_TYPE) != ACCESS_TOKEN_TYPE:
        raise invalid("requested_token_type")
    if given.get("subject_token_type") not in TOKEN_TYPES:
        raise invalid("subject_token_type")
    if not given.get("subject_token"):
        raise invalid("no subject token")
    return given["subject_token"]
