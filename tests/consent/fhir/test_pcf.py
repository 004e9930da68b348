"""Every example of IHE PCF: what we can say decides as its note says, what we cannot is refused with the reason."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from consent.fhir.around import Said
from consent.fhir.issues import UnreadableConsentError
from consent.fhir.reading import read
from consent.fhir.standing import entry_of, untrue
from tests.consent.fhir.pcf import ACTORS, EXAMPLES, FOLDER, around, consents, note, resources
from tests.consent.make import told

AT = datetime(2022, 7, 1, 8, tzinfo=UTC)
DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference" / "consent-fhir.md"
SAID = [name for name, each in EXAMPLES.items() if each.refused is None]
REFUSED = [name for name, each in EXAMPLES.items() if each.refused is not None]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / FOLDER


def said(folder: Path, name: str) -> Said:
    return read(consents(folder)[name], around(folder))


def decided(entries: list[tuple[str, dict[str, Any]]], *, by: str, purpose: str, at: datetime = AT) -> str:
    """Return what becomes of a health record of the example's organisation about its patient."""
    requester = {"professional": by}
    sections: dict[str, list[dict[str, Any]]] = {"consents": [], "refusals": []}
    for section, source in entries:
        sections[section].append({**source, "id": f"{section}-{len(sections[section])}"})
    return told(
        {
            "schakel": "world/1",
            "organisations": [
                {"id": "ex-organization", "kind": "general-practice"},
                {"id": "ex-org-researcher", "kind": "other"},
            ],
            "professionals": [
                {"id": "ex-practitioner", "organisation": "ex-organization", "role": "general-practitioner"},
                {"id": "ex-author", "organisation": "ex-organization", "role": "therapist"},
                {"id": "ex-clerk", "organisation": "ex-organization", "role": "manager"},
                {"id": "someone", "organisation": "ex-org-researcher", "role": "other"},
            ],
            "persons": [{"id": "ex-patient", "born": "1923-07-25"}, {"id": "ex-mother", "born": "1900-01-01"}],
            "records": [
                {
                    "id": "r1",
                    "holder": "ex-organization",
                    "about": ["ex-patient"],
                    "category": "health",
                    "regime": "wgbo",
                    "created_on": "2022-06-13",
                }
            ],
            **sections,
            "request": {
                "at": at.isoformat(),
                "requester": requester,
                "about": "ex-patient",
                "purpose": purpose,
                "categories": ["health"],
            },
        }
    )


def entered(folder: Path, name: str) -> tuple[str, dict[str, Any]]:
    found = said(folder, name)
    return found.section, dict(entry_of(found, at=AT).source)


def test_every_example_has_its_place_in_the_table(folder: Path) -> None:
    assert consents(folder).keys() == EXAMPLES.keys()


def test_every_note_says_what_the_table_says_of_it(folder: Path) -> None:
    for name, each in EXAMPLES.items():
        found = note(folder, name)
        assert (found is None) is (each.note is None), name
        assert found is None or (each.note or "") in found, name


def test_every_actor_of_the_folder_is_in_the_table(folder: Path) -> None:
    kinds = ("Patient", "Practitioner", "Organization", "Group")
    found = {f"{kind}/{each['id']}": each for kind in kinds for each in resources(folder, kind)}
    assert found.keys() == ACTORS.keys()
    members = [each["entity"]["reference"] for each in found["Group/ex-privilegedUsers"]["member"]]
    assert ACTORS["Group/ex-privilegedUsers"] == tuple(name for each in members for name in ACTORS[each])


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_said_is_refused_with_the_reason(folder: Path, name: str) -> None:
    with pytest.raises(UnreadableConsentError) as refused:
        said(folder, name)
    found = {each.expression.removeprefix("Consent.provision."): each.what for each in refused.value.issues}
    assert found == EXAMPLES[name].refused


@pytest.mark.parametrize("name", SAID)
def test_what_can_be_said_is_true_on_the_day(folder: Path, name: str) -> None:
    assert untrue(said(folder, name), AT) == ()


@pytest.mark.parametrize("name", ["basic-treat", "basic-ink"])
def test_a_yes_to_treatment_opens_help_and_nothing_beyond_its_purposes(folder: Path, name: str) -> None:
    yes = [entered(folder, name)]
    assert decided(yes, by="ex-practitioner", purpose="give-help") == "release LB-02"
    assert decided(yes, by="ex-practitioner", purpose="school-support").startswith("withhold")
    assert decided(yes, by="ex-practitioner", purpose="coordinate-plan").startswith("withhold")
    assert decided([], by="ex-practitioner", purpose="give-help") == "withhold NO_BASIS"


@pytest.mark.parametrize("name", ["basic-treat", "basic-ink"])
def test_a_yes_to_treatment_opens_to_nobody_whom_the_policy_does_not_authorise(folder: Path, name: str) -> None:
    assert decided([entered(folder, name)], by="someone", purpose="give-help").startswith("withhold")


def test_a_yes_ends_as_the_note_on_expiry_says(folder: Path) -> None:
    yes = [entered(folder, "basic-treat")]
    later = datetime(2023, 6, 13, 8, tzinfo=UTC)
    assert decided(yes, by="ex-practitioner", purpose="give-help", at=later) == "withhold CONSENT_EXPIRED"


@pytest.mark.parametrize("purpose", ["give-help", "coordinate-plan", "referral", "billing"])
def test_a_no_closes_all_of_its_purposes_also_beside_a_yes(folder: Path, purpose: str) -> None:
    both = [entered(folder, name) for name in ("basic-treat", "basic-reject")]
    assert decided(both, by="ex-practitioner", purpose=purpose).startswith("withhold")


def test_a_no_stands_before_a_yes_of_the_same_day(folder: Path) -> None:
    both = [entered(folder, name) for name in ("basic-treat", "basic-reject")]
    assert decided(both, by="ex-practitioner", purpose="give-help") == "withhold YOUTH_OBJECTION"


def test_the_page_names_every_example_and_every_reason() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for name, each in EXAMPLES.items():
        assert f"`{name}`" in page, name
        for what in (each.refused or {}).values():
            assert what in page, name
