"""What may not be asked is not asked: a source hears nothing of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.wiring import World
from schemas.words import Category
from tests.gateway.running import running
from tests.gateway.sources import Heard, spies
from tests.gateway.worlds import YES, record, world


async def heard_by(
    told: Mapping[str, Any], folder: Path, *, who: str = "anna", person: str = "sem", **more: Any
) -> tuple[int, Mapping[str, Heard]]:
    """Ask once in the world `told`; return the status and what every source heard."""
    found: dict[str, Heard] = {}

    def spied(before: World) -> World:
        after, spied_on = spies(before)
        found.update(spied_on)
        return after

    async with running(told, folder, change=spied) as gateway:
        answer = await gateway.ask(who, person, "coordinate-plan", **more)
    return answer.status, found


async def test_a_source_that_may_be_asked_hears_who_and_what(tmp_path: Path) -> None:
    status, heard = await heard_by(world(), tmp_path)
    (permit,) = heard["ggz-west"].permits
    assert status == 200
    assert permit.categories == {"sem": {Category.GOALS, Category.APPOINTMENTS, Category.SCHOOL}}
    assert permit.identifiers == {"sem": "sem"}


async def test_a_holder_that_may_not_be_asked_hears_nothing(tmp_path: Path) -> None:
    told = world(consents=[{"id": "c1", **YES, "holders": ["school-1"]}])
    status, heard = await heard_by(told, tmp_path)
    assert status == 200
    assert heard["ggz-west"].permits == []
    assert len(heard["school-1"].permits) == 1


async def test_who_may_have_nothing_is_heard_of_by_nobody(tmp_path: Path) -> None:
    status, heard = await heard_by(world(), tmp_path, who="piet")
    assert status == 403
    assert all(spy.permits == [] for spy in heard.values())


async def test_a_category_that_may_not_be_asked_is_not_in_the_question(tmp_path: Path) -> None:
    _, heard = await heard_by(world(), tmp_path, categories=["goals", "health"])
    (permit,) = heard["ggz-west"].permits
    assert permit.categories == {"sem": {Category.GOALS}}
    # The school may be asked for goals too, as the consent says.
    (permit,) = heard["school-1"].permits
    assert permit.categories == {"sem": {Category.GOALS}}


async def test_a_person_who_may_not_be_asked_about_is_not_named_to_the_source(tmp_path: Path) -> None:
    told = world(records=[record("r1"), record("r4", about=["zus"]), record("r5", about=["moeder", "sem"])])
    _, heard = await heard_by(told, tmp_path)
    (permit,) = heard["ggz-west"].permits
    assert set(permit.identifiers) == {"sem"}
    assert set(permit.categories) == {"sem"}


async def test_another_person_is_asked_about_as_far_as_his_own_yes_goes(tmp_path: Path) -> None:
    hers = {"id": "c2", **YES, "about": "moeder", "given_by": "moeder", "categories": ["goals"]}
    told = world(consents=[{"id": "c1", **YES}, hers], records=[record("r1"), record("r5", about=["moeder"])])
    status, heard = await heard_by(told, tmp_path)
    (permit,) = heard["ggz-west"].permits
    assert status == 200
    assert permit.categories["moeder"] == {Category.GOALS}
    assert set(permit.identifiers) == {"sem", "moeder"}


async def test_who_is_unknown_is_not_asked_about(tmp_path: Path) -> None:
    status, heard = await heard_by(world(), tmp_path, person="niemand")
    assert status == 403
    assert all(spy.permits == [] for spy in heard.values())


async def test_naming_a_record_opens_no_question(tmp_path: Path) -> None:
    status, heard = await heard_by(world(), tmp_path, records=["r3"])
    (permit,) = heard["ggz-west"].permits
    assert status == 403
    assert Category.HEALTH not in permit.categories["sem"]


async def test_a_review_asks_no_source_and_is_an_officers_to_see(tmp_path: Path) -> None:
    told = world(consents=[{"id": "c1", **YES, "free": False}])
    found: dict[str, Heard] = {}

    def spied(before: World) -> World:
        after, spied_on = spies(before)
        found.update(spied_on)
        return after

    async with running(told, tmp_path, change=spied) as gateway:
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
        request_id = json.loads(answer.body)["request_id"]
        seen = json.loads((await gateway.call("officer", "GET", f"/api/v1/decisions/{request_id}")).body)
    assert all(spy.permits == [] for spy in found.values())
    assert seen["outcome"] == "review"
    assert {(each["holder"], each["result"]) for each in seen["not_asked"]} >= {("ggz-west", "review")}
