"""Once one of the family is erased, whoever reads a decision says that its facts are gone, not that there were none."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from audit.events import ERASED, Field, Kind
from audit.read import event_named, told_of
from gateway.log.telling import bring_keys
from tests.consent.make import authority, order
from tests.consent.make import world as family
from tests.gateway.behind import erased
from tests.gateway.log.office import LOG, office, second, told
from tests.gateway.running import Running, running


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with office(tmp_path) as one:
        await second(one, "operator")
        yield one


async def disclosed(gateway: Running) -> str:
    [event] = [each.id for each in await told(gateway) if each.kind is Kind.EXCHANGE_DISCLOSED]
    return event


async def test_an_exchange_needs_the_keys_of_all_of_the_family_of_whom_its_facts_say_anything(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    async with committer.engine.connect() as connection:
        entry = await event_named(connection, await disclosed(gateway))
        assert entry is not None
        await bring_keys(committer, connection, [entry])
    assert (entry.person, told_of(committer.sealer, entry)) == ("sem", ("moeder", "zus"))


async def test_content_names_all_that_went_with_the_brother_or_sister_and_of_which_it_shows_what_is_left(
    gateway: Running,
) -> None:
    event = await disclosed(gateway)
    for person, gone in ((None, []), ("zus", ["answer", "decision", "facts"])):
        if person is not None:
            await erased(gateway, person)
        asked = {"reason": "complaint", "scope": {"event": event}}
        name = json.loads((await gateway.call("officer", "POST", f"{LOG}/tickets", asked)).body)["id"]
        await gateway.call("second-officer:operator", "POST", f"{LOG}/tickets/{name}/approve")
        answer = await gateway.call("officer", "POST", f"{LOG}/{event}/content", {"ticket": name})
        opened = json.loads(answer.body)
        assert (answer.status, opened["gone"], "facts" in opened["content"]) == (200, gone, not gone)
        assert opened["content"]["subject"] == "sem"
        # What is left of a decision is shown, and it is said that it is no more than that.
        assert (opened["content"]["decision"]["facts_digest"] == ERASED) == bool(gone)


async def test_he_reads_in_his_own_log_what_he_read_before(gateway: Running) -> None:
    before = await lines_of(gateway, "sem", "team-noord")
    assert "las iets over jou" in str(before)
    await erased(gateway, "zus")
    assert await lines_of(gateway, "sem", "team-noord") == before
    [event] = [each for each in await told(gateway) if each.kind is Kind.EXCHANGE_DISCLOSED]
    assert (event.facts_gone, Field.FACTS in event.fields, Field.DECISION in event.fields) == (True, False, True)


@pytest.mark.parametrize(
    ("record", "is_told"),
    [
        ({}, True),
        ({"confidential_from": ["zus"]}, True),
        ({"category": "safety-report"}, False),
        ({"about": ["moeder"]}, False),
        ({"about": ["moeder", "sem"]}, True),
        ({"source": "third-party"}, False),
        ({"confidential_from": ["sem"]}, False),
    ],
)
async def test_of_what_was_not_about_him_or_kept_from_him_he_reads_nothing_then_either(
    tmp_path: Path,
    record: dict[str, Any],
    is_told: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    sister = {"person": "zus", "of": "sem", "relation": "sibling"}
    value = family(record=record, orders=[order()], family=[sister], authority=[authority("moeder")])
    async with running(value, tmp_path) as one:
        asked = {"categories": [record.get("category", "goals")], "question": "wat is er gebeurd, en waarom"}
        assert (await one.ask("professional:jan", "sem", "supervision-order", **asked)).status == 200
        before = await lines_of(one, "person:sem", "gi")
        assert bool(before) == is_told
        await erased(one, "zus")
        assert await lines_of(one, "person:sem", "gi") == before


async def lines_of(one: Running, who: str, organisation: str) -> list[dict[str, Any]]:
    """Return the lines that `who` reads in his own log of those who work at `organisation`."""
    answer = await one.call(who, "GET", "/api/v1/me/access-log")
    assert answer.status == 200, answer.body
    lines = [line for day in json.loads(answer.body)["days"] for line in day["lines"]]
    return [line for line in lines if line["organisation"] == organisation]
