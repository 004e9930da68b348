"""What somebody is told of who might see what: the person his own, a parent hers, and nobody what is another's."""

from typing import Any

from consent.explanation.who_may_see import for_authority, for_officer, for_person
from consent.facts import Facts
from consent.outlook.looking_round import Round, look_round
from schemas.calendar import parse_moment
from schemas.words import OrganisationKind, Result, Role
from tests.consent.make import AT, authority, consent, world
from tests.consent.make import read as read_world

ROLES = {OrganisationKind.LOCAL_TEAM: {Role.YOUTH_PROFESSIONAL}}
BOTH = [authority("moeder"), authority("vader")]
TEAM = {"organisation": "team", "role": "youth-professional"}
HELP = {"id": "h1", "kind": "help", "about": "sem", "organisations": ["ggz"], "since": "2026-01-01"}


def looked(value: dict[str, Any]) -> tuple[Round, Facts]:
    named = {"team", "ggz", "raad"}
    value["organisations"] = [one for one in value["organisations"] if one["id"] in named]
    value["professionals"] = [one for one in value["professionals"] if one["id"] in {"anna", "chris"}]
    facts = read_world(value).facts
    return look_round("sem", facts, parse_moment(AT), holders=["ggz", "team"], roles=ROLES), facts


def of_team(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in rows if TEAM in each["who"] and each["purpose"] == "coordinate-plan"]


def test_a_kind_of_data_of_which_he_is_never_told_is_not_told() -> None:
    yes = consent("sem", categories=["goals", "safety-report"])
    found, facts = looked(world(age=17, consents=[yes]))
    assert "safety-report" in {each for row in for_officer(found.sights) for each in row["categories"]}
    assert {tuple(each["categories"]) for each in of_team(for_person(found.sights, facts, "sem"))} == {("goals",)}


def test_a_row_that_holds_nothing_else_is_not_told_at_all() -> None:
    found, facts = looked(world(age=17, consents=[consent("sem", categories=["safety-report"])]))
    assert of_team(for_person(found.sights, facts, "sem")) == []


def test_when_it_ends_is_told_where_it_rests_on_his_own_yes_alone() -> None:
    alone, facts = looked(world(age=17, consents=[consent("sem", until="2026-04-01")]))
    assert {each["ends"] for each in of_team(for_person(alone.sights, facts, "sem"))} == {"2026-04-01T00:00:00+02:00"}
    several = [consent("sem"), consent("moeder", until="2026-04-01"), consent("vader")]
    together, facts = looked(world(authority=BOTH, consents=several))
    [jeugdwet, wgbo] = of_team(for_person(together.sights, facts, "sem"))
    assert (jeugdwet["basis"], wgbo["basis"]) == ("LB-01", "LB-02")
    assert "ends" not in jeugdwet
    assert jeugdwet["because"]["nl"] == "Dat mag, want jij zei ja."


def test_the_names_of_who_works_somewhere_are_not_told_to_the_person() -> None:
    found, facts = looked(world(age=17, consents=[consent("sem", recipients=["anna"])]))
    [row, _] = of_team(for_person(found.sights, facts, "sem"))
    assert row["who"] == [TEAM]
    assert "anna" in str(for_officer(found.sights))


def test_a_parent_is_told_what_rests_on_her_own_yes_and_what_she_gets_herself() -> None:
    yes = [consent("moeder"), consent("vader")]
    found, facts = looked(world(age=7, authority=BOTH, consents=yes, involvements=[HELP]))
    mine = for_authority(found.sights, facts, "moeder")
    assert of_team(mine)
    assert {each["basis"] for each in mine} == {"LB-01", "LB-02", "LB-06"}
    assert all(each["who"] == [{"person": "moeder"}] for each in mine if each["basis"] == "LB-06")
    assert not any("because" in each for each in mine)
    assert "LB-04" in {each["basis"] for each in for_officer(found.sights) if each["result"] == "release"}


def test_a_parent_is_not_told_what_rests_on_another_s_yes() -> None:
    found, facts = looked(world(age=7, authority=[authority("vader")], consents=[consent("vader")]))
    assert of_team(for_person(found.sights, facts, "sem"))
    assert for_authority(found.sights, facts, "moeder") == []


def test_nobody_but_an_officer_is_told_of_what_is_not_released() -> None:
    found, facts = looked(world(age=7, authority=BOTH, consents=[consent("moeder")]))
    assert {one.told.result for one in found.sights} > {Result.RELEASE}
    for rows in (for_person(found.sights, facts, "sem"), for_authority(found.sights, facts, "moeder")):
        assert of_team(rows) == []
        assert not any({"result", "reason", "evidence", "rules"} & set(each) for each in rows)
