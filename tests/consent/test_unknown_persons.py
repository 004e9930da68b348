"""Facts that name somebody who is not among them: whom nobody knows covers nobody, holds nothing and opens nothing."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from consent.decide import prepare
from consent.facts import assemble
from consent.situation import UnknownPersonError
from consent.world.requests import read_request
from tests.consent.make import mandate
from tests.properties.entries_once import facts, told

Json = dict[str, Any]
PERSONS: Final = [{"id": "sem", "born": "2009-05-04"}, {"id": "moeder", "born": "1984-01-01"}]
CHILD: Final = [{"id": "sem", "born": "2018-05-04"}, PERSONS[1]]
REQUEST: Final[Json] = {
    "at": "2026-03-02",
    "requester": {"professional": "anna"},
    "about": "sem",
    "purpose": "coordinate-plan",
    "categories": ["goals"],
}
RECORD: Final[Json] = {"id": "r1", "holder": "ggz", "about": ["sem"], "category": "goals", "regime": "jeugdwet"}
MADE: Final = {"created_on": "2026-02-10"}


def consent(about: str, given_by: str) -> Json:
    said: Json = {"id": f"c-{about}-{given_by}", "about": about, "given_by": given_by, "on": "2026-02-01"}
    said |= {"holders": "any", "recipients": ["team"], "purposes": ["coordinate-plan"], "categories": ["goals"]}
    return said


def authority(holder: str, **more: Any) -> Json:
    held = {"id": "a", "holder": holder, "over": "sem", "kind": "parental", "since": "2018-05-04"}
    return held | {"verified_on": "2026-02-01"} | more


def kin(person: str, relation: str) -> Json:
    return {"person": person, "of": "sem", "relation": relation}


SISTER: Final = {"records": [RECORD | MADE | {"about": ["sem", "zus"]}], "persons": PERSONS}
TWO: Final = {
    "records": [RECORD | MADE],
    "persons": CHILD,
    "consents": [consent("sem", "moeder")],
    "authority": [authority("moeder"), authority("vader", id="b")],
}
"""A child with two verified parents, of whom only the mother is known."""
ADULT: Final = {
    "records": [RECORD | MADE],
    "persons": [{"id": "sem", "born": "2000-05-04"}, PERSONS[1]],
    "capacity": [{"person": "sem", "capable": False, "on": "2026-02-01", "by": "chris"}],
    "family": [kin("moeder", "parent")],
    "consents": [consent("sem", "moeder")],
}
NO: Final = {"id": "n", "about": "sem", "given_by": "vader", "on": "2026-02-10", "recipients": ["team"]}
CASES: Final[Mapping[str, tuple[str, Json]]] = {
    "a sister whom nobody knows says yes": (
        "withhold THIRD_PARTY_PRIVACY",
        SISTER | {"consents": [consent("sem", "sem"), consent("zus", "zus")]},
    ),
    "somebody with authority over a sister whom nobody knows": (
        "withhold THIRD_PARTY_PRIVACY",
        SISTER
        | {
            "consents": [consent("sem", "sem"), consent("zus", "moeder")],
            "authority": [authority("moeder", over="zus")],
        },
    ),
    "a holder of authority whom nobody knows": (
        "withhold NO_BASIS",
        {
            "records": [RECORD | MADE],
            "persons": CHILD,
            "consents": [consent("sem", "opa")],
            "authority": [authority("opa")],
        },
    ),
    "beside a mother's yes, a holder of authority whom nobody knows": ("withhold CONSENT_MISSING_AUTHORITY", TWO),
    "beside a mother's yes, the yes of a holder of authority whom nobody knows": (
        "withhold CONSENT_MISSING_AUTHORITY",
        TWO | {"consents": [consent("sem", "moeder"), consent("sem", "vader")]},
    ),
    "beside a mother's yes, the no of a holder of authority whom nobody knows": (
        "withhold CONSENT_MISSING_AUTHORITY",
        TWO
        | {"refusals": [NO], "consents": [consent("sem", "moeder"), consent("sem", "vader") | {"on": "2026-02-20"}]},
    ),
    "a mother speaks for her incapable adult son": ("release LB-01", ADULT),
    "before a mother, a partner whom nobody knows": (
        "review AUTHORITY_UNVERIFIED",
        ADULT | {"family": [kin("moeder", "parent"), kin("partner", "partner")]},
    ),
    "before a mother, a curator whom nobody knows and who said yes": (
        "review AUTHORITY_UNVERIFIED",
        ADULT
        | {
            "authority": [authority("bureau", kind="curator")],
            "consents": [consent("sem", "bureau"), consent("sem", "moeder")],
        },
    ),
    "beside a mother, the no of a father whom nobody knows": (
        "withhold CONSENT_MISSING_AUTHORITY",
        ADULT | {"family": [kin("moeder", "parent"), kin("vader", "parent")], "refusals": [NO]},
    ),
    "a holder that nobody knows": (
        "release LB-01",
        {"records": [RECORD | MADE | {"holder": "elders"}], "persons": PERSONS, "consents": [consent("sem", "sem")]},
    ),
}


@pytest.mark.parametrize(("expected", "sections"), CASES.values(), ids=CASES.keys())
def test_whom_nobody_knows_opens_nothing(expected: str, sections: Json) -> None:
    assert told(facts(**sections), REQUEST) == [expected]


@pytest.mark.parametrize(("known", "result"), [(True, "release LB-27"), (False, "withhold")])
def test_a_mentor_needs_the_agreement_of_a_parent_whom_nobody_knows_any_more(*, known: bool, result: str) -> None:
    parents = [PERSONS[1], {"id": "vader", "born": "1984-01-01"}]
    people = [{"id": "sem", "born": "2012-05-04"}, {"id": "luus", "born": "1984-01-01"}, *parents[: 1 + known]]
    agreed = [{"by": each, "on": "2026-01-15"} for each in ("moeder", "vader")]
    told_of = facts(
        persons=people,
        records=[RECORD | MADE],
        mandates=[mandate(parent_agreements=agreed)],
        authority=[authority("moeder"), authority("vader", id="b")],
    )
    asked = REQUEST | {"requester": {"mentor": "luus"}, "purpose": "mentor-support"}
    assert [each[: len(result)] for each in told(told_of, asked)] == [result]


@pytest.mark.parametrize("form", [{"professional": "niemand"}, {"person": "niemand"}, {"mentor": "niemand"}])
def test_who_asks_must_be_among_the_facts(form: Json) -> None:
    request = read_request(REQUEST | {"requester": form}, "request")
    with pytest.raises(UnknownPersonError):
        prepare(request, facts(persons=PERSONS), request.at)


def test_the_person_must_be_among_the_facts() -> None:
    request = read_request(REQUEST, "request")
    with pytest.raises(UnknownPersonError):
        prepare(request, facts(persons=PERSONS[1:]), request.at)


def test_no_rule_set_holds_before_the_jeugdwet() -> None:
    request = read_request(REQUEST, "request")
    with pytest.raises(ValueError, match="no rule set"):
        prepare(request, facts(persons=PERSONS), request.at.replace(year=2014))


def test_without_facts_nobody_is_known() -> None:
    request = read_request(REQUEST, "request")
    with pytest.raises(UnknownPersonError):
        prepare(request, assemble({}), request.at)
