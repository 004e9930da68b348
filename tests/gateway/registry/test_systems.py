"""Which record systems hear a question follows the registrations, while the gateway runs, and in every process."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text

from adapters.configure import ConfigurationError
from adapters.contract import RecordSource, SourceSilentError
from gateway.app import create_app
from gateway.exchange import Exchange
from gateway.failpoints import Step
from gateway.registry.snapshot import Registry, SourceEntry
from gateway.registry.systems import RecordSystems
from gateway.wiring import Gateway, open_gateway
from schemas.calendar import parse_moment
from tests.adapters import make
from tests.adapters.fhir_r4 import servers
from tests.adapters.fhir_r4.servers import Server, bundle, goal
from tests.gateway.registry.town import Town, town
from tests.gateway.running import PERSON, at_step
from tests.gateway.worlds import world

AT = parse_moment("2026-11-23T10:00:00+01:00")
NAME = "ggz-west/dossier"
ORGANISATION = """
[[organisations]]
id = "ggz-west"
name = "ggz-west"
kind = "youth-mental-health"
"""


@dataclass
class House:
    """A gateway round what is registered, a record system that remembers its questions, and operators."""

    town: Town
    server: Server
    mapping: Path
    url: str

    def file(self, system: str = "dossier", **settings: Any) -> str:
        told = {"base_url": self.url, "insecure_plain_http": True, "searches": {"Goal": "patient"}} | settings
        lines = [
            "[[organisations.sources]]",
            f'system = "{system}"',
            'door = "fhir-r4"',
            f'identifier_system = "{PERSON}"',
            f'mapping = "{self.mapping}"',
            f"settings = {_toml(told)}",
        ]
        return "\n".join([ORGANISATION, *lines, ""])

    async def registered(self, file: str) -> list[str]:
        await self.town.add("anna", file=file)
        return await self.town.add("bert", file=file)

    async def hears(self) -> bool:
        """Ask for the plan, and say whether the record system heard a question."""
        before = len(self.server.asked)
        await self.plan()
        return len(self.server.asked) > before

    async def plan(self) -> tuple[int, Any]:
        answer = await self.town.gateway.ask("anna", "sem", "coordinate-plan", categories=["goals"])
        return answer.status, json.loads(answer.body)

    def made(self) -> Sequence[RecordSource]:
        """Return the record systems of the holder as this process has them, without asking who is registered."""
        return self.town.gateway.gateway.exchange.sources().get("ggz-west", ())

    def served_by(self, worker: Gateway) -> None:
        """Let another process of the gateway answer at the same address."""
        worker.exchange = _at(worker.exchange)
        self.town.gateway.app = create_app(worker)


def _toml(told: dict[str, Any]) -> str:
    written = (
        f"{name} = {_toml(value) if isinstance(value, dict) else json.dumps(value)}" for name, value in told.items()
    )
    return f"{{ {', '.join(written)} }}"


def _at(exchange: Exchange) -> Exchange:
    return replace(exchange, decided_at=lambda _: AT)


@asynccontextmanager
async def house_at(folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    found = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": PERSON, "value": "sem"}]}
    server = Server({"Patient": bundle(found), "Goal": bundle(goal("g1", "p1"))})
    mapping = folder / "dossier.yaml"
    mapping.write_text((make.HEAD + servers.MAPPING).replace(make.BSN, PERSON), encoding="utf-8")
    bare = world(records=[])
    async with (
        servers.running(server) as url,
        town(folder, database_url, monkeypatch, of=bare, change=lambda _: None, exchange=_at) as place,
    ):
        yield House(place, server, mapping, str(url))


@pytest.fixture
async def house(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with house_at(tmp_path, database_url, monkeypatch) as made:
        yield made


async def test_a_record_system_that_two_operators_register_answers_at_the_next_request(house: House) -> None:
    assert not await house.hears()
    await house.town.add("anna", file=house.file())
    assert not await house.hears()
    await house.town.add("bert", file=house.file())
    status, body = await house.plan()
    assert (status, body["sources"]) == (200, [{"organisation": "ggz-west", "status": "answered"}])


@pytest.mark.parametrize("name", [NAME, "ggz-west"])
async def test_one_that_was_ended_or_whose_holder_was_hears_nothing_from_the_next_request_on(
    house: House, name: str
) -> None:
    await house.registered(house.file())
    assert await house.hears()
    code, said = await house.town.end(name)
    assert (code, f"ended source {NAME} of ggz-west" in said) == (0, True)
    assert not await house.hears()
    assert (await house.plan())[0] == 403


async def test_it_is_so_in_every_process(house: House) -> None:
    first, app = house.town.gateway.gateway, house.town.gateway.app
    async with open_gateway(first.settings) as second:
        await house.registered(house.file())
        assert await house.hears()
        house.served_by(second)
        assert await house.hears()
        await house.town.end(NAME)
        assert not await house.hears()
        house.town.gateway.app = app
        assert not await house.hears()


async def test_where_the_registrations_cannot_be_read_nothing_is_asked(house: House) -> None:
    await house.registered(house.file())
    assert await house.hears()
    async with house.town.gateway.gateway.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE registration RENAME TO registration_gone"))
    before = len(house.server.asked)
    assert (await house.plan())[0] == 503
    assert len(house.server.asked) == before


async def test_one_lives_on_while_others_are_registered_and_ended(house: House) -> None:
    await house.registered(house.file())
    await house.plan()
    [made] = house.made()
    other = house.mapping.with_name("other.yaml")
    other.write_text(house.mapping.read_text(encoding="utf-8").replace("dossier", "other"), encoding="utf-8")
    await house.registered(house.file("other").replace(str(house.mapping), str(other)))
    await house.plan()
    assert [each.system for each in house.made()] == ["dossier", "other"]
    assert house.made()[0] is made
    await house.town.end("ggz-west/other")
    await house.plan()
    assert [*house.made()] == [made]


async def test_one_whose_settings_were_changed_is_asked_as_they_are_now(house: House) -> None:
    await house.registered(house.file())
    assert await house.hears()
    elsewhere = Server(house.server.answers)
    async with servers.running(elsewhere) as url:
        await house.registered(house.file(base_url=str(url)))
        assert not await house.hears()
        assert elsewhere.asked


@pytest.mark.parametrize("name", [NAME, "ggz-west"])
async def test_of_one_that_is_ended_while_it_answers_nothing_leaves(house: House, name: str) -> None:
    heard, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(_: web.Request) -> web.StreamResponse:
        heard.set()
        await go_on.wait()
        return web.json_response(bundle(goal("g1", "p1")))

    await house.registered(house.file())
    house.server.answers["Goal"] = slowly
    asking = asyncio.create_task(house.plan())
    await heard.wait()
    await house.town.end(name)
    go_on.set()
    assert (await asking)[0] == 403


async def test_nor_of_one_that_is_ended_when_all_is_decided_and_the_others_leave_as_they_would_a_moment_later(
    house: House,
) -> None:
    other = house.mapping.with_name("other.yaml")
    other.write_text(house.mapping.read_text(encoding="utf-8").replace("dossier", "other"), encoding="utf-8")
    await house.registered(house.file())
    await house.registered(house.file("other").replace(str(house.mapping), str(other)))

    async def end() -> None:
        await house.town.end(NAME)

    house.town.gateway.change(at_step(Step.ASSEMBLED, end))
    (_, meanwhile), (_, later) = await house.plan(), await house.plan()
    assert {each["source"]["system"] for each in meanwhile["plan"]["elements"]} == {"other"}
    assert told(meanwhile) == told(later)


async def test_what_else_is_registered_meanwhile_has_nobody_asked_again(house: House) -> None:
    other = house.mapping.with_name("other.yaml")
    other.write_text(house.mapping.read_text(encoding="utf-8").replace("dossier", "other"), encoding="utf-8")
    await house.registered(house.file())
    await house.plan()
    before = len(house.server.asked)
    await house.plan()
    once = len(house.server.asked) - before

    async def register() -> None:
        await house.registered(house.file("other").replace(str(house.mapping), str(other)))

    house.town.gateway.change(at_step(Step.ASSEMBLED, register))
    assert (await house.plan())[0] == 200
    assert len(house.server.asked) - before == 2 * once


def told(body: Any) -> tuple[list[str], Any, Any]:
    return [each["id"] for each in body["plan"]["elements"]], body["released"], body["sources"]


async def test_one_that_cannot_be_made_is_silent_and_stops_no_other(house: House, tmp_path: Path) -> None:
    broken = house.file("broken").replace(str(house.mapping), str(tmp_path / "nothing.yaml"))
    await house.registered(house.file())
    await house.registered(broken)
    status, body = await house.plan()
    assert (status, body["sources"]) == (200, [{"organisation": "ggz-west", "status": "silent"}])
    [_, unusable] = house.made()
    assert {await _said(unusable) for _ in range(5)} == {
        "its registration cannot be used",
        "not asked: it was silent several times; it is tried again later",
    }
    with pytest.raises(ConfigurationError):
        async with open_gateway(house.town.gateway.gateway.settings):
            pass


async def _said(source: RecordSource) -> str:
    with pytest.raises(SourceSilentError) as caught:
        await source.fetch(make.permit())
    return str(caught.value)


@dataclass
class Registered:
    """Registrations as this process has them."""

    current: Registry


async def test_who_still_holds_one_that_was_ended_finds_it_silent(house: House) -> None:
    settings = {
        "door": "fhir-r4",
        "identifier_system": PERSON,
        "mapping": str(house.mapping),
        "settings": {"base_url": house.url, "insecure_plain_http": True, "searches": {"Goal": "patient"}},
    }
    entry = SourceEntry(organisation="ggz-west", system="dossier", settings=settings)
    registered: Any = Registered(Registry(revision=1, sources=(entry,)))
    systems = RecordSystems(registered, deadline=timedelta(seconds=5), limit=4)
    systems.open()
    [held] = systems.now()["ggz-west"]
    registered.current = Registry(revision=2)
    assert systems.now() == {}
    await asyncio.sleep(0)
    with pytest.raises(SourceSilentError, match="it is asked no more"):
        await held.fetch(make.permit())
    assert house.server.asked == []
    await systems.close()
