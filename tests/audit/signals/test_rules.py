"""Each rule: what it tells, what is just not enough, and what it says when it could not look."""

from datetime import UTC, datetime, time, timedelta

import pytest

from audit.events import Kind
from audit.signals.hours import OFFICE, Roster
from audit.signals.look import look
from audit.signals.looked import Known, Looked
from audit.signals.rows import ROWS
from schemas.calendar import AMSTERDAM
from tests.audit.signals.make import SINCE, act, hits, seen, times

DENIED, EMERGENCY = Kind.EXCHANGE_DENIED, Kind.EMERGENCY_OPENED
FIVE_A_WEEK = [each for week in (1, 2, 3) for each in times(5, day=-7 * week)]


def test_who_looks_far_more_often_than_he_did_is_told_with_both_numbers() -> None:
    [hit] = hits("SG-01", seen(times(40), before=FIVE_A_WEEK))
    assert hit.why("nl") == "Een medewerker van team-noord keek 40 keer in een week. Normaal is dat 5 keer."
    assert hit.why("en") == "An employee of team-noord looked 40 times in a week. Normal is 5 times."


def test_who_looks_a_little_more_often_is_not_told() -> None:
    assert hits("SG-01", seen(times(20), before=FIVE_A_WEEK))
    assert not hits("SG-01", seen(times(19), before=FIVE_A_WEEK))


def test_who_always_looks_often_is_told_where_his_colleagues_do_not() -> None:
    always = [each for week in (1, 2) for each in times(40, day=-7 * week)]
    others = [each for week in (1, 2) for each in times(5, day=-7 * week, account="a2")]
    assert not hits("SG-01", seen(times(40), before=always))
    [hit] = hits("SG-01", seen(times(40), before=[*always, *others]))
    assert hit.normal == 5


def test_what_another_role_does_is_no_normal() -> None:
    always = [each for week in (1, 2) for each in times(40, day=-7 * week)]
    others = [each for week in (1, 2) for each in times(5, day=-7 * week, account="a2", role="manager")]
    assert not hits("SG-01", seen(times(40), before=[*always, *others]))


def test_where_no_normal_is_known_that_is_said() -> None:
    [hit] = hits("SG-01", seen(times(20), before=times(5, day=-7)))
    assert hit.why("nl").endswith("Wat normaal is, weten we nog niet.")
    assert hit.why("en").endswith("What is normal is not known yet.")


def test_a_week_ends_where_seven_days_have_passed() -> None:
    early, late = times(10), times(10, day=7)
    assert not hits("SG-01", seen([*early, *late]))
    assert hits("SG-01", seen([*early, *(act(at=each.at - timedelta(minutes=10)) for each in late)]))


def test_the_week_before_the_period_is_no_part_of_what_is_looked_at_and_is_normal() -> None:
    first = [act(at=SINCE - timedelta(days=7) + timedelta(seconds=n)) for n in range(10)]
    second = [act(at=SINCE - timedelta(days=14) + timedelta(seconds=n)) for n in range(10)]
    outside = [act(at=SINCE - timedelta(days=57) + timedelta(seconds=n)) for n in range(900)]
    [hit] = hits("SG-01", seen(times(40), before=[*first, *second, *outside]))
    assert hit.normal == 10


SAME = Known(accounts={"a1": frozenset({"x", "y"})}, persons={"p1": frozenset({"y"}), "p2": frozenset({"z"})})


def test_who_looks_at_his_own_family_name_or_address_is_told_at_the_first_time() -> None:
    [hit] = hits("SG-02", seen([act()], known=SAME))
    assert hit.why("nl") == (
        "Een medewerker van team-noord keek 1 keer bij iemand met dezelfde achternaam of hetzelfde adres."
        " Normaal is dat 0 keer."
    )
    assert hit.persons == ("p1",)


def test_who_looks_at_another_family_is_not_told_for_his_name() -> None:
    assert not hits("SG-02", seen([act(person="p2")], known=SAME))


@pytest.mark.parametrize("known", [Known(), Known(accounts=SAME.accounts), Known(persons=SAME.persons)])
def test_without_names_the_rule_says_that_it_could_not_run(known: Known) -> None:
    found = seen([act()], known=known)
    [unable] = [each for each in found.unable if each.rule.number == "SG-02"]
    assert "kon niet draaien" in unable.why.nl
    assert "could not run" in unable.why.en


