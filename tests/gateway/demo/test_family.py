from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from consent.facts import SECTIONS, Facts
from consent.world.file import world_of
from gateway.demo import family
from gateway.demo.days import BASE_DAY
from schemas.calendar import age_at, midnight

TODAY = BASE_DAY + timedelta(days=100)


def facts_of(today: date) -> Facts:
    # A world file holds a request; the family's has none, so the story's first one stands in.
    request = {"at": f"{today}T10:00:00Z", **family.story(today=today)[0].request}
    return world_of({**family.facts(today=today), "request": request}).facts


def sections(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = family.facts(today=TODAY)[name]
    return found


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)))
def test_on_every_day_the_son_is_fifteen_the_daughter_five_and_the_aunt_an_adult(today: date) -> None:
    ages = {each["id"]: each["born"] for each in family.facts(today=today)["persons"]}
    of = {id_: age_at(date.fromisoformat(born), midnight(today)) for id_, born in ages.items()}
    assert of["milan"] == 15
    assert of["fenna"] == 5
    assert min(of["ilse"], of["ruben"], of["luus"]) >= 18


def test_the_family_is_a_valid_world_of_facts_alone() -> None:
    facts = facts_of(TODAY)
    assert facts.records == ()
    assert len(facts.persons) == 5


def test_the_supervision_orders_ended_two_years_ago() -> None:
    ends = [each["until"] for each in sections("orders")]
    assert ends == [str(TODAY - timedelta(days=733))] * 2


def test_everybody_has_a_name() -> None:
    everybody = [each["id"] for name in ("organisations", "professionals", "persons") for each in sections(name)]
    assert set(family.names()) == set(everybody)


def test_numbers_are_of_persons_of_the_family_and_bsns_from_the_range_that_nobody_has() -> None:
    persons = {each["id"] for each in sections("persons")}
    numbers = family.identifiers()
    assert all(set(known) <= persons for known in numbers.values())
    for number in numbers["http://fhir.nl/fhir/NamingSystem/bsn"].values():
        assert number.startswith("9999")
        assert bsn.is_valid(number)


@pytest.mark.parametrize("step", family.story(today=TODAY), ids=lambda step: step.id)
def test_a_step_tells_itself_in_two_languages_and_adds_known_sections_only(step: family.Step) -> None:
    assert set(step.title) == {"nl", "en"}
    assert set(step.facts) <= set(SECTIONS)


def test_who_withdraws_a_consent_is_who_gave_it() -> None:
    givers = {each["id"]: each["given_by"] for each in sections("consents")}
    withdrawals = [each.withdraw for each in family.story(today=TODAY) if each.withdraw]
    assert [givers[each["consent"]] == each["by"] for each in withdrawals] == [True]
