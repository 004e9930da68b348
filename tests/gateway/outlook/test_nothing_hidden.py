"""What lies ahead is the same with and without a fact that whoever reads it does not see."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.outlook.test_persons import HELP, HERS, SEM, ZUS, ahead
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

Json = dict[str, Any]
Said = tuple[str, str, Json]
"""Who says it, where, and what."""

FOSTER = {"person": "tante", "of": "zus", "relation": "foster-parent", "via": "pleegzorg", "until": "2027-06-01"}
LIVES = {"person": "zus", "of": "sem", "relation": "sibling", "since": "2026-01-01", "until": "2027-06-01"}
PARENT = {"person": "vader", "of": "zus", "relation": "parent"}
FOUND = {"person": "sem", "by": "chris", "on": "2026-11-10", "capable": False, "reason": "Hij overziet het niet."}
ORDER = {"id": "o1", "kind": "supervision-order", "subject": "sem", "since": "2026-01-01", "until": "2027-06-01"}
ENGAGED = {"order": "o1", "provider": "ggz-west", "since": "2026-01-10", "until": "2027-06-01"}
ANOTHER = {"order": "o1", "provider": "pleegzorg", "since": "2026-01-05"}
TOGETHER = {"kind": "joint-help", "about": "sem", "organisations": ["team-noord", "ggz-west"]}
AGAIN = {**TOGETHER, "organisations": ["vreemd", "team-noord", "ggz-west"], "until": "2027-06-01"}
ASSISTED = {"form": "in-person", "identity": "known-in-person", "text_sha256": "0f" * 32}
WRITTEN_DOWN = {name: said for name, said in HERS.items() if name not in {"id", "on"}} | ASSISTED
NO = {"about": "zus", "given_by": "sem", "recipients": ["politie"]}


def town(sections: dict[str, list[Json]]) -> Json:
    helping = (("team-noord", "sem"), ("ggz-west", "sem"), ("ggz-west", "zus"), ("pleegzorg", "zus"))
    told = world(family=[], consents=[])
    told["involvements"] = [
        {**HELP, "id": f"{name}-{about}", "organisations": [name], "about": about} for name, about in helping
    ]
    told["organisations"] += [{"id": "pleegzorg", "kind": "foster-care"}, {"id": "vreemd", "kind": "youth-care"}]
    told["professionals"] += [
        {"id": "fenna", "organisation": "pleegzorg", "role": "foster-care-worker"},
        {"id": "vera", "organisation": "vreemd", "role": "youth-professional"},
    ]
    told["persons"] += [{"id": name, "born": "1980-01-01"} for name in ("vader", "tante")]
    return told | {name: [*told.get(name, ()), *entries] for name, entries in sections.items()}


@dataclass(frozen=True)
class Pair:
    """What `who` reads of somebody, with and without what is `hidden` from him; `said` is said in both, by name.

    What is `hidden_said` is said after that in one of both, and `then` again in both.
    """

    who: str
    path: str
    seen: dict[str, list[Json]]
    hidden: dict[str, list[Json]]
    said: tuple[Said, ...] = ()
    hidden_said: tuple[Said, ...] = ()
    then: tuple[Said, ...] = ()


LATER = {**FOUND, "by": "anna", "on": "2026-11-15", "capable": True}
PAIRS = {
    "that somebody is a parent": Pair("fenna", ZUS, {"family": [FOSTER]}, {"family": [PARENT]}),
    "what is known of his sister": Pair("sem", SEM, {"family": [LIVES]}, {"family": [PARENT]}),
    "what another found before": Pair(
        "chris", SEM, {"capacity": [FOUND]}, {"capacity": [{**LATER, "on": "2026-11-01"}]}
    ),
    "what another found since": Pair("chris", SEM, {"capacity": [FOUND]}, {"capacity": [LATER]}),
    "who else is engaged": Pair(
        "chris", SEM, {"orders": [ORDER], "assignments": [ENGAGED]}, {"assignments": [ANOTHER]}
    ),
    "who somebody is to who says that he helps": Pair(
        "vera",
        ZUS,
        {},
        {"family": [PARENT]},
        said=(
            ("vera", "involvements", {"kind": "help", "about": "zus"}),
            ("vera", "family", {**FOSTER, "via": "vreemd"}),
        ),
    ),
    "to whose joint help somebody objected": Pair(
        "vera",
        SEM,
        {},
        {},
        said=(
            ("anna", "involvements", TOGETHER),
            ("vera", "involvements", {"kind": "help", "about": "sem"}),
        ),
        hidden_said=(("sem", "involvements/ID0/close", {"field": "objection_on"}),),
        then=(("vera", "involvements", AGAIN),),
    ),
    "a no, to who wrote down a yes": Pair(
        "chris",
        ZUS,
        {},
        {},
        said=(("chris", "consents", {**WRITTEN_DOWN, "recipients": ["ggz-west"]}),),
        hidden_said=(("fenna", "refusals", NO),),
    ),
    "a no, to whose yes was written down": Pair(
        "moeder",
        ZUS,
        {},
        {},
        said=(("chris", "consents", {**WRITTEN_DOWN, "recipients": ["ggz-west"]}),),
        hidden_said=(("fenna", "refusals", NO),),
    ),
}


async def say(gateway: Running, said: tuple[Said, ...], ids: list[str]) -> None:
    for who, path, body in said:
        answer = await gateway.call(who, "POST", f"/api/v1/facts/{path.replace('ID0', (*ids, '')[0])}", body)
        assert answer.status == 201, answer.body
        ids.append(json.loads(answer.body)["id"])


async def read(pair: Pair, folder: Path, *, hidden: bool) -> list[Json]:
    """Return what he reads; ids that were made are told by the order in which they were."""
    sections = {
        name: [*(pair.hidden.get(name, ()) if hidden else ()), *pair.seen.get(name, ())]
        for name in pair.seen | pair.hidden
    }
    async with running(town(sections), folder) as gateway:
        ids: list[str] = []
        await say(gateway, pair.said, ids)
        await say(gateway, pair.hidden_said if hidden else (), [*ids])
        await say(gateway, pair.then, ids)
        rows = await ahead(gateway, pair.who, pair.path)
    return [{**each, "fact": ids.index(each["fact"]) if each["fact"] in ids else each["fact"]} for each in rows]


@pytest.mark.parametrize("pair", PAIRS.values(), ids=[each.replace(" ", "-") for each in PAIRS])
async def test_what_lies_ahead_tells_nothing_of_what_he_does_not_see(
    pair: Pair, tmp_path_factory: pytest.TempPathFactory
) -> None:
    without = await read(pair, tmp_path_factory.mktemp("without"), hidden=False)
    assert await read(pair, tmp_path_factory.mktemp("with"), hidden=True) == without


async def test_what_was_objected_to_itself_ends_no_more(tmp_path: Path) -> None:
    async with running(town({}), tmp_path) as gateway:
        ids: list[str] = []
        accepts = ("chris", "involvements/ID0/confirm", {"field": "accepted_by"})
        for each in (("anna", "involvements", {**TOGETHER, "until": "2027-06-01"}), accepts):
            await say(gateway, (each,), ids)

        async def until(who: str) -> list[str]:
            return [each["effect"] for each in await ahead(gateway, who, SEM) if each["fact"] == ids[0]]

        assert [await until(who) for who in ("anna", "chris", "sem")] == [["ends"]] * 3
        await say(gateway, (("sem", "involvements/ID0/close", {"field": "objection_on"}),), ids)
        # Mostly another reason is given for what does not count by then (`consent.outlook.forecast.Effect`).
        assert [await until(who) for who in ("anna", "chris", "sem")] == [["changes"]] * 3


async def test_who_comes_first_tells_him_nothing_of_his_sister(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    joint = {**TOGETHER, "id": "j1", "since": "2026-01-01", "client_informed": True}
    wish = {"youth": "zus", "on": "2026-11-05", "recipients": ["politie"], "noted_by": "anna"}
    told = []
    for wishes in ([], [wish]):
        world = town({"involvements": [joint], "considered_wishes": wishes})
        async with running(world, tmp_path_factory.mktemp("town")) as gateway:
            answer = await gateway.call("sem", "GET", f"{SEM}/who-may-see")
        told.append(json.loads(answer.body)["sights"])
    assert told[0] == told[1] != []
