"""Nothing of a request outlives it: what holds itself waits in memory for the collector of cycles."""

import gc

from consent.decide import prepare
from consent.world.file import world_of
from schemas.words import Category
from tests.consent.random_worlds import Grower

WORLDS = 25


def test_a_decided_request_leaves_nothing_to_the_collector_of_cycles() -> None:
    worlds = [world_of(Grower(seed).world()) for seed in range(WORLDS)]
    gc.collect()
    gc.disable()
    try:
        for world in worlds:
            for request in world.requests:
                case = prepare(request, world.facts, request.at)
                case.foresee(["ggz", "zorg"], list(Category), ["zus", "moeder"])
                case.decide(world.facts.records)
                del case
        assert gc.collect() == 0
    finally:
        gc.enable()
