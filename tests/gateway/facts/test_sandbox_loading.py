"""A world loaded into the store decides exactly as the file does, and nobody but sandbox and demo may load one."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from consent.decide import decide
from consent.known.contradictions import ContradictionError
from consent.naming import PERSON_SYSTEM
from consent.request import Request
from consent.store.fact_store import FactStore
from consent.world.file import World, read_world, world_of
from gateway.database.engine import write_transaction
from gateway.sandbox.loading import load_world
from tests.consent.store import make

HOUSE = Path(__file__).resolve().parents[3]
EVERY = 32
"""One file in so many of the random worlds is tried."""

FAMILY = {
    "schakel": "world/1",
    "organisations": [{"id": "gi", "kind": "certified-institution"}, {"id": "zorg", "kind": "youth-care"}],
    "persons": [{"id": "sem", "born": "2012-05-04"}],
    "orders": [
        {
            "id": "ots",
            "kind": "supervision-order",
            "subject": "sem",
            "executor": "gi",
            "since": "2026-01-01",
            "until": "2027-01-01",
        }
    ],
    "assignments": [{"order": "ots", "provider": "zorg", "since": "2026-01-10"}],
}


def files(shared: Path) -> Iterator[Path]:
    yield from sorted((shared / "worlds").glob("*.json"))[::EVERY]
    yield from sorted((shared / "scenarios").rglob("*.yaml"))[::EVERY]


def decided(world: World, request: Request, also_from: World) -> dict[str, object]:
    told = decide(request, also_from.facts.with_records(world.facts.records), request.at).as_json()
    # The store hands over what the request needs of the registry, so the digest is another.
    return {name: each for name, each in told.items() if name != "facts_digest"}


async def stored(world: World, request: Request, url: str) -> World:
    """Return `world` with its facts as they come out of a store that they were loaded into."""
    async with make.engine_at(url) as engine:
        store = FactStore(make.key_service())
        async with write_transaction(engine) as connection:
            await load_world(connection, store, world.facts)
        deciders = {each.by for each in request.holder_decisions}
        also = {each.holder for each in world.facts.records} | deciders | {request.requester.id}
        async with engine.connect() as connection:
            gathered = await store.gather(connection, PERSON_SYSTEM, request.about, also=frozenset(also))
    assert gathered.person == request.about
    return replace(world, facts=gathered.facts)


async def test_a_loaded_world_decides_as_the_file_does(shared: Path, tmp_path: Path) -> None:
    for number, path in enumerate(files(shared)):
        world = read_world(path.read_bytes())
        for request in world.requests[:1]:
            loaded = await stored(world, request, f"sqlite+aiosqlite:///{tmp_path / str(number)}.db")
            assert decided(world, request, loaded) == decided(world, request, world), path.name


async def test_every_entry_comes_out_as_it_went_in(database_url: str) -> None:
    world = world_of({**FAMILY, "request": _request()})
    loaded = await stored(world, world.requests[0], database_url)
    assert loaded.facts.as_world() == world.facts.as_world()


async def test_more_may_be_loaded_about_a_family_that_is_there(database_url: str) -> None:
    first = {name: told for name, told in FAMILY.items() if name != "assignments"}
    async with make.engine_at(database_url) as engine:
        store = FactStore(make.key_service())
        async with write_transaction(engine) as connection:
            await load_world(connection, store, world_of({**first, "request": _request()}).facts)
        async with write_transaction(engine) as connection:
            facts = replace(world_of({**FAMILY, "request": _request()}).facts, organisations=(), persons=(), orders=())
            await load_world(connection, store, facts)
        async with engine.connect() as connection:
            gathered = await store.gather(connection, PERSON_SYSTEM, "sem")
    assert [each.source for each in gathered.facts.assignments] == FAMILY["assignments"]


async def test_a_person_is_loaded_once(database_url: str) -> None:
    async with make.engine_at(database_url) as engine:
        store = FactStore(make.key_service())
        facts = world_of({**FAMILY, "request": _request()}).facts
        async with write_transaction(engine) as connection:
            await load_world(connection, store, facts)
        with pytest.raises((ContradictionError, DBAPIError)):
            async with write_transaction(engine) as connection:
                await load_world(connection, store, facts)


def test_only_sandbox_and_demo_load_a_world() -> None:
    callers = {"load_unchecked": {"gateway/sandbox/loading.py"}, "load_world": {"gateway/sandbox/running.py"}}
    for name, allowed in callers.items():
        found = {
            str(path.relative_to(HOUSE))
            for floor in ("consent", "adapters", "audit", "gateway")
            for path in (HOUSE / floor).rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and name in {getattr(node.func, "attr", ""), getattr(node.func, "id", "")}
        }
        assert {each for each in found if not each.startswith("gateway/demo/")} <= allowed


def _request() -> dict[str, object]:
    requester = {"person": "sem"}
    return {
        "at": "2026-03-02T10:00:00+01:00",
        "requester": requester,
        "about": "sem",
        "purpose": "own-access",
        "categories": "all",
    }
