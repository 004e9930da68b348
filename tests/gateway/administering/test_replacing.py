"""Who stands in for a worker may ask as he does, from what his administrator says until that ends."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.failpoints import Step
from gateway.identity.builtin_provider import Login
from gateway.sandbox.call import Answer
from gateway.sandbox.credentials import Someone
from tests.gateway.administering.house import ADMINISTRATOR, FACTS, asks, house_at, leaves, told, weak
from tests.gateway.running import Running, at_step

STANDS_IN = {"professional": "geert", "replaces": "gijs", "until": "2026-12-20"}


async def recorded(gateway: Running, **more: str) -> str:
    answer = await told(gateway, "replacements", STANDS_IN | more)
    assert answer.status == 201, answer.body
    return str(json.loads(answer.body)["id"])


def place_of(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["errors"][0]["path"]


async def test_who_stands_in_asks_as_the_worker_does_until_it_ends(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as gateway:
        assert [await asks(gateway, who) for who in ("gijs", "geert")] == [200, 403]
        replacement = await recorded(gateway)
        assert await asks(gateway, "geert") == 200
        assert (await told(gateway, f"replacements/{replacement}/close", {"field": "until"})).status == 201
        assert [await asks(gateway, who) for who in ("gijs", "geert")] == [200, 403]


async def test_one_that_ends_before_the_commit_of_a_request_gives_it_nothing(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as gateway:
        replacement = await recorded(gateway)

        async def close() -> None:
            assert (await told(gateway, f"replacements/{replacement}/close", {})).status == 201

        gateway.change(at_step(Step.ASSEMBLED, close))
        assert await asks(gateway, "geert") == 403
        assert await leaves(gateway, "exchange.disclosed") == []


@pytest.mark.parametrize(
    "by", ["gijs", "geert", "officer:gi", "administrator-of-gi-2", "administrator-of-ggz-west", "sem"]
)
async def test_nobody_else_records_or_ends_one_and_that_he_tried_is_on_record(tmp_path: Path, by: str) -> None:
    async with house_at(tmp_path) as gateway:
        replacement = await recorded(gateway)
        before = len(await leaves(gateway, "fact.refused"))
        for path, body in (("replacements", STANDS_IN), (f"replacements/{replacement}/close", {})):
            assert (await told(gateway, path, body, by=by)).status == 403
        assert len(await leaves(gateway, "fact.refused")) == before + 2
        assert await asks(gateway, "geert") == 200


async def test_an_administrator_opens_no_door_for_himself_as_who_stands_in(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        himself = Someone(organisation="gi", login=Login(form="administrator", id="geert"))
        gateway.credentials = replace(gateway.credentials, people=(*gateway.credentials.people, himself))
        before = len(await leaves(gateway, "fact.refused"))
        assert (await told(gateway, "replacements", STANDS_IN, by="administrator:geert")).status == 403
        assert len(await leaves(gateway, "fact.refused")) == before + 1
        assert await asks(gateway, "geert") == 403
        # Another stands in for him where he says so, and any replacement he ends.
        other = STANDS_IN | {"professional": "gijs", "replaces": "geert"}
        assert (await told(gateway, "replacements", other, by="administrator:geert")).status == 201
        replacement = await recorded(gateway)
        assert (await told(gateway, f"replacements/{replacement}/close", {}, by="administrator:geert")).status == 201


async def test_nobody_of_another_organisation_stands_in_and_none_is_told_from_nobody(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        others = [{key: who} for who in ("gea", "chris", "nobody") for key in ("professional", "replaces")]
        refused = [await told(gateway, "replacements", STANDS_IN | names) for names in others]
        assert {each.status for each in refused} == {403}
        bare = [{**json.loads(each.body), "request_id": None} for each in refused]
        assert all(each == bare[0] for each in bare)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({**STANDS_IN, "until": "2027-01-05"}, "until"),
        ({**STANDS_IN, "since": "2026-01-01"}, "until"),
        ({**STANDS_IN, "replaces": "geert"}, "replaces"),
        ({**STANDS_IN, "since": "2026-12-24"}, "until"),
        ({"professional": "geert", "replaces": "gijs"}, "until"),
        ({**STANDS_IN, "kind": "help"}, "kind"),
        ({**STANDS_IN, "recorded_by": "gijs"}, "recorded_by"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, body: dict[str, str], path: str) -> None:
    async with house_at(tmp_path) as gateway:
        assert place_of(await told(gateway, "replacements", body)) == (422, path)
        assert await asks(gateway, "geert") == 403


async def test_a_weak_login_ends_one_and_records_none(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        replacement = await recorded(gateway)
        by = weak(gateway, "second-administrator-of-gi")
        assert (await told(gateway, "replacements", STANDS_IN, by=by)).status == 403
        assert (await told(gateway, f"replacements/{replacement}/close", {}, by=by)).status == 201
        assert await asks(gateway, "geert") == 403


async def test_an_end_for_later_is_one_and_no_end_is_moved_to_later(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        close = f"replacements/{await recorded(gateway)}/close"
        assert place_of(await told(gateway, close, {"on": "2026-11-01"})) == (422, "on")
        ends = [
            json.loads((await told(gateway, close, {"on": on})).body)["until"] for on in ("2026-12-01", "2026-12-10")
        ]
        assert ends == ["2026-12-01", "2026-12-01"]
        assert await asks(gateway, "geert") == 200


async def test_it_is_recorded_once_for_one_key(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        path = f"{FACTS}/replacements"
        first, again = [await gateway.once(ADMINISTRATOR, path, "k", STANDS_IN) for _ in range(2)]
        assert (first.status, first.body) == (again.status, again.body)
        assert first.status == 201
        other = await gateway.once(ADMINISTRATOR, path, "k", STANDS_IN | {"until": "2026-12-21"})
        assert other.status == 409
