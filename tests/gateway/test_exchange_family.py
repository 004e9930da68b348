"""Several children and two households in one plan, each with rights of his own, through a whole gateway.

Sem is of age to say yes for himself; for his sister their mother says yes, to less. She says nothing for herself.
"""

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from schemas.calendar import local_day
from schemas.plan import (
    Arranged,
    BigFive,
    Element,
    Evaluation,
    Handling,
    Household,
    Measured,
    OwnWords,
    Pillar,
    Placement,
    PlacementForm,
)
from schemas.words import Category, Regime
from tests.gateway.running import PLAN, Running, question, running
from tests.gateway.sources import Telling, element
from tests.gateway.worlds import YES, world

TODAY = local_day(datetime.now(UTC))
SOURCE = element("any").source

YES_OF_SEM = YES | {"id": "c1", "categories": ["goals", "evaluation", "placement"]}
YES_OVER_ZUS = YES | {"id": "c2", "about": "zus", "given_by": "moeder", "categories": ["goals"]}

pytestmark = pytest.mark.asyncio(loop_scope="module")


def made(kind: type[Element], name: str, person: str, /, category: Category = Category.GOALS, **more: Any) -> Element:
    plain: dict[str, Any] = {
        "about": (person,),
        "category": category,
        "regime": Regime.JEUGDWET,
        "source": replace(SOURCE, record=name),
        "handling": Handling(created_on="2026-11-10"),
    }
    return kind(id=name, **plain | more)


SEEN = [
    made(OwnWords, "own", "sem", text="Ik wil zelf kiezen waar ik woon.", speaker="sem"),
    *(
        made(BigFive, f"five-{each}", "sem", pillar=each, arranged=Arranged.OPEN, due=TODAY + timedelta(100))
        for each in Pillar
    ),
    made(Household, "sem-1", "sem", household="huis-1", share="door de week"),
    made(Household, "sem-2", "sem", household="huis-2", share="weekenden"),
    made(Household, "zus-1", "zus", household="huis-1"),
    made(Evaluation, "score", "sem", Category.EVALUATION, measure=Measured.GOAL_ATTAINMENT, score=Decimal("1.10")),
]
VETOED = Handling(created_on="2026-11-10", good_care_veto=True)
HIDDEN = [
    made(Placement, "placed", "zus", Category.PLACEMENT, form=PlacementForm.CRISIS, reason="niet te zien"),
    made(BigFive, "five-zus", "zus", pillar=Pillar.CARE, arranged=Arranged.OPEN, due=TODAY, handling=VETOED),
    made(Evaluation, "left", "moeder", Category.EVALUATION, measure=Measured.DROP_OUT, finding="niet te zien"),
    made(Evaluation, "both", "sem", Category.EVALUATION, about=("moeder", "sem"), measure=Measured.SATISFACTION),
    made(Household, "moeder-1", "moeder", household="huis-1"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    told = world(consents=[YES_OF_SEM, YES_OVER_ZUS])
    async with running(told, tmp_path_factory.mktemp("gateway")) as one:
        yield one


async def asked(gateway: Running, elements: Sequence[Element], **more: Any) -> bytes:
    """Return every byte that is answered where the record system holds `elements`."""
    sources = {"ggz-west": [Telling("ggz-west", elements)], "school-1": [Telling("school-1")]}
    gateway.change(lambda exchange: replace(exchange, sources=lambda: sources))
    body = json.dumps(question("sem", "coordinate-plan", **more)).encode()
    return await gateway.raw("anna", "POST", PLAN, body)


def plan_of(answer: bytes) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])["plan"]
    return plan


async def test_each_child_has_what_was_said_yes_to_for_it(gateway: Running) -> None:
    plan = plan_of(await asked(gateway, [*HIDDEN, *SEEN]))
    assert {each["id"] for each in plan["elements"]} == {each.id for each in SEEN}
    assert plan["family"] == ["sem", "zus"]
    assert plan["elements"][0]["kind"] == "own-words"
    assert [each["score"] for each in plan["elements"] if each["id"] == "score"] == ["1.10"]


async def test_two_households_stand_in_the_plan_with_those_who_may_be_seen_there(gateway: Running) -> None:
    plan = plan_of(await asked(gateway, [*HIDDEN, *SEEN]))
    assert [(each["household"], [one["person"] for one in each["members"]]) for each in plan["households"]] == [
        ("huis-1", ["sem", "zus"]),
        ("huis-2", ["sem"]),
    ]


async def test_what_is_open_at_eighteen_is_named_for_the_one_child_and_not_for_the_other(gateway: Running) -> None:
    plan = plan_of(await asked(gateway, [*HIDDEN, *SEEN]))
    assert [(each["gap"], each["about"], len(each["elements"])) for each in plan["gaps"]] == [
        ("no-coordinator", ["sem", "zus"], 0),
        ("adulthood-open", ["sem"], 5),
    ]


@pytest.mark.parametrize("more", [{"categories": ["goals"]}, {"records": ["own"]}])
async def test_who_asked_for_something_else_is_not_told_that_nobody_coordinates(
    gateway: Running, more: dict[str, Any]
) -> None:
    plan = plan_of(await asked(gateway, SEEN, **more))
    assert "no-coordinator" not in [each["gap"] for each in plan["gaps"]]


async def test_the_answer_does_not_tell_what_was_withheld(gateway: Running) -> None:
    def masked(answer: bytes) -> bytes:
        head, _, body = answer.partition(b"\r\n\r\n")
        told = json.loads(body)
        told.pop("receipt")
        told.pop("request_id")
        head = re.sub(rb"(?m)^(date|content-length): [^\r]+", b"", head)
        return head + json.dumps(told).encode()

    with_them, without = await asked(gateway, [*HIDDEN, *SEEN]), await asked(gateway, SEEN)
    assert masked(with_them) == masked(without)
    assert b"niet te zien" not in with_them
    assert b"moeder" not in with_them


async def test_a_further_yes_over_the_second_child_brings_what_it_is_for_and_no_more(tmp_path: Path) -> None:
    more = YES_OVER_ZUS | {"categories": ["goals", "placement"]}
    async with running(world(consents=[YES_OF_SEM, more]), tmp_path) as gateway:
        plan = plan_of(await asked(gateway, [*HIDDEN, *SEEN]))
    assert {each["id"] for each in plan["elements"]} - {each.id for each in SEEN} == {"placed"}
