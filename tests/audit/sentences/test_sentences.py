"""What each event reads as."""

from dataclasses import replace
from typing import Any

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.sentences.sentence import Mark
from schemas.texts import Language
from tests.audit.gone import facts_gone
from tests.audit.sentences.telling import disclosed, event, person, professional, said, text


def test_a_look_tells_who_in_which_role_what_about_and_why() -> None:
    assert text(disclosed({}, {"category": "school"})) == (
        "Iemand van Wijkteam Noord (jeugdprofessional) las iets over jou. Het ging over doelen en school. "
        "Dat mocht, want jij zei ja op 1 februari 2026."
    )


def test_it_is_told_in_english_too() -> None:
    assert text(disclosed(), language="en") == (
        "Somebody from Wijkteam Noord (youth professional) read something about you. It was about goals. "
        "That was allowed, because you said yes on 1 February 2026."
    )


def test_a_mother_reads_of_her_own_yes_and_of_her_child() -> None:
    assert text(disclosed(), reader="moeder", reads_for_child=True) == (
        "Iemand van Wijkteam Noord (jeugdprofessional) las iets over je kind. Het ging over doelen. "
        "Dat mocht, want jij zei ja op 3 februari 2026."
    )


def test_where_the_facts_are_gone_with_somebody_he_reads_what_he_read_before() -> None:
    gone = facts_gone(disclosed({}, {"category": "school"}, {"about": ["zus"], "category": "health"}))
    assert text(gone) == (
        "Iemand van Wijkteam Noord (jeugdprofessional) las iets over jou. Het ging over doelen en school. "
        "Dat mocht, want jij zei ja op 1 februari 2026."
    )
    assert text(replace(gone, person="zus")) is None


def test_where_the_facts_are_gone_who_reads_for_him_reads_of_no_yes_and_of_nothing_in_confidence() -> None:
    gone = facts_gone(disclosed({}, {"category": "school", "told_in_confidence": True}))
    assert text(gone, reader="moeder", reads_for_child=True) == (
        "Iemand van Wijkteam Noord (jeugdprofessional) las iets over je kind. Het ging over doelen. "
        "De wet staat dit toe."
    )


@pytest.mark.parametrize(("language", "law"), [("nl", "De wet staat dit toe."), ("en", "The law allows this.")])
@pytest.mark.parametrize("basis", ["LB-01", "LB-02"])
def test_who_said_no_yes_himself_reads_of_nobodys_yes(language: Language, law: str, basis: str) -> None:
    found = text(disclosed(basis=basis), reader="vader", language=language) or ""
    assert found.endswith(f" {law}")
    assert not set(found.lower().replace(".", "").split()) & {"ja", "yes"}


def test_who_reads_for_an_adult_hears_of_no_child() -> None:
    told = [
        disclosed(),
        disclosed(by=person("moeder"), basis="LB-25"),
        event(Kind.EXCHANGE_DENIED),
        event(Kind.LOG_READ, detail={"read": "facts"}),
        event(Kind.AUTHORITY_CHANGED, detail={"section": "authority"}),
    ]
    assert all("deze persoon" in (text(each, reader="moeder") or "") for each in told)
    assert all("this person" in (text(each, reader="moeder", language="en") or "") for each in told)
    assert not any("kind" in (text(each, reader="moeder") or "") for each in told)
    assert (text(told[1], reader="moeder") or "").endswith("Dat mocht, want iemand regelt dingen voor deze persoon.")


def test_no_more_than_three_kinds_of_data_stand_in_one_sentence() -> None:
    many = [{"category": each} for each in ("goals", "school", "health", "finances", "medication")]
    found = text(disclosed(*many)) or ""
    assert "Het ging over doelen, school en gezondheid. Ook over geld en wonen en medicijnen." in found


def test_a_role_without_a_word_is_left_out() -> None:
    assert (text(disclosed(by=professional(role="other"))) or "").startswith("Iemand van Wijkteam Noord las iets")


def test_an_attempt_is_told_as_one() -> None:
    told = event(Kind.EXCHANGE_DENIED, by=professional("school", "teacher"), outcome=EventOutcome.DENY)
    found = said(told)
    assert found is not None
    assert found.mark is Mark.REFUSED
    assert found.text == "Iemand van De Linde (leraar) wilde iets over jou lezen. Er is niets gegeven."


def test_an_emergency_is_told_as_one() -> None:
    found = said(disclosed(purpose="emergency", basis="LB-24", by=professional(role="crisis-worker")))
    assert found is not None
    assert found.mark is Mark.EMERGENCY
    # Whether it was one the officer may deny.
    assert found.text.endswith(
        "Dat mocht, want zij zeiden dat het nood was. Dit was spoed. De privacy officer kijkt of het goed was."
    )


