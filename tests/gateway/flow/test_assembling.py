"""One plan of released elements: nothing comes in by another door."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from consent.decision import Decision, ElementDecision
from consent.facts import Facts
from gateway.flow.assembling import assemble
from gateway.flow.release import EgressError, seal_release
from schemas.plan import Activity, Contact, Goal, Handling, LifeDomain, Source
from schemas.words import Category, Outcome, Regime, Result

SOURCE = Source(
    organisation="ggz", system="dossier", record="1", version=None, retrieved_at=datetime(2026, 1, 1, tzinfo=UTC)
)
TODAY = date(2026, 1, 2)
HANDLING = Handling(created_on="2026-01-01")


def goal(name: str, **changes: object) -> Goal:
    made = Goal(
        id=name, about=("sem",), category=Category.GOALS, regime=Regime.JEUGDWET, source=SOURCE, handling=HANDLING
    )
    return replace(made, **changes)  # type: ignore[arg-type] # by name


def activity(name: str, goals: tuple[str, ...]) -> Activity:
    return Activity(
        id=name,
        about=("sem",),
        category=Category.HELP_STATUS,
        regime=Regime.JEUGDWET,
        source=SOURCE,
        handling=HANDLING,
        goals=goals,
    )


def decision(**results: Result) -> Decision:
    elements = {
        name: ElementDecision(result=result, rules=("LB-01",), basis="LB-01", obligations=("OB-LOG",))
        for name, result in results.items()
    }
    return Decision(
        outcome=Outcome.PARTIAL,
        at="2026-01-02T10:00:00+01:00",
        rule_set="2026-11",
        elements=elements,
        obligations=(),
        expires_at=None,
        facts=Facts(),
    )


def test_a_link_to_a_withheld_goal_is_not_shown() -> None:
    plan = assemble([activity("help", goals=("shown", "hidden")), goal("shown")], TODAY)
    assert [each.goals for each in plan.elements if each.id == "help"] == [("shown",)]


def test_elements_stand_by_life_domain_and_those_without_one_come_last() -> None:
    plan = assemble(
        [goal("a"), goal("b", life_domain=LifeDomain.HOME), goal("c", life_domain=LifeDomain.SAFETY)], TODAY
    )
    assert [each.id for each in plan.elements] == ["c", "b", "a"]


def test_the_team_holds_contacts_of_work_and_no_relatives() -> None:
    colleague = Contact(
        id="k1",
        about=("sem",),
        category=Category.PROFESSIONALS,
        regime=Regime.JEUGDWET,
        source=SOURCE,
        handling=HANDLING,
        organisation="ggz",
        coordinator=True,
    )
    plan = assemble([colleague, replace(colleague, id="k2", relation="aunt", coordinator=False)], TODAY)
    assert [member.element for member in plan.team] == ["k1"]
    assert [member.element for member in plan.coordinators] == ["k1"]


def test_a_release_holds_the_released_elements_and_nothing_of_the_others() -> None:
    elements = {"seen": goal("seen", text="wordt getoond"), "kept": goal("kept", text="blijft hier")}
    release = seal_release(
        decision(seen=Result.RELEASE, kept=Result.WITHHOLD), elements, sources={"ggz": "answered"}, request_id="r"
    )
    assert release is not None
    assert b"wordt getoond" in release.body
    assert b"kept" not in release.body
    assert b"blijft hier" not in release.body


def test_nothing_released_is_no_release() -> None:
    assert seal_release(decision(a=Result.REVIEW), {"a": goal("a")}, sources={}, request_id="r") is None


def test_an_element_under_another_ones_name_stops_the_whole_release() -> None:
    with pytest.raises(EgressError):
        seal_release(decision(a=Result.RELEASE), {"a": goal("b")}, sources={}, request_id="r")
