"""Every kind of the plan can be filled from a record: words, numbers with their digits, texts, days and persons."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.contract import Mapped
from adapters.mapping import LoadedMapping
from adapters.mapping.problems import MappingError
from adapters.mapping.targets import Gives, Need, targets_of
from schemas.plan import (
    KINDS,
    Activity,
    Evaluation,
    HelpEnd,
    LegalStatus,
    Measured,
    OwnWords,
    RelianceDomain,
    SafetyAgreement,
    SelfReliance,
)
from schemas.words import OrderKind
from tests.adapters import make


def of_kind(kind: str, *rules: str, tables: str = "") -> LoadedMapping:
    lines = "\n".join(f"          - {{{rule}}}" for rule in rules)
    return make.mapping(f"""
{tables}
records:
  - kind: doelen
    id: ID
    elements:
      - kind: {kind}
        rules:
          - {{to: about, from: BSN, as: "list ; person"}}
          - {{to: category, value: goals}}
          - {{to: handling.created_on, value: "2026-02-10"}}
{lines}
    ignore: [{{from: V, because: test}}, {{from: OP, because: test}}]
""")


def read(kind: str, *rules: str, tables: str = "", **fields: Any) -> Mapped:
    return make.read(of_kind(kind, *rules, tables=tables), make.row(**fields))


def only(kind: str, *rules: str, tables: str = "", **fields: Any) -> Any:
    mapped = read(kind, *rules, tables=tables, **fields)
    assert len(mapped.elements) == 1, mapped.leftovers
    return mapped.elements[0]


EVALUATION = ("to: measure, value: goal-attainment", "to: score, from: SCORE, as: number")
ZRM = ("to: domain, value: housing", "to: score, from: SCORE, as: number")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_targets_for_all_of_its_fields(kind: str) -> None:
    own = {each.name for each in fields(KINDS[kind])} - {"id", "source", "handling", "period"}
    assert own <= targets_of(kind).keys()


def test_a_field_that_a_kind_is_nothing_without_is_required() -> None:
    required = {name for name, target in targets_of("self-reliance").items() if target.need is Need.REQUIRED}
    assert required == {"about", "category", "handling.created_on", "domain", "score"}
    assert targets_of("own-words")["speaker"].takes == {Gives.PERSON}


def test_a_mapping_that_leaves_such_a_field_out_does_not_load() -> None:
    with pytest.raises(MappingError, match="no rule fills `score`"):
        of_kind("self-reliance", "to: domain, value: housing")


@pytest.mark.parametrize(("written", "text"), [("1.10", "1.10"), ("-2", "-2"), (2, "2"), ("0.0", "0.0")])
def test_a_score_keeps_the_digits_of_its_source(written: object, text: str) -> None:
    element = only("evaluation", *EVALUATION, SCORE=written)
    assert isinstance(element, Evaluation)
    assert element.measure is Measured.GOAL_ATTAINMENT
    assert str(element.score) == text


def test_a_score_with_a_dutch_comma_is_read_where_the_mapping_says_so() -> None:
    element = only("evaluation", EVALUATION[0], "to: score, from: SCORE, as: number comma", SCORE="7,50")
    assert element.score == Decimal("7.50")
    assert str(element.score) == "7.50"


@pytest.mark.parametrize("wrong", ["1e3", "NaN", "٣", "1,5", "+1", ".5", "5.", "1.5.2", "Infinity", "9" * 13])
def test_what_is_no_plain_number_is_left_over(wrong: str) -> None:
    mapped = read("evaluation", *EVALUATION, SCORE=wrong)
    assert [each.score for each in mapped.elements if isinstance(each, Evaluation)] == [None]
    assert make.whys(mapped) == [
        ("SCORE", "evaluation rule 5: a number is digits, with at most a sign before and a point between: -1.50")
    ]


def test_a_point_where_a_comma_is_expected_is_not_guessed_at() -> None:
    mapped = read("evaluation", EVALUATION[0], "to: score, from: SCORE, as: number comma", SCORE="1.500")
    assert [each.score for each in mapped.elements if isinstance(each, Evaluation)] == [None]


@pytest.mark.parametrize("wrong", ["0", "6", "2.5", "-1", "zeven"])
def test_a_score_of_self_reliance_outside_one_to_five_makes_no_element(wrong: str) -> None:
    assert read("self-reliance", *ZRM, SCORE=wrong).elements == ()


def test_a_score_of_self_reliance_is_a_whole_number() -> None:
    element = only("self-reliance", *ZRM, SCORE="4")
    assert isinstance(element, SelfReliance)
    assert (element.domain, element.score) == (RelianceDomain.HOUSING, 4)
    assert type(element.score) is int


def test_a_score_may_be_a_code_of_a_table() -> None:
    tables = "tables: {zrm: [{source: acuut, target: '1', match: equal}]}"
    rules = (ZRM[0], "to: score, from: SCORE, as: code zrm")
    assert only("self-reliance", *rules, tables=tables, SCORE="acuut").score == 1


@pytest.mark.parametrize(
    "rule", ["to: text, from: SCORE, as: number", "to: score, from: SCORE", "to: score, value: hoog"]
)
def test_a_number_stands_only_where_one_is_taken(rule: str) -> None:
    with pytest.raises(MappingError):
        of_kind("evaluation", EVALUATION[0], rule)


def test_own_words_are_read_with_who_said_them() -> None:
    element = only(
        "own-words",
        "to: text, from: WOORDEN",
        "to: speaker, from: WIE, as: person",
        BSN=f"{make.SEM};{make.MOEDER}",
        WOORDEN="Ik wil thuis blijven",
        WIE=make.MOEDER,
    )
    assert isinstance(element, OwnWords)
    assert (element.about, element.speaker) == (("moeder", "sem"), "moeder")


def test_a_safety_agreement_is_read_with_its_signals_and_steps_in_order() -> None:
    element = only(
        "safety-agreement",
        "to: danger, from: GEVAAR",
        "to: signals, from: SIGNALEN, as: list ; text",
        "to: steps, from: STAPPEN, as: list ; text",
        "to: by, value: moeder",
        GEVAAR="ruzie",
        SIGNALEN="schreeuwen;met deuren slaan",
        STAPPEN="naar boven gaan;oma bellen",
    )
    assert isinstance(element, SafetyAgreement)
    assert (element.danger, element.by) == ("ruzie", ("moeder",))
    assert (element.signals, element.steps) == (
        ("schreeuwen", "met deuren slaan"),
        ("naar boven gaan", "oma bellen"),
    )


def test_measures_reasons_and_referrers_are_read_in_the_plans_words() -> None:
    status = only("legal-status", "to: measure, from: M, as: word", "to: voluntary, from: V2, as: boolean J/N")
    assert isinstance(status, LegalStatus)
    assert (status.measure, status.voluntary) == (None, None)
    status = only("legal-status", "to: measure, from: M, as: word", M="supervision-order")
    assert status.measure is OrderKind.SUPERVISION_ORDER
    ended = only("evaluation", "to: measure, value: drop-out", "to: ended, from: R, as: word", R="by-client")
    assert ended.ended is HelpEnd.BY_CLIENT
    help_ = only(
        "activity", "to: referred_by, value: huisarts", "to: referrer_told_on, from: T, as: date d-m-jjjj", T="3-2-2026"
    )
    assert isinstance(help_, Activity)
    assert (help_.referred_by, help_.referrer_told_on) == ("huisarts", date(2026, 2, 3))
