"""The doors as each role finds them, with real events: an emergency, and a yes that lets its recorder in."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from audit.events import Kind
from gateway.cli import app
from gateway.keys.officers import make_officer_key
from tests.consent.make import authority, consent, incapable
from tests.consent.make import world as family
from tests.gateway.emergency.house import DECLARED, crisis_world
from tests.gateway.reviews.stage import ANSWERS, REASON, Stage
from tests.gateway.reviews.test_sampling import passed
from tests.gateway.running import Running, running
from tests.gateway.worlds import YES

pytestmark = pytest.mark.asyncio(loop_scope="module")

REVIEWS, OBLIGATIONS = "/api/v1/reviews", "/api/v1/obligations"
VERDICT = {"verdict": "justified", "follow_up": "none", "reason": REASON, "answers": ANSWERS}
HELP = {"id": "h1", "kind": "help", "about": "sem", "organisations": ["team-noord"], "since": "2026-01-01"}
ASSISTED = {
    **{name: value for name, value in YES.items() if name != "on"},
    "form": "in-person",
    "identity": "known-in-person",
    "text_sha256": "0" * 64,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("doors")
    async with running(crisis_world(involvements=[HELP]), folder) as one:
        await one.gateway.following.close()
        stage = Stage(one)
        asked = await one.ask("kris", "sem", "emergency", categories=["risk"], emergency=DECLARED)
        assert asked.status == 200, asked.body
        said = await one.call("anna", "POST", "/api/v1/facts/consents", ASSISTED)
        assert said.status == 201, said.body
        await stage.follow()
        yield stage


async def got(gateway: Running, who: str, path: str) -> Any:
    answer = await gateway.call(who, "GET", path)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


async def problem(gateway: Running, who: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = await gateway.call(who, method, path, body)
    told = json.loads(answer.body)
    return answer.status, str(told.get("type", "")).rpartition(":")[2]


async def test_each_holders_officer_has_his_part_of_the_emergency_and_the_gateways_officer_all(stage: Stage) -> None:
    held = (await got(stage.gateway, "officer:ggz-west", REVIEWS))["items"]
    every = (await got(stage.gateway, "officer", REVIEWS))["items"]
    assert [(each["reason"], each["organisation"], each["standing"]) for each in held] == [
        ("emergency", "ggz-west", "open")
    ]
    assert sorted((each["reason"], each["organisation"]) for each in every) == [
        ("assisted-consent", "gateway"),
        ("emergency", "ggz-west"),
        ("emergency", "school-1"),
    ]
    assert (await got(stage.gateway, "officer:crisis-a", REVIEWS))["items"] == []


async def test_an_item_is_explained_with_the_duties_it_leaves_and_without_content(stage: Stage) -> None:
    [held] = (await got(stage.gateway, "officer:ggz-west", REVIEWS))["items"]
    seen = await got(stage.gateway, "officer:ggz-west", f"{REVIEWS}/{held['id']}")
    assert seen["event"]["actor"]["id"] == "kris"
    assert seen["event"]["justification"] == DECLARED["text"]
    # What was declared stands in another event than what left; who judges reads both.
    emergency = seen["event"]["emergency"]
    assert emergency["reason_code"] == DECLARED["reason_code"]
    assert set(emergency) == {"reason_code", "conditions", "opened_at", "expires_at"}
    assert set(seen["questions"]) == set(ANSWERS)
    duties = (await got(stage.gateway, "officer:ggz-west", OBLIGATIONS))["obligations"]
    assert [(each["code"], each["organisation"]) for each in duties] == [("OB-POST(5d)", "ggz-west")]


async def test_by_which_rules_it_was_released_is_for_the_gateways_officer_they_tell_who_is_incapable(
    tmp_path: Path,
) -> None:
    value = family(capacity=[incapable()], authority=[authority("moeder")], consents=[consent("moeder")])
    async with running(value, tmp_path) as one:
        await one.gateway.following.close()
        await one.gateway.sampling.close()
        stage = Stage(one)
        await stage.place()
        await one.gateway.sampling.draw()  # this week begins
        assert (await one.ask("professional:anna", "sem", "coordinate-plan")).status == 200
        await stage.place()
        await passed(stage, datetime.now(UTC), days=7)
        assert await one.gateway.sampling.draw() == 1
        for who, rules in (("officer", ["CV-12", "G-06"]), ("officer:ggz", None)):
            [item] = (await got(one, who, REVIEWS))["items"]
            [released] = (await got(one, who, f"{REVIEWS}/{item['id']}"))["event"]["elements"]
            assert (item["reason"], released["basis"], released.get("rules")) == ("sample", "LB-01", rules)


async def test_others_are_told_what_everybody_is_told_and_it_is_on_record(stage: Stage) -> None:
    [held] = (await got(stage.gateway, "officer:ggz-west", REVIEWS))["items"]
    one, [duty] = held["id"], (await got(stage.gateway, "officer:ggz-west", OBLIGATIONS))["obligations"]
    refused = (403, "not-available")
    for who in ("officer:school-1", "officer:crisis-a", "chris", "sem"):
        before = len(await stage.outcomes(Kind.LOG_READ)) + len(await stage.outcomes(Kind.REVIEW_DECIDED))
        assert await problem(stage.gateway, who, "GET", f"{REVIEWS}/{one}") == refused
        assert await problem(stage.gateway, who, "POST", f"{REVIEWS}/{one}/take") == refused
        assert await problem(stage.gateway, who, "POST", f"{REVIEWS}/{one}/verdict", VERDICT) == refused
        after = len(await stage.outcomes(Kind.LOG_READ)) + len(await stage.outcomes(Kind.REVIEW_DECIDED))
        assert after == before + 3
    for who in ("chris", "sem", "kris"):
        assert await problem(stage.gateway, who, "GET", REVIEWS) == refused
        assert await problem(stage.gateway, who, "POST", f"{REVIEWS}/next") == refused
        assert await problem(stage.gateway, who, "GET", OBLIGATIONS) == refused
    for who in ("officer:school-1", "officer", "kris", "sem"):
        done = f"{OBLIGATIONS}/{duty['id']}/done"
        assert await problem(stage.gateway, who, "POST", done, {"how": "gebeld"}) == refused


async def test_two_take_and_judge_and_none_judges_twice(stage: Stage) -> None:
    taken = json.loads((await stage.gateway.call("officer:ggz-west", "POST", f"{REVIEWS}/next")).body)["item"]
    path = f"{REVIEWS}/{taken['id']}/verdict"
    assert await problem(stage.gateway, "officer", "POST", path, VERDICT) == (409, "review-taken")
    first = await stage.gateway.call("officer:ggz-west", "POST", path, VERDICT)
    assert (first.status, json.loads(first.body)["standing"]) == (201, "second")
    assert json.loads(first.body)["receipt"]
    assert await problem(stage.gateway, "officer:ggz-west", "POST", path, VERDICT) == (409, "own-review")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"reason": "te kort" + " " * 30}, "reason"),
        ({"verdict": "approved"}, "verdict"),
        ({"follow_up": "later"}, "follow_up"),
        ({"answers": {**ANSWERS, "danger": "yes"}}, "answers.danger"),
        ({"answers": {}}, "answers.danger"),
        ({"items": ["a", "b"]}, "items"),
    ],
)
async def test_a_verdict_that_is_not_whole_is_refused_with_its_place(stage: Stage, change: Any, path: str) -> None:
    answer = await stage.gateway.call("officer", "POST", f"{REVIEWS}/x/verdict", {**VERDICT, **change})
    assert answer.status == 422
    assert path in [each["path"] for each in json.loads(answer.body)["errors"]]


async def test_a_duty_is_done_by_the_holders_own(stage: Stage) -> None:
    [duty] = (await got(stage.gateway, "officer:school-1", OBLIGATIONS))["obligations"]
    done = await stage.gateway.call("sanne", "POST", f"{OBLIGATIONS}/{duty['id']}/done", {"how": "Gesprek met Sem."})
    assert (done.status, json.loads(done.body)["done"]) == (201, True)
    assert (await got(stage.gateway, "officer:school-1", OBLIGATIONS))["obligations"] == []


async def test_wrong_queries_are_refused(stage: Stage) -> None:
    for query in ("?limit=0", "?limit=101", "?limit=x", "?all=1", "?after=x"):
        assert await problem(stage.gateway, "officer", "GET", REVIEWS + query) == (422, "invalid-request")


async def test_the_command_lists_what_is_open_for_a_named_officer_and_on_record(stage: Stage, tmp_path: Path) -> None:
    settings, key = stage.gateway.gateway.settings, tmp_path / "jo.key"
    keys = tmp_path / "officers"
    keys.write_text(make_officer_key("jo", key).encoded() + "\n", encoding="utf-8")
    told = {
        "ENVIRONMENT": settings.environment,
        "PUBLIC_URL": settings.public_url,
        "DATABASE_URL": settings.database_url,
        "KEY_FILE": str(settings.key_file),
        "LOG_KEY_FILE": str(settings.log_key_file),
        "TOKEN_KEY_FILE": str(settings.token_key_file),
        "OFFICER_KEYS": str(keys),
    }
    environment = {f"SCHAKEL_{name}": value for name, value in told.items()}

    async def run(*words: str) -> tuple[int, str]:
        # Beside our loop: it has one of its own, and the gateway's workers must be able to end what they write.
        result = await asyncio.to_thread(CliRunner().invoke, app, ["reviews", *words], env=environment)
        return result.exit_code, result.output

    code, said = await run("--as", "jo", "--key", str(key))
    assert code == 0, said
    assert said.startswith("3 reviews and 1 obligations are open; 0 late\n")
    assert "review      emergency  school-1  open" in said
    assert (await stage.outcomes(Kind.LOG_READ))[-1] == ("operator", "ok")
    assert (await run("--as", "jo", "--key", str(keys)))[0] != 0
    code, said = await run("--as", "jo", "--key", str(key), "--organisation", "team-noord")
    assert said == "nothing is waiting\n"
