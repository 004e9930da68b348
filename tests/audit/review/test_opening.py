"""Every row: what opens a review or leaves a duty, when it is due, whose it is; and what does not."""

from dataclasses import replace
from datetime import date

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.review.opening import acted, holders_released, notices_read, opened_by_hand, openings, owed
from audit.review.rows import DUTIES, GATEWAY, REVIEWS, Reason, duty_row, review_row
from tests.audit.review.events import ANNA, FRIDAY, assisted, disclosed, event

EMERGENCY = event(
    Kind.EMERGENCY_OPENED,
    {Field.ACTOR: ANNA, Field.DETAIL: {"worker": "anna", "holder": "ggz-west"}},
    counterparties=("ggz-west",),
)


def told(found: tuple[object, ...]) -> list[tuple[str, ...]]:
    return [
        (getattr(each, "reason", None) or each.code, each.organisation, str(each.due))  # type: ignore[attr-defined] # either of two
        for each in found
    ]


def test_every_emergency_use_is_reviewed_by_its_holder_within_two_working_days() -> None:
    [found] = openings(EMERGENCY)
    assert (found.reason, found.organisation, found.due) == ("emergency", "ggz-west", date(2026, 12, 1))
    assert found.judges == 2


def test_an_emergency_that_names_no_holder_is_reviewed_by_the_gateways_officer() -> None:
    assert told(openings(replace(EMERGENCY, counterparties=()))) == [("emergency", GATEWAY, "2026-12-01")]


def test_the_emergency_and_its_release_are_one_review() -> None:
    release = disclosed(("ggz-west", "LB-24", "OB-LOG OB-POST(5d) OB-REV(2wd)"))
    keys = {
        (each.about, each.reason, each.organisation, each.due) for each in (*openings(EMERGENCY), *openings(release))
    }
    assert len(keys) == 1


def test_a_basis_that_asks_it_is_reviewed_by_each_holder_within_the_days_of_its_code() -> None:
    release = disclosed(
        ("ggz-west", "LB-23", "OB-LOG OB-REV(5wd)"), ("school-1", "LB-01", "OB-LOG"), ("arts", "LB-23", "OB-REV(5wd)")
    )
    assert told(openings(release)) == [("exception", "arts", "2026-12-04"), ("exception", "ggz-west", "2026-12-04")]


@pytest.mark.parametrize("code", ["OB-REV", "OB-REV(5d)", "OB-REV(soon)", "OB-REV(0wd)"])
def test_a_term_that_cannot_be_read_is_the_shortest(code: str) -> None:
    assert told(openings(disclosed(("ggz-west", "LB-23", code)))) == [("exception", "ggz-west", "2026-11-30")]


def test_an_ordinary_release_opens_nothing() -> None:
    assert openings(disclosed(("ggz-west", "LB-01", "OB-LOG OB-MIN OB-NOFWD OB-PART"))) == ()


def test_what_was_withheld_asks_nothing() -> None:
    release = disclosed(("ggz-west", "LB-23", "OB-REV(5wd) OB-NOTE"))
    release.fields[Field.ELEMENTS][0]["result"] = "withhold"
    assert (openings(release), owed(release)) == ((), ())


def test_a_yes_that_was_recorded_by_whom_it_lets_in_is_reviewed_by_the_gateways_officer() -> None:
    assert told(openings(assisted())) == [("assisted-consent", GATEWAY, "2026-12-04")]


def test_a_yes_that_was_recorded_by_an_outsider_or_with_the_givers_own_login_is_not() -> None:
    assert openings(assisted(recipients=["school-1"]), {"school-1", "team-noord"}) == ()
    assert openings(assisted(form="own-login")) == ()


@pytest.mark.parametrize(
    "recipients",
    [["anna"], ["school-1", "anna"], ["a-colleague"], ["school-1", "a-colleague"], ["team-noord"], ["any"], "school-1"],
)
def test_a_yes_that_may_let_its_recorder_or_a_colleague_in_by_his_own_name_is_reviewed(recipients: object) -> None:
    found = openings(assisted(recipients=recipients), {"school-1", "team-noord", "ggz-west"})
    assert told(found) == [("assisted-consent", GATEWAY, "2026-12-04")]


