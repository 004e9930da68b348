"""A search for a plan states a question, or is refused; its refusals follow from the request alone."""

import pytest

from gateway.fhir.capability import PLAN_PARAMETERS, capability
from gateway.fhir.plan_search import _READERS, read_plan_search
from gateway.fhir.searching import BadSearchError
from tests.gateway.running import PERSON

BASE = "https://schakel.example/fhir"
ASKED = [("subject", "Patient/sem"), ("purpose", "coordinate-plan"), ("category", "goals,school")]
NUMBER = ("subject.identifier", "http://fhir.nl/fhir/NamingSystem/bsn|999990019")


def wrong(*given: tuple[str, str], in_url: bool = True) -> dict[str, str]:
    with pytest.raises(BadSearchError) as refused:
        read_plan_search(given, in_url=in_url)
    return dict(refused.value.wrong)


def test_a_search_states_a_question() -> None:
    search = read_plan_search([*ASKED, ("_count", "1"), ("_format", "json")], in_url=True)
    assert search.question == {
        "person": {"system": PERSON, "value": "sem"},
        "purpose": "coordinate-plan",
        "categories": ["goals", "school"],
    }
    assert search.link(BASE) == f"{BASE}/CarePlan?subject=Patient/sem&purpose=coordinate-plan&category=goals,school"
    assert read_plan_search([*ASKED[:2], ("category", "all")], in_url=True).question["categories"] == "all"


def test_a_number_stands_in_a_body_only_and_in_no_link() -> None:
    search = read_plan_search([NUMBER, *ASKED[1:]], in_url=False)
    assert search.question["person"] == {"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999990019"}
    assert search.link(BASE) == f"{BASE}/CarePlan?purpose=coordinate-plan&category=goals,school"
    assert "999990019" not in repr(search)
    for name in ("subject.identifier", "patient.identifier", "subject:identifier", "identifier", "Subject.Identifier"):
        told = wrong((name, NUMBER[1]), *ASKED[1:])
        assert set(told) == {name}
        assert "999990019" not in str(told)


@pytest.mark.parametrize(
    ("left_out", "name"), [(0, "subject"), (1, "purpose"), (2, "category")], ids=["person", "purpose", "categories"]
)
def test_a_search_without_a_person_a_purpose_or_categories_is_refused(left_out: int, name: str) -> None:
    assert set(wrong(*ASKED[:left_out], *ASKED[left_out + 1 :])) == {name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subject", "Practitioner/anna"),
        ("subject", ""),
        ("subject", "http://fhir.nl/fhir/NamingSystem/bsn|999990019"),
        ("subject", "bsn|999990019"),
        ("subject", "Patient/sem,Patient/zus"),
        ("purpose", "nieuwsgierig"),
        ("category", "goals,alles"),
        ("category", "goals,goals"),
        ("category", "all,goals"),
        ("category", ""),
        ("_count", "0"),
        ("_format", "xml"),
        ("patient", "Patient/zus"),
        ("_summary", "count"),
        ("_has:Goal:subject:status", "active"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_name(name: str, value: str) -> None:
    told = wrong(*(each for each in ASKED if each[0] != name), (name, value))
    assert len(told) == 1
    assert name in told or name == "patient"
    assert wrong(*ASKED, (name, value))
    assert "999990019" not in str(told)


def test_a_name_that_could_be_anything_is_not_repeated() -> None:
    assert "(parameter)" in wrong(*ASKED, ("_has:Goal:999990019", "x"))


def test_the_capability_statement_lists_what_is_read() -> None:
    [plan] = [each for each in capability(BASE)["rest"][0]["resource"] if each["type"] == "CarePlan"]
    assert {each["name"] for each in plan["searchParam"]} == set(PLAN_PARAMETERS)
    assert set(PLAN_PARAMETERS) == set(_READERS) - {"_count", "_format"}
    assert [each["name"] for each in plan["operation"]] == ["family-plan"]
