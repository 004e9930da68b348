"""Nobody can tell from an answer why there is nothing: the whole of it is the same, but for date and request id."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters.contract import SourceSilentError
from consent.naming import PERSON_SYSTEM
from gateway.exchange import Exchange
from gateway.failpoints import Step
from gateway.flow.release import EgressError
from gateway.wiring import World
from schemas.plan import Element
from schemas.words import Category
from tests.gateway.running import PLAN, Running, question, running
from tests.gateway.sources import Heard, Telling, element, instead
from tests.gateway.worlds import YES, record, world

_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DATE = re.compile(rb"(?m)^date: [^\r]+")


def silence() -> None:
    raise SourceSilentError("no answer")


def as_it_is(before: World) -> World:
    return before


@dataclass(frozen=True)
class Reason:
    """One reason for nothing, and how a world comes to have it."""

    told: Mapping[str, Any]
    who: str = "anna"
    person: str = "sem"
    purpose: str = "coordinate-plan"
    change: Callable[[World], World] = as_it_is


def both(*elements: Any, act: Callable[[], None] = lambda: None) -> Callable[[World], World]:
    return instead(Telling("ggz-west", elements, act), Telling("school-1", (), act))


# Sem is 10 here: his mother speaks for him, and asks; what he told in confidence is not hers.
TEN = world(
    persons=[{"id": "sem", "born": "2016-05-04"}, {"id": "moeder", "born": "1984-01-01"}],
    family=[{"person": "moeder", "of": "sem", "relation": "parent"}],
    authority=[
        {"id": "a1", "holder": "moeder", "over": "sem", "kind": "parental", "since": "2016-05-04"}
        | {"verified_on": "2026-11-10"}
    ],
    consents=[],
    records=[record("r1", told_in_confidence=True)],
)
FOURTEEN = {**TEN, "persons": [{"id": "sem", "born": "2012-05-04"}, {"id": "moeder", "born": "1984-01-01"}]}

REASONS: dict[str, Reason] = {
    "the person is unknown": Reason(world(), person="niemand"),
    "the number of the person is too long": Reason(world(), person="x" * 200),
    "nobody has a record about the person": Reason(world(records=[])),
    "all records are withheld": Reason(world(records=[record("r3", category="health")])),
    "the only element is about another person": Reason(world(), change=both(element("e1", about=("moeder", "sem")))),
    "no consent was ever given": Reason(world(consents=[])),
    "consent was withdrawn": Reason(world(consents=[{"id": "c1", **YES, "withdrawn_on": "2026-11-20"}])),
    "there is no basis for this requester": Reason(world(), who="piet"),
    "somebody has to decide first": Reason(world(consents=[{"id": "c1", **YES, "free": False}])),
    "one element waits for a review": Reason(world(records=[record("r1", regime=None)])),
    "the only element is vetoed": Reason(world(records=[record("r1", good_care_veto=True)])),
    "it was told in confidence by a child": Reason(TEN, who="moeder", purpose="exercise-authority"),
    "it was told in confidence by a youth": Reason(FOURTEEN, who="moeder", purpose="exercise-authority"),
    "every source is silent": Reason(world(), change=both(act=silence)),
    "the sources know nobody": Reason(world(), change=both()),
    "a source lies": Reason(world(), change=both(element("e1", "school-1"))),
    "the requester is an officer": Reason(world(), who="officer:team-noord"),
    "an untrusted requester": Reason(
        world(
            professionals=[
                {"id": "anna", "organisation": "team-noord", "role": "youth-professional", "trusted": False},
            ]
        )
    ),
}


def masked(answer: bytes) -> bytes:
    """Return `answer` with date and request id struck out, after a look that they stand where they belong."""
    assert len(_DATE.findall(answer)) == 1
    assert len(_ID.findall(answer)) <= 1
    return _ID.sub(b"ID", _DATE.sub(b"date: DATE", answer))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain_refusal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return what is answered about somebody whom nobody knows."""
    async with running(world(), tmp_path_factory.mktemp("gateway")) as gateway:
        body = json.dumps(question("niemand", "coordinate-plan")).encode()
        return masked(await gateway.raw("anna", "POST", PLAN, body))


@pytest.mark.parametrize("reason", REASONS.values(), ids=[name.replace(" ", "-") for name in REASONS])
async def test_nothing_looks_the_same_whatever_the_reason(reason: Reason, tmp_path: Path, plain_refusal: bytes) -> None:
    async with running(reason.told, tmp_path, change=reason.change) as gateway:
        body = json.dumps(question(reason.person, reason.purpose)).encode()
        answer = await gateway.raw(reason.who, "POST", PLAN, body)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert masked(answer) == plain_refusal


