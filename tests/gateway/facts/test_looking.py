"""Who looks at what is known of somebody: for whom it is, no more than he needs, and never without a trace."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.consent.make import authority
from tests.gateway.facts.desk import Said
from tests.gateway.facts.household import SEEN, Household, by, household_at
from tests.gateway.facts.test_rows_of_family import ASSISTED, FINDING, GUARDIAN, YES
from tests.gateway.facts.test_rows_of_help import JOINT, MANDATE, ORDER
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Household]:
    async with household_at(database_url) as made:
        yield made


async def look(house: Household, name: str, person: str = "sem", query: str = "") -> Said:
    return await house.desk.get(person, query, by=by(name))


async def ids(house: Household, name: str, person: str = "sem", query: str = "") -> set[str]:
    answer = await look(house, name, person, query)
    assert answer.status == 200, answer.body
    return {each["id"] for each in answer.body["facts"]}


async def fact_of(house: Household, name: str, fact: str) -> dict[str, Any]:
    [found] = [each for each in (await look(house, name)).body["facts"] if each["id"] == fact]
    return dict(found)


async def test_the_person_sees_what_was_recorded_about_him_and_as_whose_word(either: Household) -> None:
    fact = await either.told("teacher who helps", "consents", {**YES, **ASSISTED})
    told = await fact_of(either, "youth", fact)
    assert (told["section"], told["fields"]["given_by"], told["needs"]) == ("consents", "mara", ["identity_verified"])
    assert told["recorded_by"] == {"organisation": "school", "form": "professional"}
    assert abs(datetime.fromisoformat(told["recorded_at"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert "tom" not in str(told)


async def test_what_is_about_another_in_the_family_is_not_shown(house: Household) -> None:
    about_mother = await house.told("helper", "family", {"person": "sem", "of": "mara", "relation": "child"})
    assert about_mother not in await ids(house, "youth")
    assert {"mara", "oom"} & {each["id"] for each in (await look(house, "youth")).body["facts"]} == set()
    assert (await look(house, "youth", "mara")).status == 403


@pytest.mark.parametrize(
    "name",
    ["uncle", "stranger", "another institution", "mentor", "another mentor", "board", "municipality", "foster care"],
)
async def test_for_whom_it_is_not_it_is_as_if_there_were_nobody(house: Household, name: str) -> None:
    answer, nobody = await look(house, name), await look(house, name, "nobody")
    assert (answer.status, nobody.status) == (403, 403)
    assert answer.raw.replace(answer.body["request_id"].encode(), b"") == nobody.raw.replace(
        nobody.body["request_id"].encode(), b""
    )


async def test_looking_is_on_record_before_anybody_sees(either: Household) -> None:
    for name, outcome in (("youth", "ok"), ("uncle", "deny")):
        answer = await look(either, name)
        [(event, told)] = await either.desk.events(answer.body["request_id"])
        assert (event.leaf_json["kind"], event.leaf_json["outcome"]) == ("log.read", outcome)
        assert (told["subject"], told["detail"]["read"]) == ("sem", "facts")
    assert (await either.desk.events_about("sem")).count("log.read") == 2


async def test_a_helper_sees_what_is_his_and_what_waits_for_him(house: Household) -> None:
    mine = await house.told("helper", "authority", GUARDIAN)
    wish = await house.told("mother", "consents", YES)
    no = await house.told("youth", "refusals", {"about": "sem"})
    finding = await house.told("second helper", "capacity", FINDING)
    assert mine in await ids(house, "colleague of the helper")
    seen = await ids(house, "teacher who helps")
    assert mine in seen  # he may confirm it
    assert wish in seen  # his school receives
    assert not {no, finding, "ots"} & seen
    await house.told("second helper", f"authority/{mine}/confirm", SEEN)
    assert mine not in await ids(house, "teacher who helps")
    assert finding in await ids(house, "second helper")


async def test_a_parent_sees_where_her_child_stands_and_what_she_said_herself(house: Household) -> None:
    mine = await house.told("mother", "consents", YES)
    mandate = await house.told("youth", "mandates", MANDATE)
    hidden = {
        await house.told("youth", "refusals", {"about": "sem", "recipients": ["mara"]}),
        await house.told("youth", "consents", YES),
        await house.told("second helper", "capacity", FINDING),
        await house.told("stranger", "involvements", {"kind": "help", "about": "sem"}),
        await house.told("helper", "involvements", JOINT),
        await house.told("helper", "considered_wishes", {"youth": "sem", "recipients": ["school"]}),
        await house.told("helper", "family", {"person": "tante", "of": "sem", "relation": "aunt"}),
    }
    seen = await ids(house, "mother")
    assert {mine, mandate, "g1", "ots"} <= seen
    assert (await fact_of(house, "mother", mine))["recorded_by"] == {"organisation": "person", "form": "person"}
    assert not hidden & seen
    assert not any(name.startswith("hulp-") for name in seen)


async def test_a_parent_is_not_told_by_whom_who_helps_her_child_recorded_it(house: Household) -> None:
    # Who helps a child tells where he is, and so does who wrote down who may choose for him.
    theirs = await house.told("helper", "authority", GUARDIAN)
    order = await house.told("executor", "orders", ORDER)
    for name, organisation in (("mother", None), ("youth", "team")):
        told = (await fact_of(house, name, theirs))["recorded_by"]
        assert told == {"organisation": organisation, "form": "professional"}
        assert (await fact_of(house, name, order))["recorded_by"]["organisation"] == "gi"  # it carries it out


async def test_that_the_board_wrote_something_down_is_told_to_the_youth_no_more_than_in_his_log(
    house: Household,
) -> None:
    for name, organisation in (("board", None), ("executor", "gi")):
        order = await fact_of(house, "youth", await house.told(name, "orders", ORDER))
        assert order["recorded_by"] == {"organisation": organisation, "form": "professional"}


async def test_that_a_parent_could_not_be_reached_is_told_to_no_other(tmp_path: Path) -> None:
    both = [authority("moeder"), authority("vader", unreachable_attempts=3)]
    async with running(world_of_basis("LB-06", authority=both), tmp_path) as gateway:
        for name, attempts in (("vader", [3]), ("moeder", [])):
            answer = await gateway.call(name, "GET", "/api/v1/persons/sem/facts")
            told = [each["fields"] for each in json.loads(answer.body)["facts"] if each["id"] == "a-vader"]
            assert [each["unreachable_attempts"] for each in told if "unreachable_attempts" in each] == attempts


async def test_a_parent_sees_of_a_mandate_that_she_agreed_and_not_that_another_did(house: Household) -> None:
    theirs = {"holder": "oom", "over": "sem", "kind": "parental", "since": "2026-01-01"}
    await house.told("second helper", f"authority/{await house.told('helper', 'authority', theirs)}/confirm", SEEN)
    mandate = await house.told("youth", "mandates", MANDATE)
    for name in ("uncle", "mother"):
        await house.told(name, f"mandates/{mandate}/confirm", {"field": "parent_agreements"})

    async def agreed(name: str) -> list[str]:
        return [each["by"] for each in (await fact_of(house, name, mandate))["fields"].get("parent_agreements", [])]

    assert [await agreed(name) for name in ("youth", "mother", "uncle")] == [["oom", "mara"], ["mara"], ["oom"]]


async def test_that_another_parent_agreed_is_told_neither_by_what_a_mandate_needs_nor_to_who_agrees(
    house: Household,
) -> None:
    theirs = {"holder": "oom", "over": "sem", "kind": "parental", "since": "2026-01-01"}
    await house.told("second helper", f"authority/{await house.told('helper', 'authority', theirs)}/confirm", SEEN)
    mandate = await house.told("youth", "mandates", MANDATE)
    before = await fact_of(house, "mother", mandate)
    agrees = {"field": "parent_agreements"}
    await house.told("uncle", f"mandates/{mandate}/confirm", agrees)
    assert await fact_of(house, "mother", mandate) == before
    assert "parent_agreements" in before["needs"]
    answer = await house.say("mother", f"mandates/{mandate}/confirm", agrees)
    assert [each["by"] for each in answer.body["parent_agreements"]] == ["mara"]
    assert "parent_agreements" not in (await fact_of(house, "mother", mandate))["needs"]


async def test_a_parent_sees_who_else_may_choose_and_not_that_somebody_disputes_it(house: Household) -> None:
    theirs = await house.told("helper", "authority", GUARDIAN)
    await house.told("second helper", f"authority/{theirs}/confirm", SEEN)
    await house.told("executor", f"authority/{theirs}/close", {"field": "disputed"})
    for name, is_told in (("youth", True), ("mother", False)):
        fields = (await fact_of(house, name, theirs))["fields"]
        assert (fields["holder"], "disputed" in fields) == ("oom", is_told)


async def test_a_youth_is_not_told_by_whom_who_helps_his_mother_and_not_him_recorded_it(house: Household) -> None:
    await house.told("stranger", "involvements", {"kind": "help", "about": "mara"})
    aunt = await house.told("stranger", "family", {"person": "tante", "of": "sem", "relation": "aunt"})
    assert (await fact_of(house, "youth", aunt))["recorded_by"] == {"organisation": None, "form": "professional"}
    await house.told("stranger", "involvements", {"kind": "help", "about": "sem"})
    assert (await fact_of(house, "youth", aunt))["recorded_by"]["organisation"] == "vreemd"


async def test_who_sees_for_himself_or_for_a_child_is_told_of_no_professional(house: Household) -> None:
    wish = await house.told("helper", "considered_wishes", {"youth": "sem", "recipients": ["mara", "tom"]})
    order = await house.told("executor", "orders", {**ORDER, "workers": ["gijs"]})
    fields = (await fact_of(house, "youth", wish))["fields"]
    assert (sorted(fields["recipients"]), fields["noted_by"]) == (["mara", "tom"], "team")  # of whom he said it, stands
    for name in ("youth", "mother"):
        assert (await fact_of(house, name, order))["fields"]["workers"] == ["gi"]
    assert (await fact_of(house, "helper", wish))["fields"]["noted_by"] == "anna"  # what his organisation recorded


@pytest.mark.parametrize("name", ["vera", "somebody who is not registered"])
async def test_nor_of_his_organisation_where_the_log_does_not_name_it(house: Household, name: str) -> None:
    # It helps his mother, and not him.
    await house.told("stranger", "involvements", {"kind": "help", "about": "mara"})
    said = await house.desk.post(
        "referrals", {"about": "sem", "to": "ggz"}, by=f"professional:{name}@vreemd/youth-professional"
    )
    seen = await fact_of(house, "youth", said.body["id"])
    assert (seen["fields"]["to"], seen["fields"].get("by"), seen["needs"]) == ("ggz", None, [])


@pytest.mark.parametrize("between", [{"person": "mara", "of": "sem"}, {"person": "sem", "of": "mara"}])
async def test_a_parent_who_is_denied_contact_sees_nothing(house: Household, between: dict[str, str]) -> None:
    await house.told("helper", "family", between | {"relation": "other", "contact_denied": True})
    assert (await look(house, "mother")).status == 403


async def test_who_has_a_say_over_a_child_of_five_looks_and_the_child_himself_does_not(house: Household) -> None:
    child = await house.told("helper", "persons", {"family_of": "sem", "born": "2021-01-01"})
    await house.told("helper", "family", {"person": child, "of": "sem", "relation": "sibling", "lives_with": True})
    assert (await look(house, "mother", child)).status == 403
    own = {"kind": "help", "about": child}
    await house.told("stranger", "involvements", own)
    guardian = {"holder": "mara", "over": child, "kind": "parental", "since": "2021-01-01"}
    fact = await house.told("stranger", "authority", guardian)
    assert (await look(house, "mother", child)).status == 403
    await house.told("helper", f"authority/{fact}/confirm", {"evidence": {"document_sha256": "a" * 64}})
    assert fact in await ids(house, "mother", child)
    await house.told("stranger", f"authority/{fact}/close", {"field": "disputed"})
    assert (await look(house, "mother", child)).status == 403
    assert (await house.desk.get(child, by=f"person:{child}")).status == 403


async def test_a_parent_of_who_is_sixteen_does_not_look(house: Household) -> None:
    child = await house.told("helper", "persons", {"family_of": "sem", "born": "2010-11-25"})
    await house.told("stranger", "involvements", {"kind": "help", "about": child})
    guardian = {"holder": "mara", "over": child, "kind": "parental", "since": "2010-11-25"}
    await house.told("stranger", "authority", guardian)
    assert (await look(house, "mother", child)).status == 403
    assert (await house.desk.get(child, by=f"person:{child}")).status == 200


async def test_facts_are_shown_as_they_were_known(either: Household) -> None:
    fact = await either.told("mother", "consents", YES)
    before = (await either.desk.gathered()).at
    await either.told("mother", f"consents/{fact}/close", {})
    later = await either.told("mother", "consents", YES)
    then = before.isoformat().replace("+00:00", "Z")
    answer = await look(either, "youth", query=f"known_at={then}")
    told = {each["id"]: each["fields"] for each in answer.body["facts"]}
    assert "withdrawn_on" not in told[fact]
    assert later not in told
    now = {each["id"]: each["fields"] for each in (await look(either, "youth")).body["facts"]}
    assert "withdrawn_on" in now[fact]
    assert later in now
    assert (await look(either, "youth", query="known_at=2020-01-01")).body["facts"] == []


async def test_a_word_is_shown_as_it_was_known(either: Household) -> None:
    fact = await either.told("helper", "involvements", JOINT)
    then = (await either.desk.gathered()).at.isoformat().replace("+00:00", "Z")
    await either.told("partner", f"involvements/{fact}/confirm", {"field": "accepted_by"})
    for query, accepted in ((f"known_at={then}", ["team"]), ("", ["linde", "team"])):
        answer = await look(either, "youth", query=query)
        [told] = [each for each in answer.body["facts"] if each["id"] == fact]
        assert told["accepted_by"] == accepted


async def test_only_what_is_in_force_at_an_instant(house: Household) -> None:
    await house.told("board", "orders/ots/close", {"on": "2026-12-01"})
    assert "ots" not in await ids(house, "youth", query="at=2026-05-31")
    assert "ots" in await ids(house, "youth", query="at=2026-11-30")
    assert "ots" not in await ids(house, "youth", query="at=2026-12-01")
    wish = await house.told("helper", "considered_wishes", {"youth": "sem", "recipients": ["school"]})
    await house.told("youth", f"considered_wishes/{wish}/close", {})
    assert wish in await ids(house, "youth")
    assert wish not in await ids(house, "youth", query="at=2026-12-01")


@pytest.mark.parametrize("query", ["at=soon", "known_at=", "at=2026-01-01&at=2026-01-02", "since=2026-01-01"])
async def test_an_instant_that_is_none_is_named(house: Household, query: str) -> None:
    answer = await look(house, "youth", query=query)
    assert (answer.status, [each["path"] for each in answer.body["errors"]]) == (422, [query.partition("=")[0]])
