"""Foster care does not undo alone that the executor of an order ended it, whenever it said so."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from schemas.calendar import parse_moment
from schemas.words import Relation
from tests.consent.make import order
from tests.gateway.facts.attacks.attacking import Json, opens, refused, told
from tests.gateway.facts.attacks.test_of_who_people_are import FOSTER
from tests.gateway.facts.household import SEEN, Household, by
from tests.gateway.running import PERSON, Running, running
from tests.properties.every_basis import world_of_basis

LATER = parse_moment("2026-04-01")


async def test_foster_care_does_not_undo_that_the_executor_of_an_order_ended_it(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, at)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        again = await told(gateway, "chris", "family", FOSTER)
        assert not await opens(gateway, at)
        await refused(gateway, "chris psych anna joost", f"family/{again}/confirm", SEEN)
        assert not await opens(gateway, at)
        await told(gateway, "jan", f"family/{again}/confirm", SEEN)
        assert await opens(gateway, at)


async def test_foster_care_does_not_say_again_by_itself_what_waited_when_the_executor_ended_it(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        await told(gateway, "chris", "family", FOSTER | {"until": "2026-06-01"})
        beyond = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{beyond}/close", {"field": "until"})
        again = await told(gateway, "chris", "family", FOSTER)
        assert await needs(gateway, again) == ["confirmed_on"]
        assert not await opens(gateway, at)


async def test_foster_care_does_not_outlast_an_end_that_the_executor_set_for_later(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until", "on": "2026-04-01"})
        # No longer than he let it be, foster care says by itself.
        within = await told(gateway, "chris", "family", FOSTER | {"until": "2026-03-20"})
        beyond = await told(gateway, "chris", "family", FOSTER)
        assert [await needs(gateway, each) for each in (within, beyond)] == [[], ["confirmed_on"]]


@pytest.mark.parametrize("order_of_words", [("once", "later"), ("later", "once")], ids=["behind it", "before it"])
async def test_foster_care_that_was_to_begin_later_waits_once_the_executor_ended_it(
    tmp_path: Path, database_url: str, order_of_words: tuple[str, str]
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    said = {"once": FOSTER, "later": FOSTER | {"since": "2026-04-01"}}
    async with running(at, tmp_path, database_url=database_url) as gateway:
        fact = {name: await told(gateway, "chris", "family", said[name]) for name in order_of_words}
        assert await begins(gateway) == [None, LATER]
        await told(gateway, "jan", f"family/{fact['once']}/close", {"field": "until"})
        assert await begins(gateway) == [None]
        assert await needs(gateway, fact["later"]) == ["confirmed_on"]
        await refused(gateway, "chris psych anna joost", f"family/{fact['later']}/confirm", SEEN)
        await told(gateway, "jan", f"family/{fact['later']}/confirm", SEEN)
        assert await begins(gateway) == [None, LATER]


@pytest.mark.parametrize("more", [{}, {"since": "2026-01-01"}], ids=["the same", "since another day"])
async def test_foster_care_that_stood_beside_what_the_executor_ended_waits_too(
    tmp_path: Path, database_url: str, more: Json
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once, beside = [await told(gateway, "chris", "family", FOSTER | each) for each in ({}, more)]
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert not await opens(gateway, at)
        await told(gateway, "jan", f"family/{beside}/confirm", SEEN)
        assert await opens(gateway, at)


async def test_an_end_sooner_than_the_one_that_the_executor_set_leaves_nothing_within_that(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until", "on": "2026-04-01"})
        await told(gateway, "chris", "family", FOSTER | {"until": "2026-03-20"})
        assert await opens(gateway, at)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert not await opens(gateway, at)


async def test_who_denied_contact_in_foster_care_that_waits_now_denies_it_still(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once, _ = [await told(gateway, "chris", "family", FOSTER | {"contact_denied": each}) for each in (False, True)]
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
        assert [each.relation for each in gathered.facts.family if each.contact_denied] == [Relation.OTHER]


async def test_what_the_executor_confirmed_himself_stands_where_he_ends_what_stood_beside_it(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until", "on": "2026-04-01"})
        beyond = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{beyond}/confirm", SEEN)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert await opens(gateway, at)


async def test_foster_care_that_ends_its_own_word_begins_later_as_it_said(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "chris", "family", FOSTER | {"since": "2026-04-01"})
        await told(gateway, "chris", f"family/{once}/close", {"field": "until"})
        assert await begins(gateway) == [None, LATER]


@pytest.mark.parametrize("on", [{}, {"on": "2026-03-20"}], ids=["at once", "later"])
async def test_foster_care_that_ended_its_own_word_first_keeps_nothing_for_later_from_the_executors_end(
    tmp_path: Path, database_url: str, on: Json
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        later = await told(gateway, "chris", "family", FOSTER | {"since": "2026-04-01"})
        await told(gateway, "chris", f"family/{once}/close", {"field": "until", **on})
        await told(gateway, "jan", f"family/{once}/close", {"field": "until", **on})
        assert await begins(gateway) == [None]
        assert await needs(gateway, later) == ["confirmed_on"]


async def test_the_executor_ends_once_more_what_foster_care_said_since_he_did(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        await told(gateway, "jan", f"orders/{at['orders'][0]['id']}/close", {"field": "ended_on"})
        await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, at)
        anew = {name: order()[name] for name in ("kind", "subject", "executor", "since", "until")}
        await told(gateway, "jan", "orders", anew)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert not await opens(gateway, at)


async def test_the_end_of_one_foster_parent_leaves_another_as_he_was(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once, _ = [await told(gateway, "chris", "family", FOSTER | {"person": each}) for each in ("zus", "luus")]
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert await opens(gateway, at)


async def test_foster_care_resumes_alone_once_the_order_is_over_by_which_it_was_ended(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        await told(gateway, "jan", f"orders/{at['orders'][0]['id']}/close", {"field": "ended_on"})
        await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, at)


async def begins(gateway: Running) -> list[datetime | None]:
    """Return since when the foster parents of Sem are it, as `decide` is told, by instant."""
    gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
    found = [each.since for each in gathered.facts.family if each.relation is Relation.FOSTER_PARENT]
    return sorted(found, key=lambda each: (each is not None, each))


async def needs(gateway: Running, fact: str) -> list[str]:
    """Return which confirmations a family fact of Sem still lacks."""
    answer = await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")
    [found] = [each for each in json.loads(answer.body)["facts"] if each["id"] == fact]
    return list(found["needs"])


async def test_foster_care_resumes_alone_where_nobody_carries_out_an_order(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order(ended_on="2026-02-01")])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "chris", f"family/{once}/close", {"field": "until"})
        assert not await opens(gateway, at)
        await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, at)


async def test_foster_care_learns_from_what_it_says_again_nothing_of_an_order(house: Household) -> None:
    """Anybody says of himself that he is `via`, so what this needs must not hang on what others carry out."""
    told = []
    place = {**FOSTER, "person": "oom", "via": "vreemd"}
    for about in ("sem", "tante"):  # only about Sem there is an order
        first = await house.say("stranger", "family", {**place, "of": about, "until": "2027-01-01"})
        again = await house.say("stranger", "family", {**place, "of": about})
        seen = (await house.desk.get(about, by=by("stranger"))).body["facts"]
        told.append((first.body["needs"], again.body["needs"], [each["needs"] for each in seen]))
    assert told[0] == told[1]
    # Where nobody carries out an order nobody could say the second word, and it counts without.
    assert [len(await house.handed("family", person="oom", of=about)) for about in ("sem", "tante")] == [1, 2]
