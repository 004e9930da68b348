"""The doors of the token service: `/oauth/token`, `/oauth/jwks` and the metadata document (RFC 8414)."""

import re
from http import HTTPStatus
from typing import Final, get_args
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.identity.dpop import ALGORITHMS as PROOF_ALGORITHMS
from gateway.identity.refusals import OAuthCode, OAuthError, UnrecordedError
from gateway.identity.service import TOKEN_PATH, TokenAnswer, TokenService
from gateway.identity.stops import tell_why
from gateway.identity.token_request import ACCESS_TOKEN_TYPE, CLIENT_CREDENTIALS, TOKEN_EXCHANGE, invalid
from gateway.identity.tokens import SCOPE
from gateway.registry.public_keys import ALGORITHMS

KEYS_PATH: Final = "/oauth/jwks"
METADATA_PATH: Final = "/.well-known/oauth-authorization-server"
MAX_BODY: Final = 32_768
"""The size of the largest token request, in bytes: two tokens and some room."""

FORM: Final = "application/x-www-form-urlencoded"
STATUSES: Final[dict[OAuthCode, int]] = {
    **dict.fromkeys(get_args(OAuthCode), 400), "invalid_client": 401, "temporarily_unavailable": 503,
}  # fmt: skip
"""The status of each error. Source: RFC 6749 section 5.2."""

_MAX_PARAMETERS: Final = 20
_SCHEME: Final = re.compile("[A-Za-z][A-Za-z0-9-]{1,29}")
"""Every registered scheme, and nothing that could be another header or parameter."""
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_UNAVAILABLE: Final = OAuthError(
    "temporarily_unavailable", "this cannot be recorded now, so it is not done", why="unrecorded"
)


def routes(service: TokenService) -> list[Route]:
    """Return the routes of the token service."""

    async def token(request: Request) -> Response:
        try:
            return _issued(await _token(request, service))
        except OAuthError as refusal:
            return _refused(refusal, tried=request.headers.get("authorization"))
        except UnrecordedError as error:
            tell_why(error)
            return _refused(_UNAVAILABLE)

    async def keys(_request: Request) -> Response:
        return Response(
            service.services.keys.document,
            media_type="application/jwk-set+json",
            headers={"Cache-Control": "public, max-age=300"},
        )

    async def described(_request: Request) -> Response:
        return Response(orjson.dumps(metadata(service)), media_type="application/json")

    return [
        Route(TOKEN_PATH, token, methods=["POST"]),
        Route(KEYS_PATH, keys, methods=["GET"]),
        Route(METADATA_PATH, described, methods=["GET"]),
    ]


def metadata(service: TokenService) -> dict[str, object]:
    """Return what the token service says about itself. Source: RFC 8414 section 2, RFC 9449 section 5.1."""
    address = service.services.public_url
    return {
        "issuer": address,
        "token_endpoint": service.endpoint,
        "jwks_uri": f"{address}{KEYS_PATH}",
        "grant_types_supported": [CLIENT_CREDENTIALS, TOKEN_EXCHANGE],
        "response_types_supported": [],
        "scopes_supported": [SCOPE],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": sorted(ALGORITHMS),
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
    }


async def _token(request: Request, service: TokenService) -> TokenAnswer:
    headers: list[tuple[bytes, bytes]] = request.scope["headers"]
    try:
        form = _form(request.headers.get("content-type", ""), await _body(request))
    except OAuthError as refusal:
        await service.refused(refusal)
        raise
    return await service.token(form, headers)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise invalid("the body is too large")
    return body


def _form(content_type: str, body: bytes) -> list[tuple[str, str]]:
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise invalid("the body is no form")
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError as error:
        raise invalid("the form cannot be read") from error


def _issued(answer: TokenAnswer) -> Response:
    body: dict[str, object] = {
        "access_token": answer.access_token,
        "token_type": "DPoP",
        "expires_in": answer.expires_in,
        "scope": SCOPE,
    }
    if answer.exchanged:
        body["issued_token_type"] = ACCESS_TOKEN_TYPE
    return Response(orjson.dumps(body), media_type="application/json", headers=_NO_STORE)


def _refused(refusal: OAuthError, *, tried: str | None = None) -> Response:
    body = {"error": refusal.error, "error_description": refusal.description}
    status = STATUSES[refusal.error]
    headers = _NO_STORE | (_challenge(tried) if status == HTTPStatus.UNAUTHORIZED and tried is not None else {})
    return Response(orjson.dumps(body), status_code=status, media_type="application/json", headers=headers)


def _challenge(tried: str) -> dict[str, str]:
    """Return the challenge in the scheme that was `tried`, which RFC 6749 section 5.2 asks for; we take none."""
    scheme = tried.partition(" ")[0]
    return {"WWW-Authenticate": f'{scheme} realm="{TOKEN_PATH}"'} if _SCHEME.fullmatch(scheme) else {}