@pytest.mark.parametrize("kind", [Kind.EXCHANGE_DISCLOSED, Kind.EMERGENCY_OPENED, Kind.CONSENT_GIVEN])
def test_an_event_whose_actor_cannot_be_read_is_reviewed_as_unreadable(kind: Kind) -> None:
    assert told(openings(event(kind, {}))) == [("unreadable", GATEWAY, "2026-11-30")]


def test_of_an_erased_person_only_what_is_known_without_him_is_reviewed() -> None:
    left = {Field.ACTOR: ANNA}
    assert openings(event(Kind.EXCHANGE_DISCLOSED, left, person=None)) == ()
    assert openings(event(Kind.CONSENT_GIVEN, left, person=None)) == ()
    assert told(openings(event(Kind.EMERGENCY_OPENED, left, person=None))) == [("emergency", GATEWAY, "2026-12-01")]


def test_no_other_kind_of_event_opens_anything() -> None:
    fields = disclosed(("ggz-west", "LB-23", "OB-REV(5wd) OB-NOTE")).fields
    others = set(Kind) - {Kind.EXCHANGE_DISCLOSED, Kind.EMERGENCY_OPENED, Kind.CONSENT_GIVEN, Kind.NOTIFICATION_GIVEN}
    assert {(openings(event(each, fields)), owed(event(each, fields))) for each in others} == {((), ())}


DUE = [
    ("OB-NOTE", "2026-12-04"),
    ("OB-PRE", "2026-11-30"),
    ("OB-POST(5d)", "2026-12-02"),
    ("OB-POST(3wd)", "2026-12-02"),
    ("OB-CONSULT", "2026-11-28"),
    ("OB-YOUTH1", "2026-11-30"),
]


@pytest.mark.parametrize(("code", "due"), DUE)
def test_the_holder_owes_each_duty_until_its_day(code: str, due: str) -> None:
    assert told(owed(disclosed(("ggz-west", "LB-07", f"OB-LOG {code}")))) == [(code, "ggz-west", due)]


def test_a_duty_of_the_whole_decision_is_owed_by_every_holder_who_gave() -> None:
    release = disclosed(("ggz-west", "LB-06", ""), ("school-1", "LB-06", ""), decided=("OB-NOTE",))
    assert [(each.code, each.organisation) for each in owed(release)] == [
        ("OB-NOTE", "ggz-west"),
        ("OB-NOTE", "school-1"),
    ]


@pytest.mark.parametrize("kind", [Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_REVIEWED, Kind.EXCHANGE_DENIED])
def test_the_talk_with_the_youth_is_owed_by_who_keeps_his_confidence_and_by_nobody_else(kind: Kind) -> None:
    release = disclosed(("ggz-west", "LB-06", ""), ("school-1", "LB-06", ""), decided=("OB-YOUTH1",))
    kept, other = release.fields[Field.ELEMENTS]
    kept |= {"result": "withhold", "reason": "YOUTH_OBJECTION"}
    if kind is not Kind.EXCHANGE_DISCLOSED:
        other |= {"result": "withhold", "reason": "NO_BASIS"}
    assert told(owed(replace(release, kind=kind))) == [("OB-YOUTH1", "ggz-west", "2026-11-30")]


def test_who_keeps_a_confidence_talks_with_the_youth_also_where_another_who_gave_must() -> None:
    release = disclosed(("ggz-west", "LB-06", ""), ("school-1", "LB-06", "OB-YOUTH1"))
    release.fields[Field.ELEMENTS][0] |= {"result": "withhold", "reason": "YOUTH_OBJECTION"}
    assert [(each.code, each.organisation) for each in owed(release)] == [
        ("OB-YOUTH1", "ggz-west"),
        ("OB-YOUTH1", "school-1"),
    ]


