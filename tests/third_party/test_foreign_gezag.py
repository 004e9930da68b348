"""The national register's own scenarios: every expected answer is read, and held against a table made by hand."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from consent.registers.brp_gezag import GezagError, Held, NotKnown, Relation, Unknown
from consent.representation import givers_for
from consent.situation import Situation
from tests.consent.make import consent, incapable, read, told, world
from tests.consent.registers.answering import Answer, read_answer
from tests.third_party.gezag_features import Scenario, questions, scenarios

ASKED_ON = datetime.fromisoformat("2026-02-20T09:00:00+01:00")
BORN = {5: "2020-05-04", 13: "2012-05-04", 16: "2009-05-04"}

UNREADABLE = {
    "twee-ouders-geen-relatie: Minderjarige is na 1 januari 2023 en bij geboorteaangifte erkend door de bekende donor "
    "en moeder is gehuwd met een vrouw": "it expects `gezamenlijk gezag` with two parents, which is no form of the "
    "register's interface: `GezamenlijkGezag` has one parent and one who is none. Read as two parents it would be a "
    "guess about who may open, so it is refused.",
}
"""Scenarios whose expected answer cannot be read, and why. Anything else that fails is a defect."""

COUNTED = {
    "one parent": 56,
    "one parent, doubted": 4,
    "two parents": 59,
    "a parent and another": 13,
    "a parent and somebody unknown": 6,
    "a guardian": 9,
    "a guardian unnamed": 3,
    "nobody": 14,
    "cannot be determined": 13,
    "joint with two parents": 1,
    "nothing": 27,
}
"""How often each kind of answer stands in the files, counted apart from the importer."""


class Case(NamedTuple):
    """Who must say yes at 5, 13 and 16, and what a yes of everybody in the world brings; and why."""

    at_5: tuple[str, str]
    at_13: tuple[str, str]
    at_16: tuple[str, str]
    why: str


REVIEW = "review AUTHORITY_UNVERIFIED"
YES = "release LB-01"
YOUTH_ALONE = ("child", YES)
"""From 16, if capable, the youth decides alone (Jw 7.3.5; CV-14): no answer of the register changes that."""

BY_HAND = {
    "one parent": Case(
        ("ouder", YES),
        ("child ouder", YES),
        YOUTH_ALONE,
        "sole authority (BW 1:253b, 1:253q): that parent alone under 12 (CV-02), with the youth from 12 (CV-09)",
    ),
    "one parent, doubted": Case(
        ("ouder", REVIEW),
        ("child ouder", REVIEW),
        YOUTH_ALONE,
        "the register investigates its own data: the parent is asked, and a human being must look (G-04)",
    ),
    "two parents": Case(
        ("ouder ouder", YES),
        ("child ouder ouder", YES),
        YOUTH_ALONE,
        "joint authority (BW 1:251, 1:251b): both, never one of them for both (CV-01, CV-09)",
    ),
    "a parent and another": Case(
        ("derde ouder", YES),
        ("child derde ouder", YES),
        YOUTH_ALONE,
        "joint with one who is no parent (BW 1:253sa, 1:253t): counts as parental, so both (BW 1:245 lid 5; CV-03)",
    ),
    "a parent and somebody unknown": Case(
        ("", REVIEW),
        ("child", REVIEW),
        YOUTH_ALONE,
        "a second holder is there and cannot be asked: the parent alone is not enough, so nobody's yes is (CV-06)",
    ),
    "a guardian": Case(
        ("derde", YES),
        ("child derde", YES),
        YOUTH_ALONE,
        "guardianship (BW 1:245 lid 3, 1:282): the guardian stands where the parents stood (CV-04)",
    ),
    "a guardian unnamed": Case(
        ("", REVIEW),
        ("child", REVIEW),
        YOUTH_ALONE,
        "somebody is guardian and the register does not say who: nobody's yes is valid yet (CV-06)",
    ),
    "nobody": Case(
        ("", REVIEW),
        ("child", REVIEW),
        YOUTH_ALONE,
        "no holder (BW 1:253q, 1:253r): under 16 a holder's yes is needed and nobody can give it (CV-06)",
    ),
    "cannot be determined": Case(
        ("", REVIEW),
        ("child", REVIEW),
        YOUTH_ALONE,
        "the register does not know; not knowing opens nothing (CV-06)",
    ),
    "nothing": Case(
        ("", REVIEW),
        ("child", REVIEW),
        YOUTH_ALONE,
        "of age, dead, or a closed file, says the register; if he is under 16 here all the same, the two disagree",
    ),
}


@pytest.fixture(scope="module")
def found(data: Path) -> list[Scenario]:
    return scenarios(data / "02-dutch" / "brp-gezag")


def kinds(scenario: Scenario) -> list[str]:
    doubted = [f"{kind}{', doubted' * ('inOnderzoek' in one)}" for kind, one in told_by(scenario)]
    return doubted or ["nothing"]


def told_by(scenario: Scenario) -> list[tuple[str, dict[str, Any]]]:
    return list(zip(scenario.kinds, scenario.answer, strict=True))


def imported(scenario: Scenario) -> Answer:
    return read_answer(
        scenario.answer,
        asked_about=scenario.asked_about,
        asked_on=ASKED_ON,
        answer_id="brp-1",
        persons={number: name for name, number in scenario.numbers.items()},
    )


def readable(found: list[Scenario]) -> list[Scenario]:
    return [one for one in found if one.name not in UNREADABLE]


def test_no_scenario_of_the_files_is_left_out(data: Path, found: list[Scenario]) -> None:
    assert len({one.name for one in found}) == len(found)
    assert (questions(data / "02-dutch" / "brp-gezag"), len(found)) == (157, 181)
    assert Counter(kind for one in found for kind in kinds(one)) == COUNTED


def test_every_expected_answer_is_read_but_those_that_are_listed(found: list[Scenario]) -> None:
    for scenario in found:
        if scenario.name in UNREADABLE:
            with pytest.raises(GezagError, match=r"gezag\[0\]\.ouders"):
                imported(scenario)
            continue
        answer = imported(scenario)
        assert len(answer.relations) == len(scenario.answer), scenario.name


def test_every_relation_is_over_the_minor_and_by_the_holders_that_the_scenario_names(found: list[Scenario]) -> None:
    for scenario in readable(found):
        names = {number: name for name, number in scenario.numbers.items()}
        for relation, said in zip(imported(scenario).relations, scenario.answer, strict=True):
            assert relation.minor == names[said["minderjarige"]["burgerservicenummer"]]
            if isinstance(relation, Held):
                assert {fact.holder for fact in relation.facts} == {names[one] for one in numbers(said).values()}


def numbers(said: dict[str, Any]) -> dict[str, str]:
    """Return the numbers of the holders of a relation by their key and place, read from the JSON itself."""
    listed = [("ouder", one) for one in said.get("ouders", [])] + [("derde", one) for one in said.get("derden", [])]
    listed += [(key, said[key]) for key in ("ouder", "derde") if key in said]
    return {f"{key} {n}": one["burgerservicenummer"] for n, (key, one) in enumerate(listed) if len(one) > 1}


def judged(scenario: Scenario, relation: Relation, age: int, said: dict[str, Any]) -> tuple[str, str]:
    """Return who must say yes, by his place in the register's answer, and what a yes of everybody brings."""
    names = {number: name for name, number in scenario.numbers.items()}
    places = {names[number]: key.split()[0] for key, number in numbers(said).items()} | {relation.minor: "child"}
    value = everybody_says_yes(scenario, relation, age)
    world_read = read(value)
    [request] = world_read.requests
    givers = givers_for(Situation(request, world_read.facts, request.at), relation.minor)
    asked = [places[one.id] for one in givers.holders]
    return " ".join(["child"] * givers.himself + sorted(asked)), told(value)


