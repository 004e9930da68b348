"""A Consent that is sent is a fact of the desk: the same table, the same events, the same answers to who may not."""

import json
from typing import Any

import pytest

from consent.entries import Consent, Refusal
from tests.consent.fhir.make import Json, actor, extension, no, provision, yes
from tests.gateway.facts.household import Household
from tests.gateway.fhir.server import BASE, Fhir, issues, school_yes

ASSISTED = [
    extension("form", valueString="in-person"),
    extension("identity", valueCode="identity-document"),
    extension("text-sha256", valueString="0f" * 32),
]
GIVEN_BY_MOTHER = {"performer": [{"reference": "Patient/mara"}], "extension": ASSISTED}


def house_of(fhir: Fhir) -> Household:
    assert fhir.house is not None
    return fhir.house


async def handed(fhir: Fhir, section: str) -> list[Any]:
    return await house_of(fhir).handed(section)


async def test_a_yes_that_is_sent_is_handed_to_decide(either: Fhir) -> None:
    name = await either.created(school_yes())
    [one] = await handed(either, "consents")
    assert isinstance(one, Consent)
    assert (f"yes-{one.id}", one.given_by, one.form, one.on) == (name, "mara", "own-login", house_of(either).clock.at)
    assert {name: one.source[name] for name in ("holders", "recipients", "categories")} == {
        "holders": ["ggz"],
        "recipients": ["school"],
        "categories": ["goals"],
    }


async def test_a_no_that_is_sent_is_handed_to_decide(either: Fhir) -> None:
    name = await either.created(no())
    [one] = await handed(either, "refusals")
    assert isinstance(one, Refusal)
    assert (f"no-{one.id}", one.given_by, one.written) == (name, "mara", True)


async def test_a_giver_may_name_himself_and_the_day(fhir: Fhir) -> None:
    performer = [{"reference": "Patient/mara"}]
    await fhir.created(school_yes(performer=performer, dateTime="2026-11-25"))
    [one] = await handed(fhir, "consents")
    assert one.form == "own-login"


async def test_a_period_is_an_end_of_ours(fhir: Fhir) -> None:
    actors = provision()["actor"][:0] + school_yes()["provision"]["actor"]
    period = {"start": "2026-11-25", "end": "2026-12-31"}
    await fhir.created(school_yes(provision=provision(actor=actors, period=period)))
    [one] = await handed(fhir, "consents")
    assert one.source["until"] == "2027-01-01"


async def test_an_assisted_yes_of_a_recipient_waits_for_a_second_word(either: Fhir) -> None:
    answer = await either.post("Consent", school_yes(**GIVEN_BY_MOTHER), name="teacher who helps")
    assert answer.status == 201, answer.body
    assert "`identity_verified`" in answer.body["issue"][1]["details"]["text"]
    [one] = await handed(either, "consents")
    assert (one.given_by, one.identity_verified) == ("mara", False)
    fact = answer.headers["location"].removeprefix(f"{BASE}/Consent/yes-")
    word = (await house_of(either).known("consents", fact)).word
    assert word.evidence["recorded"] == {
        "form": "in-person",
        "identity": "identity-document",
        "text_sha256": "0f" * 32,
    }


async def test_the_event_is_that_of_the_desk_and_the_receipt_is_in_the_answer(fhir: Fhir) -> None:
    answer = await fhir.post("Consent", school_yes())
    [(event, told)] = await fhir.desk.events(answer.body["id"])
    assert (event.leaf_json["kind"], event.leaf_json["outcome"]) == ("consent.given", "ok")
    assert told["detail"]["section"] == "consents"
    assert event.event_id == json.loads(answer.body["extension"][0]["valueString"])["event"]


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("stranger", school_yes()),
        ("mentor", school_yes()),
        ("executor", school_yes(**GIVEN_BY_MOTHER)),
        ("mother", school_yes(patient={"reference": "Patient/nobody"})),
        ("person:nobody", school_yes()),
        ("officer:o", school_yes()),
        ("stranger", no()),
        # What is only wrong for who may is not told to who may not.
        (
            "stranger",
            school_yes(provision=provision(actor=[actor("IRCP", "Practitioner/team"), actor("CST", "Patient/ggz")])),
        ),
        ("stranger", school_yes(dateTime="2026-11-20")),
        ("stranger", school_yes(status="proposed")),
    ],
)
async def test_who_may_not_gets_one_answer_and_nothing_is_stored(fhir: Fhir, name: str, resource: Json) -> None:
    before = await house_of(fhir).facts()
    answer = await fhir.post("Consent", resource, name=name)
    assert (answer.status, issues(answer)) == (403, {"code": "forbidden"})
    assert await house_of(fhir).facts() == before
    [(event, _)] = await fhir.desk.events(answer.body["id"])
    assert event.leaf_json["kind"] == "fact.refused"


