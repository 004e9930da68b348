"""A request that waits for its commit holds its answer and its event, and nothing that they were made of."""

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

from audit.prepared import Prepared
from audit.receipt import Receipt
from consent.known.family import Versions
from gateway.committing.commit import Committer
from gateway.committing.recording import Judged
from gateway.exchange import Exchange
from tests.gateway.running import running
from tests.gateway.worlds import world


class Counting(Committer):
    """Counts at each commit what was judged and is still there, without the collector's help."""

    async def commit(self, event: Prepared, versions: Versions, **more: Any) -> Receipt | None:
        _held.append(sum(isinstance(each, Judged) for each in gc.get_objects()))
        return await super().commit(event, versions, **more)


_held: list[int] = []


def counting(exchange: Exchange) -> Exchange:
    own = exchange.committer
    return replace(exchange, committer=Counting(own.engine, own.facts, own.log, own.sealer))


async def test_what_was_judged_is_gone_before_the_commit(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as gateway:
        gateway.change(counting)
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert answer.status == 200
    assert _held == [0]
