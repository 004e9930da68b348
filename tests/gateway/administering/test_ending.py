"""An organisation's administrator ends what is registered of it, at once, and nothing of another."""

import json
from pathlib import Path

import pytest

from tests.gateway.administering.house import ADMINISTRATOR, asks, house_at, leaves, told

CLOSE = "organisations/close"
CLIENT = {"kind": "client", "name": "gi-system", "because": "De laptop is gestolen."}


async def test_his_own_client_ends_at_once_and_it_is_on_record_why(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as gateway:
        assert await asks(gateway, "gijs") == 200
        answer = await told(gateway, CLOSE, CLIENT)
        assert json.loads(answer.body)["ended"] == [{"kind": "client", "name": "gi-system"}]
        assert await asks(gateway, "gijs") == 401
        [event] = [each for each in await leaves(gateway, "config.changed") if each["organisation"] == "gi"]
        assert {"actor", "detail", "justification"} <= event["commitments"].keys()


async def test_of_the_organisation_all_ends(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        assert await asks(gateway, "gijs") == 200
        answer = await told(gateway, CLOSE, {"kind": "organisation", "name": "gi", "because": "Opgeheven."})
        kinds = {each["kind"] for each in json.loads(answer.body)["ended"]}
        assert kinds == {"organisation", "client", "identity-provider"}
        assert await asks(gateway, "gijs") == 401


@pytest.mark.parametrize("by", ["gijs", "officer:gi", "administrator-of-gi-2", "sem"])
async def test_nobody_else_ends_it(tmp_path: Path, by: str) -> None:
    async with house_at(tmp_path) as gateway:
        assert (await told(gateway, CLOSE, CLIENT, by=by)).status == 403
        assert await asks(gateway, "gijs") == 200


@pytest.mark.parametrize(
    ("kind", "name"), [("client", "gi-2-system"), ("client", "nothing"), ("organisation", "gi-2"), ("source", "gi")]
)
async def test_nothing_of_another_ends_and_what_is_anothers_is_not_told_from_nothing(
    tmp_path: Path, kind: str, name: str
) -> None:
    async with house_at(tmp_path) as gateway:
        assert (await told(gateway, CLOSE, CLIENT | {"kind": kind, "name": name})).status == 403
        assert await asks(gateway, "gea") == 403


async def test_it_says_why_and_names_what_there_is(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        for body, path in (
            ({**CLIENT, "because": ""}, "because"),
            ({**CLIENT, "because": " "}, "because"),
            ({**CLIENT, "kind": "barred"}, "kind"),
            ({**CLIENT, "organisation": "gi-2"}, "organisation"),
        ):
            answer = await told(gateway, CLOSE, body)
            assert (answer.status, json.loads(answer.body)["errors"][0]["path"]) == (422, path)
        assert await asks(gateway, "gijs") == 200


async def test_who_administers_asks_nothing_about_anybody_and_sees_nothing(tmp_path: Path) -> None:
    async with house_at(tmp_path) as gateway:
        assert await asks(gateway, ADMINISTRATOR) == 403
        for path in ("persons/sem/facts", "persons/sem/who-may-see", "me/access-log", "log", "holder/questions"):
            assert (await gateway.call(ADMINISTRATOR, "GET", f"/api/v1/{path}")).status == 403, path
