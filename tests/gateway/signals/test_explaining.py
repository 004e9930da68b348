"""What an explanation covers, to the day and the pair."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from audit.signals.rows import EMERGENCIES, NO_RELATION, VOLUME
from gateway.signals.explaining import Explanation, explained_by
from schemas.calendar import AMSTERDAM
from tests.audit.signals.make import act

SAID = Explanation(
    rule="SG-03", organisation="team-noord", account="a1", person=None, until=date(2026, 11, 20), because="x"
)
NOON = datetime(2026, 11, 20, 12, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        ({}, True),
        ({"at": datetime(2026, 11, 20, 23, 59, 59, tzinfo=AMSTERDAM)}, True),
        ({"at": datetime(2026, 11, 21, tzinfo=AMSTERDAM)}, False),
        ({"at": datetime(2026, 1, 1, tzinfo=AMSTERDAM)}, True),
        ({"account": "a2"}, False),
        ({"organisation": "ggz-west"}, False),
        ({"person": "p2"}, True),
    ],
)
def test_it_covers_one_account_of_one_organisation_up_to_and_with_its_day(
    change: dict[str, Any], *, covered: bool
) -> None:
    is_explained = explained_by([SAID])
    assert is_explained(NO_RELATION, act(**({"at": NOON} | change))) is covered
    assert not is_explained(VOLUME, act(at=NOON))


def test_one_with_a_person_covers_nobody_else_and_two_cover_both() -> None:
    of_one = Explanation(rule="SG-03", organisation="team-noord", account="a1", person="p1", until=SAID.until)
    of_two = Explanation(rule="SG-03", organisation="team-noord", account="a1", person="p2", until=SAID.until)
    first, second = act(at=NOON, person="p1"), act(at=NOON, person="p2")
    for accepted, covered in (([of_one], [True, False]), ([of_one, of_two], [True, True]), ([], [False, False])):
        is_explained = explained_by(accepted)
        assert [is_explained(NO_RELATION, each) for each in (first, second)] == covered
    assert not explained_by([of_one])(NO_RELATION, act(at=NOON, person=None))


def test_two_officers_explain_all_emergencies_of_a_team_as_long_as_both_said() -> None:
    of_team = Explanation(rule="SG-06", organisation="team-noord", account=None, person=None, until=SAID.until)
    eva, olaf = replace(of_team, by="eva", id="1"), replace(of_team, by="olaf", id="2")
    emergency, next_day = act(at=NOON, account="a9"), act(at=NOON + timedelta(days=1), account="a9")
    longer = replace(eva, until=SAID.until + timedelta(days=9), id="3")
    for said, covered in (
        ([eva], [False, False]),
        ([eva, longer], [False, False]),
        ([longer, olaf], [True, False]),
        ([eva, olaf, olaf.ended(by="eva")], [False, False]),
        ([eva, olaf, olaf.ended(by="eva"), eva], [False, False]),
    ):
        is_explained = explained_by(said)
        assert [is_explained(EMERGENCIES, each) for each in (emergency, next_day)] == covered
    assert not explained_by([eva, olaf])(EMERGENCIES, act(at=NOON, organisation="ggz-west"))


def test_what_was_ended_covers_nothing_not_even_what_was_before() -> None:
    assert not explained_by([SAID, SAID.ended(by="eva")])(NO_RELATION, act(at=NOON))
    assert explained_by([SAID, SAID.ended(by="eva"), SAID])(NO_RELATION, act(at=NOON))


def test_why_is_not_shown_where_an_explanation_is_printed() -> None:
    assert "achterwacht" not in repr(replace(SAID, because="achterwacht"))
