"""A source that is silent, slow, wrong or hostile never stops the others and never widens anything."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters.contract import Leftover, Mapped, RecordSource, SourceMalformedError, SourceRecord, SourceSilentError
from adapters.resilience import Breaker, guarded
from audit.entry import Entry
from audit.events import Event, EventOutcome, Kind
from audit.prepared import Prepared
from audit.read import events_of_request, opened
from audit.store import AuditLog
from consent.keys import KeyUnavailableError
from gateway.flow.release import EgressError
from schemas.permits import Permit
from schemas.plan import Element, Period, Source
from schemas.words import Category, Regime
from schemas.words import RecordSource as ToldBy
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling, element
from tests.gateway.worlds import YES, world

GOOD = Telling("school-1", [element("good", "school-1", category=Category.SCHOOL)])


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with running(world(), tmp_path_factory.mktemp("gateway")) as one:
        yield one


async def asked(gateway: Running, *sources: RecordSource) -> dict[str, Any]:
    """Ask once with `sources` beside a good one; return the whole answer, which must be a 200."""
    there: dict[str, list[RecordSource]] = {}
    for each in (GOOD, *sources):
        there.setdefault(each.organisation, []).append(each)
    gateway.change(lambda exchange: replace(exchange, sources=lambda: there))
    return await answered(gateway)


async def answered(gateway: Running) -> dict[str, Any]:
    answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert answer.status == 200, answer.body
    body: dict[str, Any] = json.loads(answer.body)
    return body


async def seen(gateway: Running, body: dict[str, Any]) -> dict[str, Any]:
    """Return what the gateway's officer sees of the decision behind an answer."""
    answer = await gateway.call("officer", "GET", f"/api/v1/decisions/{body['request_id']}")
    view: dict[str, Any] = json.loads(answer.body)
    return view


def left_out(count: int) -> dict[str, str]:
    return {"record": "*", "path": "*", "why": f"{count} outside the permit, doubled or malformed"}


async def events(gateway: Running, request_id: str, count: int) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return kind, counterparty and detail of the events of a request, once there are `count`."""
    committer = gateway.gateway.exchange.committer
    found: list[Entry] = []
    async with asyncio.timeout(5):
        while len(found) < count:
            await asyncio.sleep(0.05)
            async with committer.engine.connect() as connection:
                found = await events_of_request(connection, request_id)
    return [
        (each.leaf_json["kind"], each.leaf_json["counterparty"], opened(committer.sealer, each).get("detail", {}))
        for each in found
    ]


async def test_a_source_that_fails_is_an_event_and_one_that_rests_is_none(gateway: Running) -> None:
    failing = Telling("ggz-west", (), FAILURES["it is silent"], system="other")
    breaker = Breaker(threshold=1)
    source = guarded(failing, deadline=timedelta(seconds=5), limit=2, breaker=breaker)
    first = await asked(gateway, source)
    found = {kind: (other, detail) for kind, other, detail in await events(gateway, first["request_id"], 3)}
    other, detail = found["source.failed"]
    assert (other, detail["value"]) == ("ggz-west", {"system": "other", "why": "no answer"})
    second = await asked(gateway, source)
    kinds = {kind for kind, _, _ in await events(gateway, second["request_id"], 2)}
    assert kinds == {"exchange.disclosed", "exchange.delivered"}


async def test_an_event_that_cannot_be_made_takes_no_other_with_it(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries, build = gateway.gateway.deliveries, gateway.gateway.log.build

    def broken(_: AuditLog, event: Event) -> Prepared:
        if event.kind is Kind.SOURCE_FAILED:
            raise KeyUnavailableError("gone")
        return build(event)

    monkeypatch.setattr(AuditLog, "build", broken)
    body = await asked(gateway, Telling("ggz-west", (), FAILURES["it is silent"], system="other"))
    kinds = {kind for kind, _, _ in await events(gateway, body["request_id"], 2)}
    assert kinds == {"exchange.disclosed", "exchange.delivered"}
    monkeypatch.undo()
    monkeypatch.setattr("gateway.committing.deliveries.MOST_WAITING", 0)
    deliveries.report(Event(kind=Kind.LOGIN, outcome=EventOutcome.OK, organisation="system", fields={}))
    assert deliveries._waiting.empty()


@pytest.mark.parametrize("place", ["gateway.exchange.seal_release", "gateway.emergency.opening.Emergencies.opened"])
async def test_a_defect_of_ours_is_on_record_and_nothing_leaves(
    gateway: Running, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise EgressError("an element would leave twice")

    monkeypatch.setattr(place, broken)
    gateway.change(lambda exchange: replace(exchange, sources=lambda: {GOOD.organisation: [GOOD]}))
    answer = await gateway.ask("anna", "sem", "coordinate-plan")
    body = json.loads(answer.body)
    assert (answer.status, body["type"]) == (403, "urn:schakel:problem:not-available")
    ((kind, _, detail),) = await events(gateway, body["request_id"], 1)
    assert (kind, detail["value"]) == ("exchange.aborted", {"why": "defect: EgressError"})


def statuses(body: dict[str, Any]) -> dict[str, str]:
    return {each["organisation"]: each["status"] for each in body["sources"]}


class Stranger:
    """What a program returns that never read the contract."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