def test_looks_that_could_not_be_compared_are_counted() -> None:
    acts = [act(0, account="a9"), act(1, person="p9"), act(2, person=None), act(3)]
    found = seen(acts, known=SAME)
    assert len(hits("SG-02", found)) == 1
    [unable] = [each for each in found.unable if each.rule.number == "SG-02"]
    assert unable.why.en.startswith("It could not compare 3 times")


def test_a_look_without_a_working_relation_is_told_and_one_with_is_not() -> None:
    [hit] = hits("SG-03", seen([act(related=False)]))
    assert hit.why("nl") == (
        "Een medewerker van team-noord keek 1 keer bij een gezin waar hij volgens de feiten niet bij werkt."
        " Normaal is dat 0 keer."
    )
    assert not hits("SG-03", seen([act(related=True)]))


def test_a_look_whose_facts_are_gone_is_counted_as_not_looked_at() -> None:
    found = seen([act(0, related=None), act(1, related=None), act(2, related=True)])
    assert not hits("SG-03", found)
    [unable] = [each for each in found.unable if each.rule.number == "SG-03"]
    assert unable.why.en.startswith("It could not look 2 times")


def test_five_refusals_within_a_day_are_told_and_four_are_not() -> None:
    [hit] = hits("SG-04", seen([*times(4, kind=DENIED), act(at=SINCE, kind=Kind.FACT_REFUSED)]))
    assert hit.why("nl") == (
        "Een medewerker of systeem van team-noord werd 5 keer geweigerd binnen 24 uur. Normaal is dat 0 keer."
    )
    assert not hits("SG-04", seen([*times(4, kind=DENIED), *times(30)]))


def test_a_refusal_exactly_a_day_later_is_of_the_next_day() -> None:
    first = times(4, kind=DENIED)
    later = first[0].at + timedelta(days=1)
    assert not hits("SG-04", seen([*first, act(at=later, kind=DENIED)]))
    assert hits("SG-04", seen([*first, act(at=later - timedelta(microseconds=1), kind=DENIED)]))


def test_a_system_that_is_refused_again_and_again_is_told_as_a_human_is() -> None:
    [hit] = hits("SG-04", seen(times(5, kind=DENIED, form="client", role=None)))
    assert hit.count == 5


def test_refusals_of_two_accounts_are_not_added_up() -> None:
    assert not hits("SG-04", seen([*times(4, kind=DENIED), *times(4, kind=DENIED, account="a2")]))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("first", "outside"),
    [
        ("2026-11-17T19:00", True),
        ("2026-11-17T18:57", False),
        ("2026-11-17T06:57", True),
        ("2026-11-17T07:00", False),
        ("2026-11-21T12:00", True),  # a Saturday
        ("2026-12-25T12:00", True),  # Christmas, a Friday
        ("2026-12-24T12:00", False),
        ("2027-04-27T12:00", True),  # the King's birthday
        ("2027-03-26T12:00", True),  # Good Friday
        ("2027-03-25T18:57", False),  # winter time: 17.57 UTC
        ("2027-03-29T18:57", True),  # Easter Monday
        ("2027-03-30T18:57", False),  # summer time: 16.57 UTC
        ("2027-03-30T19:00", True),
        ("2027-03-30T06:57", True),  # in winter time it would have been 7.57
    ],
)
def test_hours_are_those_of_amsterdam_and_its_holidays(first: str, *, outside: bool) -> None:
    acts = [act(at=local(first) + timedelta(minutes=n)) for n in range(3)]
    assert [hit.count for hit in hits("SG-05", seen(acts))] == ([3] if outside else [])


def test_every_window_that_is_full_enough_is_told_and_no_event_twice() -> None:
    bursts = [times(5, kind=DENIED), times(7, day=3, kind=DENIED), times(4, day=9, kind=DENIED)]
    found = hits("SG-04", seen([*bursts[2], *bursts[1], *bursts[0], *times(6, day=20, kind=DENIED)]))
    assert [hit.count for hit in found] == [5, 7, 6]
    assert len({event for hit in found for event in hit.events}) == 18


