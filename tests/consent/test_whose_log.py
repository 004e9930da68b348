"""Who may read whose log, and of which organisations he is told, by age, authority and representation."""

from datetime import timedelta
from typing import Any

import pytest

from consent.facts import Facts
from consent.whose_log import ReadsAs, has_the_say_alone, is_safe, reads_as, unnamed
from schemas.calendar import parse_moment
from tests.consent.make import AT, BORN, ORGANISATIONS, authority, consent, incapable, order, read, world

NOW = parse_moment(AT)
PARENTS = [authority("moeder"), authority("vader")]
SECOND = timedelta(seconds=1)


def facts(**more: Any) -> Facts:
    return read(world(**{"authority": PARENTS, **more})).facts


def reading(reader: str, person: str = "sem", at: str = AT, **more: Any) -> ReadsAs | None:
    return reads_as(reader, person, facts(**more), parse_moment(at))


@pytest.mark.parametrize(
    ("age", "sem", "moeder"),
    [
        (7, None, ReadsAs.PARENT),
        (11, None, ReadsAs.PARENT),
        (13, ReadsAs.HIMSELF, ReadsAs.BESIDE),
        (15, ReadsAs.HIMSELF, ReadsAs.BESIDE),
        (16, ReadsAs.HIMSELF, None),
        (17, ReadsAs.HIMSELF, None),
        (19, ReadsAs.HIMSELF, None),
    ],
)
def test_the_person_reads_from_12_and_who_has_authority_until_16(
    age: int, sem: ReadsAs | None, moeder: ReadsAs | None
) -> None:
    assert (reading("sem", age=age), reading("moeder", age=age)) == (sem, moeder)


@pytest.mark.parametrize(
    ("born", "at"),
    [
        ("2014-03-29", "2026-03-29T00:00:00+01:00"),  # the clock goes on that night
        ("2014-10-25", "2026-10-25T00:00:00+02:00"),  # and back
        ("2012-02-29", "2024-02-29T00:00:00+01:00"),
        ("2014-06-01", "2026-06-01T00:00:00+02:00"),  # the eve of it in London
    ],
)
def test_at_midnight_of_the_12th_birthday_the_youth_begins_to_read_and_his_mother_reads_beside_him(
    born: str, at: str
) -> None:
    long_since = [authority("moeder", verified_on="2020-01-01")]
    found = facts(persons=[{"id": "sem", "born": born}], authority=long_since)
    day = parse_moment(at)
    before, after = day - SECOND, day
    assert [reads_as("sem", "sem", found, each) for each in (before, after)] == [None, ReadsAs.HIMSELF]
    assert [reads_as("moeder", "sem", found, each) for each in (before, after)] == [ReadsAs.PARENT, ReadsAs.BESIDE]


@pytest.mark.parametrize(
    ("born", "at"),
    [
        ("2010-03-29", "2026-03-29T00:00:00+01:00"),
        ("2010-10-25", "2026-10-25T00:00:00+02:00"),
        ("2012-02-29", "2028-02-29T00:00:00+01:00"),
        ("2010-06-01", "2026-06-01T00:00:00+02:00"),
    ],
)
def test_at_midnight_of_the_16th_birthday_his_mother_reads_nothing_any_more(born: str, at: str) -> None:
    found = facts(persons=[{"id": "sem", "born": born}], authority=[authority("moeder", verified_on="2020-01-01")])
    day = parse_moment(at)
    assert [reads_as("moeder", "sem", found, each) for each in (day - SECOND, day)] == [ReadsAs.BESIDE, None]


@pytest.mark.parametrize(
    "doubt",
    [
        {"disputed": True},
        {"verified_on": "2026-03-03"},
        {"until": "2026-03-02"},
        {"suspended_on": "2026-03-02"},
        {"since": "2026-03-03"},
        {"kind": "partial", "scope": "school"},
        {"over": "zus"},
    ],
)
def test_authority_that_is_unsure_or_does_not_hold_reads_nothing(doubt: dict[str, Any]) -> None:
    assert reading("moeder", age=7, authority=[authority("moeder", **doubt)]) is None


def test_authority_that_was_never_verified_reads_nothing() -> None:
    unverified = {name: value for name, value in authority("moeder").items() if name != "verified_on"}
    assert reading("moeder", age=7, authority=[unverified]) is None


