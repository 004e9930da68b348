"""`Parameters` ask the native question, in JSON and in XML; what is not understood is refused with its place."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from consent.fhir.issues import MOST_ISSUES
from gateway.api.wire import read_body
from gateway.fhir import plan_xml
from gateway.fhir.plan_parameters import PARAMETERS, BadParametersError, place_of, question_of
from gateway.fhir.plan_xml import BadXmlError, parameters_of_xml
from gateway.flow.question import DeclaredEmergency, Question
from tests.gateway.fhir.plan_door import as_xml, asked

Json = dict[str, Any]

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "ask-in-fhir.md"

EMERGENCY = {
    "name": "emergency",
    "part": [
        {"name": "reason-code", "valueCode": "acute-danger"},
        {"name": "text", "valueString": "Er is <gevaar> & nu"},
        {"name": "live-contact", "valueBoolean": True},
        {"name": "cannot-consent", "valueBoolean": False},
        {"name": "holder-unreachable", "valueBoolean": True},
    ],
}
TEXTS = {"order": "o1", "referral": "r1", "question": "Welke?", "justification": "Omdat", "matter": "school"}
EVERYTHING = [
    *asked("999990019", "coordinate-plan", "goals", "school", system="http://fhir.nl/fhir/NamingSystem/bsn", **TEXTS),
    {"name": "record", "valueString": "r7"},
    {"name": "record", "valueString": "r8"},
    EMERGENCY,
]
NATIVE = {
    "person": {"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999990019"},
    "purpose": "coordinate-plan",
    "categories": ["goals", "school"],
    "records": ["r7", "r8"],
    **TEXTS,
    "emergency": {
        "reason_code": "acute-danger",
        "text": "Er is <gevaar> & nu",
        "live_contact": True,
        "cannot_consent": False,
        "holder_unreachable": True,
    },
}


def of(*given: Any) -> Json:
    return {"resourceType": "Parameters", "parameter": list(given)}


def test_parameters_say_all_that_the_native_question_can_say() -> None:
    assert {each.member for each in PARAMETERS.values()} == set(Question.model_fields)
    parts = PARAMETERS["emergency"].parts
    assert parts is not None
    assert {each.member for each in parts.values()} == set(DeclaredEmergency.model_fields)
    assert question_of(of(*EVERYTHING)) == NATIVE
    assert read_body(Question, question_of(of(*EVERYTHING))) == read_body(Question, NATIVE)


def test_all_categories_is_a_word_that_stands_alone() -> None:
    assert question_of(of(*asked()))["categories"] == "all"
    assert question_of(of(*asked("sem", "coordinate-plan", "all", "goals")))["categories"] == ["all", "goals"]


def test_xml_asks_the_same_as_json() -> None:
    assert parameters_of_xml(as_xml(EVERYTHING)) == of(*EVERYTHING)
    said = b'<?xml version="1.0"?><!-- x --><?y z?>' + as_xml(asked()).replace(b"><", b">\n <")
    assert parameters_of_xml(said) == of(*asked())


def test_the_examples_of_the_page_ask_what_they_show() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    as_json, in_xml = (re.findall(f"```{form}\\n(.*?)```", page, re.DOTALL)[0] for form in ("json", "xml"))
    first, second = question_of(json.loads(as_json)), question_of(parameters_of_xml(in_xml.encode()))
    assert read_body(Question, first).person == read_body(Question, second).person
    assert (first["categories"], second["categories"]) == (["goals", "appointments"], "all")


REFUSED: dict[str, tuple[Json, str]] = {
    "another resource": ({"resourceType": "Bundle", "parameter": asked()}, "Parameters"),
    "no parameters": ({"resourceType": "Parameters"}, "Parameters.parameter"),
    "an empty list": (of(), "Parameters.parameter"),
    "no list": ({"resourceType": "Parameters", "parameter": {}}, "Parameters.parameter"),
    "more than parameters": (of(*asked()) | {"meta": {}}, "Parameters"),
    "a name that is not known": (of(*asked(), {"name": "geheim", "valueString": "x"}), "Parameters.parameter[3]"),
    "no name": (of({"valueString": "x"}), "Parameters.parameter[0]"),
    "a parameter that is none": (of("x"), "Parameters.parameter[0]"),
    "twice": (of(*asked(), asked()[1]), "Parameters.parameter.where(name='purpose')"),
    "another type": (of({"name": "purpose", "valueString": "x"}), "Parameters.parameter.where(name='purpose')"),
    "an extension": (of(asked()[1] | {"extension": []}), "Parameters.parameter.where(name='purpose')"),
    "a code that is none": (of({"name": "purpose", "valueCode": 1}), "Parameters.parameter.where(name='purpose')"),
    "a period of the number": (
        of({"name": "person", "valueIdentifier": {"system": "s", "value": "v", "period": {}}}),
        "Parameters.parameter.where(name='person')",
    ),
    "a value beside parts": (of(EMERGENCY | {"valueString": "x"}), "Parameters.parameter.where(name='emergency')"),
    "a part that is not known": (
        of({"name": "emergency", "part": [{"name": "geheim", "valueString": "x"}]}),
        "Parameters.parameter.where(name='emergency').part[0]",
    ),
    "a flag that is none": (
        of({"name": "emergency", "part": [{"name": "live-contact", "valueBoolean": "true"}]}),
        "Parameters.parameter.where(name='emergency').part.where(name='live-contact')",
    ),
}


@pytest.mark.parametrize(("resource", "place"), REFUSED.values(), ids=[name.replace(" ", "-") for name in REFUSED])
def test_what_is_not_understood_is_refused_with_its_place_and_not_its_value(resource: Json, place: str) -> None:
    with pytest.raises(BadParametersError) as refused:
        question_of(resource)
    assert place in dict(refused.value.wrong)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    "resource",
    [of(*[1] * 20_000), of({"name": "emergency", "part": [1] * 20_000}), of(*asked(), *[{"name": "record"}] * 4_000)],
    ids=["parameters", "parts", "values"],
)
def test_of_tens_of_thousands_that_are_wrong_the_first_are_told_and_no_others_looked_at(resource: Json) -> None:
    with pytest.raises(BadParametersError) as refused:
        question_of(resource)
    assert len(refused.value.wrong) == MOST_ISSUES


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("person.system", "Parameters.parameter.where(name='person').value.system"),
        ("categories[0]", "Parameters.parameter.where(name='category')"),
        ("emergency.reason_code", "Parameters.parameter.where(name='emergency').part.where(name='reason-code')"),
        ("(body)", "Parameters"),
    ],
)
def test_what_the_native_door_says_of_a_member_is_said_at_its_parameter(path: str, place: str) -> None:
    assert place_of(path) == place


PURPOSE = b'<parameter><name value="purpose"/><valueCode value="x"/></parameter>'


def xml(inner: bytes, *, before: bytes = b"", attributes: bytes = b"") -> bytes:
    return before + b'<Parameters xmlns="http://hl7.org/fhir"' + attributes + b">" + inner + b"</Parameters>"


def _bomb() -> bytes:
    levels = b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12))
    return xml(
        b'<parameter><name value="&a11;"/></parameter>', before=b'<!DOCTYPE x [<!ENTITY a0 "a">' + levels + b"]>"
    )


HOSTILE = {
    "a file of ours": xml(
        b'<parameter><name value="&f;"/></parameter>', before=b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    ),
    "entities that grow": _bomb(),
    "a document type of elsewhere": xml(PURPOSE, before=b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "a document type that says nothing": xml(PURPOSE, before=b"<!DOCTYPE Parameters>"),
    "an entity that nobody declared": xml(b'<parameter><name value="&who;"/></parameter>'),
    "other characters than were looked at": xml(PURPOSE, before=b'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x>'),
    "sixteen bits": b"\xff\xfe" + xml(PURPOSE).decode().encode("utf-16-le"),
    "no characters": xml(b'<parameter><name value="\xff"/></parameter>'),
    "depth": xml(b"<parameter>" * 3000 + b"</parameter>" * 3000),
    "another namespace": xml(PURPOSE).replace(b"hl7.org", b"example.org"),
    "no namespace": xml(PURPOSE).replace(b' xmlns="http://hl7.org/fhir"', b""),
    "an attribute": xml(PURPOSE, attributes=b' id="x"'),
    "an attribute within": xml(b'<parameter id="x"><name value="purpose"/></parameter>'),
    "text": xml(b"<parameter>tekst" + PURPOSE + b"</parameter>"),
    "text behind": xml(PURPOSE + b"tekst"),
    "an extension of a value": xml(b'<parameter><name value="purpose"><extension/></name></parameter>'),
    "a name twice": xml(b'<parameter><name value="purpose"/><name value="order"/></parameter>'),
    "half": xml(PURPOSE)[:-4],
    "another root that calls itself so": xml(b'<resourceType value="Parameters"/>' + PURPOSE)
    .replace(b"Parameters ", b"Foo ")
    .replace(b"/Parameters", b"/Foo"),
    "a type beside the root": xml(b'<resourceType value="Parameters"/>' + PURPOSE),
    "nothing": b"",
    "JSON": b"{}",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=[name.replace(" ", "-") for name in HOSTILE])
def test_xml_that_could_mean_more_than_it_shows_is_refused_and_not_repeated(content: bytes) -> None:
    with pytest.raises(BadXmlError) as refused:
        parameters_of_xml(content)
    assert "root:" not in str(refused.value)


@pytest.mark.parametrize("name", [name for name, content in HOSTILE.items() if b"<!DOCTYPE" in content])
def test_a_document_type_is_refused_before_anything_is_parsed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    monkeypatch.setattr(etree, "fromstring", lambda content, _parser: parsed.append(content))
    with pytest.raises(BadXmlError, match="document type"):
        parameters_of_xml(HOSTILE[name])
    assert parsed == []


def test_nor_is_one_read_that_was_not_seen_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_xml, "_DOCTYPE", b"\0")
    with pytest.raises(BadXmlError, match="document type"):
        parameters_of_xml(HOSTILE["a document type that says nothing"])
