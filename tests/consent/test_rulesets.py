"""Rule sets follow each other on their day, and what a row says can be listed, compared and confirmed."""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from consent.law.basis import Basis, Title, must
from consent.law.listing import (
    LAW,
    Difference,
    Law,
    bases,
    differences,
    digest_of,
    purposes_of,
    row,
    rows,
    rule_set,
    tell,
)
from consent.law.purposes import PURPOSES, bases_for
from consent.law.rows_professionals import LB_07
from consent.rulesets import (
    RULE_SETS,
    RuleSet,
    UnknownRuleSetError,
    days_left,
    following,
    rule_set_at,
    rule_set_named,
)
from schemas.calendar import parse_moment
from schemas.words import Purpose, Reason

OLD, NEW = RULE_SETS
OF_THE_SET = ["since", "until", "status"]


def places(found: tuple[Difference, ...]) -> list[str]:
    return [each.place for each in found]


def law_with(changed: Basis[Any], *, instead_of: Basis[Any] = LB_07, beside: bool = False) -> Law:
    """Return the law in which `changed` stands in the place of a row, or behind it."""

    def put(basis: Basis[Any]) -> tuple[Basis[Any], ...]:
        if basis is not instead_of:
            return (basis,)
        return (basis, changed) if beside else (changed,)

    return Law(
        {each: tuple(one for basis in known for one in put(basis)) for each, known in PURPOSES.items()}, LAW.numbers
    )


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("2015-01-01T00:00:00+01:00", "2026-11"),
        ("2026-12-31T23:59:59+01:00", "2026-11"),
        ("2026-12-31T22:59:59Z", "2026-11"),
        ("2026-12-31T23:00:00Z", "2027-01"),
        ("2027-01-01T00:00:00+01:00", "2027-01"),
        ("2099-01-01T00:00:00+01:00", "2027-01"),
    ],
)
def test_a_rule_set_holds_from_its_first_amsterdam_second(at: str, name: str) -> None:
    assert rule_set_at(parse_moment(at)).name == name


def test_before_the_first_there_is_none() -> None:
    with pytest.raises(ValueError, match="2015-01-01"):
        rule_set_at(parse_moment("2014-12-31T23:59:59+01:00"))


def test_every_rule_set_but_the_last_is_followed_by_the_next_without_a_gap() -> None:
    assert [following(each) for each in RULE_SETS] == [*RULE_SETS[1:], None]


def test_only_a_set_whose_text_could_not_be_checked_needs_confirmation() -> None:
    assert [each.needs_confirmation for each in RULE_SETS] == [False, True]


def test_a_rule_set_is_found_by_its_name_and_an_unknown_name_lists_the_others() -> None:
    assert rule_set_named("2027-01") is NEW
    with pytest.raises(UnknownRuleSetError, match="no rule set `2027-02`; there are 2026-11, 2027-01"):
        rule_set_named("2027-02")


@pytest.mark.parametrize(
    ("at", "left"),
    [
        ("2026-11-01T23:59:59+01:00", 61),
        ("2026-11-02T00:00:00+01:00", 60),
        ("2026-12-31T00:00:00+01:00", 1),
        ("2026-12-31T23:59:59+01:00", 1),
        ("2026-12-31T23:30:00Z", 0),
    ],
)
def test_the_days_that_are_left_are_calendar_days_in_amsterdam(at: str, left: int) -> None:
    assert days_left(OLD, parse_moment(at)) == left


def test_a_rule_set_without_an_end_has_no_days_left_to_count() -> None:
    assert days_left(NEW, parse_moment("2030-01-01")) is None


def test_every_row_can_be_told_whole() -> None:
    told = rule_set(OLD)["rows"]
    assert set(told) == {each.number for each in rows()}
    assert set(told) >= {basis.number for basis in bases()}
    assert set(told["LB-07"][0]) == {each.name for each in fields(Basis)}


def test_a_condition_is_told_with_what_it_was_made_with() -> None:
    told = row(LB_07)
    assert told["asks"][0] == {
        "holds": {"the_requester_belongs_to_it": {"kinds": ["certified-institution"]}},
        "otherwise": "withhold",
        "reason": "NO_BASIS",
    }
    assert told["meets"][-1] == {"holds": "it_is_itemised", "otherwise": "review", "reason": "NOT_NECESSARY"}


