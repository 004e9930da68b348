"""What a resource says that its mapping neither reads nor ignores with a reason, and that may not be passed over."""

from collections.abc import Mapping
from typing import Any

import pytest
from yarl import URL

from adapters.contract import Mapped, SourceRecord
from adapters.fhir_r4 import FHIRSettings, FHIRSource
from adapters.http import HTTPSettings
from schemas.plan import Goal
from tests.adapters import make
from tests.adapters.fhir_r4 import servers
from tests.adapters.fhir_r4.servers import goal, patient

NOTED = servers.MAPPING.replace(
    "from: description.text}", "from: description.text}\n          - {to: progress, from: note*.text, as: lines}"
)
"""A mapping that reads a text of each note, and not who wrote it."""
FROM_THE_PERSON = [
    {"expressedBy": {"reference": "Patient/p1"}},
    {"expressedBy": {"reference": "Patient/p1", "type": "Patient"}},
    {"expressedBy": {"identifier": {"system": make.BSN, "value": make.SEM}}},
    {"subject": {"reference": "Patient/p1", "type": "Patient", "display": "Sem"}},
    {"subject": {"reference": "Patient/p1", "identifier": {"system": make.BSN, "value": make.SEM}}},
]
OF_NOBODY = [
    {"expressedBy": {"reference": "Practitioner/3"}},
    {"expressedBy": {"display": "drs. De Boer"}},
    {"addresses": [{"reference": "Condition/7"}, {"reference": "https://elders.example/r4/RiskAssessment/7"}]},
    {"expressedBy": {"reference": "#b"}, "contained": [{"resourceType": "Practitioner", "id": "b"}]},
    {"contained": [{"resourceType": "RiskAssessment", "id": "b", "basis": [{"reference": "#"}]}]},
    {"expressedBy": {"reference": "urn:uuid:0b5d6b9e-0000-4000-8000-000000000001", "type": "Practitioner"}},
    {"identifier": [{"system": "urn:dossier", "value": "17"}]},
    {"meta": {"versionId": "1", "security": [{"system": "urn:hl7", "code": "N"}], "tag": [{"code": "R"}]}},
    {"doNotPerform": False},
    {"note": [{"authorReference": {"reference": "Practitioner/3"}, "text": "gaat goed"}]},
]


def read(mapping: str, *resources: dict[str, Any]) -> Mapped:
    settings = HTTPSettings(base_url=URL("http://127.0.0.1:1/r4"), accept="application/fhir+json")
    source = FHIRSource("noord", make.mapping(mapping), FHIRSettings(settings, {"Goal": "patient"}))
    given = [patient("p1", make.SEM), patient("p2", make.MOEDER), *resources]
    records = [
        SourceRecord(kind=each["resourceType"], id=each["id"], version=None, retrieved_at=make.NOW, content=each)
        for each in given
    ]
    return source.map(records, make.permit())


def texts(mapped: Mapped) -> list[str]:
    return [str(each.text) for each in mapped.elements if isinstance(each, Goal)]


@pytest.mark.parametrize(
    "more",
    [
        {"expressedBy": {"reference": "Patient/p2"}},
        {"expressedBy": {"reference": "Patient/p2/_history/3"}},
        {"expressedBy": {"reference": "Patient/p9"}},
        {"expressedBy": {"reference": "https://elders.example/r4/Patient/p1"}},
        {"expressedBy": {"reference": "RelatedPerson/moeder"}},
        {"expressedBy": {"type": "RelatedPerson", "display": "zijn moeder"}},
        {"expressedBy": {"type": "Patient", "identifier": {"system": "urn:anders", "value": "1"}}},
        {"expressedBy": {"identifier": {"system": make.BSN, "value": make.MOEDER}}},
        {"expressedBy": {"reference": "urn:uuid:0b5d6b9e-0000-4000-8000-000000000001"}},
        {"expressedBy": {"reference": "#m"}, "contained": [{"resourceType": "RelatedPerson", "id": "m"}]},
        {"expressedBy": {"reference": "#m"}},
        {"expressedBy": {"reference": "Practitioner/3", "type": "Patient"}},
        {"expressedBy": {"reference": 3, "type": "http://hl7.org/fhir/StructureDefinition/RelatedPerson"}},
        {"expressedBy": {"reference": ["Patient/p2"]}},
        {"expressedBy": {"reference": "Patient?identifier=7"}},
        {"contained": [{"resourceType": "Patient", "id": "m"}]},
        {"focus": [{"reference": "Patient/p1"}, {"reference": "Patient/p2"}]},
        {"extension": [{"url": "urn:ook", "valueReference": {"reference": "Patient/p2"}}]},
        {"extension": [{"url": "urn:a", "extension": [{"url": "urn:b", "valueReference": {"type": "Person"}}]}]},
        {"subject": {"reference": "Patient/p1", "identifier": {"system": make.BSN, "value": make.MOEDER}}},
        {"note": [{"authorReference": {"reference": "RelatedPerson/moeder"}, "text": "gaat goed"}]},
    ],
)
def test_what_names_somebody_whom_nobody_reads_is_not_only_about_the_person(more: Mapping[str, Any]) -> None:
    mapped = read(NOTED, goal("g1", "p1"), goal("g2", "p1", "van twee") | dict(more))
    assert texts(mapped) == ["beter slapen"]
    assert ("Goal", "it names somebody whom its element is not about") in {
        (each.record_kind, each.why.partition(";")[0]) for each in mapped.leftovers
    }


