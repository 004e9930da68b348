"""The OpenAPI document as a file: of an application round nothing, since no route is asked anything.

Run as a program it writes today's document as a release is kept (docs/reference/openapi-versions.md).
"""

import sys
from typing import Any, Final, cast

import orjson

from gateway.app import create_app
from gateway.wiring import Gateway


class _Nothing:
    """What every part of a gateway is, where only the routes are looked at."""

    def __getattr__(self, _name: str) -> "_Nothing":
        return self

    def __call__(self, *_given: object, **_named: object) -> "_Nothing":
        return self


_NOTHING: Final = cast("Gateway", _Nothing())


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of today, as `/api/v1/openapi.json` answers it."""
    return create_app(_NOTHING).openapi()


def openapi_file() -> str:
    """Return it as it is read."""
    return orjson.dumps(openapi_document(), option=orjson.OPT_INDENT_2).decode() + "\n"


def released() -> str:
    """Return it as a release is kept: on one line each operation, and each part that several of them share."""
    return _lines(openapi_document(), _DEPTH) + "\n"


_DEPTH: Final = 3
"""`paths`, a path, a method; `components`, their kind, a name."""


def _lines(value: Any, depth: int) -> str:
    if not depth or not isinstance(value, dict):
        return orjson.dumps(value).decode()
    lines = (f"{orjson.dumps(name).decode()}:{_lines(each, depth - 1)}" for name, each in value.items())
    return "{\n" + ",\n".join(lines) + "\n}"


if __name__ == "__main__":
    sys.stdout.write(released())
