"""Once one of the family is erased, whoever reads a decision says that its facts are gone, not that there were none."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from audit.events import ERASED, Field, Kind
from audit.read import event_named, told_of
from gateway.log.telling import bring_keys
from tests.consent.make import order
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


async def test_he_reads_in_his_own_log_that_it_was_and_not_what(gateway: Running) -> None:
    before = await gateway.call("sem", "GET", "/api/v1/me/access-log")
    assert "las iets over jou" in before.body.decode()
    await erased(gateway, "zus")
    after = (await gateway.call("sem", "GET", "/api/v1/me/access-log")).body.decode()
    assert "vroeg iets over jou. Wat er gegeven is, kunnen we niet meer zien." in after
    assert "las iets over jou. Het ging over" not in after
    [event] = [each for each in await told(gateway) if each.kind is Kind.EXCHANGE_DISCLOSED]
    assert (event.facts_gone, Field.FACTS in event.fields, Field.DECISION in event.fields) == (True, False, True)


@pytest.mark.parametrize(("category", "is_told"), [("goals", True), ("safety-report", False)])
async def test_of_a_kind_of_data_of_which_he_is_told_nothing_he_reads_nothing_then_either(
    tmp_path: Path,
    category: str,
    is_told: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    sister = {"person": "zus", "of": "sem", "relation": "sibling"}
    value = family(record={"category": category}, orders=[order()], family=[sister])
    async with running(value, tmp_path) as one:
        asked = {"categories": [category], "question": "wat is er gebeurd, en waarom"}
        assert (await one.ask("professional:jan", "sem", "supervision-order", **asked)).status == 200
        before = (await one.call("person:sem", "GET", "/api/v1/me/access-log")).body.decode()
        await erased(one, "zus")
        after = (await one.call("person:sem", "GET", "/api/v1/me/access-log")).body.decode()
        assert ['"organisation":"gi"' in each for each in (before, after)] == [is_told, is_told]
