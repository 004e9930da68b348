"""The importer of the national register's answers about authority: each kind, each error, and what it can open."""

from datetime import datetime
from typing import Any

import pytest

from consent.registers.brp_gezag import GezagError, Held, Nobody, NotKnown, Unknown
from consent.registers.gezag_forms import FORMS
from tests.consent.make import approval, consent, mandate, told, world
from tests.consent.registers.answering import Answer, read_answer

ASKED_ON = datetime.fromisoformat("2026-02-20T09:00:00+01:00")
PERSONS = {
    "999900006": "sem",
    "999900018": "moeder",
    "999900031": "vader",
    "999900043": "luus",
    "999900055": "zus",
}
NUMBERS = {name: number for number, name in PERSONS.items()}
STRANGER = "999900079"


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"burgerservicenummer": NUMBERS.get(name, name), "naam": {"voornamen": name}, **more}


def third(name: str) -> dict[str, Any]:
    return {"type": "BekendeDerde", **person(name)}


def said(told_type: str, minor: str = "sem", **more: Any) -> dict[str, Any]:
    return {"type": told_type, "minderjarige": {"burgerservicenummer": NUMBERS.get(minor, minor)}, **more}


ONE = said("EenhoofdigOuderlijkGezag", ouder=person("moeder"))
BOTH = said("GezamenlijkOuderlijkGezag", ouders=[person("moeder"), person("vader", geslacht={"code": "M"})])
JOINT = said("GezamenlijkGezag", ouder=person("moeder"), derde=third("luus"))
NOBODY = said("TijdelijkGeenGezag", toelichting="Tijdelijk geen gezag omdat de ouder overleden is.")
UNDETERMINED = said("GezagNietTeBepalen", toelichting="Gezag kan niet worden bepaald.")


def answered(*gezag: dict[str, Any], about: str = "sem") -> Answer:
    return read_answer(list(gezag), asked_about=about, asked_on=ASKED_ON, answer_id="brp-7", persons=PERSONS)


def problems(gezag: Any, about: str = "sem") -> list[str]:
    with pytest.raises(GezagError) as caught:
        read_answer(gezag, asked_about=about, asked_on=ASKED_ON, answer_id="brp-7", persons=PERSONS)
    return list(caught.value.problems)


HOLDERS = {
    "one parent": (ONE, {"moeder": "parental"}),
    "two parents": (BOTH, {"moeder": "parental", "vader": "parental"}),
    "two parents, in version 1": (
        BOTH | {"type": "TweehoofdigOuderlijkGezag"},
        {"moeder": "parental", "vader": "parental"},
    ),
    "a parent and another": (JOINT, {"moeder": "parental", "luus": "joint-non-parent"}),
    "one guardian": (said("Voogdij", derden=[third("luus")]), {"luus": "guardianship"}),
    "two guardians": (
        said("Voogdij", derden=[third("luus"), third("zus")]),
        {"luus": "guardianship", "zus": "guardianship"},
    ),
}


@pytest.mark.parametrize(("relation", "expected"), HOLDERS.values(), ids=HOLDERS.keys())
def test_each_holder_becomes_a_verified_fact_from_the_moment_of_the_answer(
    relation: dict[str, Any], expected: dict[str, str]
) -> None:
    answer = answered(relation)
    assert [dict(fact.source) for fact in answer.facts] == [
        {
            "id": f"brp-7-0-{number}",
            "holder": holder,
            "over": "sem",
            "kind": kind,
            "since": "2026-02-20T09:00:00+01:00",
            "verified_on": "2026-02-20T09:00:00+01:00",
        }
        for number, (holder, kind) in enumerate(expected.items())
    ]


NO_NUMBER = {"naam": {"voornamen": "X"}}
NOT_KNOWN = {
    "the register cannot determine it": (UNDETERMINED, Unknown.CANNOT_BE_DETERMINED),
    "the third party is unknown": (JOINT | {"derde": {"type": "OnbekendeDerde"}}, Unknown.THIRD_PARTY_UNKNOWN),
    "no guardian is named": (said("Voogdij", derden=[]), Unknown.GUARDIAN_UNNAMED),
    "guardians are left out": (said("Voogdij"), Unknown.GUARDIAN_UNNAMED),
    "one of two parents has no number": (BOTH | {"ouders": [person("moeder"), NO_NUMBER]}, Unknown.HOLDER_UNIDENTIFIED),
    "one of two parents is a stranger": (
        BOTH | {"ouders": [person("moeder"), person(STRANGER)]},
        Unknown.HOLDER_UNIDENTIFIED,
    ),
    "one of two guardians is a stranger": (
        said("Voogdij", derden=[third("luus"), third(STRANGER)]),
        Unknown.HOLDER_UNIDENTIFIED,
    ),
    "the third party has no number": (
        JOINT | {"derde": {"type": "BekendeDerde", **NO_NUMBER}},
        Unknown.HOLDER_UNIDENTIFIED,
    ),
    "the only parent is a stranger": (ONE | {"ouder": person(STRANGER)}, Unknown.HOLDER_UNIDENTIFIED),
}


