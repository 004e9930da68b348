"""Who must say yes for a minor, or for a capable adult: table 5.2 case by case, reasoned out by hand.

The chain of an incapable adult is in `test_representation`.
"""

from typing import Any

import pytest

from consent.entry import Capability
from consent.representation import TABLE, row_for
from schemas.words import AuthorityKind
from tests.consent.make import authority, consent, incapable, told, world
from tests.consent.speaking import NOBODY, givers, spoken

PARENTS = [authority("moeder"), authority("vader")]
EVERYBODY = [consent(one) for one in ("sem", "moeder", "vader", "luus", "zus", "jan", "school", "politie")]

# Age: the row of the new age holds from 00:00 of the birthday, Amsterdam time (G-02, CV-23).

CHILD, YOUTH, ALONE = "moeder + vader", "sem + moeder + vader", "sem"
BIRTHDAYS = [
    # born, one second before, the birthday, who speaks before it, who speaks from it
    ("2014-03-02", "2026-03-01T23:59:59+01:00", "2026-03-02T00:00:00+01:00", CHILD, YOUTH),
    ("2010-03-02", "2026-03-01T23:59:59+01:00", "2026-03-02T00:00:00+01:00", YOUTH, ALONE),
    ("2008-03-02", "2026-03-01T23:59:59+01:00", "2026-03-02T00:00:00+01:00", ALONE, ALONE),
    # in summer time, written in UTC: the birthday begins at 22:00 the day before
    ("2014-07-10", "2026-07-09T21:59:59Z", "2026-07-09T22:00:00Z", CHILD, YOUTH),
    # 29 February: 12 and 16 fall in leap years, 18 never does and is on 1 March
    ("2012-02-29", "2024-02-28T23:59:59+01:00", "2024-02-29T00:00:00+01:00", CHILD, YOUTH),
    ("2008-02-29", "2024-02-28T23:59:59+01:00", "2024-02-29T00:00:00+01:00", YOUTH, ALONE),
    ("2008-02-29", "2026-02-28T23:59:59+01:00", "2026-03-01T00:00:00+01:00", ALONE, ALONE),
    # the clock goes forward on the birthday itself
    ("2014-03-29", "2026-03-28T23:59:59+01:00", "2026-03-29T00:00:00+01:00", CHILD, YOUTH),
]


def at_instant(born: str, at: str, **sections: Any) -> str:
    return spoken(persons=[{"id": "sem", "born": born}], request={"at": at}, authority=PARENTS, **sections)


@pytest.mark.parametrize(("born", "before", "day", "until_then", "from_then"), BIRTHDAYS)
def test_the_birthday_changes_who_speaks_at_its_first_second(
    born: str, before: str, day: str, until_then: str, from_then: str
) -> None:
    after = day.replace(":00:00", ":00:01")
    assert [at_instant(born, at) for at in (before, day, after)] == [until_then, from_then, from_then]


@pytest.mark.parametrize(("born", "before", "day"), [row[:3] for row in BIRTHDAYS if row[3] == ALONE])
def test_at_18_the_parents_of_an_incapable_person_stop_at_the_first_second(born: str, before: str, day: str) -> None:
    capacity = [incapable(on=before[:10])]
    mother = [{"person": "luus", "of": "sem", "relation": "parent"}]
    assert at_instant(born, before, capacity=capacity, family=mother) == "moeder + vader"
    assert at_instant(born, day, capacity=capacity, family=mother) == "luus"


# Capacity: a finding counts from the 12th birthday, and incapacity for 90 days after its own.

FINDINGS: dict[str, list[dict[str, Any]]] = {
    "no finding": [],
    "found capable": [incapable(capable=True)],
    "found incapable": [incapable()],
    "unclear": [incapable(capable="unclear")],
    "incapable 90 days ago": [incapable(on="2025-12-02")],
    "incapable 91 days ago": [incapable(on="2025-12-01")],
    "incapable, later capable": [incapable(), incapable(capable=True, on="2026-02-02")],
    "capable, later incapable": [incapable(capable=True), incapable(on="2026-02-02")],
    "incapable and capable on one day, capable last": [incapable(), incapable(capable=True)],
    "another is incapable": [incapable("moeder")],
    "incapable tomorrow": [incapable(on="2026-03-03")],
}
COUNTS = {"found incapable", "incapable 90 days ago", "capable, later incapable"}
BY_AGE = {  # who speaks for a capable person, and for one who is incapable
    11: ("moeder + vader", "moeder + vader"),
    13: ("sem + moeder + vader", "moeder + vader"),
    15: ("sem + moeder + vader", "moeder + vader"),
    16: ("sem", "moeder + vader"),
    17: ("sem", "moeder + vader"),
    19: ("sem", NOBODY),
}


