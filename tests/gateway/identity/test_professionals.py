"""Who comes in as a professional is registered as one, once, on the word of his organisation's provider."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from consent.known.registered import Registered
from consent.store.recording import register
from consent.store.tables import registry_fact
from gateway.database.engine import write_transaction
from gateway.identity.builtin_provider import Login
from gateway.identity.subject_token import professional_id
from gateway.registry.professionals import ALL_EACH_MINUTE, EACH_MINUTE
from gateway.registry.snapshot import IdentityProvider
from schemas.words import Role
from tests.gateway.holders.world import QUESTIONS, WHY, stage_at
from tests.gateway.identity.world import World
from tests.gateway.log.office import indexed

TEAM = {"id": "team-noord", "kind": "local-team"}
SCHOOL = {"id": "school-zuid", "kind": "school"}
ROLE = {"role": "youth-professional"}
NOVA = "ggz-west:4e5f"
ANNA = {"id": "anna", "organisation": "team-noord", "role": "youth-professional"}


async def facts_of(world: World, *told: tuple[str, dict[str, Any]]) -> Registered:
    """Return the registry of facts, after `told`."""
    facts = world.services.professionals.facts
    if told:
        async with write_transaction(world.engine) as connection:
            await register(connection, facts, told)
    async with world.engine.connect() as connection:
        return await facts.registry(connection)


async def test_who_logs_in_for_the_first_time_is_registered_with_the_event_of_his_token(any_world: World) -> None:
    before = await facts_of(any_world, ("organisations", TEAM))
    assert before.source("professionals", "anna") is None
    await any_world.token("anna")
    first = await facts_of(any_world)
    assert first.source("professionals", "anna") == ANNA
    await any_world.token("anna")
    assert (await facts_of(any_world)).version == first.version
    said = [each["opened"]["detail"].get("registered") for each in await any_world.logged("token.issued")]
    assert said == ["professional", None]


async def test_nobody_is_registered_by_a_weak_login_or_for_an_organisation_that_is_not(any_world: World) -> None:
    before = await facts_of(any_world, ("organisations", TEAM))
    for who in ("wim", "bea", "sem"):
        await any_world.token(who)
    assert (await facts_of(any_world)).version == before.version


async def test_who_is_registered_stays_where_he_is(any_world: World) -> None:
    other = {"id": "elders", "kind": "school"}
    anna = {**ANNA, "organisation": "elders", "role": "teacher"}
    await facts_of(any_world, ("organisations", TEAM), ("organisations", other), ("professionals", anna))
    await any_world.token("anna")
    assert (await facts_of(any_world)).source("professionals", "anna") == anna


async def test_who_was_never_heard_of_decides_for_the_holder_he_works_for(tmp_path: Path, database_url: str) -> None:
    async with stage_at(tmp_path, database_url) as stage:
        assert (await stage.ask()).status == 403
        await indexed(stage.gateway)
        nova = Login(form="professional", id=NOVA, role=Role.THERAPIST)
        one = stage.as_somebody("ggz-west", nova)
        [question] = json.loads((await one.call(NOVA, "GET", QUESTIONS)).body)["questions"]
        said = {"approved": True, "reason": WHY}
        stage.clock.now += timedelta(minutes=1)
        answer = await one.call(NOVA, "POST", f"{QUESTIONS}/{question['id']}/decision", said)
        assert answer.status == 201, answer.body
        assert (await stage.ask()).status == 200


async def test_of_two_who_let_him_in_at_once_he_is_registered_as_by_one(any_world: World) -> None:
    await facts_of(any_world, ("organisations", TEAM))
    professionals = any_world.services.professionals
    for _ in range(2):
        async with write_transaction(any_world.engine) as connection:
            await professionals.register(
                connection, name="anna", organisation="team-noord", role=Role.YOUTH_PROFESSIONAL
            )
    assert (await facts_of(any_world)).source("professionals", "anna") == ANNA


async def test_of_one_organisation_only_so_many_come_in_each_minute(any_world: World) -> None:
    await facts_of(any_world, ("organisations", TEAM), ("organisations", SCHOOL))
    may_come_in = any_world.services.professionals.may_come_in
    await came_in(any_world, "team-noord", EACH_MINUTE, ago=timedelta(seconds=90))
    await came_in(any_world, "team-noord", EACH_MINUTE - 1)
    assert await may_come_in("team-noord:late", "team-noord")
    await came_in(any_world, "team-noord", 1)
    assert not await may_come_in("team-noord:late", "team-noord")
    assert await may_come_in("school-zuid:1", "school-zuid")


async def test_of_all_organisations_no_more_come_in_than_leaves_exchanges_time(any_world: World) -> None:
    homes = [{"id": f"home-{n}", "kind": "youth-care"} for n in range(ALL_EACH_MINUTE)]
    await facts_of(any_world, *(("organisations", each) for each in [*homes, SCHOOL]))
    may_come_in = any_world.services.professionals.may_come_in
    for each in homes[1:]:
        await came_in(any_world, each["id"], 1)
    assert await may_come_in("school-zuid:1", "school-zuid")
    await came_in(any_world, homes[0]["id"], 1)
    assert not await may_come_in("school-zuid:1", "school-zuid")


async def test_a_role_that_is_told_anew_takes_nobodys_turn_to_come_in(any_world: World) -> None:
    await facts_of(any_world, ("organisations", TEAM), ("organisations", SCHOOL), ("professionals", ANNA))
    for _ in range(ALL_EACH_MINUTE):
        await facts_of(any_world, ("professionals", {"id": "anna", "role": "manager"}))
    may_come_in = any_world.services.professionals.may_come_in
    assert await may_come_in("school-zuid:1", "school-zuid")
    # Nor does it hide who came in.
    await came_in(any_world, "school-zuid", EACH_MINUTE)
    for _ in range(ALL_EACH_MINUTE):
        await facts_of(any_world, ("professionals", {"id": "anna", "role": "manager"}))
    assert not await may_come_in("school-zuid:6", "school-zuid")


async def came_in(world: World, organisation: str, number: int, *, ago: timedelta = timedelta()) -> None:
    """Have so many professionals of an organisation be registered, now or some time ago."""
    facts = world.services.professionals.facts
    async with write_transaction(world.engine) as connection:
        now, version = await facts.clock(connection), (await facts.registry(connection)).version
        await connection.execute(
            insert(registry_fact),
            [
                {
                    "version": version + n,
                    "section": "professionals",
                    "id": f"{organisation}:{version + n}",
                    "entry": json.dumps({"id": f"{organisation}:{version + n}", "organisation": organisation, **ROLE}),
                    "recorded_at": now - ago,
                }
                for n in range(1, number + 1)
            ],
        )


async def test_a_professional_is_registered_however_long_the_id_of_his_organisation_is(any_world: World) -> None:
    longest = "z" * 63
    await facts_of(any_world, ("organisations", {"id": longest, "kind": "school"}))
    provider = IdentityProvider(issuer="https://login.example", organisation=longest, keys={})
    name = professional_id(provider, "8f14e45f")
    async with write_transaction(any_world.engine) as connection:
        await any_world.services.professionals.register(connection, name, longest, Role.TEACHER)
    registered = (await facts_of(any_world)).source("professionals", name)
    assert registered == {"id": name, "organisation": longest, "role": "teacher"}
