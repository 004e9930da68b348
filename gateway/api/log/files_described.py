"""What the OpenAPI document says of the log's files."""

from collections.abc import Mapping
from typing import Any, Final

from audit.published import NotPublishedError
from gateway.api.described import door, opened
from gateway.api.refusals import Refusals


def _success(media_type: str, schema: Mapping[str, Any], said: str) -> dict[str, Any]:
    return {"description": said, "content": {media_type: {"schema": schema}}}


def _parameter(name: str, place: str, schema: Mapping[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": True, "schema": schema, "description": said}


_TEXT: Final = {"type": "string"}
_BYTES: Final = {"type": "string", "format": "binary"}
_SIZE: Final = {"type": "integer", "minimum": 1}
_INDEX: Final = (
    "the index in groups of three digits, each but the last with an `x` before it and a `/` behind it; "
    "`.p/WIDTH` behind it names a partial tile of 1 to 255"
)

CHECKPOINT: Final = opened(
    "no-such-path",
    "log-unavailable",
    success=_success("text/plain", _TEXT, "The newest signed tree head: a C2SP signed note."),
)
KEYS: Final = opened(success=_success("text/plain", _TEXT, "The log's verifier key, as a C2SP vkey."))
CONSISTENCY: Final = opened(
    "invalid-request",
    "log-unavailable",
    parameters=[
        _parameter("from", "query", _SIZE, "The size of the older tree."),
        _parameter("to", "query", _SIZE, "The size of the newer tree; not more than that of the newest checkpoint."),
    ],
    success=_success(
        "application/json",
        {
            "type": "object",
            "required": ["from", "to", "proof"],
            "properties": {
                "from": _SIZE,
                "to": _SIZE,
                "proof": {"type": "array", "items": {"type": "string", "format": "byte"}},
            },
        },
        "The hashes of the proof (RFC 6962 section 2.1.2), base64, and both sizes.",
    ),
)
TILE: Final = opened(
    "no-such-path",
    "log-unavailable",
    parameters=[_parameter("name", "path", _TEXT, f"`LEVEL/INDEX` with a level of 0 to 63: {_INDEX}.")],
    success=_success("application/octet-stream", _BYTES, "The hashes of the tile, 32 bytes each."),
)
READING: Final = Refusals({NotPublishedError: "no-such-path"})
"""How the door of entries refuses."""

ENTRIES: Final = door(
    READING.codes,
    parameters=[_parameter("name", "path", _TEXT, f"`INDEX`: {_INDEX}.")],
    success=_success(
        "application/octet-stream",
        _BYTES,
        "The entries of the tile: of each its length in two bytes, then its leaf. They hold commitments only.",
    ),
)
