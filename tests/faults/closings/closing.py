"""What closes a fact, by whose word, and what becomes of a request that was decided on right before."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.database.engine import write_transaction
from gateway.failpoints import Step
from gateway.registry.rows import Entry
from gateway.registry.store import record
from gateway.sandbox.call import Answer
from tests.faults.test_withdrawal import Change, kinds, sound
from tests.gateway.facts.attacks.attacking import ask
from tests.gateway.running import Running, at_step, running
from tests.properties.every_basis import world_of_basis

Json = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One way to close: what it is called, and how somebody does it; `ends` is section and field where a fact ends."""

    name: str
    do: Callable[[Running, str], Awaitable[None]]
    ends: tuple[str, str] | None = None


@dataclass(frozen=True)
class Closing:
    """One closing of the contract: of which row, by whom, and a world in which what it closes alone lets something out.

    `word` is what rule F3 calls it, None where it names no such thing.
    """

    row: str
    act: Act
    by: str
    basis: str
    world: Json | None = None
    word: str | None = None

    def made(self) -> Json:
        return world_of_basis(self.basis, **(self.world or {}))

    async def happens(self, gateway: Running) -> None:
        await self.act.do(gateway, self.by)

    @property
    def name(self) -> str:
        return f"{self.row}-{self.act.name}-by-{self.by.replace(':', '-')}"


async def _post(gateway: Running, by: str, path: str, body: Json, *statuses: int) -> None:
    answer = await gateway.call(by, "POST", f"/api/v1/{path}", body)
    assert answer.status in (statuses or (201,)), answer.body


async def fact_id(gateway: Running, section: str) -> str:
    """Return the id of the one fact of `section` that the world begins with; half of the kinds have none there."""
    committer = gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        family = await committer.facts.held(connection, "sem")
    return next(name for of, name in family.known if of == section)


def ended(section: str, field: str) -> Act:
    """Return the end of a fact by `field`."""

    async def do(gateway: Running, by: str) -> None:
        path = f"facts/{section}/{await fact_id(gateway, section)}/close"
        await _post(gateway, by, path, {"field": field})

    return Act(f"{section}-{field}", do, (section, field))


def said(name: str, path: str, body: Json) -> Act:
    """Return something new that somebody says: a refusal, a finding, a decision, a stop."""

    async def do(gateway: Running, by: str) -> None:
        await _post(gateway, by, path, body, 200, 201)

    return Act(name, do)


def switched_off(*categories: str) -> Act:
    """Return the switches of the one mandate turned off."""

    async def do(gateway: Running, by: str) -> None:
        path = f"facts/mandates/{await fact_id(gateway, 'mandates')}/switches"
        await _post(gateway, by, path, {"categories": dict.fromkeys(categories, False)})

    return Act("switched-off", do)


def unregistered(name: str, kind: Any, key: str, organisation: str) -> Act:
    """Return the end of a registration by an operator; in `key` stands `{url}` for the gateway's own address."""

    async def do(gateway: Running, _by: str) -> None:
        committer = gateway.gateway.exchange.committer
        entry = Entry(kind=kind, key=key.format(url=gateway.url), organisation=organisation, body=None)
        async with write_transaction(committer.engine) as connection:
            assert await record(connection, [entry], log=committer.log, recorded_by="operator") == (entry,)

    return Act(name, do)


async def asked_while(
    folder: Path, database_url: str, closing: Closing, *, committer: Change = sound
) -> tuple[Answer, list[str]]:
    """Ask once, and have it closed right before the commit, acknowledged before it goes on; also return the log."""
    gateway: Running
    world = closing.made()

    async def act() -> None:
        await closing.happens(gateway)

    def change(exchange: Any) -> Any:
        return at_step(Step.ASSEMBLED, act)(committer(exchange))

    async with running(world, folder, database_url=database_url, exchange=change) as gateway:
        answer = await ask(gateway, world)
        return answer, await kinds(gateway)


def is_the_one_no(answer: Answer) -> bool:
    return (answer.status, json.loads(answer.body)["type"]) == (403, "urn:schakel:problem:not-available")
