"""What a Consent holds and is not understood is refused, wherever it stands; what opens is read narrowly."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from consent.fhir.addresses import ACT_CODE, ACT_REASON, CATEGORY, CONFIDENTIALITY, PURPOSE
from consent.fhir.around import Around
from consent.fhir.extensions import TOLD
from consent.fhir.issues import MOST_ISSUES, UnreadableConsentError
from consent.fhir.purposes import MEANINGS, NOT_BY_CONSENT
from consent.fhir.reading import read
from consent.fhir.refused import REFUSED
from consent.fhir.standing import untrue
from consent.law.purposes import PURPOSES
from schemas.words import Purpose
from tests.consent.fhir.make import Json, actor, concept, extension, no, provision, yes

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXT = "Jan van Dalen 999911120"


def wrong(resource: Any) -> list[str]:
    with pytest.raises(UnreadableConsentError) as refused:
        read(resource)
    assert TEXT not in str(refused.value)
    return [each.expression for each in refused.value.issues]


def test_a_yes_is_read_as_our_entry() -> None:
    said = read(yes(performer=[{"reference": "Patient/mara"}]))
    assert (said.section, said.status) == ("consents", "active")
    assert said.fields == {
        "about": "sem",
        "given_by": "mara",
        "purposes": ["coordinate-plan"],
        "categories": ["goals"],
        "recipients": ["team"],
        "holders": ["ggz"],
    }


def test_a_no_that_names_nothing_is_for_all() -> None:
    assert read(no()).fields == {"about": "sem"}


@pytest.mark.parametrize("element", ["status", "scope", "category", "patient", "policy", "provision"])
def test_what_every_consent_needs_is_asked_for(element: str) -> None:
    assert wrong(yes(**{element: None})) == [f"Consent.{element}"]


@pytest.mark.parametrize(("element", "at"), [("actor", "actor"), ("purpose", "purpose"), ("class", "class")])
def test_a_yes_names_who_what_and_for_what(element: str, at: str) -> None:
    found = wrong(yes(provision=provision(**{element: None})))
    assert set(found) == {f"Consent.provision.{at}"}


@pytest.mark.parametrize(
    "resource",
    [
        yes(policy=[1] * 20_000),
        yes(organization=[1] * 20_000),
        yes(extension=[1] * 20_000),
        yes(provision=provision(actor=[1] * 20_000)),
        yes(provision=provision(purpose=[1] * 20_000)),
        yes(provision=provision(**{"class": [1] * 20_000})),
    ],
    ids=["policies", "organisations", "extensions", "actors", "purposes", "classes"],
)
def test_of_tens_of_thousands_that_are_wrong_the_first_are_told_and_no_others_looked_at(resource: Json) -> None:
    assert len(wrong(resource)) == MOST_ISSUES


def test_a_yes_for_anybody_is_no_yes() -> None:
    [found] = wrong(yes(provision=provision(actor=[actor("CST", "Organization/ggz")])))
    assert found == "Consent.provision.actor"


VALUES: dict[str, Any] = {
    "Consent.implicitRules": "urn:rules",
    "Consent.contained": [{"resourceType": "Patient", "id": "p"}],
    "Consent.provision.provision": [{"type": "deny"}],
    "Consent.provision.dataPeriod": {"start": "2026-01-01"},
    "Consent.provision.securityLabel": [{"system": CONFIDENTIALITY, "code": "N"}],
}


@pytest.mark.parametrize("path", sorted(REFUSED))
@pytest.mark.parametrize("made", [yes, no])
def test_each_element_that_is_refused_is_refused_with_its_reason(path: str, made: Any) -> None:
    resource = made(provision=provision(type="permit" if made is yes else "deny"))
    *steps, last = path.split(".")[1:]
    place: Any = resource
    for step in steps:
        place = place[step]
        place = place[0] if isinstance(place, list) else place
    place[last] = VALUES.get(path, [{"url": "urn:x"}])
    with pytest.raises(UnreadableConsentError) as refused:
        read(resource)
    [issue] = refused.value.issues
    assert (issue.expression.replace("[0]", ""), issue.what) == (path, REFUSED[path])


def everywhere(value: Any, place: str = "Consent") -> Iterator[tuple[str, Json]]:
    """Yield every object of a resource with its place."""
    if isinstance(value, dict):
        yield place, value
        for name, inner in value.items():
            yield from everywhere(inner, f"{place}.{name}")
    if isinstance(value, list):
        for position, inner in enumerate(value):
            yield from everywhere(inner, f"{place}[{position}]")


def whole() -> Json:
    return yes(
        id="yes-1",
        meta={"versionId": "1", "security": None},
        text={"status": "generated", "div": "<div/>"},
        extension=[extension("form", valueString="on-paper")],
        dateTime="2026-03-01",
        performer=[{"reference": "Patient/mara"}],
        organization=[{"reference": "Organization/ggz"}],
        provision=provision(period={"start": "2026-03-01", "end": "2026-05-01"}),
    )


def readable() -> Json:
    found = whole()
    del found["meta"]["security"]
    return found


PLACES = [place for place, _ in everywhere(readable())]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["modifierExtension", "extension", "_code", "version", "identifier", TEXT])
def test_something_more_anywhere_is_refused(place: str, name: str) -> None:
    resource = readable()
    read(resource)
    dict(everywhere(resource))[place][name] = [{"url": f"urn:{TEXT}"}]
    assert wrong(resource)


@pytest.mark.parametrize("place", PLACES[1:])
@pytest.mark.parametrize("value", [{}, [], None, "text", 1, True])
def test_another_shape_anywhere_is_refused(place: str, value: Any) -> None:
    resource = readable()
    parent, _, last = place.rpartition("." if not place.endswith("]") else "[")
    target = dict(everywhere(resource)).get(parent)
    if target is not None:
        target[last] = value
    else:
        owner, _, name = parent.rpartition(".")
        dict(everywhere(resource))[owner][name][int(last.rstrip("]"))] = value
    assert wrong(resource)


@pytest.mark.parametrize("value", [None, 1, "Consent", [], [{}], {}, {"resourceType": "Patient"}])
def test_what_is_no_consent_is_refused(value: Any) -> None:
    assert wrong(value)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"patient": {"reference": "Patient/a/b"}}, "Consent.patient"),
        ({"patient": {"reference": "https://elsewhere.example/Patient/sem"}}, "Consent.patient"),
        ({"patient": {"reference": "Group/g"}}, "Consent.patient"),
        ({"performer": [{"reference": "RelatedPerson/mara"}]}, "Consent.performer[0]"),
        ({"performer": [{"reference": "Patient/a"}, {"reference": "Patient/b"}]}, "Consent.performer"),
        ({"performer": [{"reference": "Organization/sem"}]}, "Consent.performer[0]"),
        ({"policy": [{"uri": "urn:other"}]}, "Consent.policy[0].uri"),
        ({"policy": [{"uri": ["urn:other"]}]}, "Consent.policy[0].uri"),
        ({"sourceReference": {"reference": "DocumentReference/d"}}, "Consent.sourceReference"),
        ({"scope": concept("urn:x", "research")}, "Consent.scope"),
        ({"category": [concept("urn:x", "y")]}, "Consent.category[0]"),
        ({"status": "entered"}, "Consent.status"),
        ({"status": ["active"]}, "Consent.status"),
        ({"dateTime": "2026-03"}, "Consent.dateTime"),
        ({"dateTime": "2026-03-01T10:00+01:00"}, "Consent.dateTime"),
        ({"dateTime": "2026-03-01T10:00:00"}, "Consent.dateTime"),
        ({"dateTime": "2026-02-30"}, "Consent.dateTime"),
        ({"meta": {"profile": ["urn:profile"]}}, "Consent.meta.profile[0]"),
        ({"meta": {"security": [{"system": ACT_REASON, "code": "HTEST"}]}}, "Consent.meta.security[0]"),
        ({"meta": {"tag": [{"system": "urn:x", "code": "y"}]}}, "Consent.meta.tag"),
        ({"text": {"status": "additional", "div": "<div/>"}}, "Consent.text.status"),
        ({"organization": [{"reference": "Organization/zorg"}]}, "Consent.organization[0]"),
        ({"extension": [extension("free", valueBoolean=True)]}, "Consent.extension[0].valueBoolean"),
        ({"extension": [extension("free", valueBoolean=0)]}, "Consent.extension[0].valueBoolean"),
        ({"extension": [extension("written", valueBoolean=True)]}, "Consent.extension[0]"),
        ({"extension": [extension("unknown", valueBoolean=True)]}, "Consent.extension[0]"),
        ({"extension": [extension("form", valueString="a")] * 2}, "Consent.extension[1]"),
        ({"extension": [extension("form", valueCode="a")]}, "Consent.extension[0].valueCode"),
        ({"extension": [{"url": 1}]}, "Consent.extension[0]"),
        ({"extension": [extension("any-holder", valueBoolean=True)]}, "Consent.extension[0]"),
    ],
    ids=str,
)
def test_what_is_said_otherwise_is_refused_at_its_place(change: Json, place: str) -> None:
    assert place in wrong(yes(**change))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"type": "maybe"}, "type"),
        ({"type": ["permit"]}, "type"),
        ({"type": None}, "type"),
        ({"period": {"end": "9999-12-31"}}, "period.end"),
        ({"period": {"end": "2026"}}, "period.end"),
        ({"actor": [actor("PRCP", "Organization/team")]}, "actor[0].role"),
        ({"actor": [actor("IRCP", "Group/team")]}, "actor[0].reference"),
        ({"actor": [{"reference": {"reference": "Organization/team"}}]}, "actor[0].role"),
        ({"purpose": [{"system": ACT_REASON, "code": "FAMRQT"}]}, "purpose[0]"),
        ({"purpose": [{"system": ACT_CODE, "code": "TREAT"}]}, "purpose[0]"),
        ({"purpose": [{"system": PURPOSE, "code": "TREAT"}]}, "purpose[0]"),
        ({"purpose": [{"code": "coordinate-plan"}]}, "purpose[0].system"),
        ({"purpose": [{"system": ACT_REASON, "code": "HRESCH"}]}, "purpose"),
        ({"class": [{"system": CATEGORY, "code": "all"}]}, "class[0]"),
        ({"class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Goal"}]}, "class[0]"),
    ],
    ids=str,
)
def test_a_provision_that_cannot_be_kept_is_refused_at_its_place(change: Json, place: str) -> None:
    assert f"Consent.provision.{place}" in wrong(yes(provision=provision(**change)))


@pytest.mark.parametrize("code", NOT_BY_CONSENT)
@pytest.mark.parametrize("made", [yes, no])
def test_an_emergency_is_neither_given_nor_refused(code: str, made: Any) -> None:
    kind = "permit" if made is yes else "deny"
    found = wrong(made(provision=provision(type=kind, purpose=[{"system": ACT_REASON, "code": code}])))
    assert "Consent.provision.purpose[0]" in found


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda each: each.code)
def test_a_code_never_opens_more_than_it_closes(meaning: Any) -> None:
    assert set(meaning.opens) <= set(meaning.closes)
    assert len(meaning.opens) <= 1


def test_no_code_of_others_opens_a_purpose_that_only_law_opens() -> None:
    opened = {purpose for each in MEANINGS for purpose in each.opens}
    by_consent = {
        purpose for purpose, bases in PURPOSES.items() if any(each.number in {"LB-01", "LB-02"} for each in bases)
    }
    assert opened - by_consent == {Purpose.BILLING}


def purposes(kind: str, *codes: str) -> list[str]:
    said = read(yes(provision=provision(type=kind, purpose=[{"system": ACT_REASON, "code": each} for each in codes])))
    return list(said.fields["purposes"])


def test_treatment_opens_help_and_closes_all_that_could_be_it() -> None:
    assert purposes("permit", "TREAT") == ["give-help"]
    assert {"give-help", "coordinate-plan", "referral", "history"} < set(purposes("deny", "TREAT"))


def test_a_purpose_that_opens_nothing_is_said_and_not_kept() -> None:
    codings = [{"system": ACT_REASON, "code": each} for each in ("TREAT", "HOPERAT")]
    said = read(yes(provision=provision(purpose=codings)))
    assert said.fields["purposes"] == ["give-help"]
    assert [each.expression for each in said.remarks] == ["Consent.provision.purpose[1]"]


def test_who_manages_a_consent_is_no_holder_of_a_yes_unless_agreed_and_no_limit_of_a_no() -> None:
    kept = [{"reference": "Organization/ggz"}]
    resource = yes(organization=kept, provision=provision(actor=[actor("IRCP", "Organization/team")]))
    assert wrong(resource) == ["Consent.provision.actor"]
    assert read(resource, Around(custodian_holds=True)).fields["holders"] == ["ggz"]
    refused = read(no(organization=kept))
    assert "holders" not in refused.fields
    assert [each.expression for each in refused.remarks] == ["Consent.organization"]


def test_a_no_has_no_end() -> None:
    assert wrong(no(provision={"type": "deny", "period": {"end": "2026-05-01"}})) == ["Consent.provision.period"]


@pytest.mark.parametrize("name", TOLD)
def test_what_only_this_gateway_says_is_refused(name: str) -> None:
    assert wrong(yes(extension=[extension(name, valueCode="x")])) == ["Consent.extension[0]"]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"status": "inactive"}, "Consent.status"),
        ({"status": "proposed"}, "Consent.status"),
        ({"status": "rejected"}, "Consent.status"),
        ({"status": "draft"}, "Consent.status"),
        ({"status": "entered-in-error"}, "Consent.status"),
        ({"extension": [extension("withdrawn-on", valueDateTime="2026-03-01")]}, "Consent.status"),
        ({"dateTime": "2026-03-03", "status": "proposed"}, "Consent.dateTime"),
        ({"provision": provision(period={"start": "2026-03-03"})}, "Consent.provision.period.start"),
        ({"provision": provision(period={"end": "2026-03-01"})}, "Consent.status"),
    ],
    ids=str,
)
def test_what_a_consent_says_of_itself_must_be_so(more: Json, place: str) -> None:
    assert [each.expression for each in untrue(read(yes(**more)), AT)] == [place]


def test_a_yes_that_has_begun_and_stands_is_true() -> None:
    resource = yes(dateTime="2026-03-02", provision=provision(period={"start": "2026-03-02", "end": "2026-03-02"}))
    assert untrue(read(resource), AT) == ()
