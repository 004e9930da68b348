"""What stands together in one Bundle: who is who, what is whose version, and what bars what."""

from typing import Any

import pytest

from schemas.fhir import Left, Read, bundle_of, json_bytes, read_bundle, read_json
from schemas.fhir.addresses import PERSONS
from schemas.fhir.reading import NO_PLACE
from tests.schemas.fhir import whole

Resource = dict[str, Any]


def goal(name: str = "g", text: str = "doel", **more: Any) -> Resource:
    told = {"lifecycleStatus": "active", "description": {"text": text}, "subject": {"reference": "Patient/1"}}
    return {"resourceType": "Goal", "id": name, **told, **more}


def patient(name: str = "1", person: str = "", **more: Any) -> Resource:
    ours = {"identifier": [{"system": PERSONS, "value": person}]} if person else {}
    return {"resourceType": "Patient", "id": name, **ours, **more}


def nameless(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if name != "id"}


def read(*told: tuple[str, Resource], **more: Any) -> Read:
    entries = [{"fullUrl": url, "resource": each} if url else {"resource": each} for url, each in told]
    return read_bundle({"resourceType": "Bundle", "type": "collection", "entry": entries, **more}, whole.ORIGIN)


def about(found: Read) -> dict[str | None, tuple[str, ...]]:
    return {each.text: each.about for each in found.elements}


def why(found: Read) -> dict[str, str]:
    return {each.resource: each.why for each in found.leftovers if each.path == ""}


def test_resources_without_an_id_are_called_by_their_full_urls() -> None:
    found = read(
        ("urn:uuid:a", nameless(patient())),
        ("urn:uuid:b", nameless(patient())),
        ("urn:uuid:c", nameless(goal(text="first", subject={"reference": "urn:uuid:a"}))),
        ("urn:uuid:d", nameless(goal(text="second", subject={"reference": "urn:uuid:b"}))),
    )
    assert about(found) == {"first": ("urn:uuid:a",), "second": ("urn:uuid:b",)}
    assert [each.id for each in found.elements] == ["urn:uuid:c", "urn:uuid:d"]


def test_two_servers_in_one_bundle_have_two_persons() -> None:
    found = read(
        ("http://a/Patient/1", patient()),
        ("http://b/Patient/1", patient()),
        ("http://a/Goal/g", goal(text="of a")),
        ("http://b/Goal/g", goal(text="of b")),
    )
    assert about(found) == {"of a": ("http://a/Patient/1",), "of b": ("http://b/Patient/1",)}


def test_a_relative_reference_means_the_person_of_its_own_server() -> None:
    persons = [("http://a/Patient/1", patient(person="mina")), ("http://b/Patient/1", patient(person="other"))]
    assert about(read(*persons, ("http://a/Goal/g", goal()))) == {"doel": ("mina",)}
    assert about(read(*reversed(persons), ("http://a/Goal/g", goal()))) == {"doel": ("mina",)}


@pytest.mark.parametrize("url", ["", "urn:uuid:c", "http://c/Goal/g"])
def test_a_reference_that_may_mean_somebody_of_another_server_means_nobody(url: str) -> None:
    one = ("http://a/Patient/1", patient(person="mina"))
    assert about(read(one, ("http://a/Goal/g", goal()))) == {"doel": ("mina",)}
    found = read(one, (url, goal()))
    assert not found.elements
    assert why(found) == {"Goal/g": "it is about somebody who cannot be named"}


def test_a_name_of_two_persons_names_nobody() -> None:
    found = read(("", patient(person="mina")), ("", patient(person="other")), ("", goal()))
    assert not found.elements


def test_a_reference_to_what_is_no_person_makes_nothing() -> None:
    group = {"resourceType": "Group", "id": "1"}
    assert not read(("urn:uuid:a", group), ("urn:uuid:b", goal(subject={"reference": "urn:uuid:a"}))).elements


def test_of_two_with_one_id_the_second_is_listed() -> None:
    found = read(("http://a/Goal/g", goal(text="old")), ("http://a/Goal/g", goal(text="new")))
    assert [each.text for each in found.elements] == ["old"]
    assert why(found) == {"Goal/g": "its id stands there twice"}


@pytest.mark.parametrize(
    "more",
    [
        {"type": "history"},
        {"implicitRules": "http://example.org/other"},
        {"modifierExtension": [{"url": "not"}]},
        {"meta": {"security": [{"code": "V"}]}},
    ],
)
def test_what_bars_a_bundle_bars_all_in_it(more: dict[str, Any]) -> None:
    assert read(("", goal())).elements
    found = read(("", goal()), **more)
    assert not found.elements
    assert [each.resource for each in found.leftovers] == ["Bundle"]


def test_what_bars_an_entry_bars_its_resource() -> None:
    entry = {"resource": goal(), "modifierExtension": [{"url": "not"}]}
    found = read_bundle({"resourceType": "Bundle", "entry": [entry]}, whole.ORIGIN)
    assert not found.elements
    assert [each.resource for each in found.leftovers] == ["Goal/g"]


@pytest.mark.parametrize(
    "more",
    [
        {"status": "entered-in-error"},
        {"implicitRules": "http://example.org/other"},
        {"meta": {"security": [{"code": "V"}]}},
    ],
)
def test_what_is_contained_is_barred_with_what_contains_it(more: dict[str, Any]) -> None:
    holder = {"resourceType": "CarePlan", "id": "p", "status": "active", "intent": "plan", "contained": [goal()]}
    assert [each.id for each in read(("", holder)).elements] == ["CarePlan/p#g"]
    found = read(("", holder | more))
    assert not found.elements
    assert {"CarePlan/p", "CarePlan/p#g"} == {each.resource for each in found.leftovers}


