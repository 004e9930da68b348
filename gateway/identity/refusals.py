"""How a caller is refused. Outside all refusals of one kind look the same; `why` is for the log alone."""

from typing import Final, Literal

AuthenticationCode = Literal["token_missing", "token_invalid", "token_expired", "proof_invalid"]
OAuthCode = Literal[
    "invalid_request",
    "invalid_client",
    "invalid_dpop_proof",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
    "temporarily_unavailable",
]

_CHALLENGES: Final[dict[str, str]] = {
    "token_missing": 'DPoP algs="ES256 Ed25519"',
    "token_invalid": 'DPoP error="invalid_token", algs="ES256 Ed25519"',
    "token_expired": 'DPoP error="invalid_token", algs="ES256 Ed25519"',
    "proof_invalid": 'DPoP error="invalid_dpop_proof", algs="ES256 Ed25519"',
}


class UnauthenticatedError(Exception):
    """We do not know who asks. Answer 401 with `challenge`; the caller must get a new token or make a new proof."""

    def __init__(self, code: AuthenticationCode, *, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why

    @property
    def challenge(self) -> str:
        """Return the value of the `WWW-Authenticate` header. Source: RFC 9449 section 7.1."""
        return _CHALLENGES[self.code]


class UnrecordedError(Exception):
    """What was asked could not be written to the log, so it is not done. Answer 503; trying again later may help."""


class OAuthError(Exception):
    """The token service says no: `error` as RFC 6749 section 5.2 spells it.

    `description` is a constant that tells nothing about what is registered; `why` names the rule, for the log.
    """

    def __init__(self, error: OAuthCode, description: str, *, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.description = description
        self.why = why
