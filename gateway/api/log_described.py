"""What the OpenAPI document says of the log's files."""

from collections.abc import Mapping
from typing import Any, Final

Described = Mapping[str, Any]


def _answers(media_type: str, schema: Mapping[str, Any], said: str, **problems: str) -> dict[str, Any]:
    good = {"description": said, "content": {media_type: {"schema": schema}}}
    bad = {
        status.removeprefix("_"): {"description": why, "content": {"application/problem+json": {}}}
        for status, why in problems.items()
    }
    return {"200": good} | bad


def _parameter(name: str, place: str, schema: Mapping[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": True, "schema": schema, "description": said}


_TEXT: Final = {"type": "string"}
_BYTES: Final = {"type": "string", "format": "binary"}
_SIZE: Final = {"type": "integer", "minimum": 1}
_SILENT: Final = "The log cannot be read now."
_INDEX: Final = (
    "the index in groups of three digits, each but the last with an `x` before it and a `/` behind it; "
    "`.p/WIDTH` behind it names a partial tile of 1 to 255"
)

CHECKPOINT: Final[Described] = {
    "responses": _answers(
        "text/plain",
        _TEXT,
        "The newest signed tree head: a C2SP signed note.",
        _404="None was signed yet.",
        _503=_SILENT,
    )
}
KEYS: Final[Described] = {"responses": _answers("text/plain", _TEXT, "The log's verifier key, as a C2SP vkey.")}
CONSISTENCY: Final[Described] = {
    "parameters": [
        _parameter("from", "query", _SIZE, "The size of the older tree."),
        _parameter("to", "query", _SIZE, "The size of the newer tree; not more than that of the newest checkpoint."),
    ],
    "responses": _answers(
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
        _422="A parameter is missing, no size, or beyond the newest checkpoint; `errors` names it.",
        _503=_SILENT,
    ),
}
TILE: Final[Described] = {
    "parameters": [_parameter("name", "path", _TEXT, f"`LEVEL/INDEX` with a level of 0 to 63: {_INDEX}.")],
    "responses": _answers(
        "application/octet-stream",
        _BYTES,
        "The hashes of the tile, 32 bytes each.",
        _404="No tile has this name, or none of a tree that was signed.",
        _503=_SILENT,
    ),
}
ENTRIES: Final[Described] = {
    "parameters": [_parameter("name", "path", _TEXT, f"`INDEX`: {_INDEX}.")],
    "responses": _answers(
        "application/octet-stream",
        _BYTES,
        "The entries of the tile: of each its length in two bytes, then its leaf. They hold commitments only.",
        _401="Nobody that we know.",
        _403="Not for this caller. The gateway's own officer may, with a strong login.",
        _404="No bundle has this name, or none of a tree that was signed.",
        _503="The log cannot be read now, or not that it was read.",
    ),
}
