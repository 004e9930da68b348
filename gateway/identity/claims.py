"""Reading the claims of a verified token: of the right type, or refused.

Instants are whole seconds since 1970 (RFC 7519, NumericDate); a fraction is refused, as nobody here needs one.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from gateway.identity.jose import TokenError

SKEW: Final = 10
"""How far another party's clock may run before ours, in seconds (FAPI 2.0: SHALL accept 10)."""

MAX_TEXT: Final = 255


def text(claims: Mapping[str, Any], name: str, *, at_least: int = 1, at_most: int = MAX_TEXT) -> str:
    """Return claim `name`, a text of at least and at most so many characters.

    Raises:
        TokenError: absent, of another type (a list too) or of another length, or with half a character in it.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not at_least <= len(value) <= at_most:
        raise TokenError(f"`{name}` is not a text of the right length")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        # JSON can write half of a pair of surrogates, which nothing behind this can hash, keep or log.
        raise TokenError(f"`{name}` has half a character in it") from error
    return value


def optional_text(claims: Mapping[str, Any], name: str) -> str | None:
    """Return claim `name`, or None where the token has none.

    Raises:
        TokenError: there, but no text.
    """
    return text(claims, name) if name in claims else None


def instant(claims: Mapping[str, Any], name: str) -> int:
    """Return claim `name`, an instant.

    Raises:
        TokenError: absent, or not a whole number.
    """
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TokenError(f"`{name}` is not an instant")
    return value


def check_period(claims: Mapping[str, Any], *, now: int, at_most: timedelta | None = None) -> int:
    """Return when the token ends, having checked that `now` is within its time, and that it ends soon enough.

    Raises:
        TokenError: no `exp`, ended, ends later than `at_most` from now, or `nbf` or `iat` lie in the future.
    """
    expires = instant(claims, "exp")
    if expires <= now:
        raise TokenError("`exp` is past")
    if at_most is not None and expires > now + int(at_most.total_seconds()):
        raise TokenError("`exp` is too far ahead")
    for name in ("iat", "nbf"):
        if name in claims and instant(claims, name) > now + SKEW:
            raise TokenError(f"`{name}` is in the future")
    return expires


def check_equal(claims: Mapping[str, Any], name: str, expected: str) -> None:
    """Check that claim `name` is exactly the one text `expected`; a list that holds it is refused.

    Raises:
        TokenError: anything else.
    """
    if claims.get(name) != expected:
        raise TokenError(f"`{name}` is not what it must be")
