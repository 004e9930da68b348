"""A look that is refused takes as long for a stranger, whether or not there is anybody, and however much is known."""

import asyncio
from dataclasses import replace
from itertools import count

import pytest

from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.evenly import EVEN, Evenly, Turns
from gateway.facts.looking import FactsView
from gateway.identity.caller import Caller
from schemas.words import Role
from tests.gateway.facts.desk import Desk
from tests.gateway.facts.household import Household

STRANGER = Caller(
    form="professional",
    id="els",
    organisation="school-1",
    role=Role.TEACHER,
    trusted=True,
    officer_of=None,
    client_id="school",
    acr=None,
)
CALL = Call("5f0c2a52-0000-4000-8000-000000000000", "/", {})


SEEN_IN = {"nobody": 0.0071, "sem": 0.012, "moeder": 0.0503}


@pytest.mark.parametrize("person", list(SEEN_IN))
async def test_a_look_that_is_refused_takes_as_long_whoever_it_was_about(desk: Desk, person: str) -> None:
    paused = list[float]()
    passed = iter([100.0, 100.0 + SEEN_IN[person]])

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    view = FactsView(desk.committer, lambda at: at, Evenly(passed=lambda: next(passed), pause=pause))
    with pytest.raises(NotAllowedError):
        await view.look(person, STRANGER, CALL, at=None, known_at=None)
    [waited] = paused
    even = (SEEN_IN[person] + waited) / EVEN
    assert even == pytest.approx(1 if person != "moeder" else 2)


async def test_a_look_that_is_not_refused_waits_for_nothing(house: Household) -> None:
    async def pause(_seconds: float) -> None:
        raise AssertionError

    view = FactsView(house.desk.committer, lambda _: house.clock.at, Evenly(pause=pause))
    himself = replace(STRANGER, form="person", id="sem", organisation="person", role=None)
    assert (await view.look("sem", himself, CALL, at=None, known_at=None))["facts"]


PUPIL = replace(STRANGER, form="person", id="pupil", organisation="person", role=None)
NOBODY = replace(PUPIL, id="stranger:5f0c", provider="https://login.people.example")
OTHERS = {
    "he himself": (STRANGER, True),
    "a colleague": (replace(STRANGER, id="bea"), True),
    "another organisation": (replace(STRANGER, id="zoe", organisation="zorg"), False),
    "a person": (PUPIL, False),
}
TWO = {who: (STRANGER, *other) for who, other in OTHERS.items()} | {
    "a stranger by another token": (NOBODY, replace(NOBODY, id="stranger:9d3e"), True),
    "a stranger at another portal": (NOBODY, replace(NOBODY, id="stranger:9d3e", client_id="other"), True),
    "a stranger of another provider": (NOBODY, replace(NOBODY, provider="https://other.example"), False),
    "a stranger and somebody known": (NOBODY, replace(PUPIL, provider=NOBODY.provider), False),
}


@pytest.mark.parametrize(("one", "other", "waits"), TWO.values(), ids=TWO)
async def test_who_looks_twice_at_one_time_is_refused_once_at_a_time(
    desk: Desk, one: Caller, other: Caller, *, waits: bool
) -> None:
    happened, seconds = list[str](), count()

    def passed() -> float:
        happened.append("looked at the time")
        return float(next(seconds))

    async def pause(_seconds: float) -> None:
        happened.append("waited")

    view = FactsView(desk.committer, lambda at: at, Evenly(passed=passed, pause=pause))
    looks = [view.look("sem", who, CALL, at=None, known_at=None) for who in (one, other)]
    refusals = await asyncio.gather(*looks, return_exceptions=True)
    assert [type(each) for each in refusals] == [NotAllowedError] * 2
    alone = ["looked at the time", "looked at the time", "waited"]
    assert (happened == alone * 2) is waits


def test_of_persons_each_has_his_own_turn() -> None:
    turns = Turns()
    mine = turns.of(PUPIL)
    assert turns.of(PUPIL) is mine
    assert turns.of(replace(PUPIL, id="sem")) is not mine