async def hang() -> None:
    await asyncio.sleep(3600)


def raises(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


class UnsayableError(SourceMalformedError):
    def __str__(self) -> str:
        return "file \ud800"


FAILURES: dict[str, Callable[[], Awaitable[None] | None]] = {
    "it is silent": raises(SourceSilentError("no answer")),
    "it is malformed": raises(SourceMalformedError("line 3")),
    "its fault cannot be written": raises(UnsayableError()),
    "it raises what nobody foresaw": raises(ZeroDivisionError("Sem Jansen")),
    "it lets a cancelling out": raises(asyncio.CancelledError()),
    "its memory is full": raises(MemoryError()),
    "it recurses for ever": raises(RecursionError()),
    "it hangs": hang,
}
SILENT = (FAILURES["it is silent"], FAILURES["it hangs"])


@pytest.mark.parametrize("act", FAILURES.values(), ids=[name.replace(" ", "-") for name in FAILURES])
async def test_a_source_that_fails_gives_nothing_and_the_others_are_heard(
    act: Callable[[], Awaitable[None] | None], gateway: Running
) -> None:
    failing = guarded(Telling("ggz-west", [element("e1")], act), deadline=timedelta(seconds=0.2), limit=2)
    body = await asked(gateway, failing)
    assert list(body["released"]) == ["good"]
    # Who answers badly has something to answer with, so outside that is no silence.
    told = "silent" if act in SILENT else "answered"
    assert statuses(body) == {"ggz-west": told, "school-1": "answered"}
    assert list((await seen(gateway, body))["silent"]) == ["ggz-west/sandbox"]


@pytest.mark.parametrize("act", [FAILURES[each] for each in FAILURES if each != "it hangs"])
async def test_so_it_is_without_the_guard(act: Callable[[], Awaitable[None] | None], gateway: Running) -> None:
    body = await asked(gateway, Telling("ggz-west", [element("e1")], act))
    assert list(body["released"]) == ["good"]
    assert statuses(body)["ggz-west"] == ("silent" if act in SILENT else "answered")


class Strange(Telling):
    """A source whose mapping gives what `given` is."""

    given: Any = None

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:  # noqa: ARG002 - it does not care
        return self.given  # type: ignore[no-any-return] # on purpose


def strange(given: Any) -> Strange:
    source = Strange("ggz-west")
    source.given = given
    return source


@pytest.mark.parametrize(
    "given",
    [None, 7, [], Mapped(7, ()), Mapped((), (None,))],  # type: ignore[arg-type] # on purpose
    ids=["nothing", "a number", "a list", "a number of elements", "no leftover"],
)
async def test_a_mapping_that_gives_something_else_looks_like_an_answer_without_anything(
    given: Any, gateway: Running
) -> None:
    body = await asked(gateway, strange(given))
    assert list(body["released"]) == ["good"]
    # Else a record that breaks its mapping would tell that there is one.
    assert statuses(body)["ggz-west"] == "answered"


@pytest.mark.parametrize("lie", [None, "r1", Stranger()], ids=["nothing", "a text", "a stranger"])
async def test_what_is_no_element_is_left_out_and_the_rest_is_not(lie: Any, gateway: Running) -> None:
    body = await asked(gateway, strange(Mapped((lie, element("e2")), ())))
    assert list(body["released"]) == ["e2", "good"]


async def test_a_leftover_that_cannot_be_written_stops_nothing(gateway: Running) -> None:
    given = Mapped((element("e1"),), (Leftover("row", "map\udcff.csv", "not mapped"),))
    body = await asked(gateway, strange(given))
    assert list(body["released"]) == ["e1", "good"]


def of(holder: str) -> Source:
    return element("x", holder).source


class MoreThanAnElement(type(element("x"))):  # type: ignore[misc] # a kind of its own, on purpose
    """A kind that nobody knows."""


LIES: dict[str, Element] = {
    "it names another holder": element("e1", "school-1"),
    "it names a holder that nobody has": element("e1", "nobody"),
    "it is of a category that was not asked": element("e1", category=Category.HEALTH),
    "it is about another person": element("e1", about=("zus",)),
    "it is also about a person whom nobody knows": element("e1", about=("niemand", "sem")),
    "it is about nobody": element("e1", about=()),
    "its day cannot be read": element("e1", created_on="gisteren"),
    "its day is none": element("e1", created_on=None),
    "it has no id": element(""),
    "its id is a number": element("e1", id=7),
    "its id is endless": element("e" * 10_000),
    "its persons are a text": element("e1", about="sem"),
    "its persons are a number": element("e1", about=7),
    "its source is nothing": element("e1", source=None),
    "its source is of another system": element("e1", source=replace(element("x").source, system="other")),
    "the record of its source is an object": element("e1", source=replace(element("x").source, record={"id": 1})),  # type: ignore[arg-type] # on purpose
    "its source was read on no day": element("e1", source=replace(element("x").source, retrieved_at="gisteren")),  # type: ignore[arg-type] # on purpose
    "its persons stand there twice": element("e1", about=("sem", "sem")),
    "its persons are in no order": element("e1", about=("sem", "moeder")),
    "its life domain is a mere text": element("e1", life_domain="home"),
    "its goals are nothing": element("e1", goals=None),
    "its goals are no names": element("e1", goals=([1],)),
    "its status is a mere text": element("e1", status="active"),
    "its period is nothing": element("e1", period=None),
    "its period is two texts": element("e1", period=Period("2026", "x")),  # type: ignore[arg-type] # on purpose
    "its category is a mere text": element("e1", category="goals"),
    "its law is a mere text": element("e1", regime="wgbo"),
    "a flag of it is a text": element("e1", restricted=""),
    "a flag of it is nothing": element("e1", told_in_confidence=None),
    "from whom it is kept is nothing": element("e1", confidential_from=None),
    "from whom it is kept has no name": element("e1", confidential_from=("",)),
    "who told it is a mere text": element("e1", told_by="third-party"),
    "another told it in confidence": element("e1", told_in_confidence=True, told_by=ToldBy.PARENT),
    "its text cannot be written": element("e1", text="\ud800"),
    "its text is bytes": element("e1", text=b"\xff"),
    "its text is an object": element("e1", text=object()),
    "it is of a kind that nobody knows": MoreThanAnElement(
        **{name: getattr(element("e1"), name) for name in element("e1").__dataclass_fields__ if name != "kind"}
    ),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=[name.replace(" ", "-") for name in LIES])
async def test_an_element_that_lies_is_left_out_and_the_rest_is_not(lie: Element, gateway: Running) -> None:
    body = await asked(gateway, Telling("ggz-west", [lie, element("e2")]))
    assert list(body["released"]) == ["e2", "good"]
    assert [each["id"] for each in body["plan"]["elements"]] == ["e2", "good"]
    assert body["plan"]["family"] == ["sem"]
    # What is not believed is not decided on either; that it was there is for officers.
    view = await seen(gateway, body)
    assert [each["id"] for each in view["elements"]] == ["e2", "good"]
    assert view["leftovers"] == {"ggz-west/sandbox": [left_out(1)]}


async def test_a_wgbo_record_in_disguise_does_not_pass_as_another(tmp_path: Path) -> None:
    told = world(consents=[{"id": "c1", **YES, "express": False}])
    lie, honest = element("e1", regime="wgbo"), element("e2", regime=Regime.WGBO)
    async with running(told, tmp_path) as other:
        body = await asked(other, Telling("ggz-west", [lie, honest]))
    assert list(body["released"]) == ["good"]


async def test_two_elements_with_one_id_are_both_left_out(gateway: Running) -> None:
    body = await asked(gateway, Telling("ggz-west", [element("e1"), element("e1", text="other"), element("e2")]))
    assert list(body["released"]) == ["e2", "good"]
    assert (await seen(gateway, body))["leftovers"] == {"ggz-west/sandbox": [left_out(2)]}


async def test_an_element_of_tomorrow_is_not_read(gateway: Running) -> None:
    body = await asked(gateway, Telling("ggz-west", [element("e1", created_on="2026-11-24")]))
    assert list(body["released"]) == ["good"]


async def test_a_source_that_answered_badly_is_asked_again_the_next_time(gateway: Running) -> None:
    times = 0

    def act() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise SourceMalformedError("line 3")

    source = guarded(Telling("ggz-west", [element("e1")], act), deadline=timedelta(seconds=5), limit=2)
    assert list((await asked(gateway, source))["released"]) == ["good"]
    assert list((await asked(gateway, source))["released"]) == ["e1", "good"]


async def test_why_a_source_is_silent_is_for_officers_without_a_word_of_a_record(gateway: Running) -> None:
    failing = Telling("ggz-west", (), FAILURES["it raises what nobody foresaw"])
    view = await seen(gateway, await asked(gateway, failing))
    assert view["silent"] == {"ggz-west/sandbox": "unforeseen failure: ZeroDivisionError"}


async def test_a_holder_with_two_systems_is_silent_where_one_of_them_is(gateway: Running) -> None:
    failing = Telling("ggz-west", (), FAILURES["it is silent"], system="other")
    body = await asked(gateway, Telling("ggz-west", [element("e1")]), failing)
    assert list(body["released"]) == ["e1", "good"]
    assert statuses(body)["ggz-west"] == "silent"