@pytest.mark.parametrize(
    "more",
    [
        {"meta": {"security": [{"code": "R"}]}},
        {"status": "entered-in-error"},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
        {"active": False},
        {"_active": {"extension": [{"url": "x"}]}},
        {"link": [{"type": "replaced-by"}]},
    ],
)
def test_what_is_contained_is_barred_by_what_itself_says_too(more: dict[str, Any]) -> None:
    holder = {"resourceType": "CarePlan", "id": "cp", "status": "active", "intent": "plan"}
    plain, odd = goal("p"), goal("q", **more)
    found = read(("", holder | {"contained": [plain, odd]}))
    assert [each.id for each in found.elements] == ["CarePlan/cp#p"]
    assert [each for each in found.leftovers if each.resource == "CarePlan/cp#q"]


@pytest.mark.parametrize("odd", [{}, {"fullUrl": "urn:uuid:a"}, {"resource": [goal()]}, "x", 1, None, [], [goal()]])
def test_an_entry_without_a_resource_is_listed(odd: Any) -> None:
    bundle = {"resourceType": "Bundle", "entry": [odd, {"resource": goal()}]}
    assert read_bundle(bundle, whole.ORIGIN).leftovers == (Left("Bundle", "entry*", "holds no resource"),)


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ({"request": {"method": "PUT", "url": "Goal/g"}}, ["entry*.request.method", "entry*.request.url"]),
        ({"search": {"mode": "include", "score": 0.5}}, ["entry*.search.mode", "entry*.search.score"]),
        (
            {"response": {"status": "200", "outcome": {"id": "o"}}},
            ["entry*.response.status", "entry*.response.outcome.id"],
        ),
        ({"link": [{"relation": "self", "url": "x"}]}, ["entry*.link*.relation", "entry*.link*.url"]),
        ({"search": {}, "id": "1"}, ["entry*.search", "entry*.id"]),
        ({"fullUrl": 7}, ["entry*.fullUrl"]),
        ({"fullUrl": "urn:uuid:a", "_fullUrl": {"id": "f"}}, ["entry*._fullUrl.id"]),
        ({"fullUrl": "urn:uuid:a", "of somebody": "x"}, ["entry*.?"]),
    ],
)
def test_what_an_entry_says_beside_its_resource_is_listed_and_the_resource_read(
    more: dict[str, Any], places: list[str]
) -> None:
    entry = {"resource": goal(), **more}
    found = read_bundle({"resourceType": "Bundle", "entry": [entry, entry | {"resource": goal("h")}]}, whole.ORIGIN)
    plain = read_bundle({"resourceType": "Bundle", "entry": [{"resource": goal()}]}, whole.ORIGIN)
    assert len(found.elements) == 2
    assert found.leftovers == tuple(Left("Bundle", each, NO_PLACE) for each in places) + plain.leftovers


@pytest.mark.parametrize("odd", [{"resource": goal()}, {}, "x", 1, None])
def test_what_stands_where_the_entries_should_is_listed(odd: Any) -> None:
    found = read_bundle({"resourceType": "Bundle", "entry": odd}, whole.ORIGIN)
    assert found == Read((), None, {}, (Left("Bundle", "entry", "holds no resource"),))


@pytest.mark.parametrize("more", [{}, {"entry": []}])
def test_an_empty_bundle_leaves_nothing(more: dict[str, Any]) -> None:
    assert read_bundle({"resourceType": "Bundle", **more}, whole.ORIGIN) == Read((), None, {}, ())


@pytest.mark.parametrize("more", [{"active": False}, {"link": [{"type": "replaced-by"}]}, {"implicitRules": "x"}])
def test_nothing_is_about_a_person_whose_resource_cannot_be_used(more: dict[str, Any]) -> None:
    assert about(read(("", patient(person="mina")), ("", goal()))) == {"doel": ("mina",)}
    assert not read(("", patient(person="mina", **more)), ("", goal())).elements


def test_a_second_plan_or_team_and_another_word_on_a_source_are_listed() -> None:
    plan = whole.all_full()
    bundle = read_json(json_bytes(bundle_of(plan, base=whole.BASE)))
    kept = list(bundle["entry"])
    for resource in [each["resource"] for each in kept if each["resource"]["resourceType"] in {"CarePlan", "CareTeam"}]:
        found = read(*((each["fullUrl"], each["resource"]) for each in kept), ("", resource | {"id": "second"}))
        assert found.plan == plan
        assert "a second one of its kind" in why(found).values()
    traced = next(each["resource"] for each in kept if each["resource"]["resourceType"] == "Provenance")
    forged = {"who": {"identifier": traced["agent"][0]["who"]["identifier"] | {"value": "forged"}}}
    second = ("http://x/Provenance/second", traced | {"id": "second", "agent": [forged]})
    same = whole.BASE + "/Provenance/second"
    found = read(*((each["fullUrl"], each["resource"]) for each in kept), (same, second[1]))
    assert found.plan == plan
    assert why(found) == {"Provenance/second": "another says otherwise where one of its elements comes from"}


def test_a_byte_order_mark_is_no_trap() -> None:
    assert read_json("\ufeff{}") == read_json(b"\xef\xbb\xbf{}") == {}


def test_a_person_of_ours_without_a_number_is_listed() -> None:
    nobody = {"resourceType": "Patient", "id": "1", "identifier": [{"system": PERSONS, "value": ""}]}
    found = read(("", nobody), ("", goal()))
    assert {each.path for each in found.leftovers if each.resource == "Patient/1"} == {
        "identifier*.system",
        "identifier*.value",
    }
