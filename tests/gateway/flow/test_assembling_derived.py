"""Households, gaps and speakers of a plan: they follow from what is released, and tell nothing of what is not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.decision import Decision, ElementDecision
from consent.facts import Facts
from gateway.flow import release
from gateway.flow.assembling import assemble
from gateway.flow.release import EgressError, seal_release
from schemas.plan import (
    Arranged,
    BigFive,
    Element,
    FamilyHousehold,
    Gap,
    Goal,
    Household,
    Housemate,
    LifeDomain,
    Missing,
    OwnWords,
    Period,
    Pillar,
    Plan,
    TeamMember,
)
from schemas.words import Outcome, Result
from tests.schemas.plan.make import DAY, SOURCE, element, several
from tests.thoroughness import examples


def decision(results: dict[str, Result], at: str = "2026-11-26T10:00:00+01:00") -> Decision:
    elements = {
        name: ElementDecision(result=result, rules=("LB-01",), basis="LB-01") for name, result in results.items()
    }
    return Decision(
        outcome=Outcome.PARTIAL,
        at=at,
        rule_set="2026-11",
        elements=elements,
        obligations=(),
        expires_at=None,
        facts=Facts(),
    )


def body(
    elements: Sequence[Element], hidden: frozenset[str] = frozenset(), at: str = "2026-11-26T10:00:00+01:00"
) -> bytes:
    """Return what leaves of `elements`, of which those that are `hidden` were withheld."""
    results = {each.id: Result.WITHHOLD if each.id in hidden else Result.RELEASE for each in elements}
    found = seal_release(decision(results, at), {each.id: each for each in elements}, sources={}, request_id="r")
    return b"" if found is None else found.body


def home(name: str, household: str, **more: Any) -> Household:
    return element(Household, name, household=household, **more)


def test_a_child_of_two_homes_stands_in_both() -> None:
    elements = [
        home("h1", "huis-1", share="door de week"),
        home("h2", "huis-2", share="weekenden"),
        home("h3", "huis-1", about=("zus",)),
    ]
    assert assemble(elements, DAY).households == (
        FamilyHousehold(
            "huis-1", "ggz-west", "dossier", (Housemate("sem", "door de week", "h1"), Housemate("zus", None, "h3"))
        ),
        FamilyHousehold("huis-2", "ggz-west", "dossier", (Housemate("sem", "weekenden", "h2"),)),
    )


def test_what_two_sources_call_alike_is_not_one_household() -> None:
    other = replace(SOURCE, organisation="school-1")
    found = assemble([home("h1", "1"), home("h2", "1", source=other)], DAY).households
    assert [(each.organisation, len(each.members)) for each in found] == [("ggz-west", 1), ("school-1", 1)]


def test_own_words_stand_before_all_life_domains() -> None:
    elements = [
        element(Goal, "a", life_domain=LifeDomain.SAFETY),
        element(OwnWords, "z"),
        element(OwnWords, "y", life_domain=LifeDomain.JUSTICE),
    ]
    assert [each.id for each in assemble(elements, DAY).elements] == ["y", "z", "a"]


def test_a_speaker_whom_the_words_are_not_about_is_not_named() -> None:
    assert b"moeder" not in body([element(OwnWords, "o", speaker="moeder")])
    assert b"moeder" in body([element(OwnWords, "o", about=("moeder", "sem"), speaker="moeder")])


def test_the_day_of_gaps_is_the_dutch_day_of_the_decision() -> None:
    due = element(
        BigFive, "b", pillar=Pillar.INCOME, arranged=Arranged.OPEN, due=DAY.replace(year=2027, month=5, day=27)
    )

    def gaps(at: str) -> list[str]:
        return [each["gap"] for each in orjson.loads(body([due], at=at))["plan"]["gaps"]]

    assert "adulthood-open" not in gaps("2026-11-26T23:30:00+01:00")
    assert "adulthood-open" in gaps("2026-11-26T23:30:00+00:00")


@settings(max_examples=examples(150), deadline=None)
@given(several(), st.data())
def test_an_answer_is_the_same_with_and_without_what_is_withheld(elements: list[Element], data: st.DataObject) -> None:
    hidden = data.draw(st.frozensets(st.sampled_from([each.id for each in elements] or [""])))
    assert body(elements, hidden) == body([each for each in elements if each.id not in hidden])


def _gap_on_another(plan: Plan) -> Plan:
    return replace(plan, gaps=(Gap(Missing.ADULTHOOD_OPEN, ("sem",), ("hidden",)),))


def _gap_of_another_person(plan: Plan) -> Plan:
    return replace(plan, gaps=(Gap(Missing.NO_COORDINATOR, ("moeder",), ()),))


def _household_on_another(plan: Plan) -> Plan:
    return replace(plan, households=(FamilyHousehold("1", "ggz", "d", (Housemate("sem", None, "hidden"),)),))


def _household_of_another_person(plan: Plan) -> Plan:
    return replace(plan, households=(FamilyHousehold("1", "ggz", "d", (Housemate("moeder", None, "seen"),)),))


def _coordinator_on_another(plan: Plan) -> Plan:
    return replace(plan, coordinators=(TeamMember("Geheim", None, None, Period(), "hidden"),))


def _coordinator_of_another_name(plan: Plan) -> Plan:
    return replace(plan, coordinators=(TeamMember("Geheim", None, None, Period(), "seen"),))


def _member_of_another_name(plan: Plan) -> Plan:
    return replace(plan, team=(TeamMember("Geheim", None, None, Period(), "seen"),))


def _element_twice(plan: Plan) -> Plan:
    return replace(plan, elements=plan.elements * 2)


def _goal_of_another_element(plan: Plan) -> Plan:
    return replace(plan, elements=(element(OwnWords, "seen", goals=("hidden",)),))


def _speaker_of_another_element(plan: Plan) -> Plan:
    return replace(plan, elements=(element(OwnWords, "seen", speaker="moeder"),))


@pytest.mark.parametrize(
    "spoil",
    [
        _gap_on_another,
        _gap_of_another_person,
        _household_on_another,
        _household_of_another_person,
        _element_twice,
        _goal_of_another_element,
        _speaker_of_another_element,
        _coordinator_on_another,
        _coordinator_of_another_name,
        _member_of_another_name,
    ],
)
def test_a_plan_that_names_what_was_not_released_does_not_leave(
    spoil: Callable[[Plan], Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "assemble", lambda *given: spoil(assemble(*given)))
    elements = [element(OwnWords, "seen"), element(OwnWords, "hidden", about=("moeder", "sem"))]
    with pytest.raises(EgressError):
        body(elements, frozenset({"hidden"}))
