"""A request that no file wrote: the exchange makes one in code, and judges it when it is answered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent.decide import decide, prepare
from consent.world.file import world_of
from schemas.canonical_json import canonical, digest
from schemas.words import Category, Reason
from tests.consent.asking import may_ask
from tests.properties.every_basis import world_of_basis

WORLD = world_of(world_of_basis("LB-04"))
[REQUEST] = WORLD.requests


def test_its_moment_is_told_although_nobody_wrote_it() -> None:
    made = replace(REQUEST, source={})
    assert decide(made, WORLD.facts, made.at).at == made.at.isoformat()


def test_the_moment_of_the_answer_is_told_and_not_that_of_the_request() -> None:
    later = REQUEST.at + timedelta(minutes=5)
    assert decide(REQUEST, WORLD.facts, later).at == later.isoformat()
    assert decide(REQUEST, WORLD.facts, REQUEST.at).at == REQUEST.source["at"]


def test_what_came_is_what_the_digest_is_of() -> None:
    case = prepare(REQUEST, WORLD.facts, REQUEST.at)
    nothing, all_of_it = case.decide([]), case.decide(WORLD.facts.records)
    assert nothing.facts_digest == decide(REQUEST, WORLD.facts.with_records([]), REQUEST.at).facts_digest
    assert nothing.facts_digest != all_of_it.facts_digest
    assert all_of_it.facts_digest == decide(REQUEST, WORLD.facts, REQUEST.at).facts_digest


def test_what_copies_of_facts_share_is_written_once_and_of_each_its_own() -> None:
    fewer = replace(WORLD.facts, professionals=WORLD.facts.professionals[:1])
    for facts in (WORLD.facts, fewer, WORLD.facts.with_records([]), fewer, WORLD.facts):
        assert canonical(facts.as_written_world()) == canonical(facts.as_world())
    assert digest(fewer.as_written_world()) != digest(WORLD.facts.as_written_world())


def test_only_what_is_asked_for_may_be_asked() -> None:
    case = prepare(REQUEST, WORLD.facts, REQUEST.at)
    assert may_ask(case, ["ggz", "zorg"], Category) == {("ggz", Category.GOALS)}
    assert may_ask(case, ["ggz"], [Category.RISK]) == frozenset()


def test_what_is_foreseen_does_not_look_at_what_is_asked_for() -> None:
    case = prepare(REQUEST, WORLD.facts, REQUEST.at)
    foreseen = case.foresee(["ggz", "zorg"], [Category.GOALS, Category.RISK, Category.BILLING], ["moeder"])
    told = {
        (holder, str(category)): one if isinstance(one, list) else (str(one.result), str(one.reason))
        for (holder, category), one in foreseen.items()
    }
    assert told == {
        ("ggz", "goals"): ["sem"],
        ("ggz", "risk"): ["sem"],
        ("ggz", "billing"): ("withhold", "CATEGORY_EXCLUDED"),
        ("zorg", "goals"): ("withhold", "NO_BASIS"),
        ("zorg", "risk"): ("withhold", "NO_BASIS"),
        ("zorg", "billing"): ("withhold", "NO_BASIS"),
    }


def test_copies_of_facts_are_each_judged_by_their_own_entries() -> None:
    yes = world_of(world_of_basis("LB-02"))
    [asks] = yes.requests
    silent = replace(yes.facts, consents=())
    again = replace(silent, consents=yes.facts.consents)
    gone = replace(yes.facts, organisations=())
    results = [
        decide(asks, facts, asks.at).elements["r1"].basis for facts in (yes.facts, silent, again, yes.facts, silent)
    ]
    assert results == ["LB-02", None, "LB-02", "LB-02", None]
    assert decide(asks, gone, asks.at).elements["r1"].basis == "LB-02"
    assert decide(asks, yes.facts, asks.at) == decide(asks, again, asks.at)


@pytest.mark.parametrize("basis", ["LB-15", "LB-16"])
def test_a_task_that_goes_with_a_kind_of_organisation_is_nobodys_whose_organisation_is_gone(basis: str) -> None:
    world = world_of(world_of_basis(basis))
    [asks] = world.requests
    gone = replace(world.facts, organisations=())
    told = [decide(asks, facts, asks.at).elements["r1"] for facts in (world.facts, gone)]
    assert [one.basis for one in told] == [basis, None]
    assert told[1].reason is Reason.NO_BASIS


def test_a_referral_in_the_name_of_a_person_tells_that_person_nothing() -> None:
    world = world_of(world_of_basis("LB-26"))
    [asks] = world.requests
    hers = replace(world.facts, referrals=tuple(replace(one, by="moeder") for one in world.facts.referrals))
    asked = replace(asks, requester=replace(asks.requester, form="person", id="moeder"))
    assert decide(asks, world.facts, asks.at).elements["r1"].basis == "LB-26"
    assert decide(asked, hers, asks.at).elements["r1"].reason is Reason.NO_BASIS
