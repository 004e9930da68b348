"""A sheet holds all that came, in the order in which a family reads it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.plan import LifeDomain
from tests.gateway.showing_plan.answers import element, named, row, sheet

TEXT = st.text("abcdefgh", min_size=4, max_size=8)


def test_the_familys_own_words_come_first_then_the_life_domains_then_what_has_none() -> None:
    found = sheet(
        element("e1"),
        element("e2", life_domain="leisure"),
        element("e3", life_domain="safety"),
        element("e4", life_domain="moon"),
        element("e5", "own-words", life_domain="safety"),
    )
    assert [each.word for each in found.sections] == ["own-words", "safety", "leisure", "moon", ""]


def test_every_life_domain_is_called_by_name_in_dutch() -> None:
    found = sheet(*(element(each, life_domain=each) for each in LifeDomain), language="nl")
    assert found.sections[0].title == "veiligheid"
    assert len(found.sections) == len(LifeDomain)


def test_a_goal_is_a_row_with_what_it_is_how_it_stands_and_until_when() -> None:
    found = row(element(text="Weer naar school", target_date="2027-03-02", period={"start": "2026-10-20"}))
    assert (found.what, found.text, found.who, found.stands) == ("goal", "Weer naar school", "milan", "active")
    assert found.when == ("from 20 October 2026", "by 2 March 2027")
    assert found.source == "de-waard"


def test_a_need_is_called_by_whether_it_weighs_or_carries() -> None:
    assert row(element(kind="need", direction="strength")).what == "what carries"


def test_the_goal_that_help_is_for_is_named_by_its_text() -> None:
    found = sheet(element("e1", text="Rust"), element("e2", "activity", goals=["e1", "e9"]))
    assert ("for the goal", "Rust; e9") in found.sections[0].rows[1].more


@pytest.mark.parametrize(("stage", "status"), [("waiting", "proposed"), ("stopped-early", "cancelled")])
def test_a_status_that_says_the_same_as_the_stage_is_said_once(stage: str, status: str) -> None:
    assert row(element(kind="activity", stage=stage, status=status)).more == ()


def test_a_status_that_says_otherwise_than_the_stage_is_told_beside_it() -> None:
    found = row(element(kind="activity", stage="started", status="on-hold"))
    assert found.stands == "started"
    assert found.more == (("status", "on hold"),)


def test_digits_stay_as_the_source_wrote_them() -> None:
    assert ("score", "1.10") in row(element(kind="evaluation", measure="satisfaction", score="1.10")).more


@given(
    kind=st.sampled_from(["goal", "activity", "dream", "big-five"]),
    members=st.dictionaries(
        TEXT.map("x_{}".format),
        st.one_of(TEXT, st.lists(TEXT, min_size=1), st.dictionaries(TEXT, TEXT, min_size=1)),
        max_size=3,
    ),
    status=TEXT,
)
def test_nothing_is_left_out_for_being_unknown(kind: str, members: dict[str, Any], status: str) -> None:
    found = row(element(kind=kind, **{**members, "status": status}))
    assert found.stands == status
    more = dict(found.more)
    assert more.keys() == members.keys()
    for name, value in members.items():
        leaves = [value] if isinstance(value, str) else [*value, *(value.values() if isinstance(value, dict) else ())]
        assert all(each in more[name] for each in leaves)


def test_what_a_newer_plan_has_besides_is_told_with_a_word_that_it_is_newer() -> None:
    found = sheet(element(), version="1.9", mood={"today": "fine"})
    assert named(found, "more") == ("mood: today: fine",)
    assert any("1.9" in each for each in found.notes)


def test_the_end_that_all_share_is_said_once_and_another_beside_its_element() -> None:
    ends = {"e1": "2027-05-02T00:00:00+02:00", "e2": "2027-05-02T00:00:00+02:00", "e3": "2027-01-01T00:00:00+01:00"}
    found = sheet(*map(element, ends), released={name: {"expires_at": end} for name, end in ends.items()})
    assert any("2 May 2027" in each for each in found.notes)
    assert [each.when for each in found.sections[0].rows] == [(), (), ("to be seen until 1 January 2027",)]


def test_an_end_that_not_all_have_is_said_beside_those_that_have_it() -> None:
    released = {"e1": {"expires_at": "2027-05-02T00:00:00+02:00"}, "e2": {"expires_at": None}}
    found = sheet(element("e1"), element("e2"), released=released)
    assert found.notes == ()
    assert [each.when for each in found.sections[0].rows] == [("to be seen until 2 May 2027",), ()]


def test_gaps_are_said_in_the_sentences_of_the_plan() -> None:
    found = sheet(
        element("e1", "activity", text="Training", referred_by="huisarts", stage="stopped-early"),
        element("e2", "big-five", pillar="living", arranged="open", due="2027-04-01"),
        element("e3", "big-five", pillar="income", arranged="open", due="2027-04-01"),
        gaps=[
            {"gap": "no-coordinator", "about": ["milan"], "elements": []},
            {"gap": "referrer-not-told", "about": ["milan"], "elements": ["e1"]},
            {"gap": "adulthood-open", "about": ["milan"], "elements": ["e3", "e2"]},
            {"gap": "newer", "about": ["milan"], "elements": ["e1"]},
        ],
    )
    nobody, untold, adulthood, newer = named(found, "gaps")
    assert "nobody is named" in nobody
    assert "“Training”: This help stopped early" in untold
    assert "(huisarts)" in untold
    assert "1 April 2027" in adulthood
    assert adulthood.endswith("not arranged yet: a place to live and income.")
    assert newer == "milan: newer: Training"


def test_who_has_turned_18_is_told_as_that() -> None:
    gap = {"gap": "adulthood-open", "about": ["milan"], "elements": ["e1"]}
    one = element("e1", "big-five", pillar="living", arranged="open", due="2026-11-26")
    [told] = named(sheet(one, gaps=[gap]), "gaps")
    assert "On 26 November 2026 somebody in this plan turned 18." in told


def test_who_lives_where_and_who_works_on_the_plan_are_told() -> None:
    homes = [
        {
            "household": "h1",
            "organisation": "de-waard",
            "system": "s",
            "members": [{"person": "milan", "share": "in het weekend", "element": "e1"}],
        }
    ]
    team = [{"name": "Anna", "role": "regisseur", "period": {}, "element": "e1"}]
    found = sheet(element(), households=homes, team=team, coordinators=team)
    assert named(found, "households") == ("household h1, as de-waard says: milan (in het weekend)",)
    assert named(found, "team") == ("Anna, regisseur, coordinates the plan",)


def test_a_plan_with_nothing_in_it_says_so() -> None:
    assert sheet().notes == ("There is nothing in this plan.",)


def test_a_member_of_whom_no_element_is_told_is_no_coordinator_because_another_is() -> None:
    team = [{"name": "Anna", "element": None}]
    coordinators = [{"name": "Bram", "role": "regisseur", "element": None}]
    found = sheet(element(), team=team, coordinators=coordinators)
    assert named(found, "team") == ("Anna", "Bram, regisseur, coordinates the plan")


def test_since_and_until_when_somebody_works_on_the_plan_is_told() -> None:
    team = [{"name": "Anna", "element": "e1", "period": {"start": "2026-01-01", "end": "2026-12-01"}}]
    assert named(sheet(element(), team=team), "team") == ("Anna, from 1 January 2026, until 1 December 2026",)


@pytest.mark.parametrize("moment", ["9999-12-31T23:30:00Z", "0001-01-01T00:00:00+23:59"])
def test_a_moment_that_has_no_day_here_is_shown_as_it_is_written(moment: str) -> None:
    assert any(moment in each for each in row(element(kind="appointment", begins_at=moment)).when)