@pytest.mark.parametrize(
    "code", ["OB-LOG", "OB-MIN", "OB-PART", "OB-NOFWD", "OB-EXP", "OB-JUST", "OB-RECON", "OB-REV(5wd)"]
)
def test_what_the_gateway_does_itself_is_no_duty_of_people(code: str) -> None:
    assert owed(disclosed(("ggz-west", "LB-23", code))) == ()


def test_a_notice_of_an_end_leaves_the_warning_until_it_is_read() -> None:
    detail = {"notice": "n1", "kind": "consent.withdrawn"}
    given = event(Kind.NOTIFICATION_GIVEN, {Field.DETAIL: detail}, counterparties=("school-1",), organisation="system")
    [warning] = owed(given)
    assert (warning.code, warning.organisation, warning.notice, str(warning.due)) == (
        "OB-WARN", GATEWAY, "n1", "2026-12-04",
    )  # fmt: skip
    other = event(Kind.NOTIFICATION_GIVEN, {Field.DETAIL: {"notice": "n2", "kind": "emergency.opened"}})
    assert owed(other) == ()
    read = event(Kind.LOG_READ, {Field.DETAIL: {"read": "notices", "notices": ["n1"]}}, outcome=EventOutcome.OK)
    assert notices_read(read) == ("n1",)
    assert notices_read(event(Kind.LOG_READ, {Field.DETAIL: {"read": "entries"}})) == ()


def test_who_asked_who_recorded_and_who_decided_for_a_holder_had_a_hand_in_it() -> None:
    asked = disclosed(("ggz-west", "LB-23", "OB-REV(5wd)"))
    decided = {"request": {"holder_decisions": [{"by": "chris"}, {"by": "dirk"}]}}
    assert acted(replace(asked, fields={**asked.fields, Field.FACTS: decided})) == {"anna", "chris", "dirk"}
    kept = {Field.DETAIL: {"deciders": ["chris", "dirk"]}}
    assert acted(replace(asked, fields={**asked.fields, **kept}, facts_gone=True)) == {"anna", "chris", "dirk"}
    assert acted(assisted()) == {"anna"}
    assert acted(EMERGENCY) == {"anna"}
    assert acted(event(Kind.EMERGENCY_OPENED, {})) == frozenset()


def test_a_sample_and_a_signal_have_their_term_from_when_they_are_opened() -> None:
    later = FRIDAY.replace(month=12, day=21)
    found = opened_by_hand(disclosed(("ggz-west", "LB-01", "")), Reason.SAMPLE, "ggz-west", at=later)
    assert (found.due, found.judges) == (date(2026, 12, 29), 1)


def test_only_who_released_something_is_a_holder_of_it() -> None:
    release = disclosed(("ggz-west", "LB-01", ""), ("school-1", "LB-01", ""))
    release.fields[Field.ELEMENTS][1]["result"] = "withhold"
    assert holders_released(release) == {"ggz-west"}


def test_every_reason_has_a_row_for_every_day_and_every_row_says_its_source() -> None:
    for day in (date(2015, 1, 1), date(2026, 11, 27), date(2099, 1, 1)):
        assert all(review_row(reason, day) for reason in Reason)
        assert all(duty_row(each.code, day) for each in DUTIES)
    assert all(each.nl and each.en and each.source for each in (*REVIEWS, *DUTIES))
    assert all((each.days is None) is not (each.working_days is None) for each in DUTIES)


def test_a_row_counts_only_between_its_days(monkeypatch: pytest.MonkeyPatch) -> None:
    old = replace(REVIEWS[0], until=date(2026, 1, 1))
    new = replace(REVIEWS[0], since=date(2026, 1, 1), working_days=1)
    monkeypatch.setattr("audit.review.rows.REVIEWS", (old, new))
    assert review_row(Reason.EMERGENCY, date(2025, 12, 31)) == old
    assert review_row(Reason.EMERGENCY, date(2026, 1, 1)) == new
    assert review_row(Reason.EMERGENCY, date(2014, 12, 31)) is None
