"""Asking, and having a past decision made again over HTTP."""

import json
from typing import Any

from tests.gateway.running import Running

SAME: dict[str, Any] = {"result": "same", "members": [], "facts": [], "fault": None}


async def asked(gateway: Running, who: str = "anna", person: str = "sem", **more: Any) -> str:
    answer = await gateway.ask(who, person, "coordinate-plan", **more)
    request_id: str = json.loads(answer.body)["request_id"]
    return request_id


async def replayed(gateway: Running, request_id: str, who: str = "officer") -> dict[str, Any]:
    answer = await gateway.call(who, "POST", f"/api/v1/decisions/{request_id}/replay")
    assert answer.status == 200, answer.body
    body: dict[str, Any] = json.loads(answer.body)
    return body


async def assert_same(gateway: Running, request_id: str) -> None:
    told = await replayed(gateway, request_id)
    assert (told["event"], told["store"]) == (SAME, SAME)