@pytest.mark.parametrize(("relation", "why"), NOT_KNOWN.values(), ids=NOT_KNOWN.keys())
def test_who_is_not_known_whole_is_not_known(relation: dict[str, Any], why: Unknown) -> None:
    answer = answered(relation)
    assert isinstance(answer.over("sem"), NotKnown)
    assert answer.over("sem") == NotKnown("sem", why)
    assert answer.facts == ()


def test_nobody_is_said_by_a_value_of_its_own() -> None:
    assert answered(NOBODY).over("sem") == Nobody("sem")


def test_an_empty_answer_gives_nothing_over_anybody() -> None:
    assert answered().relations == ()


def test_a_relation_under_investigation_is_disputed() -> None:
    assert [fact.disputed for fact in answered(BOTH | {"inOnderzoek": True}).facts] == [True, True]
    assert [fact.disputed for fact in answered(BOTH | {"inOnderzoek": False}).facts] == [False, False]


def test_an_answer_about_a_parent_tells_of_each_child_but_the_unknown_ones() -> None:
    of_zus = said("EenhoofdigOuderlijkGezag", "zus", ouder=person("moeder"))
    of_stranger = said("EenhoofdigOuderlijkGezag", STRANGER, ouder=person("moeder"))
    answer = answered(BOTH, of_stranger, of_zus, about="moeder")
    assert [one.minor for one in answer.relations] == ["sem", "zus"]
    assert [fact.id for fact in answer.facts] == ["brp-7-0-0", "brp-7-0-1", "brp-7-2-0"]


WRONG: dict[str, tuple[Any, list[str]]] = {
    "no list": ({}, ["gezag: expected a list with something in it"]),
    "no mapping": (["x"], ["gezag[0]: expected a mapping"]),
    "an unknown type": ([said("Gezag")], [f"gezag[0].type: expected one of {', '.join(FORMS)}"]),
    "a type that is no text": ([{"type": []}], [f"gezag[0].type: expected one of {', '.join(FORMS)}"]),
    "no minor": ([{"type": "Voogdij"}], ["gezag[0].minderjarige: missing"]),
    "a minor without a number": (
        [NOBODY | {"minderjarige": {"naam": {}}}],
        ["gezag[0].minderjarige.burgerservicenummer: missing"],
    ),
    "no parent": ([said("EenhoofdigOuderlijkGezag")], ["gezag[0].ouder: missing"]),
    "no third party": ([said("GezamenlijkGezag", ouder=person("moeder"))], ["gezag[0].derde: missing"]),
    "one parent of two": ([BOTH | {"ouders": [person("moeder")]}], ["gezag[0].ouders: expected two parents"]),
    "three parents": (
        [BOTH | {"ouders": [person("moeder"), person("vader"), person("luus")]}],
        ["gezag[0].ouders: expected two parents"],
    ),
    "three guardians": (
        [said("Voogdij", derden=[third("luus"), third("zus"), third("vader")])],
        ["gezag[0].derden: expected at most two guardians"],
    ),
    "a number that is none": (
        [BOTH | {"ouders": [person("moeder"), person("12345678")]}],
        ["gezag[0].ouders[1].burgerservicenummer: expected a citizen service number of nine digits"],
    ),
    "an unknown third party with a number": (
        [JOINT | {"derde": {"type": "OnbekendeDerde", "burgerservicenummer": STRANGER}}],
        ["gezag[0].derde.burgerservicenummer: unknown key, or one that an entry of its kind does not have"],
    ),
    "a third party of no type": ([JOINT | {"derde": person("luus")}], ["gezag[0].derde.type: missing"]),
    "a key of another type": (
        [ONE | {"derde": third("luus")}],
        ["gezag[0].derde: unknown key, or one that an entry of its kind does not have"],
    ),
    "an investigation that is no truth": (
        [ONE | {"inOnderzoek": "ja"}],
        ["gezag[0].inOnderzoek: expected true or false"],
    ),
    "two relations over one minor": ([ONE, BOTH], ["gezag[1].minderjarige: a second relation over one minor"]),
    "one parent twice": (
        [BOTH | {"ouders": [person("moeder"), person("moeder")]}],
        ["gezag[0].ouders: one person named twice"],
    ),
    "a parent who is also the third": (
        [JOINT | {"derde": third("moeder")}],
        ["gezag[0].ouder: one person named twice"],
    ),
    "authority over oneself": (
        [ONE | {"ouder": person("sem")}],
        ["gezag[0].minderjarige: holds authority over himself"],
    ),
    "an answer about somebody else": (
        [said("EenhoofdigOuderlijkGezag", "zus", ouder=person("vader"))],
        ["gezag[0]: does not name the person asked about"],
    ),
    "nobody over somebody else": (
        [NOBODY | said("x", "zus") | {"type": "TijdelijkGeenGezag"}],
        ["gezag[0]: does not name the person asked about"],
    ),
    "two things at once": (
        [said("EenhoofdigOuderlijkGezag"), said("Gezag")],
        ["gezag[0].ouder: missing", f"gezag[1].type: expected one of {', '.join(FORMS)}"],
    ),
}


