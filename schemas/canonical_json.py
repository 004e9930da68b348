"""Canonical JSON (RFC 8785) and its digest, for everything that is hashed or signed."""

import hashlib
from typing import Final, TypeAlias

import orjson
import rfc8785

Written: TypeAlias = orjson.Fragment
"""JSON that is written already."""
JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | bool | None"
"""JSON without fractions: no value that we hash needs them, and RFC 8785's number form is its hard part."""

_FOUR_BYTES: Final = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""How a character from U+10000 on begins in UTF-8."""


def canonical(value: object) -> bytes:
    """Return `value` as RFC 8785 bytes (UTF-8, sorted keys, no white space).

    `value` is JSON without fractions. Does not check that: values come from our own types.
    """
    encoded = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    # orjson sorts by code point, RFC 8785 section 3.2.3 by UTF-16 unit: the same, but for keys from U+10000 on.
    if encoded.isascii() or not any(first in encoded for first in _FOUR_BYTES):
        return encoded
    return rfc8785.dumps(orjson.loads(encoded))


def write(value: object) -> Written:
    """Return `value` as `canonical` writes it, to stand in greater values without being written again."""
    return orjson.Fragment(canonical(value))


def digest(value: object) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the canonical bytes of `value`."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
