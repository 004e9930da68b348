"""The plan as a Bundle holds what was released, all of it, and nothing that was not."""

import hashlib
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.receipt import Receipt
from audit.signing import SigningKey
from consent.decision import Decision, ElementDecision
from consent.facts import Facts
from gateway.fhir.outcomes import RECEIPT
from gateway.fhir.plan_bundle import collection, searchset
from gateway.flow.release import NATIVE, Asked, EgressError, Release, Rendering, seal_release
from schemas.fhir import bundle_of, fhir_id, read_json
from schemas.plan import KINDS, Element, Goal, Source
from schemas.words import Outcome, Result
from tests.schemas.plan import make
from tests.thoroughness import examples

BASE = "https://schakel.example/fhir"
LINK = f"{BASE}/CarePlan?purpose=coordinate-plan&category=all"
RENDERINGS = {"collection": collection(BASE), "searchset": searchset(BASE, LINK)}
REQUEST = "5b9c5f0e-0d3c-4a53-9d0e-3f5f0c6f9a11"
ANYTHING = Asked()
CANARY = "kanariegeel"
RECEIVED = Receipt("event", b"0" * 32, "2026-11-26T10:00:00.000Z", SigningKey.from_seed("log", bytes(32)))


def sealed(
    elements: list[Element],
    withheld: frozenset[str] = frozenset(),
    *,
    rendering: Rendering = RENDERINGS["collection"],
    asked: Asked = ANYTHING,
    rules: tuple[str, ...] = ("LB-01",),
) -> Release | None:
    results = {each.id: Result.WITHHOLD if each.id in withheld else Result.RELEASE for each in elements}
    decision = Decision(
        outcome=Outcome.PARTIAL,
        at="2026-11-26T10:00:00+01:00",
        rule_set="2026-11",
        elements={
            name: ElementDecision(result=result, rules=rules, basis="LB-01", obligations=("OB-LOG",))
            for name, result in results.items()
        },
        obligations=(),
        expires_at=None,
        facts=Facts(),
    )
    return seal_release(
        decision,
        {each.id: each for each in elements},
        sources={"ggz-west": "answered", "school-1": "silent"},
        request_id=REQUEST,
        asked=asked,
        rendering=rendering,
    )


def body_of(release: Release | None) -> bytes:
    return b"" if release is None else release.body


def marked(element: Element) -> Element:
    """Return `element` with a canary in every text of it, its id and its source among them."""
    changed: dict[str, Any] = {
        each.name: f"{CANARY} {each.name}" for each in fields(element) if type(getattr(element, each.name)) is str
    }
    name = f"{CANARY}-{element.id}"
    source = Source(organisation=CANARY, system=CANARY, record=name, version=CANARY, retrieved_at=make.NOW)
    return replace(element, **changed | {"id": name, "source": source, "about": (CANARY,), "goals": ()})


@settings(max_examples=examples(15))
@given(elements=make.several(4), hidden=make.several(2))
def test_what_is_withheld_changes_no_byte_of_the_bundle(elements: list[Element], hidden: list[Element]) -> None:
    kept = [marked(each) for each in hidden]
    for rendering in RENDERINGS.values():
        with_them = sealed([*kept, *elements], frozenset(each.id for each in kept), rendering=rendering)
        assert body_of(with_them) == body_of(sealed(elements, rendering=rendering))


@settings(max_examples=examples(15))
@given(elements=make.several(4), withheld=st.sets(st.sampled_from(make.IDS)))
def test_every_id_and_reference_is_of_what_was_released(elements: list[Element], withheld: set[str]) -> None:
    # Here goals point at what is withheld, and persons stand in both: nothing but the release tells them apart.
    release = sealed(elements, frozenset(withheld))
    if release is None:
        return
    bundle = read_json(release.body)
    released = {each.id: each for each in elements if each.id not in withheld}
    persons = {person for each in released.values() for person in each.about}
    teams, sources = {f"{REQUEST}-team", f"{REQUEST}-coordinators"}, {f"source-{place}" for place in range(1, 9)}
    assert {each["resource"]["id"] for each in bundle["entry"]} <= {*released, *persons, *teams, *sources, REQUEST}
    held = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in bundle["entry"]}
    assert {text for name, text in walked(bundle) if name == "reference"} <= held
    assert not withheld & {text for _, text in walked(bundle)}