def test_a_machine_is_told_as_one() -> None:
    found = said(disclosed(by={"form": "client", "id": "c", "organisation": "team", "role": None}))
    assert found is not None
    assert found.mark is Mark.AUTOMATIC
    assert found.text.startswith("Het systeem van Wijkteam Noord haalde iets op over jou. Er keek geen mens.")


@pytest.mark.parametrize(
    ("told", "must"),
    [
        (event(Kind.LOG_READ, by=person("sem"), detail={"read": "access-log"}), "Jij keek zelf in deze lijst."),
        (
            event(Kind.LOG_READ, by=person("sem"), detail={"read": "facts"}),
            "Jij keek zelf wat er over jou is opgeschreven.",
        ),
        (
            event(Kind.LOG_READ, by={"form": "officer", "id": "o", "organisation": "operator"}, detail={"read": "x"}),
            "De privacy officer van Schakel keek in deze lijst.",
        ),
        (
            event(
                Kind.LOG_UNMASKED,
                by={"form": "officer", "id": "o", "organisation": "operator"},
                detail={"read": "content"},
            ),
            "De privacy officer van Schakel keek wat er over jou is opgeschreven.",
        ),
        (event(Kind.CONSENT_GIVEN, by=person("sem"), detail={"section": "consents"}), "Jij zei ja tegen delen."),
        (
            event(Kind.CONSENT_WITHDRAWN, detail={"section": "consents"}),
            "Iemand van Wijkteam Noord (jeugdprofessional) schreef op dat jij je ja terugnam. Dat delen is gestopt.",
        ),
        (
            event(
                Kind.CONSENT_WITHDRAWN,
                by={"organisation": "operator", "because": "tombstone"},
                detail={"section": "consents"},
            ),
            "Het beheer van Schakel stopte voor de zekerheid jouw ja. Dat delen is gestopt.",
        ),
        (
            event(Kind.FACT_CLOSED, by=person("sem"), detail={"section": "refusals"}),
            "Jij nam je nee terug.",
        ),
        (
            event(Kind.ORDER_CHANGED, detail={"section": "orders"}),
            "Iemand van Wijkteam Noord (jeugdprofessional) schreef iets op over een besluit van de rechter.",
        ),
        (
            event(
                Kind.FACT_RECORDED, by={"form": "register", "organisation": "operator"}, detail={"section": "persons"}
            ),
            "Het beheer van Schakel schreef iets op over naam en leeftijd.",
        ),
    ],
)
def test_what_else_is_told(told: object, must: str) -> None:
    assert text(told) == must  # type: ignore[arg-type] # the table holds events


def test_who_is_not_named_is_told_without_role_and_without_the_law_that_names_him() -> None:
    told = disclosed(by=professional("huis", "foster-care-worker"), basis="LB-18")
    found = said(told, unnamed=frozenset({"huis"}))
    assert found is not None
    assert found.text == "Iemand las iets over jou. Het ging over doelen. De wet staat dit toe."
    assert (found.organisation, found.role) == (None, None)


def test_what_is_masked_or_never_told_is_no_topic() -> None:
    told = disclosed({}, {"category": "safety-report"}, {"category": "working-notes"}, {"source": "third-party"})
    assert "Het ging over doelen. " in (text(told) or "")
    assert text(disclosed({"category": "safety-report"})) is None


def test_what_is_about_others_alone_or_kept_from_the_reader_is_not_told() -> None:
    assert text(disclosed({"about": ["moeder"]})) is None
    assert text(disclosed({"confidential_from": ["sem"]})) is None
    assert text(disclosed({"told_in_confidence": True}), confidential=True) is None
    assert text(disclosed({"confidential_from": ["vader"]}), reader="moeder", confidential=True) is None


def test_an_event_that_nobody_put_into_words_has_no_sentence() -> None:
    assert text(event(Kind.FLOOD)) is None
    assert text(event(Kind.FACT_RECORDED, detail={"section": "of-tomorrow"})) is None


@pytest.mark.parametrize("kind", [Kind.FACT_CLOSED, Kind.FACT_CONFIRMED, Kind.FACT_RECORDED, Kind.ORDER_CHANGED])
@pytest.mark.parametrize("by", [person("sem"), professional()])
def test_a_yes_has_the_words_of_its_own_kinds_of_event_only(kind: Kind, by: dict[str, Any]) -> None:
    assert text(event(kind, by=by, detail={"section": "consents"})) is None


@pytest.mark.parametrize("kind", [Kind.EMERGENCY_OPENED, Kind.EMERGENCY_CLOSED])
def test_an_emergency_is_told_by_its_request_alone(kind: Kind) -> None:
    assert text(event(kind)) is None


def test_an_event_whose_person_was_erased_has_no_sentence() -> None:
    told = disclosed()
    assert text(event(Kind.EXCHANGE_DISCLOSED, by=told.fields[Field.ACTOR])) is None