@pytest.mark.parametrize(
    "more",
    [
        {"doNotPerform": True},
        {"_doNotPerform": {"extension": [{"url": "urn:onbekend"}]}},
        {"target": [{"detail": {"prohibited": True}}]},
        {"notDone": True},
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"verificationStatus": "refuted"},
        {"status": "not-done"},
        {"meta": {"versionId": "1", "security": [{"system": "urn:hl7", "code": "R"}]}},
        {"meta": {"versionId": "1", "security": [{"code": "N"}, {"display": "alleen voor de behandelaar"}]}},
        {"meta": {"versionId": "1", "security": {"code": "V"}}},
        {"contained": [{"resourceType": "Basic", "id": "b", "meta": {"security": [{"code": "R"}]}}]},
    ],
)
def test_what_would_mean_something_else_is_not_made_where_nobody_reads_it(more: Mapping[str, Any]) -> None:
    mapped = read(NOTED, goal("g1", "p1"), goal("g2", "p1", "anders bedoeld") | dict(more))
    assert texts(mapped) == ["beter slapen"]


@pytest.mark.parametrize("more", [*FROM_THE_PERSON, *OF_NOBODY])
def test_who_is_no_other_person_stops_nothing(more: Mapping[str, Any]) -> None:
    assert texts(read(NOTED, goal("g1", "p1") | dict(more))) == ["beter slapen"]


@pytest.mark.parametrize("rule", ["expressedBy", "expressedBy.reference"])
def test_what_is_ignored_with_a_reason_stops_nothing(rule: str) -> None:
    ignored = NOTED.replace(
        "because: is the kind}]", f"because: is the kind}}, {{from: {rule}, because: who says it is not shown}}]"
    )
    mapped = read(ignored, goal("g1", "p1") | {"expressedBy": {"reference": "RelatedPerson/moeder"}})
    assert texts(mapped) == ["beter slapen"]


@pytest.mark.parametrize("label", [{"code": "R", "system": "urn:hl7"}, {"display": "alleen zijn behandelaar"}])
def test_of_a_label_its_code_must_be_read(label: Mapping[str, str]) -> None:
    """Who ignores its system has decided nothing about the code."""
    ignored = NOTED.replace(
        "because: is the kind}]", "because: is the kind}, {from: meta.security*.system, because: there is one}]"
    )
    mapped = read(ignored, goal("g1", "p1") | {"meta": {"security": [label]}})
    assert not mapped.elements


def test_of_more_than_anybody_reads_nobody_knows_what_stands_behind_it() -> None:
    many = {"extension": [{"url": "urn:a"}] * 4_000}
    assert texts(read(NOTED, goal("g1", "p1") | many)) == ["beter slapen"]
    mapped = read(NOTED, goal("g1", "p1") | {"extension": [{"url": "urn:a"}] * 10_001})
    assert not mapped.elements
    assert any("more than 10000 values that nobody reads" in each.why for each in mapped.leftovers)


def test_who_is_read_as_one_whom_it_is_about_stops_nothing_where_he_is_named_again() -> None:
    both = NOTED.replace(
        "person via Patient}",
        "person via Patient}\n          - {to: about, from: focus*.reference, as: person via Patient}",
    )
    more = {"focus": [{"reference": "Patient/p2"}], "expressedBy": {"reference": "Patient/p2"}}
    (element,) = read(both, goal("g1", "p1") | more).elements
    assert element.about == ("moeder", "sem")


def test_a_number_of_another_system_is_not_the_persons() -> None:
    """Where numbers are short, two systems have the same ones."""
    by_number = NOTED.replace(
        "from: subject.reference, as: person via Patient", "from: subject.identifier.value, as: person"
    )
    number = {"system": make.BSN, "value": make.SEM}
    assert texts(read(by_number, goal("g1", "p1") | {"subject": {"identifier": number}})) == ["beter slapen"]
    other = number | {"system": "urn:buurman"}
    assert not texts(read(by_number, goal("g1", "p1") | {"subject": {"identifier": other}}))
    ours = {"subject": {"identifier": number}, "identifier": [other]}
    assert texts(read(by_number, goal("g1", "p1") | ours)) == ["beter slapen"]


def test_an_item_that_a_rule_leaves_out_is_not_passed_over() -> None:
    """Who reads one extension knows nothing of the others; who makes an element of each item decides on each."""
    ruled = NOTED.replace(
        "{to: regime, value: jeugdwet}",
        "{to: regime, each: extension*, when: url is urn:kader, from: valueCode, as: word}",
    )
    law = {"url": "urn:kader", "valueCode": "wgbo"}
    also = {"url": "urn:ook", "valueReference": {"reference": "Patient/p2"}}
    assert texts(read(ruled, goal("g1", "p1") | {"extension": [law, {"url": "urn:anders"}]})) == ["beter slapen"]
    assert not texts(read(ruled, goal("g1", "p1") | {"extension": [law, also]}))


def test_an_item_that_no_element_takes_stops_no_other() -> None:
    items = """
persons:
  - {record: Patient, each: identifier*, when: system is %s, from: value, as: person}
records:
  - {kind: Patient, id: id, ignore: [{from: resourceType, because: is the kind}]}
  - kind: Goal
    id: id
    elements:
      - kind: goal
        each: target*
        key: position
        when: doNotPerform is false or absent
        rules:
          - {to: about, from: /subject.reference, as: person via Patient}
          - {to: category, value: goals}
          - {to: regime, value: jeugdwet}
          - {to: handling.created_on, from: /startDate, as: day-with-zone}
          - {to: text, from: text}
"""
    targets = [{"text": "wel"}, {"text": "niet", "doNotPerform": True}]
    mapped = read(items % make.BSN, goal("g1", "p1") | {"target": targets})
    assert texts(mapped) == ["wel"]
