"""One request of a world file, decided: what `schakel decide` prints and what a simulation answers."""

from collections.abc import Callable
from typing import Any, TypeAlias

from consent.decide import decide
from consent.explanation.explain import explain
from consent.facts import Facts
from consent.request import Request
from consent.world.file import World

Json: TypeAlias = dict[str, Any]
Tells: TypeAlias = Callable[[Request, Facts], Json]
"""Decides on one request, and tells it as section 6 of the decision contract writes it."""


def decided(request: Request, facts: Facts) -> Json:
    """Return the decision, without `explanation`."""
    return decide(request, facts, request.at).as_json()


def explained(request: Request, facts: Facts) -> Json:
    """Return the decision with its `explanation`."""
    decision = decide(request, facts, request.at)
    return decision.as_json() | {"explanation": explain(request, decision).as_json()}


def told(world: World, tells: Tells) -> list[Json] | Json:
    """Return the decision on the one request of a world, or a list of them where the file has `requests`."""
    answers = [tells(request, world.facts) for request in world.requests]
    return answers if world.many else answers[0]
