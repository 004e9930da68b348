"""What may be used once is used once, whoever asks at the same time."""

import asyncio

import pytest
from sqlalchemy import func, select, text

from gateway.identity.refusals import UnrecordedError
from gateway.identity.replay import SingleUse, digest
from gateway.registry.tables import used_once
from tests.gateway.identity.world import World, make_world

NOW = 1_795_000_000


async def test_of_many_uses_at_the_same_time_exactly_one_is_the_first(any_world: World) -> None:
    stores = [SingleUse(any_world.engine) for _ in range(3)]
    uses = await asyncio.gather(
        *(store.use("dpop", "key", "proof-1", expires=NOW + 30, now=NOW) for store in stores for _ in range(5))
    )
    assert [use.first for use in uses].count(True) == 1


async def test_the_same_name_of_another_owner_or_scope_is_another(any_world: World) -> None:
    store = any_world.services.single_use
    for scope, owner in (("dpop", "a"), ("dpop", "b"), ("assertion", "a")):
        assert (await store.use(scope, owner, "name", expires=NOW + 30, now=NOW)).first


def test_parts_cannot_be_moved_between_the_three() -> None:
    assert len({digest("a", "b", "c"), digest("ab", "", "c"), digest("a", "bc", ""), digest("", "ab", "c")}) == 4


async def test_what_has_ended_is_cleaned_up(any_world: World) -> None:
    store = SingleUse(any_world.engine)
    await store.use("dpop", "key", "old", expires=NOW + 30, now=NOW)
    await store.use("dpop", "key", "new", expires=NOW + 130, now=NOW + 100)
    async with any_world.engine.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(used_once))).scalar_one() == 1


async def test_each_use_brings_the_newest_revision_of_the_registry(any_world: World) -> None:
    use = await any_world.services.single_use.use("dpop", "key", "x", expires=NOW + 30, now=NOW)
    assert use.revision == await any_world.services.single_use.revision() == 8


@pytest.mark.server
async def test_a_connection_that_the_database_ended_is_refused_once_at_most_and_then_replaced(
    postgres_url: str,
) -> None:
    world = await make_world(postgres_url)
    token = await world.token("anna")
    async with world.engine.connect(), world.engine.connect():
        pass  # now two connections wait in the pool
    async with world.engine.connect() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        )
    answers = []
    for _ in range(3):
        try:
            answers.append((await world.ask(token)).id)
        except UnrecordedError:
            answers.append("refused")
    await world.engine.dispose()
    assert answers[0] in {"anna", "refused"}
    assert answers[1:] == ["anna", "anna"]