def test_what_nobody_can_list_is_an_error_and_not_left_out() -> None:
    with pytest.raises(TypeError, match="cannot be told"):
        tell(object())


def test_the_purposes_of_a_row_are_those_that_try_it() -> None:
    assert purposes_of("LB-07") == ("supervision-order",)
    assert purposes_of("OB-LOG") == ()


def test_the_two_rule_sets_differ_in_period_and_status_and_in_no_rule() -> None:
    assert differences(OLD, NEW) == (
        Difference("since", "2015-01-01", "2027-01-01"),
        Difference("until", "2027-01-01", None),
        Difference("status", None, "unconfirmed"),
    )


def test_a_rule_set_does_not_differ_from_itself() -> None:
    assert differences(NEW, NEW) == ()


AMENDED = date(2027, 1, 1)
CHANGES: dict[str, dict[str, Any]] = {
    "obligations": {"obligations": frozenset({"OB-LOG"})},
    "categories": {"categories": None},
    "articles": {"articles": ("Jw 7.3.11 lid 5",)},
    "title": {"title": Title("anders", "otherwise")},
    "meets": {"meets": LB_07.meets[:-1]},
    "without": {"without": Reason.ORDER_EXPIRED},
    "asks": {"asks": (must(LB_07.asks[0].holds, Reason.ORDER_TYPE_NO_BASIS), *LB_07.asks[1:])},
    "lasts": {"lasts": timedelta(hours=4)},
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_row_that_is_amended_on_the_day_shows_in_what_differs(field: str) -> None:
    law = law_with(replace(LB_07, in_force_from=AMENDED, **CHANGES[field]), beside=True)
    ended = {id(LB_07): replace(LB_07, in_force_until=AMENDED)}
    law = Law({each: tuple(ended.get(id(one), one) for one in known) for each, known in law.purposes.items()}, ())
    found = differences(OLD, NEW, law)
    period = ["LB-07.in_force_from", "LB-07.in_force_until"]
    assert sorted(places(found)) == sorted([*OF_THE_SET, f"LB-07.{field}", *period])


def test_a_row_that_ends_on_the_day_is_gone_and_its_purpose_no_longer_tries_it() -> None:
    law = law_with(replace(LB_07, in_force_until=AMENDED))
    found = differences(OLD, NEW, law)
    assert places(found) == [*OF_THE_SET, "LB-07", "purposes.supervision-order"]
    assert found[3].after is None
    assert bases_for(Purpose.SUPERVISION_ORDER, AMENDED)[0].number == "LB-07"  # the law itself was not touched


def test_a_row_that_changes_within_a_rule_set_is_listed_with_all_its_periods() -> None:
    half = date(2026, 7, 1)
    law = law_with(replace(LB_07, in_force_from=half, articles=()), beside=True)
    assert len(rule_set(OLD, law)["rows"]["LB-07"]) == 2


@pytest.mark.parametrize("field", sorted(CHANGES.keys() - {"title"}))
def test_who_confirmed_a_rule_set_did_not_confirm_it_with_another_row(field: str) -> None:
    assert digest_of(NEW, law_with(replace(LB_07, **CHANGES[field]))) != digest_of(NEW)


def test_another_order_of_the_bases_of_a_purpose_is_another_law() -> None:
    turned = {each: known[::-1] if each is Purpose.GIVE_HELP else known for each, known in PURPOSES.items()}
    assert digest_of(NEW, Law(turned, LAW.numbers)) != digest_of(NEW)


def test_a_better_title_is_no_other_law() -> None:
    assert digest_of(NEW, law_with(replace(LB_07, **CHANGES["title"]))) == digest_of(NEW)


def test_the_digest_names_one_rule_set() -> None:
    assert digest_of(OLD) != digest_of(NEW)
    assert digest_of(NEW) == digest_of(RuleSet("2027-01", NEW.since, NEW.until, "unconfirmed"))


def test_a_moment_is_told_as_its_amsterdam_day() -> None:
    assert tell(datetime.fromisoformat("2026-12-31T23:00:00+00:00")) == "2027-01-01"
