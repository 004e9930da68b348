"""Who is silenced, by whom, until when: a list, an end, nobody himself, and no row that an officer did not say."""

from datetime import date

import pytest
from sqlalchemy import text

from audit.events import EventOutcome, Field, Kind
from gateway.database.engine import write_transaction
from gateway.signals.pseudonyms import Pseudonyms
from schemas.calendar import local_day
from tests.gateway.log.office import second
from tests.gateway.signals.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICER = "officer:team-noord"


def today(house: House) -> date:
    return local_day(house.committer.log.now())


def said(house: House, **changes: str | None) -> dict[str, str | None]:
    """Return an explanation of five refusals of somebody new."""
    given = {"rule": "SG-04", "organisation": "team-noord", "until": str(today(house)), "because": "storing"}
    return given | changes


async def refused(house: House, account: str) -> str:
    """Have an account refused five times; return its pseudonym."""
    await house.happened(5, account=account, kind=Kind.EXCHANGE_DENIED)
    return await Pseudonyms(house.committer.facts.keys).of_account("team-noord", "professional", account)


async def accounts(house: House, rule: str = "SG-04") -> set[str]:
    return {each["account"] for each in (await house.get(OFFICER))["signals"] if each["rule"] == rule}


async def test_a_colleague_reads_who_is_silenced_and_ends_it_now(house: House) -> None:
    account = await refused(house, "hugo")
    kept = await house.post(OFFICER, "explained", said(house, account=account))
    assert account not in await accounts(house)
    [shown] = (await house.get(OFFICER, "/explained"))["explained"]
    assert shown == {
        "id": kept["id"], "rule": "SG-04", "organisation": "team-noord", "account": account, "person": None,
        "until": str(today(house)), "officers": [house.running.credentials.named(OFFICER).login.id], "counts": True,
    }  # fmt: skip
    assert (await house.events(Kind.LOG_READ))[-1].fields[Field.DETAIL] == {"read": "signals.explained"}
    assert (await house.get("officer:ggz-west", "/explained"))["explained"] == []
    other = await second(house.running, "team-noord")
    ended = await house.post(other, f"explained/{kept['id']}/end", {})
    assert account in await accounts(house)
    assert (await house.get(OFFICER, "/explained"))["explained"] == []
    last = (await house.events(Kind.CONFIG_CHANGED))[-1]
    assert (last.request_id, last.fields[Field.DETAIL]["explained"]) == (ended["request_id"], kept["id"])
    await house.post(other, f"explained/{kept['id']}/end", {}, status=403)  # it is over


async def test_another_institutions_officer_ends_nothing_and_the_try_is_an_event(house: House) -> None:
    account = await refused(house, "iris")
    kept = await house.post(OFFICER, "explained", said(house, account=account))
    told = await house.post("officer:ggz-west", f"explained/{kept['id']}/end", {}, status=403)
    last = (await house.events(Kind.CONFIG_CHANGED))[-1]
    assert (last.request_id, last.outcome) == (told["request_id"], EventOutcome.DENY)
    assert account not in await accounts(house)


@pytest.mark.parametrize(("given", "kept"), [("0" * 8, ""), ("00000000-0000-4000-8000-000000000000", None)])
async def test_an_explanation_that_is_not_there_is_not_ended_and_the_try_is_an_event(
    house: House, given: str, kept: str | None
) -> None:
    told = await house.post(OFFICER, f"explained/{given}/end", {}, status=403)
    last = (await house.events(Kind.CONFIG_CHANGED))[-1]
    assert (last.request_id, last.outcome) == (told["request_id"], EventOutcome.DENY)
    assert last.fields[Field.DETAIL]["explained"] == (given if kept is None else kept)


async def test_nobody_silences_a_rule_about_himself_and_the_try_is_an_event(house: House) -> None:
    account = await refused(house, "jan-who-is-officer-too")
    own = await second(house.running, "team-noord", login="jan-who-is-officer-too")
    told = await house.post(own, "explained", said(house, account=account), status=409)
    assert told["type"].endswith("own-review")
    last = (await house.events(Kind.CONFIG_CHANGED))[-1]
    assert (last.request_id, last.outcome) == (told["request_id"], EventOutcome.DENY)
    assert account in await accounts(house)


