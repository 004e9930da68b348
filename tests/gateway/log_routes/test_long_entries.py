"""An event that no entry bundle could hold is not kept, so what it tells of does not happen."""

import json

import pytest

from audit import store
from tests.gateway.running import Running


async def test_an_answer_whose_event_no_entry_can_hold_does_not_leave(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
    monkeypatch.setattr(store, "LONGEST_ENTRY", 600)  # a disclosure's leaf has some 700 bytes
    answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")
