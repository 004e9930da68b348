"""One request that something is recorded for, and how it may end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NotAllowedError(Exception):
    """Nothing was recorded but that it was tried. Answer as to everybody who may not."""


class EndedError(Exception):
    """Who acts was ended before it was kept: nothing is, but that he tried. Answer as to everybody who may not."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its id, its path, its body as JSON, and the client's idempotency key where it gave one."""

    request_id: str
    path: str
    body: Mapping[str, Any]
    key: str | None = None
