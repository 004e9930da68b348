"""Whatever is asked of a described door, by whomever: the answer is one of those that the OpenAPI document names.

And what the document names is so: each door succeeds for somebody, and refuses for each reason that it names.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio
from sqlalchemy import text

from docs.openapi import openapi_document
from gateway.api.keyed import HEADER
from gateway.identity.service import TOKEN_PATH
from tests.gateway.notices.told import client_token
from tests.gateway.openapi.acts import Acting, all_acts
from tests.gateway.openapi.crooked import crooked_of, outside_of
from tests.gateway.openapi.prepared import family, prepare
from tests.gateway.openapi.sweeping import Given, answers_of, code_of, requests_of, send, undocumented
from tests.gateway.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

SYSTEM = "system of team-noord"
ROLES = {
    None: 8, "professional:anna": 15, "professional:wim": 6, "person:sem": 13, "person:moeder": 9, "mentor:zus": 6,
    "officer": 28, "officer:ggz-west": 27, "administrator-of-ggz-west": 10, SYSTEM: 8,
}  # fmt: skip
"""Who asks, and the least doors that answer him with a success: the open ones answer everybody."""
DOCUMENT = openapi_document()
DOORS = {f"{method} {path}" for path, each in DOCUMENT["paths"].items() for method in each}
ELSEWHERE = {
    # Between the reading of the facts and the event they move, again and again.
    ("post /api/v1/exchange/plan", "facts-moved"): "tests/faults",
    # Somebody in it was forgotten before it was confirmed.
    ("post /api/v1/facts/mandates/{fact_id}/confirm", "contradiction"): "tests/consent/store",
    # What waits for a word would make somebody his own ancestor.
    ("post /api/v1/facts/family/{fact_id}/confirm", "contradiction"): "tests/gateway/facts",
    # Nothing was signed yet.
    ("get /audit/checkpoint", "no-such-path"): "tests/gateway/log_routes",
    # A body that comes in pieces, and late.
    **{
        (each, "too-slow"): "tests/gateway/test_slow_bodies.py"
        for each in DOORS
        if "too-slow" in answers_of(DOCUMENT, each).get("408", {}).get("codes", ())
    },
}
"""What cannot be had in one quiet world, and whose tests have it."""

KNOWING = {each for each in DOORS if "401" in answers_of(DOCUMENT, each)} - {f"post {TOKEN_PATH}"}
"""The doors that ask who comes, by his token."""
SHOWING = {each for each in KNOWING if each.startswith("get ")} | {
    f"post /api/v1/{name}" for name in ("log/search", "log/breach", "log/access-report", "log/{event_id}/content")
}
"""The doors that show somebody something, and let him do nothing."""

ITS_FILES = ("get /audit/checkpoint", "get /audit/consistency", "get /audit/tile/{name}")
"""The files of the log tell nothing of anybody: they are read without a trace, as long as they are there."""
TELLS_ITS_OWN = "get /api/v1/notices/webhook"
"""Tells a client the address that it registered itself: only that another asked is on record."""


OF_WHEN = {
    "/api/v1/log", "/api/v1/log/search", "/api/v1/log/breach", "/api/v1/log/access-report", "/api/v1/log/nen7513",
    "/api/v1/log/tickets", "/api/v1/me/access-log", "/api/v1/signals", "/api/v1/persons/{person}/facts",
    "/api/v1/persons/{person}/forecast",
}  # fmt: skip
"""The doors of which a question says of when it asks."""


@dataclass(frozen=True)
class Sweep:
    """What was asked and answered: by who may, by all, wrongly, with a used key, and while the log takes nothing.

    `outside` was asked of when nobody may ask; each with the member that says so. `ended` was asked by who was ended
    before it was read, or done.
    """

    acted: list[Given]
    by_role: dict[str | None, list[Given]]
    crooked: list[Given]
    outside: list[tuple[Given, str]]
    again: list[Given]
    broken: list[Given]
    ended: list[Given]

    @property
    def whole(self) -> list[Given]:
        """Return what was asked while all was well."""
        return [*self.acted, *(each for one in self.by_role.values() for each in one), *self.crooked, *self.again]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sweep(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sweep]:
    async with running(family(), tmp_path_factory.mktemp("openapi")) as gateway:
        gateway.hold(SYSTEM, *await client_token(gateway, "team-noord"))
        acting = Acting(gateway, DOCUMENT)
        await all_acts(acting)
        acted, known = [*acting.done], await prepare(gateway)
        # Beside the loop, in which the gateway closes connections that are idle for long: we must hear of it.
        asked = await asyncio.to_thread(lambda: list(requests_of(DOCUMENT, known)))
        assert {each.operation for each in asked} == DOORS
        by_role = {who: [await send(gateway, who, each) for each in asked] for who in ROLES}
        crooked = [await send(gateway, "officer", each) for each in crooked_of(DOCUMENT, known)]
        again = [await send(gateway, each.who, each.asked) for each in with_a_key_of_another(acted)]
        outside = [(await send(gateway, "officer", each), name) for each, name in outside_of(DOCUMENT, known)]
        well = Sweep(acted, by_role, crooked, outside, again, [], [])
        ended = await while_ended(gateway, well.whole)
        yield replace(well, ended=ended, broken=await while_broken(gateway, well.whole))


async def while_ended(gateway: Running, before: list[Given]) -> list[Given]:
    """Ask again at each door what was done for somebody, or shown to him, who is ended before that."""
    done = {each.asked.operation: each for each in reversed(before) if each.succeeded}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gateway.identity.caller.lets_in", lambda _registry, _caller: False)
        return [await send(gateway, done[each].who, done[each].asked) for each in sorted(KNOWING & done.keys())]


async def while_broken(gateway: Running, before: list[Given]) -> list[Given]:
    """Ask again at each door what was done for somebody, and what somebody may not, while the log takes nothing."""
    done = {each.asked.operation: each for each in reversed(before) if each.succeeded}
    not_allowed = {each.asked.operation: each for each in before if code_of(each.answer) == "not-available"}
    gateway.gateway.exchange.committer.health.broken = True
    taking_nothing = [await send(gateway, each.who, each.asked) for each in (*done.values(), *not_allowed.values())]
    async with gateway.gateway.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit_checkpoint RENAME TO gone"))
    return taking_nothing + [await send(gateway, done[door].who, done[door].asked) for door in ITS_FILES]


def with_a_key_of_another(acted: list[Given]) -> Iterator[Given]:
    """Yield what was done with a key, with the key of something else that the same one did."""
    keyed = {door for door, code in named() if code == "idempotency-conflict"}
    done = [each for each in acted if each.succeeded and each.asked.operation in keyed]
    for each in done:
        keys = [one.asked.headers[HEADER] for one in done if one.who == each.who and one.asked.path != each.asked.path]
        if keys:
            headers = {**each.asked.headers, HEADER: keys[0]}
            yield replace(each, asked=replace(each.asked, headers=headers))


def wrong(given: list[Given], *, broken: bool = False) -> list[str]:
    return [said for each in given if (said := undocumented(each, DOCUMENT, broken=broken)) is not None]


def succeeded(given: list[Given]) -> set[str]:
    return {each.asked.operation for each in given if each.succeeded}


def named() -> Iterator[tuple[str, str]]:
    """Yield each door with each code that it names."""
    for door in DOORS:
        for answer in answers_of(DOCUMENT, door).values():
            yield from ((door, code) for code in answer.get("codes", ()))


@pytest.mark.parametrize("who", ROLES)
async def test_every_answer_is_described(sweep: Sweep, who: str | None) -> None:
    assert wrong(sweep.by_role[who]) == []
    assert len(succeeded(sweep.by_role[who])) >= ROLES[who], succeeded(sweep.by_role[who])


async def test_every_answer_to_who_does_what_he_may_is_described(sweep: Sweep) -> None:
    assert wrong(sweep.acted) == []


async def test_every_answer_to_what_is_asked_wrongly_is_described(sweep: Sweep) -> None:
    assert wrong([*sweep.crooked, *sweep.again]) == []


async def test_of_a_day_at_the_edge_of_the_calendar_nobody_may_ask_and_the_member_is_named(sweep: Sweep) -> None:
    assert {each.asked.operation.partition(" ")[2] for each, _ in sweep.outside} == OF_WHEN
    assert wrong([each for each, _ in sweep.outside]) == []
    for each, name in sweep.outside:
        told = json.loads(each.answer.body)
        assert each.answer.status == 422, (each.asked.path, told)
        assert [one["path"] for one in told["errors"]] == [name], each.asked.path


async def test_every_door_succeeds_for_somebody(sweep: Sweep) -> None:
    assert DOORS - succeeded(sweep.whole) == set()


async def test_every_door_refuses_for_each_reason_that_it_names(sweep: Sweep) -> None:
    seen = {(each.asked.operation, code_of(each.answer)) for each in (*sweep.whole, *sweep.broken)}
    assert set(named()) - seen == ELSEWHERE.keys()


async def test_who_is_ended_while_something_is_read_for_him_is_not_shown_it(sweep: Sweep) -> None:
    assert {each.asked.operation for each in sweep.ended} == KNOWING
    shown = [each for each in sweep.ended if each.asked.operation in SHOWING]
    assert {each.asked.operation for each in shown if code_of(each.answer) != "not-available"} == set()


async def test_who_is_ended_while_he_acts_has_nothing_done(sweep: Sweep) -> None:
    acts = [each for each in sweep.ended if each.asked.operation not in SHOWING]
    assert {(each.asked.operation, each.answer.status) for each in acts if each.answer.status != 403} == set()


async def test_while_the_log_takes_nothing_nothing_is_done_and_each_door_says_why(sweep: Sweep) -> None:
    assert wrong(sweep.broken, broken=True) == []
    recording = {door for door, code in named() if code == "log-unavailable"}
    assert succeeded(sweep.broken) & recording == {TELLS_ITS_OWN, *ITS_FILES}
