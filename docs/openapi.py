"""The OpenAPI document as a file: of an application round nothing, since no route is asked anything."""

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
    """Return it as it is kept."""
    return orjson.dumps(openapi_document(), option=orjson.OPT_INDENT_2).decode() + "\n"
