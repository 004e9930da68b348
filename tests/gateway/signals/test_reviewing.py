"""A review of a signal: it says what was seen, nobody who acted in it judges it, and of one signal there is one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from audit.events import Field, Kind
from gateway.reviews.items import is_excluded, mark
from gateway.reviews.tables import review_item
from gateway.signals.pseudonyms import Pseudonyms
from tests.gateway.signals.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICER = "officer:team-noord"


async def body(house: House, account: str | None, rule: str = "SG-04") -> dict[str, Any]:
    pseudonyms = Pseudonyms(house.committer.facts.keys)
    hidden = None if account is None else await pseudonyms.of_account("team-noord", "professional", account)
    return {"rule": rule, "organisation": "team-noord", "account": hidden}


async def test_it_tells_its_judge_what_was_seen_and_names_nobody(house: House) -> None:
    await house.happened(5, account="noor", kind=Kind.EXCHANGE_DENIED)
    told = await house.post(OFFICER, "review", await body(house, "noor"))
    opened = (await house.events(Kind.REVIEW_OPENED))[-1].fields[Field.DETAIL]
    assert opened["item"] == told["review"]
    because = opened["because"]
    assert {name: because[name] for name in ("rule", "count", "normal")} == {"rule": "SG-04", "count": 5, "normal": 0}
    assert because["title"]["en"] == "Refused again and again"
    assert because["since"] < because["until"]
    assert len(because["events"]) == 5
    assert "noor" not in str(because)


async def test_nobody_who_acted_in_any_of_its_events_judges_it(house: House) -> None:
    for account in ("olga", "pim", "quinten"):
        await house.happened(1, account=account, kind=Kind.EMERGENCY_OPENED)
    told = await house.post(OFFICER, "review", await body(house, None, "SG-06"))
    keys = house.committer.facts.keys
    opener = house.running.credentials.named(OFFICER).login.id
    async with house.committer.engine.connect() as connection:
        excluded = {
            each: await is_excluded(connection, told["review"], await mark(keys, told["review"], each))
            for each in ("olga", "pim", "quinten", opener, "somebody-else")
        }
    assert excluded == {"olga": True, "pim": True, "quinten": True, opener: True, "somebody-else": False}


async def test_of_one_signal_there_is_one_review_though_more_came_to_it_and_of_another_rule_another(
    house: House,
) -> None:
    await house.happened(5, account="ria", kind=Kind.EXCHANGE_DENIED)
    await house.happened(20, account="ria")
    first = await house.post(OFFICER, "review", await body(house, "ria"))
    await house.happened(1, account="ria", kind=Kind.EXCHANGE_DENIED)
    again = await house.post(OFFICER, "review", await body(house, "ria"))
    other = await house.post(OFFICER, "review", await body(house, "ria", "SG-01"))
    assert first["review"] is not None
    assert again["review"] is None
    assert other["review"] is not None


async def test_of_several_signals_of_one_rule_the_one_that_is_named_is_reviewed(house: House) -> None:
    for days, count in ((4, 5), (0, 6)):
        await house.happened(count, account="sara", kind=Kind.EXCHANGE_DENIED, ago=timedelta(days=days))
    asked = await body(house, "sara")
    shown = [each for each in (await house.get(OFFICER))["signals"] if each["account"] == asked["account"]]
    assert [each["count"] for each in shown] == [5, 6]
    for each in shown:
        told = await house.post(OFFICER, "review", {**asked, "first": each["first"]})
        async with house.committer.engine.connect() as connection:
            event = select(review_item.c.event).where(review_item.c.id == told["review"])
            assert (await connection.execute(event)).scalar_one() == each["events"][-1]
    await house.post(OFFICER, "review", {**asked, "first": "2026-01-01T00:00:00+01:00"}, status=422)