def test_who_has_no_authority_reads_nothing_whatever_he_is_to_the_child() -> None:
    family = [{"person": name, "of": "sem", "relation": "parent", "lives_with": True} for name in ("moeder", "luus")]
    assert reading("luus", age=7, family=family) is None


def test_a_parent_who_may_not_hold_authority_reads_nothing() -> None:
    minor = [{"id": "moeder", "born": "2009-01-01"}]
    assert reading("moeder", age=7, persons=minor) is None
    assert (
        reading("moeder", age=7, persons=[{"id": "moeder", "born": "1984-01-01", "under_guardianship": True}]) is None
    )


@pytest.mark.parametrize("way", [("moeder", "sem"), ("sem", "moeder")])
def test_who_is_denied_contact_reads_nothing(way: tuple[str, str]) -> None:
    denied = {"person": way[0], "of": way[1], "relation": "parent", "contact_denied": True}
    assert reading("moeder", age=7, family=[denied]) is None
    assert reading("vader", age=7, family=[denied]) is ReadsAs.PARENT


def test_nobody_reads_the_log_of_another_adult_of_his_family() -> None:
    assert reading("moeder", "vader") is None
    assert reading("sem", "moeder") is None
    assert reading("moeder", "zus") is None


def test_who_is_not_there_reads_nothing_and_is_not_read() -> None:
    assert reading("nobody") is None
    assert reading("moeder", "nobody") is None


ADULT = [authority("moeder", id="m1", kind="adult-mentor")]


@pytest.mark.parametrize("kind", ["adult-mentor", "curator", "written-proxy"])
def test_who_was_appointed_for_an_adult_who_cannot_decide_reads_for_him(kind: str) -> None:
    appointed = [authority("moeder", id="m1", kind=kind)]
    assert reading("moeder", age=19, authority=appointed, capacity=[incapable()]) is ReadsAs.REPRESENTATIVE
    assert reading("moeder", age=19, authority=appointed) is None
    assert reading("sem", age=19, authority=appointed, capacity=[incapable()]) is ReadsAs.HIMSELF


@pytest.mark.parametrize("doubt", [{"disputed": True}, {"verified_on": "2026-03-03"}, {"until": "2026-03-02"}])
def test_a_representative_of_whom_nobody_is_sure_reads_nothing(doubt: dict[str, Any]) -> None:
    appointed = [authority("moeder", id="m1", kind="curator", **doubt)]
    assert reading("moeder", age=19, authority=appointed, capacity=[incapable()]) is None


def test_where_a_curator_stands_nearer_a_proxy_reads_nothing() -> None:
    both = [authority("moeder", id="m1", kind="written-proxy"), authority("vader", id="m2", kind="curator")]
    assert reading("moeder", age=19, authority=both, capacity=[incapable()]) is None
    assert reading("vader", age=19, authority=both, capacity=[incapable()]) is ReadsAs.REPRESENTATIVE


def test_kinship_alone_reads_nothing_of_an_adult_who_cannot_decide() -> None:
    family = [{"person": "moeder", "of": "sem", "relation": "parent"}]
    assert reading("moeder", age=19, authority=[], family=family, capacity=[incapable()]) is None


def test_a_mentor_for_adults_reads_nothing_of_a_minor() -> None:
    assert reading("moeder", age=17, authority=ADULT, capacity=[incapable()]) is None


# Organisations


def hidden(reader: str, as_: ReadsAs, **more: Any) -> frozenset[str]:
    return unnamed(frozenset(ORGANISATIONS), reader, "sem", facts(**more), as_)


def test_a_parent_is_told_of_whom_he_said_yes_to_and_of_who_carries_out_a_measure() -> None:
    told = frozenset(ORGANISATIONS) - hidden(
        "moeder", ReadsAs.BESIDE, consents=[consent("moeder"), consent("vader", recipients=["zorg"])], orders=[order()]
    )
    assert told == {"team", "ggz", "gi"}


def test_a_yes_to_everybody_names_nobody() -> None:
    everybody = consent("moeder", recipients="any", holders="any")
    assert hidden("moeder", ReadsAs.PARENT, consents=[everybody]) == frozenset(ORGANISATIONS)


def test_who_reads_about_himself_is_told_of_everybody_but_who_helps_another_and_not_him() -> None:
    helps = [
        {"id": "h1", "kind": "help", "about": "moeder", "organisations": ["huis", "team"], "since": "2026-01-01"},
        {"id": "h2", "kind": "help", "about": "sem", "organisations": ["team"], "since": "2026-01-01"},
    ]
    assert hidden("sem", ReadsAs.HIMSELF, involvements=helps) == {"huis"}


