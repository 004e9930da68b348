"""Nobody is born after a request, and nobody is his own ancestor: a file that says so is refused."""

from typing import Any

import pytest

from consent.world.file import world_of
from consent.world.shape import WorldError
from tests.consent.make import world


def problems(value: Any) -> list[str]:
    with pytest.raises(WorldError) as caught:
        world_of(value)
    return list(caught.value.problems)


def fact(person: str, of: str, relation: str = "parent", **more: Any) -> dict[str, Any]:
    return {"person": person, "of": of, "relation": relation} | more


CIRCLES = {
    "his own parent": ([fact("sem", "sem")], [0]),
    "each other's parent": ([fact("moeder", "sem"), fact("sem", "moeder")], [0, 1]),
    "parent and child at once": ([fact("moeder", "sem"), fact("moeder", "sem", "child")], [0, 1]),
    "his own grandparent": ([fact("sem", "sem", "grandparent")], [0]),
    "over three": ([fact("moeder", "sem"), fact("sem", "zus"), fact("zus", "moeder", "grandparent")], [0, 1, 2]),
    "two circles": (
        [fact("moeder", "sem"), fact("sem", "moeder"), fact("luus", "zus"), fact("zus", "luus")],
        [0, 1, 2, 3],
    ),
    "beside who is in none": (
        [fact("vader", "moeder"), fact("moeder", "sem"), fact("sem", "moeder"), fact("sem", "zus")],
        [1, 2],
    ),
    "at another time": (
        [fact("moeder", "sem", until="2020-01-01"), fact("sem", "moeder", since="2020-01-01")],
        [0, 1],
    ),
    "beside a wrong entry": ([fact("moeder", "sem"), fact("sem", "moeder"), fact("sem", "zus", "nicht")], [0, 1]),
}


@pytest.mark.parametrize(("family", "positions"), CIRCLES.values(), ids=CIRCLES.keys())
def test_nobody_is_his_own_ancestor(family: list[dict[str, Any]], positions: list[int]) -> None:
    found = [each for each in problems(world(family=family)) if "his own ancestor" in each]
    assert [each.partition(": ")[0] for each in found] == [f"family[{position}]" for position in positions]


@pytest.mark.parametrize(
    "family",
    [
        [fact("moeder", "sem"), fact("sem", "moeder", "child")],
        [
            fact("moeder", "sem"),
            fact("vader", "sem"),
            fact("moeder", "zus"),
            fact("vader", "zus"),
            fact("zus", "sem", "sibling"),
        ],
        [fact("sem", "zus", "sibling"), fact("zus", "sem", "sibling")],
        [fact("vader", "moeder", "partner"), fact("moeder", "vader", "partner")],
        [fact("luus", "sem", "foster-parent"), fact("sem", "luus", "other")],
        [fact("luus", "moeder"), fact("moeder", "sem"), fact("luus", "sem", "grandparent")],
    ],
    ids=["both ways", "two parents", "siblings", "partners", "no kin", "three generations"],
)
def test_what_is_no_circle_of_ancestors_is_read(family: list[dict[str, Any]]) -> None:
    assert world_of(world(family=family)).facts.family


def test_nobody_is_born_after_the_day_of_a_request() -> None:
    assert problems(world(persons=[{"id": "zus", "born": "2026-03-03"}])) == [
        "persons[4].born: after the day of `request.at`"
    ]
    assert world_of(world(persons=[{"id": "zus", "born": "2026-03-02"}])).requests


def test_the_day_of_a_request_is_a_day_in_amsterdam() -> None:
    late = world(persons=[{"id": "zus", "born": "2026-03-03"}], request={"at": "2026-03-02T23:30:00+00:00"})
    assert world_of(late).requests


def test_of_many_requests_none_comes_before_a_birth() -> None:
    value = world(persons=[{"id": "zus", "born": "2026-02-01"}])
    request = value.pop("request")
    value["requests"] = [request, request | {"at": "2026-01-31"}, request | {"at": "gisteren"}]
    assert problems(value) == [
        "persons[4].born: after the day of `requests[1].at`",
        "requests[2].at: expected a date (2026-01-31) or an instant with an offset (2026-01-31T10:00:00+01:00)",
    ]
