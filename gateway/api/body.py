"""Reading the body of a request: one JSON object, small, with every key once."""

import asyncio
import json
from collections import Counter
from typing import Any, Final

import orjson
from starlette.requests import Request

from gateway.api.problems import FieldError, Problem

LONGEST: Final = 64 * 1024
PROMPT_SECONDS: Final = 10
"""In so long a body must come. Who sends it was let in before it: meanwhile he may be ended, or his token end."""

JSON: Final = ("application/json",)


async def read_object(request: Request, kinds: tuple[str, ...] = JSON) -> dict[str, Any]:
    """Return the JSON object that `request` carries, of one of these media types.

    Raises:
        Problem: as `read_bytes`, or `malformed`.
    """
    return object_in(await read_bytes(request, kinds))


def object_in(read: bytes) -> dict[str, Any]:
    """Return the JSON object that the bytes of a body hold.

    Raises:
        Problem: `malformed`, or `invalid-request` where a key stands there twice.
    """
    try:
        # Two readers: orjson takes UTF-8 and whole characters only (RFC 7493), and the other one sees doubled keys.
        orjson.loads(read)
        value = json.loads(read, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Problem("malformed") from None
    if not isinstance(value, dict):
        raise Problem("malformed")
    return value


async def read_bytes(request: Request, kinds: tuple[str, ...], *, longest: int = LONGEST) -> bytes:
    """Return the body of `request`, which is of one of these media types and has at most `longest` bytes.

    Raises:
        Problem: `unsupported-media-type`, `too-large` or `too-slow`.
    """
    if media_type(request) not in kinds:
        raise Problem("unsupported-media-type")
    read = bytearray()
    try:
        async with asyncio.timeout(PROMPT_SECONDS):
            async for chunk in request.stream():
                read += chunk
                if len(read) > longest:
                    raise Problem("too-large")
    except TimeoutError:
        raise Problem("too-slow") from None
    return bytes(read)


def media_type(request: Request) -> str:
    """Return what `request` says its body is, without parameters; nothing where it does not say it."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers of one body must not see two different values.
    found = dict(pairs)
    if len(found) != len(pairs):
        doubled = sorted(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        errors = tuple(FieldError(name, "stands there twice") for name in doubled)
        raise Problem("invalid-request", errors=errors)
    return found