def test_a_system_that_looks_often_is_called_one() -> None:
    [hit] = hits("SG-01", seen(times(20, form="client", role=None)))
    assert hit.why("nl").startswith("Een systeem van team-noord keek 20 keer in een week.")
    assert hit.why("en").startswith("A system of team-noord looked 20 times in a week.")


@pytest.mark.parametrize(("rule", "kind", "count"), [("SG-01", Kind.EXCHANGE_DISCLOSED, 20), ("SG-06", EMERGENCY, 3)])
def test_where_the_weeks_before_were_too_much_to_read_that_is_said_and_all_is_told(
    rule: str, kind: Kind, count: int
) -> None:
    looked = Looked(since=SINCE, acts=times(count, kind=kind), before_was_too_much=True)
    found = look(looked, explained=lambda _rule, _act: False)
    assert [hit.normal for hit in hits(rule, found)] == [None]
    assert {each.rule.number for each in found.unable if "8 weeks before" in each.why.en} == {"SG-01", "SG-06"}


def test_two_looks_outside_hours_are_not_told() -> None:
    night = local("2026-11-17T23:00")
    assert not hits("SG-05", seen([act(at=night), act(at=night + timedelta(hours=1))]))


def test_a_missing_roster_is_said_for_each_organisation_and_a_known_one_counts() -> None:
    nights = [act(at=local("2026-11-17T22:00") + timedelta(minutes=n)) for n in range(3)]
    found = seen([*nights, act(organisation="ggz-west", account="a2")])
    assert [each.why.nl for each in found.unable if each.rule.number == "SG-05"] == [
        f"Roosters van {each} ontbreken. We namen maandag tot en met vrijdag, 7 tot 19 uur, zonder feestdagen."
        for each in ("ggz-west", "team-noord")
    ]
    always = Roster(days=frozenset(range(1, 8)), opens=time(0), closes=time(0), on_holidays=True)
    known = seen(nights, known=Known(rosters={"team-noord": always}))
    assert not hits("SG-05", known)
    assert not [each for each in known.unable if each.rule.number == "SG-05"]


def test_the_hour_that_comes_twice_and_the_one_that_is_skipped_are_at_night() -> None:
    for at in ("2026-10-25T00:30+00:00", "2026-10-25T01:30+00:00", "2027-03-28T01:00+00:00"):
        assert not OFFICE.covers(datetime.fromisoformat(at))


def test_a_system_that_asks_for_itself_has_no_hours_and_no_family() -> None:
    nights = [
        act(at=local("2026-11-17T22:00") + timedelta(minutes=n), form="client", role=None, related=False)
        for n in range(3)
    ]
    assert not seen(nights).hits


def test_many_emergencies_of_a_team_are_told_whoever_opened_them() -> None:
    used = [act(n, kind=EMERGENCY, account=f"a{n}") for n in range(3)]
    [hit] = hits("SG-06", seen(used))
    assert hit.account is None
    assert hit.why("en") == "team-noord used an emergency 3 times in a week. What is normal is not known yet."
    assert not hits("SG-06", seen(used[:2]))


def test_a_team_that_always_has_emergencies_is_told_where_they_double() -> None:
    before = [each for week in (1, 2) for each in times(3, day=-7 * week, kind=EMERGENCY)]
    assert not hits("SG-06", seen(times(5, kind=EMERGENCY), before=before))
    assert hits("SG-06", seen(times(6, kind=EMERGENCY), before=before))


def test_a_rule_that_is_off_is_not_run_and_not_counted() -> None:
    found = seen([act(related=False)], off=frozenset({"SG-03"}))
    assert not found.hits
    assert [rule.number for rule in found.rules] == [row.number for row in ROWS if row.number != "SG-03"]


def test_a_rule_sees_nothing_from_before_the_day_it_came_into_force() -> None:
    old = [act(at=local("2026-10-31T23:59"), related=False), act(at=local("2026-11-01T00:00"), related=False)]
    [hit] = hits("SG-03", seen(old))
    assert hit.count == 1


def test_no_sentence_calls_anybody_suspect_or_gives_a_score() -> None:
    for row in ROWS:
        for said in (row.says.nl, row.says.en, row.title.nl, row.title.en):
            assert not {"verdacht", "suspect", "score", "risico", "risk"} & set(said.lower().split())