async def test_a_defect_of_ours_looks_the_same(
    tmp_path: Path, plain_refusal: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise EgressError("an element would leave twice")

    monkeypatch.setattr("gateway.exchange.seal_release", broken)
    async with running(world(), tmp_path) as gateway:
        answer = await gateway.raw("anna", "POST", PLAN, json.dumps(question("sem", "coordinate-plan")).encode())
    assert masked(answer) == plain_refusal


async def test_the_comparison_would_see_one_header_more(tmp_path: Path, plain_refusal: bytes) -> None:
    async with running(world(), tmp_path) as gateway:
        inner = gateway.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            async def send_on(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], (b"x-person", b"unknown")]
                await send(message)

            await inner(scope, receive, send_on)

        gateway.app = app
        body = json.dumps(question("niemand", "coordinate-plan")).encode()
        answer = await gateway.raw("anna", "POST", PLAN, body)
    assert masked(answer) != plain_refusal


@pytest.mark.parametrize(
    "held", [[element("e2", "school-1", category=Category.SCHOOL)], []], ids=["holds", "holds none"]
)
async def test_which_sources_answered_does_not_follow_from_what_they_hold(held: list[Element], tmp_path: Path) -> None:
    change = instead(Telling("ggz-west", [element("e1")]), Telling("school-1", held))
    async with running(world(), tmp_path, change=change) as gateway:
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert json.loads(answer.body)["sources"] == [
        {"organisation": "ggz-west", "status": "answered"},
        {"organisation": "school-1", "status": "answered"},
    ]


async def test_a_silent_source_is_named_only_where_a_basis_towards_it_holds(tmp_path: Path) -> None:
    told = world(consents=[{"id": "c1", **YES, "holders": ["ggz-west"]}])
    change = instead(Telling("ggz-west", [element("e1")]), Telling("school-1", (), silence))
    async with running(told, tmp_path, change=change) as gateway:
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert json.loads(answer.body)["sources"] == [{"organisation": "ggz-west", "status": "answered"}]


@pytest.mark.parametrize("numbers", [PERSON_SYSTEM, "urn:numbers:none"], ids=["has his number", "has no number of his"])
@pytest.mark.parametrize(("act", "status"), [(silence, "silent"), (lambda: None, "answered")], ids=["down", "up"])
async def test_a_status_is_the_sources_own_whether_or_not_it_knows_the_person(
    numbers: str, act: Callable[[], Any], status: str, tmp_path: Path
) -> None:
    change = instead(Telling("ggz-west", [element("e1")]), Telling("school-1", (), act, identifier_system=numbers))
    async with running(world(), tmp_path, change=change) as gateway:
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert {"organisation": "school-1", "status": status} in json.loads(answer.body)["sources"]


async def test_a_source_that_has_no_number_of_the_person_hears_of_nobody(tmp_path: Path) -> None:
    spy = Heard(Telling("school-1", identifier_system="urn:numbers:none"))
    async with running(world(), tmp_path, change=instead(Telling("ggz-west", [element("e1")]), spy)) as gateway:
        await gateway.ask("anna", "sem", "coordinate-plan")
    assert [(each.identifiers, each.family, each.categories) for each in spy.permits] == [({}, {}, {})]


NO_VIEWS = {
    "no request has this id": ("officer", "00000000-0000-4000-8000-000000000000"),
    "this is no request id": ("officer", "x"),
    "it holds what a database cannot": ("officer", "%00"),
    "it is no text": ("officer", "%ff%fe"),
    "he is no officer": ("anna", "REAL"),
    "he is a person": ("sem", "REAL"),
    "he is an officer without a part in it": ("officer:politie", "REAL"),
}


async def test_no_view_looks_the_same_whatever_the_reason(tmp_path: Path, database_url: str) -> None:
    async with running(world(), tmp_path, database_url=database_url) as gateway:
        real = json.loads((await gateway.ask("anna", "sem", "coordinate-plan")).body)["request_id"]
        none = await gateway.raw("officer", "GET", "/api/v1/decisions/11111111-1111-4111-8111-111111111111")
        assert none.startswith(b"HTTP/1.1 403 ")
        for name, (who, request_id) in NO_VIEWS.items():
            path = "/api/v1/decisions/" + (real if request_id == "REAL" else request_id)
            assert masked(await gateway.raw(who, "GET", path)) == masked(none), name


async def steps_of(gateway: Running, person: str) -> list[Step]:
    passed: list[Step] = []

    async def note(step: Step) -> None:
        passed.append(step)

    def noting(exchange: Exchange) -> Exchange:
        return replace(exchange, reached=note)

    gateway.change(noting)
    await gateway.ask("anna", person, "coordinate-plan")
    return passed


async def test_the_steps_taken_do_not_depend_on_whether_the_person_is_known(tmp_path: Path) -> None:
    async with running(world(records=[]), tmp_path) as gateway:
        assert await steps_of(gateway, "sem") == await steps_of(gateway, "niemand")
