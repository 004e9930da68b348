"""FHIR as JSON without loss: a decimal keeps the digits that it was written with (R4, datatypes, decimal)."""

import json
from decimal import Decimal
from typing import Any

import orjson


def json_bytes(value: Any) -> bytes:
    """Return `value` as JSON; a Decimal is a number with all its digits."""
    return orjson.dumps(value, default=_plain)


def read_json(text: bytes | str) -> Any:
    """Return what `text` holds; a number with a fraction is a Decimal with all its digits.

    Raises:
        ValueError: it is not JSON.
    """
    # A byte order mark says nothing; of bytes `json` knows that by itself.
    told = text.removeprefix("\ufeff") if isinstance(text, str) else text
    return json.loads(told, parse_float=Decimal, parse_constant=_refuse)


def _plain(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f"))
    raise TypeError


def _refuse(_word: str) -> Any:
    raise ValueError("not a number of JSON")
