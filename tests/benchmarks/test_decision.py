"""B3: what is compared is the same question, and a broken floor is told. No figure is tested."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from benchmarks.cedar import Cedar
from benchmarks.decision import Decided, DisagreementError, agreed, measured
from benchmarks.family import family_file
from benchmarks.plan import ELEMENTS, FEW, OTHERS, crowded_plan, plan, small_plan
from consent.decide import decide
from consent.facts import Facts
from schemas.words import Category, Reason, RecordSource

TODAY = date(2026, 11, 26)
FAST = Decided(ours=[0.2, 0.3, 0.9], cedar=[1.0, 1.0, 1.0], few=[1.0, 1.0, 1.0], many=[1.0, 1.05, 1.5])


def without(facts: Facts, position: int) -> Facts:
    return replace(facts, consents=facts.consents[:position] + facts.consents[position + 1 :])


def test_the_plan_is_as_large_as_the_benchmark_says() -> None:
    _, facts = plan(TODAY)
    assert (len(facts.records), len(facts.consents), len(facts.persons)) == (ELEMENTS, 50, 5)
    _, few = small_plan(TODAY)
    _, many = crowded_plan(TODAY)
    assert (len(few.consents), len(many.consents)) == (FEW, FEW + OTHERS)


def test_elements_are_released_and_withheld_for_different_reasons_with_evidence_and_expiry() -> None:
    request, facts = plan(TODAY)
    elements = decide(request, facts, request.at).elements.values()
    assert {one.reason for one in elements} == {
        None,
        Reason.CATEGORY_EXCLUDED,
        Reason.CONSENT_OUT_OF_SCOPE,
        Reason.THIRD_PARTY_PRIVACY,
    }
    assert all(one.evidence and one.expires_at for one in elements if one.reason is None)


def test_cedar_releases_the_same_elements() -> None:
    request, facts = plan(TODAY)
    assert 20 <= len(agreed(request, facts, Cedar(request, facts))) < ELEMENTS


@pytest.mark.parametrize("position", range(FEW))
def test_cedar_releases_the_same_without_any_one_of_the_consents_that_count(position: int) -> None:
    request, facts = plan(TODAY)
    fewer = without(facts, position)
    ours = {name for name, one in decide(request, fewer, request.at).elements.items() if one.reason is None}
    assert Cedar(request, fewer).released() == ours != agreed(request, facts, Cedar(request, facts))


@pytest.mark.parametrize(
    "change",
    [
        {"good_care_veto": True},
        {"origin": RecordSource.THIRD_PARTY},
        {"regime": None},
        {"category": Category.JUSTICE},
        {"category": Category.WORKING_NOTES},
    ],
    ids=str,
)
def test_cedar_knows_the_gates(change: dict[str, Any]) -> None:
    request, facts = plan(TODAY)
    [first, *others] = facts.records
    gated = replace(facts, records=(replace(first, **change), *others))
    assert first.id in agreed(request, facts, Cedar(request, facts))
    assert first.id not in agreed(request, gated, Cedar(request, gated))


def test_cedar_that_is_asked_something_else_ends_the_run() -> None:
    request, facts = plan(TODAY)
    with pytest.raises(DisagreementError, match="released by one alone"):
        agreed(request, facts, Cedar(request, without(facts, 0)))


def test_a_plan_of_which_nothing_is_released_ends_the_run() -> None:
    request, facts = plan(TODAY)
    silent = replace(facts, consents=())
    with pytest.raises(DisagreementError):
        agreed(request, silent, Cedar(request, silent))


def test_others_change_no_decision() -> None:
    request, few = small_plan(TODAY)
    _, many = crowded_plan(TODAY)
    assert decide(request, many, request.at).elements == decide(request, few, request.at).elements


def test_the_family_stands_in_the_past_of_its_request() -> None:
    request, _ = plan(TODAY)
    assert request.at.date() == TODAY - timedelta(days=1)  # 00:00 in Amsterdam, in UTC
    assert all(date.fromisoformat(one["born"]) < TODAY for one in family_file(TODAY)["persons"])


def test_the_line_tells_medians_and_both_floors() -> None:
    line = FAST.line()
    assert (line["ratio"], line["growth"], line["ok"]) == (0.3, 1.05, True)
    assert (line["floor"], line["goal"], line["growth_floor"]) == (1.0, 0.25, 1.1)


@pytest.mark.parametrize("slow", [{"ours": [1.01] * 3}, {"many": [1.11] * 3}], ids=["the ratio", "the growth"])
def test_a_broken_floor_is_told(slow: dict[str, list[float]]) -> None:
    assert replace(FAST, **slow).line()["ok"] is False


def test_what_is_made_only_when_asked_for_stands_apart() -> None:
    assert {"digest_cpu_us", "explanation_cpu_us", "cpu_us", "cedar_cpu_us"} <= measured(rounds=1).keys()