@pytest.mark.parametrize("finding", FINDINGS)
@pytest.mark.parametrize("age", BY_AGE)
def test_a_finding_that_counts_takes_the_word_from_12_on(age: int, finding: str) -> None:
    capable, not_capable = BY_AGE[age]
    expected = not_capable if finding in COUNTS else capable
    assert spoken(age=age, authority=PARENTS, capacity=FINDINGS[finding]) == expected


@pytest.mark.parametrize("age", [13, 16, 19])
@pytest.mark.parametrize("finding", ["unclear", "incapable 91 days ago"])
def test_an_unclear_person_is_asked_and_a_human_being_looks(age: int, finding: str) -> None:
    sections: dict[str, Any] = {"authority": PARENTS, "capacity": FINDINGS[finding], "consents": EVERYBODY}
    assert told(world(age=age, **sections)) == "review CAPACITY_UNCLEAR"
    without = [one for one in EVERYBODY if one["given_by"] != "sem"]
    assert told(world(age=age, **(sections | {"consents": without}))) == "withhold CONSENT_MISSING_YOUTH"


# Authority: four kinds speak for a minor, each holder for himself.

SPEAKS = {
    AuthorityKind.PARENTAL: True,
    AuthorityKind.JOINT_NON_PARENT: True,
    AuthorityKind.GUARDIANSHIP: True,
    AuthorityKind.PROVISIONAL_GUARDIANSHIP: True,
    AuthorityKind.PARTIAL: False,  # a school or a treatment only (BW 1:265e)
    AuthorityKind.SPECIAL_REPRESENTATIVE: False,  # one matter only (BW 1:250)
    AuthorityKind.CURATOR: False,  # of adults
    AuthorityKind.ADULT_MENTOR: False,
    AuthorityKind.WRITTEN_PROXY: False,
}


def of_kind(holder: str, kind: AuthorityKind) -> dict[str, Any]:
    more = {"scope": "medical"} if kind is AuthorityKind.PARTIAL else {}
    more |= {"matter": "boedel"} if kind is AuthorityKind.SPECIAL_REPRESENTATIVE else {}
    return authority(holder, kind=str(kind), **more)


@pytest.mark.parametrize("kind", AuthorityKind)
def test_each_kind_of_authority_speaks_or_does_not(kind: AuthorityKind) -> None:
    also = " + luus" if SPEAKS[kind] else ""
    for age, who in ((7, "moeder"), (13, "sem + moeder"), (16, "sem")):
        expected = who + (also if age < 16 else "")
        # By authority id: a-luus stands before a-moeder.
        named = " + ".join(sorted(expected.split(" + "), key=lambda one: (one != "sem", one)))
        assert spoken(age=age, authority=[authority("moeder"), of_kind("luus", kind)]) == named


HOLDERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    # who speaks for a child of 7, what a yes of everybody brings, and the world
    "one parent": ("moeder", "release LB-01", {"authority": [authority("moeder")]}),
    "two parents": ("moeder + vader", "release LB-01", {"authority": PARENTS}),
    "one holder by two titles": (
        "moeder",
        "release LB-01",
        {"authority": [authority("moeder"), authority("moeder", id="a-2", kind="guardianship")]},
    ),
    "an organisation as guardian": ("gi", "release LB-01", {"authority": [authority("gi", kind="guardianship")]}),
    "nobody": (NOBODY, "review AUTHORITY_UNVERIFIED", {"authority": []}),
    "of another child": (NOBODY, "review AUTHORITY_UNVERIFIED", {"authority": [authority("moeder", over="zus2")]}),
    "disputed": ("moeder", "review AUTHORITY_UNVERIFIED", {"authority": [authority("moeder", disputed=True)]}),
    "one of two disputed": (
        "moeder + vader",
        "review AUTHORITY_UNVERIFIED",
        {"authority": [authority("moeder"), authority("vader", disputed=True)]},
    ),
    "verified after the question": (
        "moeder",
        "review AUTHORITY_UNVERIFIED",
        {"authority": [authority("moeder", verified_on="2026-03-02T10:00:01+01:00")]},
    ),
    "verified at the question": (
        "moeder",
        "release LB-01",
        {"authority": [authority("moeder", verified_on="2026-03-02T10:00:00+01:00")]},
    ),
    "ended at the question": (
        NOBODY,
        "review AUTHORITY_UNVERIFIED",
        {"authority": [authority("moeder", until="2026-03-02T10:00:00+01:00")]},
    ),
    "ending a second later": (
        "moeder",
        "release LB-01",
        {"authority": [authority("moeder", until="2026-03-02T10:00:01+01:00")]},
    ),
    "suspended": (
        NOBODY,
        "review AUTHORITY_UNVERIFIED",
        {"authority": [authority("moeder", suspended_on="2026-03-02")]},
    ),
    "not yet begun": (
        NOBODY,
        "review AUTHORITY_UNVERIFIED",
        {"authority": [authority("moeder", since="2026-03-02T10:00:01+01:00")]},
    ),
    "a parent under guardianship": (
        "vader",
        "release LB-01",
        {"authority": PARENTS, "persons": [{"id": "moeder", "born": "1984-01-01", "under_guardianship": True}]},
    ),
    "both under guardianship": (
        NOBODY,
        "withhold AUTHORITY_INCOMPETENT",
        {
            "authority": PARENTS,
            "persons": [{"id": one, "born": "1984-01-01", "under_guardianship": True} for one in ("moeder", "vader")],
        },
    ),
    "a parent of 17": (
        NOBODY,
        "withhold AUTHORITY_INCOMPETENT",
        {"authority": [authority("moeder")], "persons": [{"id": "moeder", "born": "2008-03-03"}]},
    ),
    "a parent who turns 18 today": (
        "moeder",
        "release LB-01",
        {"authority": [authority("moeder")], "persons": [{"id": "moeder", "born": "2008-03-02"}]},
    ),
    "a parent of 17 declared of age": (
        "moeder",
        "release LB-01",
        {
            "authority": [authority("moeder")],
            "persons": [{"id": "moeder", "born": "2008-03-03", "declared_of_age": True}],
        },
    ),
    "declared of age and under guardianship": (
        NOBODY,
        "withhold AUTHORITY_INCOMPETENT",
        {
            "authority": [authority("moeder")],
            "persons": [
                {"id": "moeder", "born": "2008-03-03", "declared_of_age": True, "under_guardianship": True},
            ],
        },
    ),
    "a finding about a parent takes no authority from him": (
        "moeder",
        "release LB-01",
        {"authority": [authority("moeder")], "capacity": [incapable("moeder")]},
    ),
    "kin without authority": (
        NOBODY,
        "review AUTHORITY_UNVERIFIED",
        {"family": [{"person": "moeder", "of": "sem", "relation": "parent"}]},
    ),
}


