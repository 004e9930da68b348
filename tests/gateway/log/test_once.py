"""Tickets and access reports are done once for one key, and nobody hears by it what he may not hear now."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from audit.events import Field
from gateway.log.tickets.tickets import LONGEST
from gateway.sandbox.call import Answer
from tests.gateway.log.office import LOG, found, indexed, office, second, told
from tests.gateway.running import Running

OFFICER, OTHER, REPORT = "officer", "second-officer:operator", "access-report"
CONFLICT = (409, "urn:schakel:problem:idempotency-conflict")


@pytest.fixture
async def gateway(tmp_path: Path, database_url: str) -> AsyncIterator[Running]:
    async with office(tmp_path, database_url) as one:
        await second(one, "operator")
        yield one


async def once(gateway: Running, who: str, path: str, key: str, body: dict[str, Any] | None = None) -> Answer:
    return await gateway.once(who, f"{LOG}/{path}", key, body)


async def asked(gateway: Running, key: str, **more: Any) -> Answer:
    event = (await found(gateway, OFFICER, "?actor=anna&basis=LB-01"))["events"][0]["id"]
    return await once(gateway, OFFICER, "tickets", key, {"reason": "complaint", "scope": {"event": event}} | more)


async def acts(gateway: Running, act: str) -> int:
    """Return how often the log says that this was done with a ticket, or that a report was made."""
    await indexed(gateway)
    details = [each.fields.get(Field.DETAIL, {}) for each in await told(gateway)]
    return sum(each.get("act") == act or each.get("read") == act for each in details)


def said(answer: Answer) -> dict[str, Any]:
    return dict(json.loads(answer.body))


async def test_a_ticket_is_asked_approved_and_withdrawn_once_for_one_key(gateway: Running) -> None:
    key = str(uuid4())
    first = await asked(gateway, key)
    ticket = said(first)["id"]
    assert {"request_id", "receipt"} <= said(first).keys()
    assert (await asked(gateway, key)).body == first.body
    for who, act, step in ((OTHER, "approve", "approved"), (OFFICER, "withdraw", "withdrawn")):
        before = await acts(gateway, step)
        answers = [await once(gateway, who, f"tickets/{ticket}/{act}", f"{act}-{ticket}") for _ in range(2)]
        assert ({each.status for each in answers}, len({each.body for each in answers})) == ({200}, 1)
        assert await acts(gateway, step) == before + 1
    assert (await once(gateway, OFFICER, f"tickets/{ticket}/withdraw", "another-key")).status == 403


async def test_of_two_at_once_with_one_key_there_is_one_ticket(gateway: Running) -> None:
    before, key = await acts(gateway, "asked"), str(uuid4())
    answers = await asyncio.gather(*(asked(gateway, key) for _ in range(3)))
    assert ({each.status for each in answers}, len({each.body for each in answers})) == ({200}, 1)
    assert await acts(gateway, "asked") == before + 1


async def test_a_key_of_something_else_is_a_conflict_and_does_nothing(gateway: Running) -> None:
    key = str(uuid4())
    ticket = said(await asked(gateway, key))["id"]
    before = await acts(gateway, "asked")
    for answer in (
        await asked(gateway, key, times=2),
        await once(gateway, OFFICER, f"tickets/{ticket}/withdraw", key),
        await once(gateway, OFFICER, REPORT, key, {"person": "sem"}),
    ):
        assert (answer.status, said(answer)["type"]) == CONFLICT
    assert await acts(gateway, "asked") == before


async def test_a_ticket_that_was_refused_leaves_its_key_free(gateway: Running) -> None:
    key, late = str(uuid4()), (datetime.now(UTC) + LONGEST + timedelta(hours=1)).isoformat()
    assert (await asked(gateway, key, until=late)).status == 422
    assert (await asked(gateway, key)).status == 200


@pytest.mark.parametrize("form", ["json", "pdf"])
async def test_a_report_is_made_once_for_one_key(gateway: Running, form: str) -> None:
    before, key = await acts(gateway, REPORT), str(uuid4())
    answers = [await once(gateway, OFFICER, REPORT, key, {"person": "sem", "form": form}) for _ in range(2)]
    assert ({each.status for each in answers}, {each.content_type for each in answers}) == (
        {200},
        {f"application/{form}"},
    )
    assert len({each.body for each in answers}) == 1
    assert await acts(gateway, REPORT) == before + 1


async def test_another_officer_with_the_same_key_gets_a_report_of_his_own(gateway: Running) -> None:
    before, key = await acts(gateway, REPORT), str(uuid4())
    for who in (OFFICER, OTHER):
        assert (await once(gateway, who, REPORT, key, {"person": "sem"})).status == 200
    assert await acts(gateway, REPORT) == before + 2


async def test_where_a_fact_moved_since_a_report_is_made_anew_and_is_on_record(gateway: Running) -> None:
    before, key = await acts(gateway, REPORT), str(uuid4())
    first = await once(gateway, OFFICER, REPORT, key, {"person": "sem"})
    assert (await gateway.call("sem", "POST", "/api/v1/facts/refusals", {"about": "sem"})).status == 201
    again = await once(gateway, OFFICER, REPORT, key, {"person": "sem"})
    assert (first.status, again.status, again.body == first.body) == (200, 200, False)
    assert await acts(gateway, REPORT) == before + 2


async def test_who_is_no_officer_any_more_hears_nothing_again(gateway: Running) -> None:
    key = str(uuid4())
    for path, body in (("tickets", {"reason": "complaint", "scope": {"person": "sem"}}), (REPORT, {"person": "sem"})):
        answer = await once(gateway, "anna", path, key, body)
        assert answer.status == 403