def everybody_says_yes(scenario: Scenario, relation: Relation, age: int, **sections: Any) -> dict[str, Any]:
    everybody = sorted(scenario.numbers)
    authority = [dict(fact.source) for fact in relation.facts] if isinstance(relation, Held) else []
    minor = relation.minor
    return world(
        persons=[{"id": one, "born": BORN[age] if one == minor else "1980-01-01"} for one in everybody],
        authority=authority,
        consents=[consent(one, about=minor) for one in [*everybody, "moeder", "anna", "jan"]],
        record={"about": [minor]},
        request={"about": minor},
        **sections,
    )


def test_the_givers_at_5_13_and_16_are_those_reasoned_out_by_hand(found: list[Scenario]) -> None:
    assert set(BY_HAND) == set(COUNTED) - {"joint with two parents"}
    for scenario in readable(found):
        answer = imported(scenario)
        relations = answer.relations or (NotKnown(scenario.asked_about, Unknown.NOT_GIVEN),)
        for kind, relation, said in zip(kinds(scenario), relations, scenario.answer or [{}], strict=True):
            case = BY_HAND[kind]
            for age, expected in ((5, case.at_5), (13, case.at_13), (16, case.at_16)):
                assert judged(scenario, relation, age, said) == expected, (scenario.name, kind, age)


def test_whoever_says_yes_where_the_register_names_nobody_an_incapable_youth_of_16_gets_a_review(
    found: list[Scenario],
) -> None:
    seen = set()
    for scenario in readable(found):
        for relation in imported(scenario).relations:
            if isinstance(relation, Held):
                continue
            seen.add(type(relation).__name__)
            capacity = [incapable(relation.minor)]
            assert told(everybody_says_yes(scenario, relation, 16, capacity=capacity)) == REVIEW
    assert seen == {"Nobody", "NotKnown"}


def test_each_answer_without_holders_says_why(found: list[Scenario]) -> None:
    told_why = {
        "a parent and somebody unknown": Unknown.THIRD_PARTY_UNKNOWN,
        "a guardian unnamed": Unknown.GUARDIAN_UNNAMED,
        "cannot be determined": Unknown.CANNOT_BE_DETERMINED,
    }
    for scenario in readable(found):
        for kind, relation in zip(kinds(scenario), imported(scenario).relations, strict=False):
            assert getattr(relation, "why", None) == told_why.get(kind)