def helping(person: str, name: str, way: str) -> dict[str, Any]:
    """Return the section that says that `name` helps `person`, in the way of `way`."""
    ordered = order(subject=person, executor=name if way == "order" else "gi-oost")
    return {
        "assignment": {
            "orders": [ordered],
            "assignments": [{"order": "ots", "provider": name, "since": "2026-01-01"}],
        },
        "order": {"orders": [ordered]},
        "referral": {
            "referrals": [{"id": "v1", "about": person, "by": "anna", "to": name, "on": "2026-01-01"}],
        },
        "guardian": {"authority": [*PARENTS, authority(name, id="a-v", over=person, kind="guardianship")]},
    }[way]


@pytest.mark.parametrize("way", ["assignment", "order", "referral", "guardian"])
def test_who_helps_another_under_an_order_on_a_referral_or_as_his_guardian_is_not_named(way: str) -> None:
    assert "zorg" in hidden("sem", ReadsAs.HIMSELF, **helping("zus", "zorg", way))
    assert "zorg" not in hidden("sem", ReadsAs.HIMSELF, **helping("sem", "zorg", way))


@pytest.mark.parametrize("way", ["assignment", "order", "referral", "guardian"])
def test_who_helps_another_and_him_too_is_named(way: str) -> None:
    helps = {"kind": "help", "about": "zus", "organisations": ["zorg"], "since": "2026-01-01"}
    theirs = [{"id": "h1", **helps}]
    assert "zorg" in hidden("sem", ReadsAs.HIMSELF, involvements=theirs)
    assert "zorg" not in hidden("sem", ReadsAs.HIMSELF, involvements=theirs, **helping("sem", "zorg", way))


@pytest.mark.parametrize("way", ["assignment", "referral"])
def test_a_parent_is_not_told_of_who_helps_under_an_order_or_on_a_referral(way: str) -> None:
    assert "zorg" in hidden("moeder", ReadsAs.PARENT, **helping("sem", "zorg", way))


# Who has a say


def alone(as_: ReadsAs, *titles: dict[str, Any]) -> bool:
    return has_the_say_alone("moeder", "sem", facts(authority=list(titles)), as_)


@pytest.mark.parametrize("as_", [ReadsAs.PARENT, ReadsAs.REPRESENTATIVE])
def test_who_is_the_only_one_with_a_title_has_the_say_alone(as_: ReadsAs) -> None:
    assert alone(as_, authority("moeder"), authority("vader", over="zus"))


def test_beside_a_youth_nobody_has_the_say_alone() -> None:
    assert not alone(ReadsAs.BESIDE, authority("moeder"))


@pytest.mark.parametrize(
    "title",
    [
        {},
        {"until": "2026-02-01"},
        {"since": "2026-06-01"},
        {"suspended_on": "2026-01-01"},
        {"disputed": True},
        {"verified_on": "2026-06-01"},
        {"kind": "guardianship"},
        {"kind": "partial", "scope": "school"},
    ],
)
def test_where_another_ever_had_a_title_however_unsure_nobody_has_the_say_alone(title: dict[str, Any]) -> None:
    assert not alone(ReadsAs.PARENT, authority("moeder"), authority("vader", **title))
    assert not alone(ReadsAs.REPRESENTATIVE, authority("moeder"), authority("vader", **title))


@pytest.mark.parametrize("name", ["vt", "politie", "huis", "raad"])
def test_of_who_looks_into_violence_crime_and_protection_nobody_reads_a_line(name: str) -> None:
    organisation = facts().organisation_by_id[name]
    assert [is_safe(organisation, each) for each in ReadsAs] == [False] * 4


def test_of_a_counsellor_the_person_alone_reads() -> None:
    found = read(world(organisations=[{"id": "steun", "kind": "counsellor-service"}, *_organisations()])).facts
    counsellor = found.organisation_by_id["steun"]
    assert [each for each in ReadsAs if is_safe(counsellor, each)] == [ReadsAs.HIMSELF]


def _organisations() -> list[dict[str, str]]:
    return [{"id": name, "kind": kind} for name, kind in ORGANISATIONS.items()]


def test_the_examples_are_as_old_as_they_say() -> None:
    assert set(BORN) == {7, 11, 13, 15, 16, 17, 19}
    assert NOW.year == 2026
