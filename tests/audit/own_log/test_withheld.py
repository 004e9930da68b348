"""Which events are a line to whom, by example."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.own_log.sight import Sight
from audit.own_log.withheld import Why, withheld
from audit.sentences.hearer import NEVER_TOLD, Hearer
from audit.sentences.released import TOLD
from audit.told import Told
from schemas.calendar import parse_moment
from schemas.words import Purpose
from tests.audit.gone import facts_gone
from tests.audit.sentences.telling import NAMES, disclosed, event, person, professional

NOW = parse_moment("2026-03-02T10:00:00+01:00")
OFFICER = {"form": "officer", "id": "olga", "organisation": "operator", "role": None}
REGISTER = {"form": "register", "id": "authority", "organisation": "operator", "operator": "o. perator"}


def sight(
    reader: str = "sem", *, beside: bool = False, sees_attempts: bool = True, at: datetime = NOW, **more: Any
) -> Sight:
    himself = reader == "sem"
    hearer = Hearer(
        person="sem",
        reader=reader,
        names=NAMES,
        unnamed=frozenset({"huis"}),
        masked=NEVER_TOLD,
        confidential=not himself,
    )
    given = {"c-vader": "vader", "c-sem": "sem", "c-moeder": "moeder"}
    return Sight(
        hearer=hearer,
        at=at,
        safe=frozenset({"team", "school", "huis"}),
        beside=beside,
        sees_attempts=sees_attempts,
        givers=given,
        **more,
    )


def change(kind: Kind, section: str, fact: str = "f", said: dict[str, Any] | None = None, **more: Any) -> Told:
    return event(kind, detail={"section": section, "fact": fact, "said": said or {}}, **more)


TOLD_TO_HIMSELF = [
    disclosed(),
    event(Kind.EXCHANGE_DENIED, purpose="give-help"),
    event(Kind.EXCHANGE_REVIEWED, purpose="give-help"),
    disclosed(by=person("luus", "mentor"), purpose="mentor-support", basis="LB-27"),
    change(Kind.CONSENT_GIVEN, "consents", said={"given_by": "sem"}),
    change(Kind.CONSENT_WITHDRAWN, "consents", "c-sem", by=person("sem")),
    change(Kind.ORDER_CHANGED, "orders", said={"until": "2027-01-01"}),
    change(Kind.CAPACITY_RECORDED, "capacity", said={"capable": False}),
    change(Kind.FACT_RECORDED, "family", said={"person": "zus", "of": "sem", "relation": "sibling"}),
    change(Kind.FACT_CONFIRMED, "family", said={"confirmed": "confirmed_on"}, by=REGISTER),
    change(Kind.FACT_CLOSED, "family", said={"until": "2026-03-01"}),
    change(Kind.FACT_CONFIRMED, "involvements", said={"confirmed": "accepted_by"}),
    change(Kind.FACT_RECORDED, "considered_wishes", said={"youth": "sem", "recipients": ["school"]}),
    change(Kind.ORDER_CHANGED, "orders", said={"confirmed": "verified_on", "verified_on": "2026-03-01"}),
    change(Kind.AUTHORITY_CHANGED, "authority", said={"confirmed": "until"}, by=REGISTER),
    change(Kind.AUTHORITY_CHANGED, "authority", said={"answered": "authority"}, by=REGISTER),
    change(Kind.FACT_CONFIRMED, "persons", said={"answered": "persons"}, by=REGISTER),
    change(Kind.MANDATE_CHANGED, "mandates", said={"youth_withdrew_on": "2026-03-01"}, by=person("sem")),
    change(Kind.FACT_CLOSED, "involvements", said={"objection_on": "2026-03-01"}, by=person("sem")),
    event(Kind.LOG_READ, by=person("sem"), detail={"read": "access-log"}),
    event(Kind.LOG_READ, detail={"read": "facts"}),
    event(Kind.LOG_READ, by=OFFICER, detail={"read": "search"}),
]


@pytest.mark.parametrize(
    "told",
    [
        disclosed(),
        disclosed({}, {"category": "safety-report"}),
        disclosed({"told_in_confidence": True}),
        disclosed({"confidential_from": ["vader"]}),
        disclosed({"confidential_from": ["sem"]}),
        disclosed({"about": ["moeder"]}),
        disclosed({"source": "third-party"}),
        disclosed({"category": "safety-report"}),
        disclosed(basis="LB-17"),
        disclosed(purpose="investigate"),
    ],
)
def test_whose_facts_are_gone_is_told_of_to_whom_it_was_before(told: Told) -> None:
    for reader in ("sem", "moeder"):
        assert withheld(facts_gone(told), sight(reader)) is withheld(told, sight(reader))


@pytest.mark.parametrize("left", [[], None, [{"category": "goals"}], ["goals"], {}])
def test_of_an_event_that_does_not_say_what_is_left_of_its_facts_nothing_is_told(left: Any) -> None:
    told = facts_gone(disclosed(detail={TOLD: left}))
    assert withheld(told, sight()) in {Why.NOT_ABOUT, Why.UNREADABLE}


def test_whose_facts_are_gone_is_told_of_in_the_log_of_no_other() -> None:
    for about in ("zus", None):
        assert withheld(replace(facts_gone(disclosed()), person=about), sight()) is Why.NOT_ABOUT


@pytest.mark.parametrize("told", TOLD_TO_HIMSELF)
def test_the_person_himself_reads_it(told: Told) -> None:
    assert withheld(told, sight()) is None


@pytest.mark.parametrize(
    "told",
    [
        event(Kind.EXCHANGE_DENIED, by=person("vader"), purpose="exercise-authority"),
        disclosed(by=person("moeder"), purpose="exercise-authority", basis="LB-06"),
        change(Kind.CONSENT_GIVEN, "consents", said={"given_by": "vader"}),
        change(Kind.CONSENT_REFUSED, "refusals", said={"given_by": "moeder"}, by=person("moeder")),
        change(Kind.CONSENT_WITHDRAWN, "consents", "c-vader"),
        change(Kind.CONSENT_WITHDRAWN, "consents", "of-nobody-known"),
        change(Kind.FACT_CLOSED, "refusals", "c-vader"),
        event(Kind.LOG_READ, by=person("moeder"), detail={"read": "access-log"}),
        event(Kind.LOG_READ, by=person("vader"), outcome=EventOutcome.DENY, detail={"read": "access-log"}),
        disclosed({"about": ["sem"]}, about="vader", basis="LB-04"),
    ],
)
def test_what_another_of_the_family_did_is_withheld(told: Told) -> None:
    assert withheld(told, sight()) is Why.OTHER_MEMBER


@pytest.mark.parametrize(
    "told",
    [
        event(Kind.EXCHANGE_DENIED, by=professional("vt", "safety-worker"), purpose="give-help"),
        disclosed(by=professional("nobody-knows-what-that-is")),
        event(Kind.LOG_READ, by=professional("vt"), detail={"read": "facts"}),
        disclosed(basis="LB-13"),
        disclosed(basis="LB-99"),
    ],
)
def test_what_could_endanger_is_withheld(told: Told) -> None:
    assert withheld(told, sight()) is Why.SAFETY


@pytest.mark.parametrize(
    "purpose",
    [
        Purpose.SAFETY_REPORT,
        Purpose.SAFETY_INQUIRY,
        Purpose.CHILD_PROTECTION_INQUIRY,
        Purpose.POLICE_INQUIRY,
        Purpose.AVERT_HARM,
        Purpose.COMPULSORY_CARE,
        Purpose.SAFETY_HOUSE,
        "a-purpose-of-tomorrow",
        None,
    ],
)
@pytest.mark.parametrize("kind", [Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED, Kind.EXCHANGE_DISCLOSED])
def test_a_purpose_that_could_endanger_or_that_nobody_knows_is_withheld(kind: Kind, purpose: str | None) -> None:
    told = replace(disclosed(purpose=str(purpose)), kind=kind)
    if purpose is None:
        told = replace(told, fields={name: each for name, each in told.fields.items() if name is not Field.PURPOSE})
    assert withheld(told, sight()) is Why.SAFETY


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("family", {"contact_denied": True}),
        ("family", {"person": "vader", "of": "sem", "relation": "parent", "contact_denied": True}),
        ("family", {"confirmed": "contact_denied"}),
        ("authority", {"disputed": True}),
        ("authority", {"suspended_on": "2026-03-01"}),
        ("mandates", {"parent_agreements": [{"by": "vader"}]}),
        ("mandates", {"confirmed": "parent_agreements"}),
        ("mandates", {"confirmed": "confidentiality_statement_on"}),
        ("involvements", {"objection_on": "2026-03-01"}),
        ("holder_decisions", {}),
        ("of-tomorrow", {}),
        ("orders", {"of-tomorrow": 1}),
    ],
)
def test_a_fact_that_nobody_said_may_be_told_is_withheld(section: str, said: dict[str, Any]) -> None:
    assert withheld(change(Kind.FACT_RECORDED, section, said=said), sight()) is Why.UNCLASSIFIED


def test_that_he_denied_contact_himself_is_no_line_that_somebody_could_read_with_him() -> None:
    denied = change(Kind.FACT_CLOSED, "family", said={"contact_denied": True}, by=person("sem"))
    assert withheld(denied, sight()) is Why.UNCLASSIFIED


@pytest.mark.parametrize(
    ("kind", "section", "said"),
    [
        # Nothing became of it: the answer is only kept.
        (Kind.FACT_RECORDED, "persons", {"answered": "persons"}),
        (Kind.FACT_CONFIRMED, "holder_decisions", {"answered": "persons"}),
        (Kind.FACT_CONFIRMED, "family", {"answered": "persons", "contact_denied": True}),
        (Kind.AUTHORITY_CHANGED, "authority", {"answered": "authority", "disputed": True}),
        (Kind.AUTHORITY_CHANGED, "authority", {"confirmed": "disputed"}),
        (Kind.AUTHORITY_CHANGED, "authority", {"confirmed": ["until"]}),
    ],
)
def test_what_a_register_says_is_withheld_where_nobody_said_it_may_be_told(
    kind: Kind, section: str, said: dict[str, Any]
) -> None:
    assert withheld(change(kind, section, said=said, by=REGISTER), sight()) is not None


@pytest.mark.parametrize("kind", sorted(set(Kind)))
def test_an_event_of_which_nothing_but_its_actor_is_known_is_no_line(kind: Kind) -> None:
    assert withheld(event(kind), sight()) is not None


@pytest.mark.parametrize(
    "kind", [Kind.HOLDER_DECIDED, Kind.REVIEW_OPENED, Kind.NOTIFICATION_GIVEN, Kind.EMERGENCY_OPENED]
)
def test_what_belongs_to_the_work_of_others_is_no_line_of_its_own(kind: Kind) -> None:
    assert withheld(event(kind, purpose="give-help", detail={}), sight()) is Why.BEHIND


# Later


@pytest.mark.parametrize(
    ("told_from", "at", "why"),
    [
        ("2026-03-29", "2026-03-28T23:59:59+01:00", Why.LATER),
        ("2026-03-29", "2026-03-29T00:00:00+01:00", None),
        ("2026-10-25", "2026-10-24T23:59:59+02:00", Why.LATER),
        ("2026-10-25", "2026-10-25T00:00:00+02:00", None),
        ("2026-03-02T12:00:00+01:00", "2026-03-02T11:59:59+01:00", Why.LATER),
        ("2026-03-02T12:00:00+01:00", "2026-03-02T12:00:00+01:00", None),
        ("some day", "2030-01-01T00:00:00+01:00", Why.UNREADABLE),
        (7, "2030-01-01T00:00:00+01:00", Why.UNREADABLE),
    ],
)
def test_what_is_told_later_is_told_from_its_date(told_from: object, at: str, why: Why | None) -> None:
    told = disclosed(detail={"told_from": told_from})
    assert withheld(told, sight(at=parse_moment(at))) is why


@pytest.mark.parametrize("duty", ["OB-DELAY", "OB-DELAY(30d)"])
def test_what_is_told_later_without_a_date_is_never_told(duty: str) -> None:
    assert withheld(disclosed(obligations=("OB-LOG", duty)), sight()) is Why.LATER


# Others than the person himself


def test_a_mother_does_not_read_what_her_child_wishes() -> None:
    wish = change(Kind.FACT_RECORDED, "considered_wishes", said={"youth": "sem", "recipients": ["school"]})
    assert withheld(wish, sight("moeder")) is Why.UNCLASSIFIED


def test_of_a_relation_only_he_is_told_whose_it_is() -> None:
    relation = change(Kind.FACT_RECORDED, "family", said={"person": "moeder", "of": "sem", "relation": "parent"})
    assert withheld(relation, sight()) is None
    assert withheld(relation, sight("moeder")) is Why.UNCLASSIFIED
    hers = replace(sight("moeder").hearer, person="moeder")
    assert withheld(relation, replace(sight("moeder"), hearer=hers)) is Why.NOT_ABOUT
    by_his_father = replace(relation, fields={**relation.fields, Field.ACTOR: person("vader")})
    assert withheld(by_his_father, sight()) is Why.OTHER_MEMBER


@pytest.mark.parametrize("beside", [False, True])
def test_a_mother_reads_what_was_shared_on_her_yes(beside: bool) -> None:  # noqa: FBT001 - a parameter of the table
    assert withheld(disclosed(), sight("moeder", beside=beside)) is None
    assert withheld(change(Kind.CONSENT_GIVEN, "consents", said={"given_by": "moeder"}), sight("moeder")) is None


@pytest.mark.parametrize(
    "told",
    [
        change(Kind.CONSENT_WITHDRAWN, "consents", "c-sem", by=person("sem")),
        disclosed(by=person("luus", "mentor"), purpose="mentor-support", basis="LB-27"),
        event(Kind.LOG_READ, by=person("sem"), detail={"read": "access-log"}),
        change(Kind.CAPACITY_RECORDED, "capacity"),
        change(Kind.FACT_RECORDED, "involvements"),
        disclosed({"told_in_confidence": True}),
        disclosed(purpose="counsellor-support", basis="LB-25"),
        event(Kind.LOG_READ, by=OFFICER, detail={"read": "search"}),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_a_mother_does_not_read_what_is_the_childs_own(told: Told, beside: bool) -> None:  # noqa: FBT001 - idem
    assert withheld(told, sight("moeder", beside=beside)) is not None


@pytest.mark.parametrize("kind", [Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED])
@pytest.mark.parametrize("purpose", ["give-help", "emergency"])
def test_no_attempt_is_told_to_whom_it_would_tell_of_anothers_no(kind: Kind, purpose: str) -> None:
    tried = event(kind, purpose=purpose)
    assert withheld(tried, sight("moeder", sees_attempts=False)) is Why.OTHER_MEMBER
    assert withheld(tried, sight("moeder")) is None


def test_what_she_tried_herself_a_mother_reads_whoever_has_a_say_beside_her() -> None:
    tried = event(Kind.EXCHANGE_DENIED, purpose="exercise-authority", by=person("moeder"))
    assert withheld(tried, sight("moeder", sees_attempts=False)) is None


def test_beside_a_youth_nothing_is_told_of_an_organisation_that_is_not_named() -> None:
    told = disclosed(by=professional("huis"))
    assert withheld(told, sight("moeder", beside=True)) is Why.SAFETY
    assert withheld(told, sight("moeder")) is None


def test_what_was_released_of_somebody_in_a_request_about_another_he_reads_where_he_said_yes_himself() -> None:
    assert withheld(disclosed({"about": ["sem"]}, about="zus"), sight()) is None
    assert withheld(disclosed({"about": ["sem"]}, about="zus"), sight("vader")) is Why.OTHER_MEMBER


# What cannot be understood


@pytest.mark.parametrize("name", [Field.ACTOR, Field.DETAIL])
@pytest.mark.parametrize("value", [None, 7, "x", [], {"form": "professional"}])
def test_what_is_not_what_it_must_be_is_withheld(name: Field, value: object) -> None:
    told = change(Kind.FACT_RECORDED, "orders")
    assert withheld(replace(told, fields={**told.fields, name: value}), sight()) is not None


def test_what_was_erased_is_withheld() -> None:
    told = disclosed()
    assert withheld(replace(told, fields={Field.ACTOR: told.fields[Field.ACTOR]}, person=None), sight()) is not None
    assert withheld(replace(told, fields={}), sight()) is Why.UNREADABLE
