"""Who looks round and ahead: the person, under 12 who has authority, an officer; nobody else, never without a trace."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from audit.read import events_about, events_of_request, opened
from gateway.identity.builtin_provider import Login
from gateway.sandbox.call import Answer
from gateway.sandbox.credentials import Someone
from tests.gateway.holders.world import STOP, Stage, stage_at
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import YES, world

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.served]

SEM = "/api/v1/persons/sem"
ZUS = "/api/v1/persons/zus"
VIEWS = ["who-may-see", "forecast"]
HELP = {"id": "h1", "kind": "help", "about": "zus", "organisations": ["ggz-west"], "since": "2026-01-01"}
HERS = {**YES, "id": "c2", "about": "zus", "given_by": "moeder"}
WEAK = Someone(organisation="person", login=Login(form="person", id="sem", trusted=False))


def family() -> dict[str, Any]:
    told = world(involvements=[{**HELP, "until": "2027-02-01"}], consents=[{"id": "c1", **YES}, HERS])
    told["organisations"].append({"id": "gemeente", "kind": "municipality"})
    told["refusals"] = [{"id": "n1", "about": "sem", "given_by": "sem", "on": "2026-11-05", "recipients": ["politie"]}]
    told["mandates"] = [
        {
            "id": "m1",
            "mentor": "moeder",
            "youth": "sem",
            "youth_chose_on": "2026-11-01",
            "since": "2026-11-01",
            "until": "2027-04-01",
            "categories": ["goals"],
        }
    ]
    return told


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    change = instead(Telling("ggz-west", [element("e1")]), Telling("school-1"))
    async with running(family(), tmp_path_factory.mktemp("gateway"), change=change) as one:
        yield one


def told(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    body: dict[str, Any] = json.loads(answer.body)
    return body


async def sights(gateway: Running, who: str, path: str = SEM) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(await gateway.call(who, "GET", f"{path}/who-may-see"))["sights"]
    return found


async def ahead(gateway: Running, who: str, path: str = SEM, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(await gateway.call(who, "GET", f"{path}/forecast{query}"))["ahead"]
    return found


async def test_the_person_reads_who_might_see_what_of_him_and_why_in_plain_words(gateway: Running) -> None:
    [plan] = [
        each
        for each in await sights(gateway, "sem")
        if each["purpose"] == "coordinate-plan" and each["basis"] == "LB-01"
    ]
    roles = ("access-officer", "youth-professional")
    assert plan["who"] == [{"organisation": "team-noord", "role": role} for role in roles]
    assert plan["holders"] == ["ggz-west", "school-1"]
    assert plan["categories"] == ["appointments", "goals", "school"]
    assert plan["because"]["nl"] == "Dat mag, want jij zei ja."
    assert plan["ends"] == "2027-05-04T00:00:00+02:00"


async def test_the_person_reads_nothing_of_what_would_not_be_released_nor_of_whom_it_hangs(gateway: Running) -> None:
    body = told(await gateway.call("sem", "GET", f"{SEM}/who-may-see"))
    text = json.dumps(body)
    assert not any(word in text for word in ("withhold", "review", "reason", "evidence", "n1", "anna", "chris"))
    assert not {"safety-report", "working-notes"} & {each for one in body["sights"] for each in one["categories"]}
    assert body["message"]["nl"] == "Er kan meer zijn dan je hier ziet."


async def test_what_the_person_reads_is_what_an_exchange_releases(gateway: Running) -> None:
    shown = [
        each
        for each in await sights(gateway, "sem")
        if {"organisation": "team-noord", "role": "youth-professional"} in each["who"]
        and each["purpose"] == "coordinate-plan"
    ]
    assert {category for each in shown for category in each["categories"]} >= {"goals"}
    assert (await gateway.ask("anna", "sem", "coordinate-plan", categories=["goals"])).status == 200
    assert (await gateway.ask("anna", "sem", "coordinate-plan", categories=["health"])).status == 403
    assert "give-help" not in {
        each["purpose"]
        for each in await sights(gateway, "sem")
        if {"organisation": "team-noord", "role": "youth-professional"} in each["who"]
    }
    assert (await gateway.ask("anna", "sem", "give-help", categories=["goals"])).status == 403


async def test_the_officer_reads_all_of_it_with_the_reason_of_each_no(gateway: Running) -> None:
    found = await sights(gateway, "officer")
    assert {each["result"] for each in found} == {"release", "withhold", "review"}
    [police] = [
        each
        for each in found
        if each["purpose"] == "police-inquiry"
        and {"organisations": ["politie"], "role": "police-officer"} in each["who"]
        and "goals" in each["categories"]
    ]
    assert police["reason"] == "YOUTH_OBJECTION"
    [plan] = [each for each in found if each.get("basis") == "LB-01" and each["purpose"] == "coordinate-plan"]
    assert {"organisations": ["team-noord"], "role": "youth-professional"} in plan["who"]
    assert plan["evidence"] == ["c1"]


async def test_who_has_authority_over_a_child_reads_what_is_hers_and_nothing_of_who_helps(gateway: Running) -> None:
    found = await sights(gateway, "moeder", ZUS)
    assert {each["basis"] for each in found} == {"LB-01", "LB-02", "LB-06"}
    assert {tuple(who) for each in found if each["basis"] == "LB-06" for who in each["who"]} == {("person",)}
    assert not any("because" in each for each in found)
    officer = await sights(gateway, "officer", ZUS)
    assert "LB-04" in {each["basis"] for each in officer if each["result"] == "release"}


async def test_what_lies_ahead_is_told_to_the_person(gateway: Running) -> None:
    found = await ahead(gateway, "sem", query="?until=2028-01-01")
    assert {(each["fact"], each["effect"], each["at"][:10]) for each in found} >= {
        ("c1", "ends", "2027-11-01"),
        ("m1", "ends", "2027-04-01"),
        ("m1", "reconfirm", "2027-04-01"),
        ("sem", "birthday", "2027-05-04"),
        ("2027-01", "rules", "2027-01-01"),
    }
    assert {each.get("about", "sem") for each in found} == {"sem"}
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)


async def test_without_an_end_a_year_is_looked_ahead(gateway: Running) -> None:
    body = told(await gateway.call("sem", "GET", f"{SEM}/forecast"))
    assert (body["at"], body["until"]) == ("2026-11-23T10:00:00+01:00", "2027-11-23T00:00:00+01:00")


async def test_a_helper_reads_ahead_what_names_him_and_who_decides_when(gateway: Running) -> None:
    seen = {(each["section"], each["fact"]) for each in await ahead(gateway, "chris", ZUS)}
    assert seen == {("consents", "c2"), ("involvements", "h1"), ("persons", "zus"), ("rules", "2027-01")}
    assert ("authority", "a2") in {(each["section"], each["fact"]) for each in await ahead(gateway, "officer", ZUS)}


async def test_who_only_says_himself_that_he_helps_learns_no_birthday(tmp_path: Path) -> None:
    async with running(family(), tmp_path) as gateway:
        help_ = {"kind": "help", "about": "zus", "since": "2026-11-01"}
        assert (await gateway.call("anna", "POST", "/api/v1/facts/involvements", help_)).status == 201
        assert {each["section"] for each in await ahead(gateway, "anna", ZUS)} == {"consents", "rules"}
        assert "persons" in {each["section"] for each in await ahead(gateway, "chris", ZUS)}


async def test_nor_by_what_hangs_on_it_or_ends_with_it(tmp_path: Path) -> None:
    told_ = family()
    told_["organisations"].append({"id": "gi", "kind": "certified-institution"})
    told_["professionals"].append({"id": "jan", "organisation": "gi", "role": "family-guardian"})
    told_["consents"].append({**HERS, "id": "c3", "recipients": ["gi"]})
    told_["mandates"].append(
        {**told_["mandates"][0], "id": "m2", "youth": "zus", "parent_agreements": [{"by": "gi", "on": "2026-11-02"}]}
    )
    order = {"kind": "supervision-order", "subject": "zus", "executor": "gi", "since": "2026-11-01"}
    say = {"holder": "gi", "over": "zus", "kind": "guardianship", "since": "2026-11-01"}
    async with running(told_, tmp_path) as gateway:
        for section, said in (
            ("involvements", {"kind": "help", "about": "zus", "since": "2026-11-01"}),
            ("orders", {**order, "until": "2040-01-01"}),
            ("authority", say),
        ):
            assert (await gateway.call("jan", "POST", f"/api/v1/facts/{section}", said)).status == 201
        found = await ahead(gateway, "jan", ZUS, "?until=2041-01-01")
        # Nor does an end that is said tell whether he is grown before it.
        assert [(each["at"][:10], each["effect"]) for each in found if each["section"] == "orders"] == [
            ("2040-01-01", "ends")
        ]
        assert {each["section"] for each in found} == {"consents", "mandates", "orders", "rules"}
        assert "-02-02" not in {each["at"][4:10] for each in found}
        # Only of whom it is sure that he helps.
        assert "-02-02" in {each["at"][4:10] for each in await ahead(gateway, "chris", ZUS)}


async def test_who_has_authority_reads_ahead_nothing_of_who_helps(gateway: Running) -> None:
    seen = {(each["section"], each["fact"]) for each in await ahead(gateway, "moeder", ZUS)}
    assert seen == {("consents", "c2"), ("authority", "a2"), ("persons", "zus"), ("rules", "2027-01")}


def bare(answer: Answer) -> tuple[int, bytes]:
    return answer.status, answer.body.replace(json.loads(answer.body)["request_id"].encode(), b"")


NOT_THEIRS = [
    ("sem", ZUS),
    ("zus", ZUS),
    ("anna", ZUS),
    ("moeder", SEM),
    ("zus", SEM),
    ("mentor:moeder", SEM),
    ("anna", SEM),
    ("chris", SEM),
    ("piet", SEM),
    ("officer:team-noord", SEM),
    ("sem", "/api/v1/persons/niemand"),
    ("officer", "/api/v1/persons/niemand"),
    ("sem", "/api/v1/persons/%00"),
    ("sem", f"/api/v1/persons/{'x' * 300}"),
]


@pytest.mark.parametrize("view", VIEWS)
async def test_everybody_else_gets_one_answer(gateway: Running, view: str) -> None:
    answers = {bare(await gateway.call(who, "GET", f"{path}/{view}")) for who, path in NOT_THEIRS}
    assert len(answers) == 1
    [(status, body)] = answers
    assert status == 403
    assert json.loads(body)["type"] == "urn:schakel:problem:not-available"


async def test_a_helper_does_not_read_who_might_see_what(gateway: Running) -> None:
    refused = await gateway.call("chris", "GET", f"{ZUS}/who-may-see")
    assert bare(refused) == bare(await gateway.call("anna", "GET", f"{SEM}/who-may-see"))


@pytest.mark.parametrize("view", VIEWS)
async def test_a_weak_login_reads_nothing(gateway: Running, view: str) -> None:
    people = replace(gateway.credentials, people=(WEAK, *gateway.credentials.people))
    weak = Running(gateway.gateway, people, gateway.url, gateway.session, gateway.app)
    assert (await weak.call("sem", "GET", f"{SEM}/{view}")).status == 403


@asynccontextmanager
async def told_of(gateway: Running, request_id: str) -> AsyncIterator[list[tuple[dict[str, Any], dict[str, Any]]]]:
    committer = gateway.gateway.decisions.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    async with gateway.gateway.engine.connect() as connection:
        found = await events_of_request(connection, request_id)
    yield [
        (each.leaf_json, {name: said["value"] for name, said in opened(committer.sealer, each).items()})
        for each in found
    ]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("who", "outcome"), [("sem", "ok"), ("officer", "ok"), ("anna", "deny")])
async def test_that_somebody_looked_is_on_record_with_the_person(
    gateway: Running, view: str, who: str, outcome: str
) -> None:
    answer = await gateway.call(who, "GET", f"{SEM}/{view}")
    async with told_of(gateway, json.loads(answer.body)["request_id"]) as events:
        [(leaf, said)] = events
    assert (leaf["kind"], leaf["outcome"]) == ("log.read", outcome)
    assert (said["subject"], said["detail"]["read"], said["actor"]["form"]) == (
        "sem",
        view,
        "officer" if who == "officer" else "person" if who == "sem" else "professional",
    )


@pytest.mark.parametrize("who", ["sem", "anna"])
async def test_that_somebody_looked_stands_in_the_person_s_own_log(gateway: Running, who: str) -> None:
    async def readings() -> int:
        async with gateway.gateway.engine.connect() as connection:
            return [each.leaf_json["kind"] for each in await events_about(connection, "sem")].count("log.read")

    before = await readings()
    for view in VIEWS:
        await gateway.call(who, "GET", f"{SEM}/{view}")
    assert await readings() == before + len(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
async def test_what_cannot_be_put_on_record_is_not_shown(gateway: Running, view: str) -> None:
    health = gateway.gateway.decisions.committer.health
    await gateway.headers("sem", "GET", f"{SEM}/{view}")  # he came in before
    health.broken = True
    try:
        answer = await gateway.call("sem", "GET", f"{SEM}/{view}")
    finally:
        health.broken = False
    assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")


@pytest.mark.parametrize(
    ("query", "path"),
    [("?until=morgen", "until"), ("?until=2027-01-01&until=2028-01-01", "until"), ("?at=2027-01-01", "at")],
)
async def test_a_query_that_is_wrong_names_its_parameter(gateway: Running, query: str, path: str) -> None:
    answer = await gateway.call("sem", "GET", f"{SEM}/forecast{query}")
    assert (answer.status, [each["path"] for each in json.loads(answer.body)["errors"]]) == (422, [path])
    assert (await gateway.call("sem", "GET", f"{SEM}/who-may-see?until=2027-01-01")).status == 422


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage_at(tmp_path_factory.mktemp("stage")) as made:
        yield made


async def test_what_a_holder_decided_is_for_the_officer_and_not_for_the_person(stage: Stage) -> None:
    assert (await stage.tell(categories=["goals"])).status == 201
    released = {
        who: {each["basis"] for each in await sights(stage.gateway, who) if each.get("result", "release") == "release"}
        for who in ("officer", "sem")
    }
    assert "LB-12" in released["officer"]
    assert "LB-12" not in released["sem"]


async def test_of_a_holder_who_stopped_nothing_is_told(stage: Stage) -> None:
    assert {"ggz-west"} <= {name for each in await sights(stage.gateway, "officer") for name in each["holders"]}
    assert (await stage.gateway.call("officer:ggz-west", "POST", STOP, {"reason": "Er is iets mis."})).status == 200
    assert "ggz-west" not in {name for each in await sights(stage.gateway, "officer") for name in each["holders"]}
