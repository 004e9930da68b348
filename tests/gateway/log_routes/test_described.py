"""What the OpenAPI document says of the log's addresses."""

import json
from typing import Any

from tests.gateway.log_routes.conftest import Published
from tests.gateway.log_routes.fetching import fetch

ANSWERS: dict[str, dict[str, str | None]] = {
    "/audit/checkpoint": {"200": "text/plain", "404": None, "503": None},
    "/audit/keys": {"200": "text/plain"},
    "/audit/consistency": {"200": "application/json", "422": None, "503": None},
    "/audit/tile/{name}": {"200": "application/octet-stream", "404": None, "503": None},
    "/audit/tile/entries/{name}": {
        "200": "application/octet-stream", "401": None, "403": None, "404": None, "503": None,
    },
}  # fmt: skip


async def test_every_answer_of_the_log_is_described(sqlite_log: Published) -> None:
    document: dict[str, Any] = json.loads((await fetch(sqlite_log.url, "/api/v1/openapi.json")).body)
    paths, shared = document["paths"], document["components"]["responses"]
    for path, answers in ANSWERS.items():
        described = {
            status: shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for status, each in paths[path]["get"]["responses"].items()
        }
        assert described.keys() == answers.keys()
        for status, media_type in answers.items():
            assert described[status]["description"]
            assert list(described[status]["content"]) == [media_type or "application/problem+json"]
    assert [each["name"] for each in paths["/audit/consistency"]["get"]["parameters"]] == ["from", "to"]
    assert [each["name"] for each in paths["/audit/tile/{name}"]["get"]["parameters"]] == ["name"]
