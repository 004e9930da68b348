"""The built-in identity provider of sandbox and demo: who has its keys is whoever he says he is.

It exists so that a world of invented people can be tried without anybody's login system. Production refuses to start
with its setting, and refuses a database that it is registered in.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.identity.jose import signed
from gateway.identity.keys import ALGORITHM, SigningKey
from gateway.identity.tokens import Form
from schemas.words import Role

LIFETIME: Final = timedelta(minutes=5)
OFFICER: Final = "privacy-officer"
"""The role claim of a privacy officer."""

ADMINISTRATOR: Final = "administrator"
"""The role claim of who administers his organisation here."""

STRONG: Final = "substantial"
"""The `acr` that counts as trusted (NEN 7512), as eIDAS spells it."""

WEAK: Final = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody who is logged in: `id` is his id in Schakel, `role` that of a professional."""

    form: Form
    id: str
    role: Role | None = None
    trusted: bool = True


def subject_token(login: Login, *, issuer: str, audience: str, key: SigningKey, now: datetime) -> str:
    """Return a subject token that says `login`, signed with the provider's `key`."""
    instant = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "sub": login.id,
        "iat": instant,
        "auth_time": instant,
        "exp": instant + int(LIFETIME.total_seconds()),
        "jti": secrets.token_urlsafe(16),
        "acr": STRONG if login.trusted else WEAK,
        "form": login.form,
    }
    if login.form == "officer":
        claims["role"] = OFFICER
    if login.form == "administrator":
        claims["role"] = ADMINISTRATOR
    if login.role is not None:
        claims["role"] = str(login.role)
    return signed(claims, kind="JWT", key=key.key, algorithm=ALGORITHM, header={"kid": key.kid})