@pytest.mark.parametrize(("gezag", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_answer_is_refused_whole_with_each_place(gezag: Any, expected: list[str]) -> None:
    assert problems(gezag) == expected


def test_no_error_tells_a_number_or_a_name() -> None:
    for gezag, _ in WRONG.values():
        told_all = "".join(problems(gezag))
        assert not any(number in told_all for number in [*PERSONS, STRANGER, "12345678"])
        assert "moeder" not in told_all


# What an answer can open: everybody in the world says yes, and the rest of his papers are in order.

CLOSED = {"nobody": NOBODY, **{name: relation for name, (relation, _) in NOT_KNOWN.items()}}
EVERYBODY = ["sem", "moeder", "vader", "luus", "zus", "anna", "gi", "jan"]
QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "a team that coordinates": ("anna", {"purpose": "coordinate-plan"}),
    "a parent who acts for his child": ("moeder", {"purpose": "exercise-authority", "by": {"person": "moeder"}}),
    "another who acts for the child": ("luus", {"purpose": "exercise-authority", "by": {"person": "luus"}}),
    "a guardian": ("luus", {"purpose": "guardianship", "by": {"person": "luus"}}),
    "a mentor": (
        "luus",
        {
            "purpose": "mentor-support",
            "by": {"mentor": "luus"},
            "mandates": [mandate(parent_agreements=[{"by": one, "on": "2026-01-15"} for one in ("moeder", "vader")])],
        },
    ),
}


def with_everybodys_yes(answer: Answer, age: int, name: str) -> dict[str, Any]:
    asker, arranged = QUESTIONS[name]
    persons = [{"id": "sem", "born": f"{2026 - age}-01-04"}]
    purpose = arranged["purpose"]
    consents = [consent(one, recipients=["team", asker], purposes=[purpose]) for one in EVERYBODY]
    authority = [dict(fact.source) for fact in answer.facts]
    request = {"holder_decisions": [approval()]}
    return world(persons=persons, consents=consents, authority=authority, request=request, **arranged)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("age", [0, 5, 11, 12, 13, 15])
@pytest.mark.parametrize("relation", CLOSED.values(), ids=CLOSED.keys())
def test_where_no_holder_is_known_a_yes_of_everybody_releases_nothing_under_16(
    relation: dict[str, Any], age: int, name: str
) -> None:
    assert told(with_everybodys_yes(answered(relation), age, name)) == "review AUTHORITY_UNVERIFIED"


@pytest.mark.parametrize("age", [5, 13])
def test_the_same_yes_opens_once_the_register_names_both_parents(age: int) -> None:
    assert told(with_everybodys_yes(answered(BOTH), age, "a team that coordinates")) == "release LB-01"


@pytest.mark.parametrize("age", [5, 13])
def test_a_doubted_parent_opens_nothing_by_consent_and_sees_nothing_himself(age: int) -> None:
    answer = answered(BOTH | {"inOnderzoek": True})
    for name in ("a team that coordinates", "a parent who acts for his child"):
        assert told(with_everybodys_yes(answer, age, name)) == "review AUTHORITY_UNVERIFIED"


@pytest.mark.parametrize("left_out", ["moeder", "vader"])
def test_one_yes_of_two_is_not_enough(left_out: str) -> None:
    value = with_everybodys_yes(answered(BOTH), 5, "a team that coordinates")
    value["consents"] = [one for one in value["consents"] if one["given_by"] != left_out]
    assert told(value) == "withhold CONSENT_MISSING_AUTHORITY"


def test_a_youth_of_16_decides_alone_whatever_the_register_says() -> None:
    for relation in CLOSED.values():
        assert told(with_everybodys_yes(answered(relation), 16, "a team that coordinates")) == "release LB-01"


def test_before_the_register_was_asked_its_answer_opens_nothing() -> None:
    value = with_everybodys_yes(answered(BOTH), 5, "a team that coordinates")
    value["request"]["at"] = "2026-02-20T08:59:59+01:00"
    value["records"][0]["created_on"] = "2026-02-01"
    assert told(value) == "review AUTHORITY_UNVERIFIED"
    value["request"]["at"] = "2026-02-20T09:00:00+01:00"
    assert told(value) == "release LB-01"


def test_whoever_is_held_is_held_by_everybody_named() -> None:
    for relation, expected in HOLDERS.values():
        found = answered(relation).over("sem")
        assert isinstance(found, Held)
        assert {fact.holder for fact in found.facts} == set(expected)
