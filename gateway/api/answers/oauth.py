"""The doors of the token service in the OpenAPI document: its form, its answers, and what it tells of itself.

They are described as they are, not hung here: `gateway.identity.routes` has them. Their errors are no problems.
Source: RFC 6749 sections 4.4.2, 5.1 and 5.2; RFC 7523 section 2.2; RFC 8693 sections 2.1 and 2.2; RFC 8707 section 2;
RFC 9449 section 5; RFC 8414 section 2; RFC 7517 section 5.
"""

from collections.abc import Mapping
from typing import Any, Final, get_args

from gateway.identity.client_assertion import ASSERTION_TYPE
from gateway.identity.refusals import OAuthCode
from gateway.identity.routes import FORM, KEYS_PATH, METADATA_PATH, STATUSES
from gateway.identity.service import TOKEN_PATH
from gateway.identity.subject_token import TOKEN_TYPES
from gateway.identity.token_request import ACCESS_TOKEN_TYPE, CLIENT_CREDENTIALS, TOKEN_EXCHANGE
from gateway.identity.tokens import SCOPE

Schema = Mapping[str, Any]

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_ADDRESS: Final = {"type": "string", "format": "uri"}
_PROOF: Final = {
    "name": "DPoP",
    "in": "header",
    "required": True,
    "schema": _TEXT,
    "description": "The proof of the key that the token will be bound to, as a JWT.",
}
_SAID: Final[Mapping[int, str]] = {
    400: "The request, its proof or what it asks is not right.",
    401: "The client did not prove who it is.",
    503: "This cannot be recorded now, or nobody knows the identity provider's keys now: nothing is done.",
}


def doors() -> dict[str, Any]:
    """Return the paths, as the OpenAPI document has them."""
    return {
        TOKEN_PATH: {"post": _token()},
        KEYS_PATH: {"get": _get("Keys", "The keys that sign tokens (RFC 7517).", "application/jwk-set+json", _KEYS)},
        METADATA_PATH: {"get": _get("Metadata", "What the token service says of itself.", "application/json", _ABOUT)},
    }


def _token() -> dict[str, Any]:
    return {
        "summary": "Token",
        "description": "Return a token that is bound to the client and to its key: for itself, or for who logged in.",
        "operationId": "token_oauth_token_post",
        "parameters": [_PROOF],
        "requestBody": {"required": True, "content": {FORM: {"schema": {"oneOf": [_ITSELF, _FOR_SOMEBODY]}}}},
        "responses": {"200": _answer("A token.", "application/json", _ISSUED)}
        | {str(status): _refusal(status) for status in sorted(_SAID)},
    }


def _refusal(status: int) -> dict[str, Any]:
    codes = sorted(code for code in get_args(OAuthCode) if STATUSES[code] == status)
    return _answer(
        _SAID[status],
        "application/json",
        _object({"error": {"type": "string", "enum": codes}, "error_description": _TEXT}),
    )


def _get(name: str, said: str, media_type: str, schema: Schema) -> dict[str, Any]:
    operation = f"{name.lower()}_oauth_get"
    return {"summary": name, "operationId": operation, "responses": {"200": _answer(said, media_type, schema)}}


def _answer(said: str, media_type: str, schema: Schema) -> dict[str, Any]:
    return {"description": said, "content": {media_type: {"schema": schema}}}


def _object(properties: Mapping[str, Schema], **optional: Schema) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": {**properties, **optional}}


def _grant(name: str, more: Mapping[str, Schema], **optional: Schema) -> dict[str, Any]:
    required = {
        "grant_type": {"const": name},
        "client_assertion_type": {"const": ASSERTION_TYPE},
        "client_assertion": _TEXT,
        "resource": {**_ADDRESS, "description": "The address of this gateway."},
    }
    return _object({**required, **more}, client_id=_TEXT, scope={"const": SCOPE}, **optional)


_ITSELF: Final = _grant(CLIENT_CREDENTIALS, {})
_FOR_SOMEBODY: Final = _grant(
    TOKEN_EXCHANGE,
    {"subject_token": _TEXT, "subject_token_type": {"type": "string", "enum": sorted(TOKEN_TYPES)}},
    requested_token_type={"const": ACCESS_TOKEN_TYPE},
)
_ISSUED: Final = _object(
    {
        "access_token": _TEXT,
        "token_type": {"const": "DPoP"},
        "expires_in": {"type": "integer", "minimum": 0, "description": "Seconds."},
        "scope": {"const": SCOPE},
    },
    issued_token_type={"const": ACCESS_TOKEN_TYPE},
)
_KEY: Final = _object(dict.fromkeys(("kty", "crv", "x", "y", "kid", "use", "alg"), _TEXT))
_KEYS: Final = _object({"keys": {"type": "array", "items": _KEY}})
_ADDRESSES: Final = ("issuer", "token_endpoint", "jwks_uri")
_LISTS: Final = (
    "grant_types_supported",
    "response_types_supported",
    "scopes_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "dpop_signing_alg_values_supported",
)
_ABOUT: Final = _object({**dict.fromkeys(_ADDRESSES, _ADDRESS), **dict.fromkeys(_LISTS, _TEXTS)})
