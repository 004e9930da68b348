"""A row of law holds from its first day until the day on which it ends."""

from dataclasses import replace
from datetime import date

import pytest

from consent.law.purposes import PURPOSES, bases_for, is_only_told
from consent.law.rows_professionals import LB_04
from schemas.words import Purpose


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_day_before_the_jeugdwet_no_row_is_law(purpose: Purpose) -> None:
    assert bases_for(purpose, date(2014, 12, 31)) == ()
    assert bases_for(purpose, date(2015, 1, 1)) == PURPOSES[purpose]


def test_a_row_is_law_from_its_first_day_until_the_day_on_which_it_ends() -> None:
    row = replace(LB_04, in_force_from=date(2026, 3, 2), in_force_until=date(2026, 6, 1))
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 5, 31), date(2026, 6, 1)]
    assert [row.is_law_on(day) for day in days] == [False, True, True, False]


def test_a_row_without_an_end_stays_law() -> None:
    assert LB_04.is_law_on(date(9999, 12, 31))


def test_every_purpose_has_its_rows() -> None:
    assert set(PURPOSES) == set(Purpose)


def test_only_to_avert_harm_nobody_asks_and_the_holder_tells() -> None:
    assert [purpose for purpose in Purpose if is_only_told(purpose)] == [Purpose.AVERT_HARM]
