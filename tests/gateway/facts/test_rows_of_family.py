"""Each row of the table at the desk: who people are to each other, who has a say, and what they said."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.calendar import parse_moment
from tests.consent.whose.cast import AT
from tests.gateway.facts.household import SEEN, Household

PARENT = {"person": "oom", "of": "sem", "relation": "parent"}
GUARDIAN = {"holder": "oom", "over": "sem", "kind": "guardianship", "since": "2026-01-01"}
YES = {
    "about": "sem",
    "holders": ["ggz"],
    "recipients": ["school"],
    "purposes": ["coordinate-plan"],
    "categories": ["goals"],
}
ASSISTED = {"given_by": "mara", "form": "in-person", "identity": "identity-document", "text_sha256": "0f" * 32}


async def test_person_is_recorded_by_a_helper_of_the_family(house: Household) -> None:
    body = {"family_of": "sem", "born": "2020-01-01"}
    await house.refused("stranger", "persons", body)
    await house.refused("mother", "persons", body)
    name = await house.told("helper", "persons", body)
    assert [str(one.born) for one in await house.handed("persons", id=name)] == ["2020-01-01"]
    assert await house.told("helper", "family", {"person": name, "of": "sem", "relation": "sibling"})


async def test_person_who_was_declared_of_age_waits_for_a_second_organisation(house: Household) -> None:
    body = {"family_of": "sem", "born": "2010-01-01", "declared_of_age": True}
    answer = await house.say("helper", "persons", body)
    name = answer.body["id"]
    assert answer.body["needs"] == ["confirmed_on"]
    assert await house.handed("persons", id=name) == []
    for each in ("helper", "colleague of the helper", "mother"):
        await house.refused(each, f"persons/{name}/confirm", SEEN)
    confirmed = await house.say("second helper", f"persons/{name}/confirm", SEEN)
    assert (confirmed.body["needs"], await house.kind_of(confirmed)) == ([], "fact.confirmed")
    assert [one.declared_of_age for one in await house.handed("persons", id=name)] == [True]


async def test_family_fact_that_gives_a_voice_waits_for_a_second_organisation(house: Household) -> None:
    fact = await house.told("helper", "family", PARENT)
    assert await house.handed("family", person="oom") == []
    await house.refused("colleague of the helper", f"family/{fact}/confirm", SEEN)
    assert await house.wrong("second helper", f"family/{fact}/confirm", {}) == ["evidence.document_sha256"]
    await house.told("second helper", f"family/{fact}/confirm", SEEN)
    assert [str(one.relation) for one in await house.handed("family", person="oom")] == ["parent"]


@pytest.mark.parametrize("field", ["until", "contact_denied"])
@pytest.mark.parametrize("name", ["youth", "helper"])
async def test_family_fact_is_ended_by_a_helper_or_the_person(house: Household, field: str, name: str) -> None:
    fact = await house.told("helper", "family", {"person": "oom", "of": "sem", "relation": "uncle"})
    await house.refused("mother", f"family/{fact}/close", {"field": field})
    await house.told(name, f"family/{fact}/close", {"field": field})
    [one] = await house.handed("family", person="oom")
    assert one.contact_denied if field == "contact_denied" else one.until == AT


@pytest.mark.parametrize("relation", ["sibling", "child", "partner"])
async def test_family_fact_about_a_minor_ends_before_it_would_give_a_voice(house: Household, relation: str) -> None:
    answer = await house.say("helper", "family", {"person": "tante", "of": "sem", "relation": relation})
    assert answer.body["until"] == "2029-03-01"
    longer = {"person": "tante", "of": "sem", "relation": relation, "until": "2040-01-01"}
    assert (await house.say("helper", "family", longer)).body["until"] == "2029-03-01"
    shorter = {"person": "tante", "of": "sem", "relation": relation, "until": "2027-01-01"}
    assert (await house.say("helper", "family", shorter)).body["until"] == "2027-01-01"
    # Of who is grown it waits instead.
    grown = await house.say("helper", "family", {"person": "sem", "of": "mara", "relation": "child"})
    assert (grown.status, grown.body["needs"]) == (201, ["confirmed_on"])


async def test_foster_parent_is_recorded_and_ended_by_his_foster_care(house: Household) -> None:
    body = {"person": "oom", "of": "sem", "relation": "foster-parent", "via": "pleeg"}
    await house.refused("helper", "family", body)
    fact = await house.told("foster care", "family", body)
    await house.refused("helper", f"family/{fact}/close", {"field": "until"})
    await house.told("executor", f"family/{fact}/close", {"field": "until"})
    assert [one.until for one in await house.handed("family", person="oom")] == [AT]


async def test_authority_opens_when_another_organisation_has_seen_the_extract(house: Household) -> None:
    await house.refused("stranger", "authority", GUARDIAN)
    answer = await house.say("helper", "authority", GUARDIAN)
    fact = answer.body["id"]
    assert (answer.body["needs"], await house.kind_of(answer)) == (["verified_on"], "authority.changed")
    assert [one.verified_on for one in await house.handed("authority", id=fact)] == [None]
    for name in ("helper", "colleague of the helper"):
        await house.refused(name, f"authority/{fact}/confirm", SEEN)
    await house.refused("second helper", f"authority/{fact}/confirm", SEEN, weak=True)
    assert await house.wrong("second helper", f"authority/{fact}/confirm", {}) == ["evidence.document_sha256"]
    await house.told("second helper", f"authority/{fact}/confirm", SEEN)
    assert [one.verified_on for one in await house.handed("authority", id=fact)] == [AT]


async def test_authority_of_an_organisation_is_not_verified_by_itself(house: Household) -> None:
    fact = await house.told("helper", "authority", {**GUARDIAN, "holder": "gi"})
    await house.refused("executor", f"authority/{fact}/confirm", SEEN)
    await house.told("another institution", f"authority/{fact}/confirm", SEEN)


@pytest.mark.parametrize("field", ["disputed", "suspended_on", "until"])
async def test_authority_is_closed_by_any_recorder(house: Household, field: str) -> None:
    await house.refused("mother", "authority/g1/close", {"field": field})
    answer = await house.say("board", "authority/g1/close", {"field": field}, weak=True)
    assert await house.kind_of(answer) == "authority.changed"
    [one] = await house.handed("authority", id="g1")
    assert getattr(one, field) == (True if field == "disputed" else AT)


FINDING = {"person": "sem", "capable": False, "reason": "onderzoek"}


async def test_capacity_is_found_by_who_treats_and_gives_a_reason(house: Household) -> None:
    for name in ("teacher who helps", "stranger", "mother", "executor"):
        await house.refused(name, "capacity", FINDING)
    await house.refused("second helper", "capacity", FINDING, weak=True)
    assert await house.wrong("second helper", "capacity", {**FINDING, "reason": None}) == ["reason"]
    assert await house.wrong("second helper", "capacity", {**FINDING, "by": "anna"}) == ["by"]
    answer = await house.say("second helper", "capacity", FINDING)
    assert await house.kind_of(answer) == "capacity.recorded"
    [one] = await house.handed("capacity")
    assert (one.by, str(one.capable)) == ("piet", "incapable")


async def test_capacity_becomes_unclear_when_the_person_objects(house: Household) -> None:
    fact = await house.told("second helper", "capacity", FINDING)
    await house.refused("mother", f"capacity/{fact}/close", {})
    answer = await house.say("youth", f"capacity/{fact}/close", {})
    assert (answer.status, await house.kind_of(answer)) == (201, "capacity.recorded")
    assert answer.body["id"] != fact
    assert [str(one.capable) for one in await house.handed("capacity")] == ["incapable", "unclear"]


async def test_consent_by_own_login_needs_nobody(house: Household) -> None:
    answer = await house.say("mother", "consents", YES)
    assert (answer.body["needs"], await house.kind_of(answer)) == ([], "consent.given")
    [one] = await house.handed("consents")
    assert (one.given_by, one.identity_verified, one.form) == ("mara", True, "own-login")


@pytest.mark.parametrize("change", [{"given_by": "mara"}, {"given_by": "oom", **ASSISTED}], ids=["own", "assisted"])
async def test_consent_by_own_login_names_no_giver(house: Household, change: dict[str, Any]) -> None:
    assert "given_by" in await house.wrong("mother", "consents", {**YES, **change})


async def test_consent_assisted_by_who_receives_nothing_counts(house: Household) -> None:
    await house.refused("stranger", "consents", {**YES, **ASSISTED})
    answer = await house.say("helper", "consents", {**YES, **ASSISTED})
    assert answer.body["needs"] == []
    [one] = await house.handed("consents")
    assert (one.given_by, one.identity_verified, one.form) == ("mara", True, "in-person")
    [(_, told)] = await house.desk.events(answer.body["request_id"])
    assert told["detail"]["evidence"]["recorded"]["text_sha256"] == ASSISTED["text_sha256"]


@pytest.mark.parametrize("recipients", [["school"], ["tom"], ["ggz", "school"]], ids=str)
async def test_consent_assisted_by_a_recipient_waits_for_somebody_else(house: Household, recipients: list[str]) -> None:
    body = {**YES, **ASSISTED, "recipients": recipients}
    answer = await house.say("teacher who helps", "consents", body)
    fact = answer.body["id"]
    assert answer.body["needs"] == ["identity_verified"]
    assert [one.identity_verified for one in await house.handed("consents")] == [False]
    await house.refused("teacher who helps", f"consents/{fact}/confirm", {})
    await house.refused("stranger", f"consents/{fact}/confirm", {})
    await house.refused("mother", f"consents/{fact}/confirm", {}, weak=True)
    confirmed = await house.say("mother", f"consents/{fact}/confirm", {})
    assert (confirmed.body["needs"], await house.kind_of(confirmed)) == ([], "consent.confirmed")
    assert [one.identity_verified for one in await house.handed("consents")] == [True]


async def test_consent_whose_giver_was_not_seen_waits(house: Household) -> None:
    fact = await house.told("helper", "consents", {**YES, **ASSISTED, "identity": "not-seen"})
    assert [one.identity_verified for one in await house.handed("consents")] == [False]
    await house.refused("colleague of the helper", f"consents/{fact}/confirm", {})
    await house.told("second helper", f"consents/{fact}/confirm", {"evidence": {"identity": "known-in-person"}})
    assert [one.identity_verified for one in await house.handed("consents")] == [True]


@pytest.mark.parametrize("name", ["form", "identity", "text_sha256"])
async def test_consent_that_is_assisted_says_how(house: Household, name: str) -> None:
    body = {key: value for key, value in {**YES, **ASSISTED}.items() if key != name}
    assert await house.wrong("helper", "consents", body) == [name]
    assert await house.wrong("mother", "consents", {**YES, name: ASSISTED[name]}) == [name]


async def test_consent_of_an_organisation_is_its_own_only_where_it_has_authority(house: Household) -> None:
    await house.refused("executor", "consents", YES)
    fact = await house.told("helper", "authority", {**GUARDIAN, "holder": "gi"})
    await house.told("second helper", f"authority/{fact}/confirm", SEEN)
    await house.told("executor", "consents", YES)
    assert [one.given_by for one in await house.handed("consents")] == ["gi"]
    assert await house.wrong("executor", "consents", {**YES, **ASSISTED, "given_by": "gi"}) == ["given_by"]


async def test_a_colleague_is_no_other_whose_word_an_organisation_takes_down(house: Household) -> None:
    fact = await house.told("second helper", "authority", {**GUARDIAN, "holder": "team"})
    await house.told("teacher who helps", f"authority/{fact}/confirm", SEEN)
    for section, body in (("consents", {**YES, **ASSISTED}), ("refusals", {"about": "sem"})):
        named = {**body, "given_by": "arie"}
        assert await house.wrong("helper", section, named) == ["given_by"]
        await house.told("second helper", section, named)


@pytest.mark.parametrize("name", ["mother", "helper"])
async def test_consent_is_withdrawn_by_the_giver_or_a_helper(house: Household, name: str) -> None:
    fact = await house.told("mother", "consents", YES)
    await house.refused("stranger", f"consents/{fact}/close", {})
    answer = await house.say(name, f"consents/{fact}/close", {}, weak=True)
    assert await house.kind_of(answer) == "consent.withdrawn"
    assert [one.withdrawn_on for one in await house.handed("consents")] == [AT]


async def test_refusal_is_recorded_on_anybodys_word_and_taken_back_by_the_giver(house: Household) -> None:
    await house.refused("stranger", "refusals", {"about": "sem", "given_by": "mara"})
    fact = await house.told("teacher who helps", "refusals", {"about": "sem", "given_by": "mara"}, weak=True)
    assert [(one.given_by, one.written) for one in await house.handed("refusals")] == [("mara", False)]
    for name in ("teacher who helps", "helper", "youth"):
        await house.refused(name, f"refusals/{fact}/close", {})
    await house.refused("mother", f"refusals/{fact}/close", {}, weak=True)
    await house.told("mother", f"refusals/{fact}/close", {})
    assert [one.withdrawn_on for one in await house.handed("refusals")] == [AT]


async def test_considered_wish_is_noted_by_who_receives_nothing_and_closed_by_the_youth(house: Household) -> None:
    body = {"youth": "sem", "recipients": ["school"]}
    await house.refused("teacher who helps", "considered_wishes", body)
    await house.refused("helper", "considered_wishes", {**body, "recipients": ["arie"]})
    await house.refused("youth", "considered_wishes", body)
    fact = await house.told("helper", "considered_wishes", body)
    [one] = await house.handed("considered_wishes")
    assert (one.noted_by, one.on) == ("anna", AT)
    await house.refused("helper", f"considered_wishes/{fact}/close", {})
    await house.told("youth", f"considered_wishes/{fact}/close", {})
    assert await house.handed("considered_wishes") == []


@pytest.mark.parametrize(("one", "another"), [("school", "tom"), ("tom", "school")])
async def test_with_a_considered_wish_that_the_youth_ends_goes_each_that_names_some_of_the_same(
    house: Household, one: str, another: str
) -> None:
    async def noted(who: str, *recipients: str, youth: str = "sem") -> str:
        return await house.told(who, "considered_wishes", {"youth": youth, "recipients": [*recipients]})

    async def stand(*facts: str) -> list[bool]:
        return [(await house.known("considered_wishes", each)).word.closed_on is None for each in facts]

    await house.told("helper", "involvements", {"kind": "help", "about": "oom"})
    ended, also = await noted("helper", one), await noted("second helper", another, "mara")
    others = await noted("second helper", "mara"), await noted("helper", "school", youth="oom")
    await house.told("youth", f"considered_wishes/{ended}/close", {})
    assert await stand(ended, also, *others) == [False, False, True, True]
    since = await noted("second helper", one)
    await house.told("youth", f"considered_wishes/{ended}/close", {})
    assert await stand(since, *others) == [True, True, True]


@pytest.mark.parametrize(("until", "days"), [({"until": "2026-12-01"}, 5), ({"until": "2026-12-01"}, 6), ({}, 365)])
async def test_behind_a_yes_that_has_ended_his_no_stands_and_one_helper_does_not_say_it_again(
    house: Household, until: dict[str, str], days: int
) -> None:
    await house.told("youth", "refusals", {"about": "sem"})
    await house.told("youth", "consents", YES | until)
    house.clock.at += timedelta(days=days)
    answer = await house.say("helper", "consents", {**YES, **ASSISTED, "given_by": "sem"})
    assert answer.body["needs"] == ([] if days == 5 else ["identity_verified"])


async def test_an_end_is_never_moved_to_later(house: Household) -> None:
    await house.told("board", "authority/g1/close", {"field": "until"})
    later = {"field": "until", "on": "2030-01-01"}
    assert parse_moment((await house.say("board", "authority/g1/close", later)).body["until"]) == AT
    assert [one.until for one in await house.handed("authority", id="g1")] == [AT]


REPRESENTATION = {
    "partial": {"holder": "team", "over": "sem", "kind": "partial", "scope": "school", "since": "2026-01-01"},
    "curator": {"holder": "team", "over": "mara", "kind": "curator", "since": "2026-01-01"},
    "adult-mentor": {"holder": "team", "over": "mara", "kind": "adult-mentor", "since": "2026-01-01"},
    "written-proxy": {"holder": "team", "over": "mara", "kind": "written-proxy", "since": "2026-01-01"},
}
"""What rules take as it stands, verified or not (LB-10, LB-25, the chain), so it waits (F3)."""


@pytest.mark.parametrize("kind", REPRESENTATION)
async def test_authority_that_no_rule_asks_about_waits_for_who_saw_the_extract(house: Household, kind: str) -> None:
    told = REPRESENTATION[kind]
    await house.told("helper", "involvements", {"kind": "help", "about": told["over"]})
    fact = await house.told("helper", "authority", told)
    assert await house.handed("authority", id=fact) == []
    for each in ("helper", "colleague of the helper"):
        await house.refused(each, f"authority/{fact}/confirm", SEEN)
    await house.told("second helper", f"authority/{fact}/confirm", SEEN)
    assert [str(one.kind) for one in await house.handed("authority", id=fact)] == [kind]


async def test_family_fact_that_denies_contact_is_not_ended_on_one_word(house: Household) -> None:
    fact = await house.told("helper", "family", {"person": "oom", "of": "sem", "relation": "uncle"})
    await house.told("helper", f"family/{fact}/close", {"field": "contact_denied"})
    for each in ("helper", "youth"):
        assert await house.wrong(each, f"family/{fact}/close", {"field": "until"}) == ["field"]
    assert [one.until for one in await house.handed("family", person="oom")] == [None]


async def test_nobody_becomes_his_own_ancestor(house: Household) -> None:
    body = {"person": "sem", "of": "mara", "relation": "parent"}
    assert await house.wrong("helper", "family", body, 409) == ["relation"]


async def test_person_is_not_born_tomorrow(house: Household) -> None:
    assert await house.wrong("helper", "persons", {"family_of": "sem", "born": "2026-11-26"}) == ["born"]
    assert await house.told("helper", "persons", {"family_of": "sem", "born": "2026-11-25"})