def walked(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a JSON value, with the name of its member."""
    if isinstance(node, dict):
        for member, each in node.items():
            yield from walked(each, member)
    elif isinstance(node, list):
        for each in node:
            yield from walked(each, name)
    elif isinstance(node, str):
        yield name, node


@settings(max_examples=2, deadline=None)
@given(drawn=st.tuples(*(make.drawn(each) for each in KINDS)))
def test_a_plan_of_every_kind_is_a_bundle_of_r4(drawn: tuple[Element, ...]) -> None:
    elements = [replace(each, id=str(place), goals=()) for place, each in enumerate(drawn)]
    for kind, rendering in RENDERINGS.items():
        read = Bundle.model_validate(orjson.loads(whole(sealed(elements, rendering=rendering))))
        assert (read.type, read.total) == (kind, None)


def whole(release: Release | None) -> bytes:
    assert release is not None
    return release.with_receipt(RECEIVED)


@pytest.mark.parametrize("kind", RENDERINGS)
def test_who_strikes_the_last_member_has_what_the_event_commits_to(kind: str) -> None:
    release = sealed([make.element(Goal, "a")], rendering=RENDERINGS[kind])
    answer = whole(release)
    head, comma, last = answer.rpartition(b',"meta":')
    assert comma
    assert release is not None
    assert hashlib.sha256(head + b"}").hexdigest() == release.answer
    [told] = orjson.loads(last[:-1])["extension"]
    assert told["url"] == RECEIPT
    assert orjson.loads(told["valueString"]) == RECEIVED.document()


def _with_stranger(entries: list[dict[str, Any]]) -> None:
    entries.append({"resource": {"resourceType": "Patient", "id": "vader"}})


def _with_withheld(entries: list[dict[str, Any]]) -> None:
    entries.append(
        {
            "resource": {
                "resourceType": "Goal",
                "id": "b",
                "identifier": [{"system": "urn:schakel:fhir:element", "value": "b"}],
            }
        }
    )


def _with_reference(entries: list[dict[str, Any]]) -> None:
    entries[0]["resource"]["goal"].append({"reference": "Goal/b"})


def _without(entries: list[dict[str, Any]]) -> None:
    entries[:] = [each for each in entries if each["resource"]["resourceType"] != "Goal"]


def _twice(entries: list[dict[str, Any]]) -> None:
    entries.append({"resource": {"resourceType": "Patient", "id": "sem"}})


@pytest.mark.parametrize("defect", [_with_stranger, _with_withheld, _with_reference, _without, _twice])
def test_a_bundle_that_fits_its_release_badly_stops_the_whole_release(
    defect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*told: Any, **more: Any) -> dict[str, Any]:
        bundle = bundle_of(*told, **more)
        defect(bundle["entry"])
        return bundle

    monkeypatch.setattr("gateway.fhir.plan_bundle.bundle_of", broken)
    with pytest.raises(EgressError):
        sealed([make.element(Goal, "a"), make.element(Goal, "b")], frozenset({"b"}))


@pytest.mark.parametrize("rendering", [NATIVE, *RENDERINGS.values()], ids=["native", *RENDERINGS])
def test_by_which_rules_somebody_spoke_for_another_changes_no_byte(rendering: Rendering) -> None:
    elements: list[Element] = [make.element(Goal, "a")]
    # CV-17: somebody is incapable; CV-23: he has a curator; CV-03: one holder of authority.
    one, other = (sealed(elements, rendering=rendering, rules=each) for each in [("CV-17", "CV-23"), ("CV-03",)])
    assert body_of(one) == body_of(other) != b""


def subjects(elements: list[Element], person: str) -> set[str]:
    bundle = read_json(body_of(sealed(elements, asked=Asked(person))))
    resources = [each["resource"] for each in bundle["entry"]]
    return {each["subject"]["reference"] for each in resources if "subject" in each}


def test_the_subject_is_who_was_asked_about_wherever_he_is_among_them() -> None:
    elements: list[Element] = [make.element(Goal, "a", about=("moeder", "sem"))]
    assert subjects(elements, "sem") == {"Patient/sem"}
    assert subjects(elements, "moeder") == {"Patient/moeder"}
    # Nobody is named whom no element is about.
    assert subjects(elements, "zus") == {"Patient/moeder"}


def test_no_two_elements_get_one_id() -> None:
    awkward = "a/b"
    taken = fhir_id(awkward)
    elements: list[Element] = [make.element(Goal, awkward), make.element(Goal, taken), make.element(Goal, "a")]
    bundle = read_json(body_of(sealed(elements)))
    ids = [each["resource"]["id"] for each in bundle["entry"] if each["resource"]["resourceType"] == "Goal"]
    assert len(set(ids)) == len(elements)
