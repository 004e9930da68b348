"""The metrics: they tell the truth, can be read by what reads such texts, and tell of nobody."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from audit.store import AuditUnavailableError
from gateway.counting import BUCKETS, ROUTES, Counted, Counters, route_of, status_of
from gateway.database.engine import create_engine
from gateway.health.anchor import Anchor
from gateway.log.following import Following
from gateway.metrics.catalogue import CATALOGUE, Type
from gateway.metrics.measuring import Measuring
from gateway.metrics.text import Sample, written
from gateway.serving import listen, served
from gateway.wiring import open_gateway
from schemas.words import Outcome
from tests.gateway.metrics.reading import Read, read
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling
from tests.gateway.worlds import world

RUNBOOK = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "runbook"


async def shown(gateway: Running) -> Read:
    """Return what the metrics of a gateway say now."""
    return read(written(await Measuring(gateway.gateway).measured()))


async def test_a_decision_is_counted_by_its_outcome_and_nothing_else(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        await gateway.ask("anna", "sem", "coordinate-plan")
        await gateway.ask("piet", "sem", "coordinate-plan")
        told = await shown(gateway)
    name = "schakel_decisions_total"
    counted = {labels: told.number(name, **dict(labels)) for labels in told.labels(name)}
    assert sum(counted.values()) == 2
    assert {name for labels in counted for name, _ in labels} == {"outcome"}
    assert {value for labels in counted for _, value in labels} <= set(Outcome)


async def test_an_event_more_is_an_event_more(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        before = (await shown(gateway)).number("schakel_log_events")
        await gateway.ask("anna", "sem", "coordinate-plan")
        assert (await shown(gateway)).number("schakel_log_events") > before


async def test_how_far_what_follows_the_log_is_behind_is_told(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        following = gateway.gateway.following
        await following.close()
        told = await shown(gateway)
        before = told.number("schakel_log_behind")
        await gateway.ask("anna", "sem", "coordinate-plan")
        told = await shown(gateway)
        assert told.number("schakel_log_behind") > before
        for follower in following.followers:
            await Following(gateway.gateway.exchange.committer, [follower]).catch_up()
        told = await shown(gateway)
        # What reviews open, and no more: a follower may keep events of his own.
        assert told.number("schakel_log_behind") < told.number("schakel_log_events")


async def test_a_source_that_fails_is_counted_by_the_name_that_is_registered(tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError("999900006 is not here")

    silent = {"ggz-west": [Telling("ggz-west", act=fail)]}
    async with running(world(), tmp_path, change=lambda one: replace(one, sources=silent)) as gateway:
        await gateway.ask("anna", "sem", "coordinate-plan")
        text = written(await Measuring(gateway.gateway).measured())
    assert read(text).number("schakel_sources_failed_total", holder="ggz-west", system="sandbox") == 1
    assert "9999" not in text


async def test_no_metric_holds_who_asked_about_whom(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        for who in ("anna", "chris", "piet"):
            await gateway.ask(who, "sem", "coordinate-plan")
        await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")
        text = written(await Measuring(gateway.gateway).measured())
    assert not {"anna", "chris", "piet", "sem", "team-noord"} & set(text.replace('"', " ").split())


async def test_what_stops_everything_is_seen(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        health = gateway.gateway.exchange.committer.health
        assert (await shown(gateway)).number("schakel_may_disclose") == 1
        health.anchor = Anchor(lambda: 0.0)
        told = await shown(gateway)
        assert (told.number("schakel_may_disclose"), told.number("schakel_log_watched")) == (0, 1)
        health.anchor, health.broken = None, True
        told = await shown(gateway)
        assert (told.number("schakel_may_disclose"), told.number("schakel_log_broken")) == (0, 1)
        with pytest.raises(AuditUnavailableError):
            health.require_anchored()


async def test_the_age_of_the_anchor_is_told_in_seconds(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        anchor = Anchor(lambda: 100.0)
        anchor.saw(7, timedelta(minutes=20))
        gateway.gateway.exchange.committer.health.anchor = anchor
        assert (await shown(gateway)).number("schakel_anchor_age_seconds") == 1200


async def test_without_a_database_the_rest_is_told(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'no such folder' / 'schakel.db'}")
        told = read(written(await Measuring(replace(gateway.gateway, engine=engine)).measured()))
        await engine.dispose()
    assert told.number("schakel_database_answers") == 0
    assert "schakel_may_disclose" in told.types
    assert "schakel_log_events" not in told.types


async def test_requests_are_counted_and_shown_on_a_port_of_this_machine_only(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with running(world(), tmp_path) as one:
        settings = one.gateway.settings.model_copy(update={"metrics_port": port})
    with listen("127.0.0.1", 0) as listening:
        async with (
            open_gateway(settings) as gateway,
            served(gateway, listening.dup()),
            aiohttp.ClientSession() as session,
        ):
            public = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with (
                session.get(f"{public}/api/v1/999900006?bsn=999900006"),
                session.get(f"{public}/metrics") as there,
            ):
                assert there.status == 404
            async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                text = await answer.text()
                assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            async with session.get(f"http://127.0.0.1:{port}/api/v1/openapi.json") as other:
                assert other.status == 404
    assert read(text).number("schakel_requests_total", route="api", status="404") == 1
    assert read(text).number("schakel_requests_total", route="other", status="404") == 1
    assert "9999" not in text


async def test_without_a_port_no_metric_is_shown(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as one:
        assert one.gateway.settings.metrics_port is None
        assert (await one.call("anna", "GET", "/metrics")).status == 404


async def test_who_went_away_first_is_counted_too() -> None:
    async def away(*_: object) -> None:
        raise asyncio.CancelledError

    counters = Counters()
    with pytest.raises(asyncio.CancelledError):
        await Counted(away, counters)({"type": "http", "path": "/oauth/token"}, never, never)
    assert counters.requests == {("oauth", "none"): 1}


async def never(*_: object) -> Any:
    raise AssertionError


@pytest.mark.parametrize(
    "path", ["/", "/999900006", "/api/v2/exchange/plan", "/API/V1/facts", "//oauth/token", "/readyz9"]
)
def test_a_path_that_somebody_invents_is_no_route_of_its_own(path: str) -> None:
    assert route_of(path) in ROUTES


@pytest.mark.parametrize("status", [None, 999, 0])
def test_a_status_that_http_does_not_know_is_none(status: int | None) -> None:
    assert status_of(status) == "none"


def test_an_exchange_falls_in_the_first_bucket_that_holds_it() -> None:
    counters = Counters()
    for seconds in (0.01, 0.011, 31.0):
        counters.took(seconds)
    assert counters.exchanges == [1, 1, *([0] * (len(BUCKETS) - 2)), 1]


def test_a_histogram_adds_up(tmp_path: Path) -> None:
    async def work() -> Read:
        async with running(world(), tmp_path) as gateway:
            for seconds in (0.001, 0.2, 99.0):
                gateway.gateway.counters.took(seconds)
            return await shown(gateway)

    told = asyncio.run(work())
    bounds = [*(repr(each) for each in BUCKETS), "+Inf"]
    totals = [told.number("schakel_exchange_seconds_bucket", le=each) for each in bounds]
    assert totals == sorted(totals)
    assert totals[-1] == told.number("schakel_exchange_seconds_count") == 3
    assert told.number("schakel_exchange_seconds_sum") == pytest.approx(99.201)


def test_a_label_is_written_so_that_it_stays_one() -> None:
    metric = CATALOGUE[0]
    hostile = 'a"} 1\nb\\'
    text = written([(metric, [Sample(2, {"holder": hostile})])])
    [labels] = read(text).labels(metric.name)
    assert labels == (("holder", r"a\"} 1\nb\\"),)


def test_every_alarm_of_the_metrics_has_its_page() -> None:
    assert {each.name for each in CATALOGUE if (each.alarm is None) != (each.page is None)} == set()
    assert {each.page for each in CATALOGUE if each.page is not None and not (RUNBOOK / each.page).exists()} == set()


def test_what_only_grows_says_so_in_its_name() -> None:
    assert {each.name for each in CATALOGUE if each.name.endswith("_total") != (each.type is Type.COUNTER)} == set()
