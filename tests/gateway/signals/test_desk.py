"""The desk of signals over HTTP: who sees what, by which name, and what is on record before he does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from audit.events import EventOutcome, Field, Kind
from gateway.database.engine import write_transaction
from gateway.signals.pseudonyms import Pseudonyms
from schemas.calendar import local_day
from tests.gateway.signals.conftest import House, monday_noon

pytestmark = pytest.mark.asyncio(loop_scope="module")


def today(house: House) -> date:
    return local_day(house.committer.log.now())


async def test_a_real_look_on_a_consent_needs_no_fact_of_help(house: House) -> None:
    assert (await house.running.ask("anna", "sem", "coordinate-plan")).status == 200
    told = await house.get("officer:team-noord")
    assert told["looked"] == 1
    assert "SG-03" not in {each["rule"] for each in told["signals"]}


async def test_a_look_without_a_fact_of_help_is_told_by_pseudonym_and_with_its_reason(house: House) -> None:
    await house.happened(1, account="anna", person="sem", facts={})
    told = await house.get("officer:team-noord")
    [signal] = [each for each in told["signals"] if each["rule"] == "SG-03"]
    assert signal["why"]["nl"].startswith("Een medewerker van team-noord keek 1 keer bij een gezin")
    assert len(signal["account"]) == 32
    assert len(signal["persons"]) == 1
    assert "anna" not in str(told)
    assert "sem" not in str(told)
    assert {each["rule"] for each in told["unable"]} == {"SG-02", "SG-05"}
    assert told["says"]["en"].endswith("events with 6 rules.")


async def test_it_is_on_record_that_an_officer_looked(house: House) -> None:
    told = await house.get("officer:team-noord")
    last = (await house.events(Kind.LOG_READ))[-1]
    assert last.request_id == told["request_id"]
    assert last.fields[Field.DETAIL]["read"] == "signals"
    assert last.outcome is EventOutcome.OK


async def test_an_officer_of_another_institution_sees_nothing_of_it_and_the_gateways_own_all(house: House) -> None:
    assert (await house.get("officer:ggz-west"))["signals"] == []
    assert (await house.get("officer:ggz-west"))["looked"] == 0
    assert "SG-03" in await house.rules_seen("officer")


@pytest.mark.parametrize("who", ["anna", "sem"])
async def test_who_is_no_officer_is_refused_and_that_is_an_event(house: House, who: str) -> None:
    told = await house.get(who, status=403)
    last = (await house.events(Kind.LOG_READ))[-1]
    assert (last.request_id, last.outcome) == (told["request_id"], EventOutcome.DENY)


@pytest.mark.parametrize(
    "query",
    [
        "?since=2026-13-01",
        "?since=20261101",
        "?since=1969-12-31",
        "?until=9999-12-31",
        "?since=2026-11-02&until=2026-11-01",
        "?since=2026-01-01&until=2026-11-01",
        "?since=2026-11-01&since=2026-11-02",
        "?person=sem",
    ],
)
async def test_a_period_that_cannot_be_looked_at_is_named(house: House, query: str) -> None:
    told = await house.get("officer", query, status=422)
    assert [each["path"] for each in told["errors"]]
    assert "sem" not in str(told)


async def test_the_ends_of_time_are_looked_at_without_harm(house: House) -> None:
    assert (await house.get("officer", "?since=1970-01-01&until=1970-01-08"))["looked"] == 0
    assert (await house.get("officer", "?since=9998-12-01&until=9998-12-31"))["looked"] == 0


async def test_volume_is_held_against_the_weeks_before(house: House) -> None:
    noon = monday_noon(house.committer.log.now())
    for week in (1, 2, 3):
        await house.happened(5, ago=timedelta(days=7 * week, hours=1))
    await house.happened(40, ago=min(noon, timedelta(days=6)))
    signal = await house.signal("officer:team-noord", "SG-01")
    assert signal["why"]["nl"] == "Een medewerker van team-noord keek 40 keer in een week. Normaal is dat 5 keer."


async def test_an_explanation_silences_one_pair_until_its_day_and_is_an_event(house: House) -> None:
    await house.happened(1, account="carla", person="sem", facts={})
    await house.happened(1, account="dirk", person="sem", facts={})
    before = [each for each in (await house.get("officer:team-noord"))["signals"] if each["rule"] == "SG-03"]
    one = before[0]
    said = {"rule": "SG-03", "organisation": "team-noord", "account": one["account"], "because": "achterwacht"}
    said |= {"person": one["persons"][0]}
    told = await house.post("officer:team-noord", "explained", {**said, "until": str(today(house))})
    after = [each for each in (await house.get("officer:team-noord"))["signals"] if each["rule"] == "SG-03"]
    assert [each["account"] for each in after] == [each["account"] for each in before[1:]]
    last = (await house.events(Kind.CONFIG_CHANGED))[-1]
    assert last.request_id == told["request_id"]
    assert last.fields[Field.JUSTIFICATION] == "achterwacht"
    assert last.fields[Field.DETAIL]["account"] == one["account"]


async def test_an_explanation_may_name_the_person_and_two_of_them_add_up(house: House) -> None:
    await house.happened(1, account="els", person="sem", facts={}, organisation="ggz-west")
    await house.happened(1, account="els", person="zus", facts={}, organisation="ggz-west")
    signal = await house.signal("officer:ggz-west", "SG-03", "ggz-west")
    assert signal["count"] == len(signal["persons"]) == 2
    said = {"rule": "SG-03", "organisation": "ggz-west", "account": signal["account"], "because": "waarneming"}
    for left, person in ((1, signal["persons"][0]), (0, signal["persons"][1])):
        until = str(today(house) + timedelta(days=366))
        await house.post("officer:ggz-west", "explained", {**said, "person": person, "until": until})
        told = await house.get("officer:ggz-west")
        assert sum(each["count"] for each in told["signals"] if each["rule"] == "SG-03") == left
        assert told["explained"] == 2 - left


async def test_an_explanation_never_counts_for_ever_nor_backwards(house: House) -> None:
    said = {"rule": "SG-03", "organisation": "team-noord", "account": "0" * 32, "person": "1" * 32, "because": "x"}
    for until in (today(house) + timedelta(days=367), today(house) - timedelta(days=1), date(9999, 12, 31)):
        told = await house.post("officer", "explained", {**said, "until": str(until)}, status=422)
        assert [each["path"] for each in told["errors"]] == ["until"]
    for wrong in ({"account": None}, {"rule": "SG-99"}, {"because": " "}, {"until": "never"}, {"account": "anna"}):
        body = {**said, "until": str(today(house)), **wrong}
        assert (await house.post("officer", "explained", body, status=422))["errors"]


@pytest.mark.parametrize("rule", ["SG-01", "SG-04", "SG-05", "SG-06"])
async def test_one_that_names_no_person_holds_a_month_at_most(house: House, rule: str) -> None:
    account = None if rule == "SG-06" else "0" * 32
    said = {"rule": rule, "organisation": "team-noord", "account": account, "because": "x"}
    told = await house.post(
        "officer", "explained", {**said, "until": str(today(house) + timedelta(days=32))}, status=422
    )
    assert [each["path"] for each in told["errors"]] == ["until"]
    kept = await house.post("officer", "explained", {**said, "until": str(today(house) + timedelta(days=31))})
    await house.post("officer", f"explained/{kept['id']}/end", {})


@pytest.mark.parametrize("rule", ["SG-02", "SG-03"])
async def test_a_rule_about_a_pair_is_explained_for_a_pair_only(house: House, rule: str) -> None:
    said = {"rule": rule, "organisation": "team-noord", "account": "0" * 32, "because": "x"}
    told = await house.post("officer", "explained", {**said, "until": str(today(house))}, status=422)
    assert [each["path"] for each in told["errors"]] == ["person"]


async def test_nobody_explains_a_refusal_by_person(house: House) -> None:
    said = {"rule": "SG-04", "organisation": "team-noord", "account": "0" * 32, "person": "1" * 32, "because": "x"}
    told = await house.post("officer", "explained", {**said, "until": str(today(house))}, status=422)
    assert [each["path"] for each in told["errors"]] == ["person"]


@pytest.mark.parametrize("kind", [Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED])
async def test_refusals_tell_an_institution_nobodys_name_whether_they_wait_or_not(house: House, kind: Kind) -> None:
    account = f"asks-{kind.value.replace('.', '-')}"
    await house.happened(5, account=account, person="sem", kind=kind, organisation="ggz-west")
    everything = await house.get("officer")
    own = await house.get("officer:ggz-west")
    pseudonym = await Pseudonyms(house.committer.facts.keys).of_account("ggz-west", "professional", account)
    [whole], [shown] = (
        [each for each in told["signals"] if (each["rule"], each["account"]) == ("SG-04", pseudonym)]
        for told in (everything, own)
    )
    assert (whole["count"], len(whole["persons"])) == (5, 1)
    assert shown == {**whole, "persons": []}
    reviewed = await house.post(
        "officer:ggz-west", "review", {"rule": "SG-04", "organisation": "ggz-west", "account": pseudonym}
    )
    opened = (await house.events(Kind.REVIEW_OPENED))[-1]
    assert opened.fields[Field.DETAIL]["item"] == reviewed["review"]
    assert (opened.person, opened.fields.get(Field.SUBJECT)) == (None, None)
    because = opened.fields[Field.DETAIL]["because"]
    assert (because["rule"], because["count"], len(because["events"])) == ("SG-04", 5, 5)


@pytest.mark.parametrize("who", ["officer:ggz-west", "anna"])
@pytest.mark.parametrize(("what", "kind"), [("explained", Kind.CONFIG_CHANGED), ("review", Kind.LOG_UNMASKED)])
async def test_what_is_another_institutions_is_neither_explained_nor_reviewed_and_the_try_is_an_event(
    house: House, who: str, what: str, kind: Kind
) -> None:
    signal = await house.signal("officer", "SG-01")
    body = {"rule": "SG-01", "organisation": "team-noord", "account": signal["account"]}
    if what == "explained":
        body |= {"until": str(today(house)), "because": "x"}
    told = await house.post(who, what, body, status=403)
    last = (await house.events(kind))[-1]
    assert (last.request_id, last.outcome) == (told["request_id"], EventOutcome.DENY)
    assert "SG-01" in await house.rules_seen("officer")


async def test_a_review_names_who_it_is_about_and_that_is_on_record(house: House) -> None:
    signal = await house.signal("officer:team-noord", "SG-01")
    body = {"rule": "SG-01", "organisation": "team-noord", "account": signal["account"]}
    told = await house.post("officer:team-noord", "review", body)
    assert told["account"] == {"form": "professional", "id": "bram", "role": "youth-professional"}
    unmasked = (await house.events(Kind.LOG_UNMASKED))[-1]
    assert unmasked.request_id == told["request_id"]
    assert unmasked.fields[Field.DETAIL]["review"] == told["review"]
    assert (await house.events(Kind.REVIEW_OPENED))[-1].seq is not None
    again = await house.post("officer:team-noord", "review", body)
    assert again["review"] is None  # it is there already


async def test_a_signal_that_nobody_sees_is_not_reviewed(house: House) -> None:
    body = {"rule": "SG-01", "organisation": "team-noord", "account": "0" * 32}
    await house.post("officer:team-noord", "review", body, status=422)
    past = {"since": "2026-01-01", "until": "2026-01-08"}
    signal = await house.signal("officer:team-noord", "SG-01")
    await house.post("officer:team-noord", "review", body | past | {"account": signal["account"]}, status=422)


async def test_looks_at_who_was_erased_are_still_counted_and_said_to_be_unseen(house: House) -> None:
    await house.happened(1, account="fien", person="moeder", facts={}, organisation="politie", role="police-officer")
    assert await house.rules_seen("officer:politie") >= {"SG-03"}
    async with write_transaction(house.committer.engine) as connection:
        await connection.execute(text("DELETE FROM person_key WHERE person = 'moeder'"))
    told = await house.get("officer:politie")
    assert told["looked"] == 1
    assert "SG-03" not in {each["rule"] for each in told["signals"]}
    [unable] = [each for each in told["unable"] if each["rule"] == "SG-03"]
    assert unable["why"]["en"] == "It could not look 1 time: the facts were erased or cannot be read."


async def test_where_the_log_keeps_nothing_nothing_is_seen(house: House) -> None:
    house.committer.health.broken = True
    try:
        await house.get("officer", status=503)
        await house.post("officer", "explained", {"rule": "SG-06", "organisation": "team-noord", "because": "x"}
                         | {"until": str(today(house))}, status=503)  # fmt: skip
    finally:
        house.committer.health.broken = False


@pytest.mark.parametrize("statement", ["UPDATE signal_explained SET until = '2030-01-01'", "DELETE FROM signal_word"])
async def test_what_was_explained_or_switched_is_never_changed(house: House, statement: str) -> None:
    async with write_transaction(house.committer.engine) as connection:
        await connection.execute(
            text(
                "INSERT INTO signal_word (rule, officer, off, event_id)"
                " VALUES ('SG-00', 'x', 0, '00000000000000000000000000000000')"
            )
        )
    with pytest.raises(SQLAlchemyError, match="append-only"):
        async with write_transaction(house.committer.engine) as connection:
            await connection.execute(text(statement))
