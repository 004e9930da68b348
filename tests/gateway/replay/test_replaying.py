"""Reading a past request back, and in what two families of facts differ; no gateway."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.decide import decide
from consent.facts import Facts
from consent.request import Requester
from consent.rulesets import rule_set_at
from consent.world.file import world_of
from consent.world.requests import read_request
from gateway.flow.question import Question, request_of
from gateway.identity.caller import Caller
from gateway.log.past import Past
from gateway.replay.deciding_again import differing_facts, differing_members
from schemas.calendar import parse_moment
from schemas.words import Category, Purpose, Role
from tests.gateway.worlds import world

AT = parse_moment("2026-11-23T10:00:00.123456+01:00")
TEXTS = st.none() | st.text(max_size=5) | st.sampled_from([" why ", "\x1f", "\u3000"])
PRINTABLE = st.text(min_size=1, max_size=5).filter(str.isprintable)
IDS = st.none() | PRINTABLE
FLAGS = st.booleans()
QUESTIONS = st.fixed_dictionaries(
    {
        "person": st.just({"system": "s", "value": "v"}),
        "purpose": st.sampled_from(Purpose),
        "categories": st.just("all") | st.lists(st.sampled_from(Category), min_size=1, max_size=3),
        "records": st.none() | st.lists(PRINTABLE, min_size=1, max_size=3),
        "order": IDS,
        "referral": IDS,
        "question": TEXTS,
        "justification": TEXTS,
        "matter": TEXTS,
        "emergency": st.none()
        | st.fixed_dictionaries(
            {
                "reason_code": IDS,
                "text": TEXTS,
                "live_contact": FLAGS,
                "cannot_consent": FLAGS,
                "holder_unreachable": FLAGS,
            }
        ),
    }
)


@given(QUESTIONS)
def test_whatever_the_door_takes_is_read_back_as_it_was_asked(body: dict[str, Any]) -> None:
    asked = request_of(Question.model_validate(body), Requester(form="person", id="sem"), "sem", at=AT)
    again = read_request(asked.source, "request")
    assert again == asked
    assert again.source == asked.source


@pytest.mark.parametrize("name", ["order", "referral", "records"])
def test_an_id_that_could_forge_a_line_is_not_taken_at_the_door(name: str) -> None:
    forged = "o1\nexchange.delivered"
    body = {"person": {"system": "s", "value": "v"}, "purpose": "coordinate-plan", "categories": "all"}
    with pytest.raises(ValueError, match="an id holds printable characters only"):
        Question.model_validate(body | {name: [forged] if name == "records" else forged})


def facts(**changes: Any) -> Facts:
    return world_of(world(**changes)).facts


def names(then: Facts, store: Facts) -> list[tuple[str, str, str]]:
    return [(each.section, each.id, str(each.how)) for each in differing_facts(then, store)]


def test_the_same_facts_do_not_differ() -> None:
    assert names(facts(), facts()) == []


def test_what_came_from_the_holders_is_not_compared() -> None:
    assert names(facts(), facts(records=[])) == []


def test_more_and_fewer_facts_are_named() -> None:
    mother = world()["persons"][1]
    fewer = [each for each in world()["persons"] if each != mother]
    assert names(facts(), facts(persons=fewer, family=[], authority=[])) == [
        ("persons", "moeder", "missing"),
        ("family", "family[0]", "missing"),
        ("family", "family[1]", "missing"),
        ("authority", "a1", "missing"),
        ("authority", "a2", "missing"),
    ]
    assert names(facts(family=[]), facts()) == [("family", "family[0]", "added"), ("family", "family[1]", "added")]


@pytest.mark.parametrize("section", ["persons", "family"])
def test_another_order_is_named(section: str) -> None:
    turned = {section: world()[section][::-1]}
    assert names(facts(), facts(**turned)) == [(section, section, "order")]


def test_of_two_facts_that_are_alike_the_one_too_few_is_named() -> None:
    [one, other] = world()["family"]
    assert names(facts(family=[one, other, one]), facts(family=[other, one])) == [("family", "family[2]", "missing")]


ANNA = Caller(
    form="professional",
    id="anna",
    organisation="team-noord",
    role=Role.YOUTH_PROFESSIONAL,
    trusted=True,
    officer_of=None,
    client_id="team-noord-system",
    acr="substantial",
)


def past(told: dict[str, Any]) -> Past:
    read = world_of(told)
    [request] = read.requests
    decision = decide(request, read.facts, request.at)
    return Past(
        caller=ANNA,
        request=request,
        facts=read.facts,
        decision=decision.as_json(),
        rules=rule_set_at(request.at),
        known_at=AT,
        registry=0,
    )


def test_where_nothing_can_be_decided_all_of_the_decision_differs() -> None:
    one = past(world())
    without = replace(one.facts, persons=())
    assert differing_members(one, without, require_confirmed_rules=False) == sorted(one.decision)


def replaced(professional: str, by: str) -> dict[str, Any]:
    return {"id": f"{by}-{professional}", "kind": "replacement", "since": "2026-11-01"} | {
        "professional": by,
        "replaces": professional,
    }


def with_replacements(*found: dict[str, Any]) -> Past:
    colleagues = [
        {"id": name, "organisation": "team-noord", "role": "youth-professional"} for name in ("anna", "bert", "carla")
    ]
    return past(world(professionals=colleagues, involvements=list(found)))


def test_who_is_only_replaced_was_not_looked_for_himself() -> None:
    assert with_replacements(replaced("bert", by="anna")).also() >= {"anna", "carla", "team-noord", "ggz-west"}
    assert "bert" not in with_replacements(replaced("bert", by="anna")).also()


def test_who_is_replaced_and_replaces_was_looked_for() -> None:
    also = with_replacements(replaced("bert", by="anna"), replaced("carla", by="bert")).also()
    assert "bert" in also
    assert "carla" not in also
