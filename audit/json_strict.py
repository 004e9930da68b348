"""JSON in which each member stands once, so that no two readers can take a signed file for different things."""

import json
from typing import Any

import orjson


def parse(text: bytes) -> Any:
    """Return the JSON that `text` holds.

    Raises:
        ValueError: no JSON, an object with a member twice, or more levels than anybody signs.
    """
    document = orjson.loads(text)
    try:
        if orjson.dumps(document) != text:  # Otherwise nothing can be doubled, and the slow reader is spared.
            json.loads(text, object_pairs_hook=_no_doubles)
    except (TypeError, RecursionError) as error:
        raise ValueError("too many levels") from error
    return document


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a member stands twice in an object")
    return dict(pairs)
