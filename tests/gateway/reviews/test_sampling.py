"""The sample of what was released: drawn once a week, behind the signed head, as anybody can draw it again."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.database.engine import write_transaction
from gateway.registry.rows import Entry, append
from gateway.reviews.items import next_items
from gateway.reviews.sampling import Lot, Sampling
from tests.gateway.behind import run, unguarded
from tests.gateway.reviews.stage import Stage, release


async def passed(stage: Stage, now: datetime, *, days: int) -> datetime:
    """Let days go by for the sampling, with a head that was signed then; return when it is."""
    await unguarded(stage.gateway, "audit_checkpoint")
    later = now + timedelta(days=days)
    at = later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    last = "UPDATE audit_checkpoint SET at = :at WHERE size = (SELECT max(size) FROM audit_checkpoint)"
    await run(stage.gateway, last, at=at)
    stage.gateway.gateway.sampling.now = lambda: later
    return later


async def test_the_sample_is_drawn_once_a_week_and_anybody_can_draw_it_again(stage: Stage) -> None:
    sampling, now = stage.gateway.gateway.sampling, datetime.now(UTC)
    sampling.size = 2
    sampling.now = lambda: now
    await stage.place()
    await sampling.draw()  # this week begins, if it did not at the start
    events = [await stage.released("OB-LOG", basis="LB-01") for _ in range(5)]
    await stage.place()
    await sampling.draw()
    assert sum([len(await stage.items(each)) for each in events]) == 0
    later = await passed(stage, now, days=7)
    drawn = await asyncio.gather(sampling.draw(), sampling.draw(), return_exceptions=True)
    # Each process drew some of it or all, and together each once.
    assert sum(each for each in drawn if isinstance(each, int)) == 2, drawn
    assert await sampling.draw() == 0
    chosen = [item for each in events for item in await stage.items(each)]
    assert {(each.reason, each.organisation, each.judges) for each in chosen} == {("sample", "ggz-west", 1)}
    assert [str(each.event) for each in sorted(chosen, key=lambda each: each.seq)] == await drawn_again(stage, events)
    assert all(each.due > later.date() for each in chosen)


async def test_a_sample_that_was_cut_short_goes_on_with_the_holders_that_are_left(
    lite: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampling, now = lite.gateway.gateway.sampling, datetime.now(UTC)
    await lite.keep(release({"ggz-west": ("LB-01", "OB-LOG"), "school-1": ("LB-01", "OB-LOG")}))
    event = await lite.keep(release({"ggz-west": ("LB-01", "OB-LOG"), "school-1": ("LB-01", "OB-LOG")}))
    await lite.place()
    await passed(lite, now, days=14)
    opened, looked = Sampling._opened, []

    async def dying(self: Sampling, connection: AsyncConnection, lot: Lot, holder: str, chosen: Sequence[str]) -> int:
        looked.append(holder)
        if looked == ["ggz-west", "school-1"]:
            raise SystemError("killed")
        return await opened(self, connection, lot, holder, chosen)

    monkeypatch.setattr(Sampling, "_opened", dying)
    with pytest.raises(SystemError):
        await sampling.draw()
    assert [each.organisation for each in await lite.items(event)] == ["ggz-west"]
    assert await sampling.draw() == 2
    assert [each.organisation for each in await lite.items(event)] == ["ggz-west", "school-1"]
    # Nobody is looked through who holds nothing: the asker does not, nor does a person.
    assert set(looked) == {"ggz-west", "school-1"}
    assert await sampling.draw() == 0


async def test_what_somebody_released_to_himself_before_he_was_ended_is_in_the_sample_behind_it(stage: Stage) -> None:
    sampling, now = stage.gateway.gateway.sampling, datetime.now(UTC)
    assert "team-noord" not in sampling.holders()
    own = await stage.keep(release({"team-noord": ("LB-01", "OB-LOG")}))
    await stage.place()
    await passed(stage, now, days=14)
    async with write_transaction(stage.gateway.gateway.engine) as connection:
        for body in ({"adapter": "http"}, None):
            source = Entry(kind="source", key="team-noord/epd", organisation="team-noord", body=body)
            await append(connection, [source], recorded_by="test")
    await sampling.draw()
    [item] = await stage.items(own)
    assert (item.reason, item.organisation) == ("sample", "team-noord")
    # Nobody of his is left to judge it: once it is late, the gateway's own officer is given it.
    async with stage.gateway.gateway.engine.connect() as connection:
        for day, given in ((item.due, False), (item.due + timedelta(days=1), True)):
            found = await next_items(connection, "gateway", day, after=None, limit=99)
            assert (item.id in {each.id for each in found}) is given


async def drawn_again(stage: Stage, events: Sequence[str]) -> list[str]:
    """Return the first two of the lot, as the documentation says that it is drawn: written apart from ours."""
    async with stage.gateway.gateway.engine.connect() as connection:
        query = "SELECT note FROM audit_checkpoint WHERE size = (SELECT max(size) FROM review_sample)"
        note = (await connection.execute(text(query))).scalar_one()
    parts = (b"schakel-review-sample-v1", note.encode(), b"ggz-west")
    return sorted(events, key=lambda each: sha256(b"\0".join((*parts, each.encode()))).digest())[:2]
