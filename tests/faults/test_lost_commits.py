"""A database that takes over lost the last commits: its versions count on from before, and mean other things.

So it is where a replica takes over that had not heard of them yet. What was acknowledged there since must count.
"""

import json
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from consent.stops import SECTION
from consent.store.fact_store import FactStore
from gateway.database.engine import write_transaction
from tests.gateway.behind import run, unguarded
from tests.gateway.facts.attacks.attacking import registered, told
from tests.gateway.running import Running, running
from tests.gateway.worlds import YES, world

SAYS_YES: Final = {name: YES[name] for name in ("about", "holders", "recipients", "purposes", "categories")}


async def numbers(gateway: Running, statement: str) -> list[Any]:
    async with gateway.gateway.engine.connect() as connection:
        return list((await connection.execute(text(statement))).all())


async def another_takes_over(gateway: Running) -> None:
    """Break every connection, as a server does that is no more."""
    await gateway.gateway.engine.dispose()


async def test_a_no_counts_though_its_version_was_that_of_a_yes_which_was_lost(
    tmp_path: Path, database_url: str
) -> None:
    async with running(world(consents=[]), tmp_path, database_url=database_url) as gateway:
        persons = await numbers(gateway, "SELECT id, version FROM person")
        await told(gateway, "sem", "consents", SAYS_YES)
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        await unguarded(gateway, "fact")
        await run(gateway, "DELETE FROM fact WHERE section = 'consents'")
        for name, version in persons:
            await run(gateway, "UPDATE person SET version = :version WHERE id = :name", name=name, version=version)
        await another_takes_over(gateway)
        await told(gateway, "sem", "refusals", {"about": "sem"})
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 403


async def test_a_stop_counts_though_its_version_was_that_of_a_change_which_was_lost(
    tmp_path: Path, database_url: str
) -> None:
    async with running(world(), tmp_path, database_url=database_url) as gateway:
        await registered(gateway, "organisations", {"id": "nieuw", "kind": "school"})
        released = await gateway.ask("anna", "sem", "coordinate-plan")
        assert "ggz-west" in {each["organisation"] for each in json.loads(released.body)["sources"]}
        await unguarded(gateway, "registry_fact")
        await run(gateway, "DELETE FROM registry_fact WHERE id = 'nieuw'")
        await another_takes_over(gateway)
        async with write_transaction(
            gateway.gateway.engine
        ) as connection:  # in another process, which knows of no loss
            elsewhere = FactStore(gateway.gateway.exchange.committer.facts.keys)
            await elsewhere.register(connection, [(SECTION, {"id": "ggz-west", "stopped": True})])
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
        assert b"ggz-west" not in answer.body