SCHOOL = school_yes()["provision"]["actor"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"performer": [{"reference": "Patient/sem"}]}, "Consent.performer"),
        ({"dateTime": "2026-11-24"}, "Consent.dateTime"),
        ({"dateTime": "2026-11-25T08:00:00+01:00"}, "Consent.dateTime"),
        ({"dateTime": "2026-11-26"}, "Consent.dateTime"),
        ({"status": "proposed"}, "Consent.status"),
        ({"status": "inactive"}, "Consent.status"),
        ({"extension": [extension("identity-verified", valueBoolean=False)]}, "Consent.extension[0]"),
        ({"extension": [extension("withdrawn-on", valueDateTime="2027-01-01")]}, "Consent.extension[0]"),
        ({"extension": [extension("free", valueBoolean=False)]}, "Consent.extension[0]"),
        ({"extension": [extension("form", valueString="by-fax")]}, "Consent.extension[0]"),
        ({"extension": ASSISTED}, "Consent.extension[0]"),
        ({"provision": provision(actor=SCHOOL, period={"end": "2026-11-24"})}, "Consent.provision.period.end"),
        ({"provision": provision(actor=SCHOOL, period={"end": "2027-11-25"})}, "Consent.provision.period.end"),
        ({"provision": provision(actor=SCHOOL, period={"start": "2026-12-01"})}, "Consent.provision.period.start"),
        (
            {"provision": provision(actor=[actor("IRCP", "Organization/nowhere"), SCHOOL[1]])},
            "Consent.provision.actor[0].reference",
        ),
        (
            {"provision": provision(actor=[actor("IRCP", "Practitioner/school"), SCHOOL[1]])},
            "Consent.provision.actor[0].reference",
        ),
        (
            {"provision": provision(actor=[SCHOOL[0], actor("CST", "Patient/ggz")])},
            "Consent.provision.actor[1].reference",
        ),
        (
            {
                "provision": provision(actor=[SCHOOL[1]]),
                "extension": [extension("any-recipient", valueBoolean=True)],
            },
            "Consent.extension[0]",
        ),
        ({"modifierExtension": [{"url": "urn:x"}]}, "Consent.modifierExtension"),
        ({"provision": provision(actor=SCHOOL, provision=[{"type": "deny"}])}, "Consent.provision.provision"),
    ],
    ids=str,
)
async def test_what_cannot_be_kept_is_refused_at_its_place_and_nothing_is_stored(
    fhir: Fhir, change: Json, place: str
) -> None:
    before = await house_of(fhir).facts()
    answer = await fhir.post("Consent", school_yes(**change), idempotency_key="k1")
    assert answer.status == 422, answer.body
    assert place in issues(answer)
    assert await house_of(fhir).facts() == before
    assert await fhir.created(school_yes(), idempotency_key="k1"), "a refused request uses up no key"


async def test_an_assisted_yes_needs_its_evidence(fhir: Fhir) -> None:
    performer = [{"reference": "Patient/mara"}]
    answer = await fhir.post("Consent", school_yes(performer=performer), name="helper")
    assert answer.status == 422
    places = [place for place in issues(answer) if place.startswith("Consent.extension('urn:schakel:fhir:consent:")]
    assert len(places) == len(ASSISTED)


async def test_one_key_is_one_yes(either: Fhir) -> None:
    first = await either.post("Consent", school_yes(), idempotency_key="k1")
    again = await either.post("Consent", school_yes(), idempotency_key="k1")
    assert (first.status, first.raw, first.headers["location"]) == (again.status, again.raw, again.headers["location"])
    assert len(await handed(either, "consents")) == 1


async def test_one_key_is_not_a_yes_and_a_no(fhir: Fhir) -> None:
    await fhir.created(school_yes(), idempotency_key="k1")
    denied = school_yes(provision={**school_yes()["provision"], "type": "deny"})
    answer = await fhir.post("Consent", denied, idempotency_key="k1")
    assert (answer.status, issues(answer)) == (409, {"code": "conflict"})
    assert await handed(fhir, "refusals") == []


async def test_what_opens_nothing_is_said(fhir: Fhir) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
    codings = [{"system": system, "code": each} for each in ("TREAT", "HOPERAT")]
    answer = await fhir.post("Consent", school_yes(provision=provision(actor=SCHOOL, purpose=codings)))
    assert answer.body["issue"][1]["expression"] == ["Consent.provision.purpose[1]"]
    [one] = await handed(fhir, "consents")
    assert one.purposes == {"give-help"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'{"resourceType":"Consent","resourceType":"Consent"}', {}, 422),
        (b"{}", {"content_type": "application/fhir+xml"}, 415),
        (b" " * 70_000, {}, 413),
        (b"{}", {"accept": "application/fhir+xml"}, 406),
        (b"{}", {}, 422),
        (b'{"resourceType":"Patient"}', {}, 422),
        (b"{}", {"if_none_exist": "patient=Patient/sem"}, 422),
        (b"{}", {"idempotency_key": "a b"}, 422),
    ],
    ids=str,
)
async def test_what_is_no_consent_is_refused_as_fhir_says_it(
    fhir: Fhir, body: bytes, headers: dict[str, Any], status: int
) -> None:
    answer = await fhir.post("Consent", body, **headers)
    assert answer.status == status, answer.body
    issues(answer)


async def test_a_conditional_create_is_told_what_to_use(fhir: Fhir) -> None:
    answer = await fhir.post("Consent", yes(), if_none_exist="x=y")
    assert "Idempotency-Key" in issues(answer)["http.If-None-Exist"]


async def test_a_weak_login_may_say_no_and_its_yes_waits(fhir: Fhir) -> None:
    assert await fhir.created(no(), weak=True)
    name = await fhir.created(school_yes(), weak=True)
    # Whose it is is not sure, so while a no stands it undoes nothing.
    assert await handed(fhir, "consents") == []
    shown = await fhir.resource(name)
    assert shown["status"] == "proposed"