async def test_a_team_is_silent_from_the_second_officer_on(house: House) -> None:
    await house.happened(3, account="kim", kind=Kind.EMERGENCY_OPENED)
    team = said(house, rule="SG-06", account=None)
    first = await house.post(OFFICER, "explained", team)
    await house.post(OFFICER, "explained", team)
    assert None in await accounts(house, "SG-06")
    [shown] = [each for each in (await house.get(OFFICER, "/explained"))["explained"] if each["rule"] == "SG-06"]
    assert (shown["counts"], len(shown["officers"])) == (False, 1)
    await house.post(await second(house.running, "team-noord"), "explained", team)
    assert None not in await accounts(house, "SG-06")
    assert first["explained_until"] == str(today(house))


COLUMNS = "rule, organisation, account, person, until, sealed, event_id"
COPY = f"INSERT INTO signal_explained ({COLUMNS}) SELECT {COLUMNS} FROM signal_explained WHERE event_id = :id"  # noqa: S608 - our own names


async def write(house: House, statement: str, **given: str) -> None:
    async with write_transaction(house.committer.engine) as connection:
        await connection.execute(text(statement), given)


async def test_a_row_that_no_officer_said_silences_nothing(house: House) -> None:
    account, other = await refused(house, "lena"), await refused(house, "mats")
    kept = await house.post(OFFICER, "explained", said(house, account=account))
    row = kept["id"].replace("-", "")
    for event_id in ("event_id", f"'{'0' * 32}'"):
        forged = COPY.replace("SELECT rule, organisation, account", "SELECT rule, organisation, :other")
        await write(house, forged.replace("sealed, event_id FROM", f"sealed, {event_id} FROM"), other=other, id=row)
    assert other in await accounts(house)


async def test_a_row_that_was_ended_and_is_put_there_once_more_silences_nothing(house: House) -> None:
    account = await refused(house, "nina")
    kept = await house.post(OFFICER, "explained", said(house, account=account))
    await house.post(OFFICER, f"explained/{kept['id']}/end", {})
    await write(house, COPY, id=kept["id"].replace("-", ""))
    assert account in await accounts(house)


async def test_a_row_that_somebody_changed_silences_nothing(house: House) -> None:
    account, other = await refused(house, "otto"), await refused(house, "puck")
    kept = await house.post(OFFICER, "explained", said(house, account=account))
    await write(house, "DROP TRIGGER signal_explained_no_update")
    changed = "UPDATE signal_explained SET account = :other WHERE event_id = :id"
    await write(house, changed, other=other, id=kept["id"].replace("-", ""))
    assert {account, other} <= await accounts(house)


async def test_rows_put_into_the_table_switch_no_rule_off(house: House) -> None:
    await refused(house, "nora")
    event = (await house.events(Kind.LOG_READ))[-1].id.replace("-", "")
    async with write_transaction(house.committer.engine) as connection:
        for officer, event_id in (("eva", "1" * 32), ("olaf", event)):
            row = {"officer": officer, "event": event_id}
            await connection.execute(
                text("INSERT INTO signal_word (rule, officer, off, event_id) VALUES ('SG-04', :officer, 1, :event)"),
                row,
            )
    assert await accounts(house)
    code, told = await house.type("switch", "SG-04", "off", "--because", "drill")
    assert (code, told.startswith("recorded: 1 of 2")) == (0, True)
    assert (await house.type("switch", "SG-04", "on", "--because", "drill is over"))[0] == 0


@pytest.mark.parametrize("what", ["", "/explained"])
async def test_a_weak_login_is_shown_no_signals_and_the_try_is_an_event(house: House, what: str) -> None:
    weak = await second(house.running, "team-noord", trusted=False)
    told = await house.get(weak, what, status=403)
    last = (await house.events(Kind.LOG_READ))[-1]
    assert (last.request_id, last.outcome) == (told["request_id"], EventOutcome.DENY)


@pytest.mark.parametrize("what", ["explained", "review"])
async def test_a_weak_login_changes_nothing_and_the_try_is_an_event(house: House, what: str) -> None:
    weak = await second(house.running, "team-noord", trusted=False)
    body = said(house, account="0" * 32) if what == "explained" else {
        "rule": "SG-04", "organisation": "team-noord", "account": "0" * 32
    }  # fmt: skip
    told = await house.post(weak, what, body, status=403)
    kind = Kind.CONFIG_CHANGED if what == "explained" else Kind.LOG_UNMASKED
    last = (await house.events(kind))[-1]
    assert (last.request_id, last.outcome) == (told["request_id"], EventOutcome.DENY)
