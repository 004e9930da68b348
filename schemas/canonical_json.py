"""Canonical JSON (RFC 8785) and its digest, for everything that is hashed or signed."""

import hashlib
from typing import TypeAlias

import orjson

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | bool | None"
"""JSON without fractions: no value that we hash needs them, and RFC 8785's number form is its hard part."""


def canonical(value: object) -> bytes:
    """Return `value` as RFC 8785 bytes (UTF-8, sorted keys, no white space).

    `value` is JSON without fractions, its keys below U+10000: there sorting by code point, which orjson does,
    equals the sorting by UTF-16 unit of RFC 8785 section 3.2.3. A property holds this against the reference library.
    Does not check that: values come from our own types.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(value: object) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the canonical bytes of `value`."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
