"""Events as FHIR AuditEvents: each is as the profile that it claims, and tells no more than its viewer may know."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from audit.events import KEPT_AFTER_ERASURE, EventOutcome, Kind
from audit.part import WHOLE, Part
from audit.renderings.codes import KINDS
from audit.renderings.fhir import PROFILE, audit_events
from audit.told import Told
from consent.fhir.addresses import ACT_REASON, CATEGORY, NO, PURPOSE, YES
from tests.audit.gone import facts_gone
from tests.audit.renderings import make
from tests.audit.renderings.make import ELEMENTS, NODE, TEXT, decided, everything, read, rendered, seen
from tests.audit.renderings.profile import faults
from tests.beside import needs_shared

Json = dict[str, Any]
# Files of third parties stay outside the repository; without them there is nothing to hold this to.


def claim(resource: Json) -> str | None:
    claimed = resource["meta"].get("profile", [])
    return claimed[0].removeprefix(PROFILE) if claimed else None


def erased(event: Told) -> Told:
    kept = {name: value for name, value in event.fields.items() if name in KEPT_AFTER_ERASURE}
    return replace(event, person=None, fields=kept)


def agent(resource: Json, code: str) -> Json:
    [found] = [each for each in resource["agent"] if each.get("type", {}).get("coding", [{}])[0].get("code") == code]
    return dict(found)


def test_there_is_an_event_of_every_kind_here_and_a_code_for_each() -> None:
    assert {each.kind for each in make.EVERY} == set(Kind) == set(KINDS)


@needs_shared
def test_every_event_is_as_the_profile_that_it_claims_for_everybody_who_sees_it() -> None:
    claims = set()
    for each in everything():
        for resource in audit_events(each, NODE):
            AuditEvent.model_validate(resource)
            assert faults(resource) == []
            claims.add(claim(resource))
    assert claims == {"AuthZconsent", "PrivacyDisclosure.Source", "PatientRead", "Read", None}


@needs_shared
def test_what_is_left_of_an_event_after_erasure_or_with_broken_seals_is_still_an_audit_event() -> None:
    for event in make.EVERY:
        for left in (erased(event), replace(event, person=None, fields={})):
            for resource in rendered(left):
                AuditEvent.model_validate(resource)
                assert faults(resource) == []
                assert "sem" not in json.dumps(erased_patient(resource))
                assert claim(resource) in {"Read", None}


def erased_patient(resource: Json) -> list[Json]:
    return [each for each in resource.get("entity", []) if each["type"]["code"] == "1"]


DISCLOSED, DECIDED, READ = 1, 0, 0


def _without_agent(code: str) -> Callable[[Json], None]:
    def change(resource: Json) -> None:
        resource["agent"] = [
            each for each in resource["agent"] if each.get("type", {}).get("coding", [{}])[0].get("code") != code
        ]

    return change


def _set(path: tuple[Any, ...], value: Any) -> Callable[[Json], None]:
    def change(resource: Json) -> None:
        place: Any = resource
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def _drop(path: tuple[Any, ...]) -> Callable[[Json], None]:
    def change(resource: Json) -> None:
        place: Any = resource
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


BROKEN: tuple[tuple[Told, int, Callable[[Json], None]], ...] = (
    *((decided(), DECIDED, _without_agent(code)) for code in ("110150", "IRCP", "PROV", "authserver")),
    *((decided(), DISCLOSED, _without_agent(code)) for code in ("110152", "110153")),
    *((read("facts"), READ, _without_agent(code)) for code in ("110152", "110153")),
    (decided(), DECIDED, _set(("type", "code"), "110106")),
    (decided(), DECIDED, _set(("subtype", 0, "code"), "AuthZ-Other")),
    (decided(), DECIDED, _set(("action",), "R")),
    (decided(), DECIDED, _drop(("outcome",))),
    (decided(), DECIDED, _drop(("entity", 0))),
    (decided(), DECIDED, _drop(("entity", slice(1, None)))),
    (decided(), DECIDED, _set(("entity", 1, "type", "code"), "Order")),
    (decided(), DECIDED, _set(("entity", 0, "what"), {"reference": "Practitioner/sem"})),
    (decided(), DECIDED, _set(("agent", 1, "requestor"), value=False)),
    (decided(), DECIDED, _drop(("agent", 0, "network"))),
    (decided(), DECIDED, _set(("source", "observer"), {"display": "somebody else"})),
    (decided(), DISCLOSED, _set(("subtype", 0, "code"), "transmit")),
    (decided(), DISCLOSED, _set(("type", "code"), "110107")),
    (decided(), DISCLOSED, _drop(("agent", 0, "network"))),
    (decided(), DISCLOSED, _drop(("entity", 0, "role"))),
    (read("facts"), READ, _set(("outcome",), "8")),
    (read("facts"), READ, _set(("entity", 1, "role", "code"), "24")),
    (read("facts"), READ, _set(("subtype", 0, "code"), "search")),
    (read("facts"), READ, _drop(("entity", 1))),
)


@needs_shared
@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_an_event_that_lacks_what_its_profile_asks_is_found(number: int) -> None:
    event, which, change = BROKEN[number]
    resource = copy.deepcopy(rendered(event)[which])
    assert faults(resource) == []
    change(resource)
    assert faults(resource)


def test_a_refusal_is_a_serious_failure_with_its_code_and_gives_no_topic_that_left() -> None:
    [resource] = rendered(decided("deny", ()))
    assert (resource["outcome"], resource["outcomeDesc"]) == ("8", "NO_BASIS")
    assert not [each for each in resource["entity"] if each["type"]["code"] == "2"]


def test_a_disclosure_names_what_left_and_not_what_was_kept_back() -> None:
    decision, disclosure = rendered(decided())
    topics = {each["what"]["identifier"]["value"] for each in disclosure["entity"] if "securityLabel" in each}
    assert topics == {"ggz-west/goals", "school-1/school"}
    assert "THIRD_PARTY_PRIVACY" in json.dumps(decision["entity"])
    assert decision["id"] == f"{disclosure['id']}-decision"


def test_a_decision_names_the_yes_and_the_no_that_it_rests_on_as_the_fhir_door_does() -> None:
    assert NODE.consents == {"consents": YES, "refusals": NO}
    [decision, _] = rendered(decided())
    consents = [each["what"]["reference"] for each in decision["entity"] if each["type"]["code"] == "Consent"]
    assert consents == ["Consent/yes-ja-moeder", "Consent/no-nee-sem"]


def test_a_refusal_that_rests_on_nothing_names_what_was_said_about_the_person_and_about_nobody_else() -> None:
    [refusal] = rendered(decided("deny", ()))
    consents = [each["what"]["reference"] for each in refusal["entity"] if each["type"]["code"] == "Consent"]
    assert consents == ["Consent/yes-ja-moeder", "Consent/no-nee-sem"]
    assert claim(refusal) == "AuthZconsent"


def test_that_the_facts_are_gone_is_told_to_whom_the_evidence_is() -> None:
    event = decided()
    gone = facts_gone(event)
    for each in rendered(gone):
        [patient] = [one for one in each["entity"] if one["type"]["code"] == "1"]
        assert {"type": "facts", "valueString": "erased"} in patient["detail"]
    assert "erased" not in json.dumps(rendered(event)) + json.dumps(rendered(gone, "ggz-west"))


def test_a_decision_without_any_consent_claims_no_profile() -> None:
    [refusal] = rendered(decided("deny", (), fields={"facts": {}}))
    assert claim(refusal) is None
    assert refusal["type"]["code"] == "110113"


def test_words_of_ours_are_those_of_the_consents() -> None:
    [_, disclosure] = rendered(decided())
    ours, nearest = disclosure["purposeOfEvent"][0]["coding"]
    assert (ours["system"], ours["code"]) == (PURPOSE, "coordinate-plan")
    assert (nearest["system"], nearest["code"]) == (ACT_REASON, "CAREMGT")
    labels = [each["securityLabel"][0] for each in disclosure["entity"] if "securityLabel" in each]
    assert {each["system"] for each in labels} == {CATEGORY}


def test_nothing_that_somebody_wrote_stands_in_a_rendering() -> None:
    for each in everything():
        told = json.dumps(audit_events(each, NODE))
        assert TEXT not in told
        assert "token" not in told.replace("token.issued", "").replace("token.refused", "")


def _kept_back(each: Part) -> list[str]:
    whole = seen(each.told)
    visible = {one["id"] for one in each.elements}
    return [one["id"] for one in whole.elements if one["id"] not in visible]


def test_an_institutions_officer_reads_of_a_decision_no_more_than_his_part() -> None:
    for each in everything():
        told = json.dumps(audit_events(each, NODE))
        if each.viewer == WHOLE:
            continue
        assert not [name for name in _kept_back(each) if f'"{name}"' in told]
        assert each.person is not None or "A1B2C3D4" not in told or each.told.organisation == "person"
        if each.kind in {Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED}:
            assert "ja-moeder" not in told


def test_the_asking_side_cannot_tell_a_refusal_from_a_question_that_waits() -> None:
    refused, waiting = decided("deny", ()), decided("review", (ELEMENTS[3] | {"result": "review"},))
    assert rendered(refused, "team-noord") == rendered(waiting, "team-noord")


def test_an_emergency_is_break_the_glass_with_the_code_of_its_reason() -> None:
    event = next(each for each in make.EVERY if each.kind is Kind.EMERGENCY_OPENED)
    [resource] = rendered(event)
    assert "BTG" in json.dumps(resource["purposeOfEvent"])
    assert {"type": "btgReason", "valueString": "runaway"} in resource["entity"][0]["detail"]


def test_who_acted_is_called_by_his_id_and_a_person_acts_for_no_institution() -> None:
    assert agent(rendered(decided())[1], "IRCP")["who"]["identifier"]["value"] == "anna"
    [own] = rendered(read("forecast", organisation="person", fields={"actor": make.SEM}))
    assert agent(own, "IRCP")["who"]["identifier"] == {"system": "urn:schakel:pseudonym", "value": "A1B2C3D4"}
    assert "Organization" not in json.dumps(own)


def test_a_person_is_called_by_his_pseudonym_and_by_nothing_else() -> None:
    for each in everything():
        resources = audit_events(each, NODE)
        assert '"sem"' not in json.dumps(resources)
        for resource in resources:
            for about in erased_patient(resource):
                assert about["what"]["identifier"]["value"] == "A1B2C3D4"


def test_an_id_that_fhir_does_not_take_is_told_without_an_address() -> None:
    [resource] = rendered(read("facts", organisation="wijk/noord"))
    [institution] = [each for each in resource["agent"] if each["who"].get("type") == "Organization"]
    assert "reference" not in institution["who"]
    assert institution["who"]["identifier"]["value"] == "wijk/noord"


def test_an_erased_decision_still_says_that_there_was_one_and_who_asked() -> None:
    [resource] = rendered(erased(decided()), "team-noord")
    assert resource["type"]["code"] == "110113"
    assert "outcome" not in resource
    assert agent(resource, "IRCP")["who"]["identifier"]["value"] == "anna"


def test_outcomes_are_those_of_fhir() -> None:
    for each in everything():
        for resource in audit_events(each, NODE):
            assert resource.get("outcome", "0") in {"0", "4", "8", "12"}
            assert (resource.get("outcome") == "0") == (
                each.outcome in {EventOutcome.OK, EventOutcome.PERMIT, EventOutcome.PARTIAL}
            )
