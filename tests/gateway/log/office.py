"""A gateway with officers: one of the gateway's own, one of each institution, and a second of some."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from audit.entry import Entry
from audit.read import entries
from audit.sequence import waiting
from audit.tables import audit_leaf
from audit.told import Told
from gateway.identity.keys import new_signing_key
from gateway.log import telling
from gateway.log.following import place_of
from gateway.log.indexing import NAME
from gateway.log.telling import bring_keys
from gateway.sandbox.call import fetch_token
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import YES, world

SECRET = "zij zegt dat zij bang is"
GOODS = [element("e1", text=SECRET), element("e2", good_care_veto=True, text=SECRET)]
LOG = "/api/v1/log"
OFFICERS = ("officer", "officer:team-noord", "officer:ggz-west", "officer:school-1")


@asynccontextmanager
async def office(folder: Path, database_url: str | None = None) -> AsyncIterator[Running]:
    """Run it; Anna saw an element of ggz-west about Sem, and was refused what she asked about nobody."""
    change = instead(Telling("ggz-west", GOODS), Telling("school-1"))
    async with running(world(consents=[{"id": "c1", **YES}]), folder, change=change, database_url=database_url) as one:
        assert (await one.ask("anna", "sem", "coordinate-plan")).status == 200
        assert (await one.ask("anna", "nobody-here", "coordinate-plan")).status == 403
        await indexed(one)
        yield one


async def indexed(one: Running) -> None:
    """Have everything found, and opened, that is kept by now; on PostgreSQL the gateway's own workers are at it too."""
    engine = one.gateway.engine
    while True:
        async with engine.connect() as connection:
            late = await waiting(connection) if engine.dialect.name == "postgresql" else 0
        if not late:
            # Only now: who follows behind the index may have begun, or not, with what had no place before.
            await one.gateway.following.catch_up()
            async with engine.connect() as connection:
                size = (await connection.execute(select(func.count()).select_from(audit_leaf))).scalar_one()
                if await place_of(connection, NAME) == size:
                    return
        await asyncio.sleep(0.05)


async def second(one: Running, organisation: str, *, login: str | None = None, trusted: bool = True) -> str:
    """Return the name of another officer of `organisation`, logged in; `login` gives his id, else a new one's."""
    first = one.credentials.named(f"officer:{organisation}")
    name = f"second-officer:{organisation}" if trusted else f"weak-{login or 'second'}:{organisation}"
    key = new_signing_key()
    someone = replace(first, login=replace(first.login, id=login or f"second-of-{organisation}", trusted=trusted))
    one.hold(name, key, await fetch_token(one.session, one.credentials, someone, key))
    return name


async def found(one: Running, who: str, query: str = "") -> dict[str, Any]:
    """Return a page that `who` finds."""
    answer = await one.call(who, "GET", f"{LOG}{query}")
    assert answer.status == 200, answer.body
    assert SECRET.encode() not in answer.body
    page: dict[str, Any] = json.loads(answer.body)
    return page


async def told(one: Running, tell: Callable[[Entry], Told | None] | None = None) -> list[Told]:
    """Return every event of the log, opened; as `tell` does, without those of which it tells nothing."""
    committer = one.gateway.exchange.committer
    async with committer.engine.connect() as connection:
        size = len((await connection.execute(select(audit_leaf.c.seq))).all())
        kept = [each async for each in entries(connection, since=0, size=size)]
        await bring_keys(committer, connection, kept)
    each_told = [telling.tell(committer, each) if tell is None else tell(each) for each in kept]
    return [each for each in each_told if each is not None]