@pytest.mark.parametrize(("who", "answer", "sections"), HOLDERS.values(), ids=HOLDERS.keys())
def test_a_holder_speaks_as_far_as_his_authority_carries(who: str, answer: str, sections: dict[str, Any]) -> None:
    if "zus2" in str(sections):
        sections = sections | {"persons": [{"id": "zus2", "born": "2019-01-01"}]}
    assert spoken(age=7, **sections) == who
    assert told(world(age=7, consents=EVERYBODY, **sections)) == answer


# The numbers of table B, by who speaks.

NUMBERS: list[tuple[str, dict[str, Any]]] = [
    ("CV-01", {"age": 7, "authority": PARENTS}),
    ("CV-02", {"age": 7, "authority": [authority("moeder")]}),
    ("CV-03", {"age": 7, "authority": [authority("moeder"), authority("luus", kind="joint-non-parent")]}),
    ("CV-04", {"age": 7, "authority": [authority("gi", kind="guardianship")]}),
    ("CV-04", {"age": 7, "authority": [authority("gi", kind="provisional-guardianship")]}),
    ("CV-06", {"age": 7}),
    ("CV-09", {"age": 13}),
    ("CV-12", {"age": 13, "capacity": [incapable()]}),
    ("CV-13", {"age": 13, "capacity": [incapable(capable="unclear")]}),
    ("CV-14", {"age": 16}),
    ("CV-15", {"age": 16, "capacity": [incapable()]}),
    ("CV-16", {"age": 16, "capacity": [incapable(capable="unclear")]}),
    ("CV-17", {"age": 19}),
    ("CV-17", {"age": 19, "capacity": [incapable(capable="unclear")]}),
    ("CV-18", {"age": 19, "capacity": [incapable()], "authority": [authority("gi", kind="curator")]}),
    ("CV-18", {"age": 19, "capacity": [incapable()], "authority": [authority("gi", kind="adult-mentor")]}),
    ("CV-19", {"age": 19, "capacity": [incapable()], "authority": [authority("luus", kind="written-proxy")]}),
    ("CV-19", {"age": 19, "capacity": [incapable()]}),
]


@pytest.mark.parametrize(("number", "sections"), NUMBERS)
def test_each_situation_has_its_number_in_table_b(number: str, sections: dict[str, Any]) -> None:
    assert givers(**sections).rule == number


@pytest.mark.parametrize("age", [12, 15, 16, 17, 18, 120])
@pytest.mark.parametrize("capability", Capability)
def test_from_12_on_there_is_a_row_for_whatever_is_found(age: int, capability: Capability) -> None:
    row = row_for(age, capability)
    assert row.himself or row.holders or row.chain
    assert row.himself == (capability is not Capability.INCAPABLE)


def test_who_is_not_born_yet_counts_as_a_newborn() -> None:
    [newborn] = [capability for birthday, capability in TABLE if birthday == 0]
    assert row_for(-1, newborn) is row_for(0, newborn)
