"""What every way in has in common: one answer to who may not, once is once, and no end before its start."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from gateway.api.facts.bodies import CLOSED, CONFIRMED, RECORDED
from tests.consent.whose.cast import AT
from tests.gateway.facts.household import SEEN, Household, household_at
from tests.gateway.facts.test_rows_of_family import ASSISTED, FINDING, GUARDIAN, PARENT, YES
from tests.gateway.facts.test_rows_of_help import JOINT, MANDATE, ORDER

TOLD: dict[str, tuple[str, dict[str, Any]]] = {
    "persons": ("helper", {"family_of": "sem", "born": "2020-01-01", "declared_of_age": True}),
    "family": ("helper", PARENT),
    "authority": ("helper", GUARDIAN),
    "capacity": ("second helper", FINDING),
    "orders": ("executor", ORDER),
    "assignments": ("executor", {"order": "ots", "provider": "linde"}),
    "involvements": ("helper", JOINT),
    "referrals": ("helper", {"about": "sem", "to": "ggz"}),
    "mandates": ("youth", MANDATE),
    "consents": ("teacher who helps", {**YES, **ASSISTED}),
    "refusals": ("mother", {"about": "sem"}),
    "considered_wishes": ("helper", {"youth": "sem", "recipients": ["school"]}),
}
CONFIRMS: dict[str, tuple[str, dict[str, Any]]] = {
    "persons": ("second helper", SEEN),
    "family": ("second helper", SEEN),
    "authority": ("second helper", SEEN),
    "orders": ("second helper", {}),
    "assignments": ("partner", {}),
    "involvements": ("partner", {"field": "accepted_by"}),
    "mandates": ("mentor", {"field": "confidentiality_statement_on"}),
    "consents": ("mother", {}),
}
CLOSES: dict[str, tuple[str, dict[str, Any]]] = {
    "family": ("youth", {"field": "contact_denied"}),
    "authority": ("board", {"field": "disputed"}),
    "capacity": ("youth", {}),
    "orders": ("board", {}),
    "assignments": ("executor", {}),
    "involvements": ("youth", {"field": "objection_on"}),
    "referrals": ("youth", {}),
    "mandates": ("youth", {"field": "youth_withdrew_on"}),
    "consents": ("mother", {}),
    "refusals": ("mother", {}),
    "considered_wishes": ("youth", {}),
}


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Household]:
    async with household_at(database_url) as made:
        yield made


def test_every_way_in_is_walked_here() -> None:
    assert (TOLD.keys(), CONFIRMS.keys(), CLOSES.keys()) == (RECORDED.keys(), CONFIRMED.keys(), CLOSED.keys())


@pytest.mark.parametrize("section", TOLD)
async def test_every_post_is_done_once_for_one_key(either: Household, section: str) -> None:
    async def twice(name: str, path: str, body: dict[str, Any], key: str) -> str:
        first = await either.say(name, path, body, key=key)
        before = (await either.desk.gathered()).versions
        again = await either.say(name, path, body, key=key)
        assert (first.status, first.raw) == (201, again.raw), first.body
        assert (await either.desk.gathered()).versions == before
        return str(first.body["id"])

    fact = await twice(TOLD[section][0], section, TOLD[section][1], "k1")
    if section in CONFIRMS:
        await twice(CONFIRMS[section][0], f"{section}/{fact}/confirm", CONFIRMS[section][1], "k2")
    if section in CLOSES:
        await twice(CLOSES[section][0], f"{section}/{fact}/close", CLOSES[section][1], "k3")


@pytest.mark.parametrize("way", ["", "/confirm", "/close"], ids=["record", "confirm", "close"])
@pytest.mark.parametrize("section", TOLD)
async def test_nobody_unknown_to_the_family_gets_in_and_learns_nothing(
    house: Household, section: str, way: str
) -> None:
    bodies = {"": TOLD[section], "/confirm": CONFIRMS.get(section), "/close": CLOSES.get(section)}
    told = bodies[way]
    if told is None:
        pytest.skip(f"a fact of {section} has no such way")
    fact = await house.told(TOLD[section][0], section, TOLD[section][1]) if way else ""
    answers = []
    for by in ("person:nobody", "officer:o", "client:c", "mentor:nobody", "professional:x@nowhere/other"):
        body = told[1] if section != "consents" or way else YES
        answer = await house.desk.post(f"{section}/{fact}{way}" if way else section, body, by=by)
        assert answer.status == 403, (by, answer.body)
        answers.append(answer)
        [(entry, _)] = await house.desk.events(answer.body["request_id"])
        assert entry.leaf_json["kind"] == "fact.refused"
    if way:
        unknown = await house.desk.post(f"{section}/nothing{way}", told[1], by="person:nobody")
        answers.append(unknown)
    said = {each.raw.replace(each.body["request_id"].encode(), b"") for each in answers}
    assert len(said) == 1


@pytest.mark.parametrize(
    ("name", "section", "change", "path"),
    [
        ("helper", "authority", {"verified_on": "2026-01-01"}, "verified_on"),
        ("helper", "authority", {"recorded_by": "mara"}, "recorded_by"),
        ("helper", "authority", {"unreachable_attempts": 3}, "unreachable_attempts"),
        ("executor", "orders", {"verified_on": "2026-01-01"}, "verified_on"),
        ("youth", "mandates", {"identity_verified_on": "2026-01-01"}, "identity_verified_on"),
        ("youth", "mandates", {"parent_agreements": []}, "parent_agreements"),
        ("youth", "mandates", {"youth_chose_on": "2026-01-01"}, "youth_chose_on"),
        ("helper", "considered_wishes", {"noted_by": "piet"}, "noted_by"),
        ("teacher who helps", "consents", {"identity_verified": True}, "identity_verified"),
        ("teacher who helps", "consents", {"text_sha256": "xyz"}, "text_sha256"),
        ("teacher who helps", "consents", {"on": "2020-01-01"}, "on"),
        ("mother", "refusals", {"given_by": "mara"}, "given_by"),
        ("helper", "persons", {"identifiers": {"urn:bsn": "1"}}, "identifiers"),
        ("helper", "persons", {"born": "2026-02-30"}, "born"),
        ("executor", "orders", {"until": "2026-10-01"}, "until"),
        ("board", "orders", {"executor": "nobody-knows"}, "executor"),
        ("helper", "family", {"person": "nobody"}, "person"),
        ("second helper", "capacity", {"on": "2030-01-01"}, "on"),
        ("second helper", "capacity", {"capable": "maybe"}, "capable"),
        ("second helper", "capacity", {"capable": 1}, "capable"),
    ],
)
async def test_what_nobody_may_say_is_named(
    house: Household, name: str, section: str, change: dict[str, Any], path: str
) -> None:
    assert await house.wrong(name, section, {**TOLD[section][1], **change}) == [path]


@pytest.mark.parametrize(
    ("name", "section", "body"),
    [
        ("board", "orders", {**ORDER, "subject": "nobody"}),
        ("board", "authority", {**GUARDIAN, "over": "nobody"}),
        ("stranger", "involvements", {"kind": "help", "about": "nobody"}),
        ("partner", "involvements", {**JOINT, "about": "nobody"}),
        ("stranger", "referrals", {"about": "nobody", "to": "ggz"}),
        ("foster care", "family", {"person": "oom", "of": "nobody", "relation": "foster-parent", "via": "pleeg"}),
        ("executor", "assignments", {"order": "nothing", "provider": "linde"}),
        ("helper", "persons", {"family_of": "nobody", "born": "2020-01-01"}),
        ("mother", "consents", {**YES, "about": "nobody"}),
    ],
)
async def test_a_fact_about_somebody_unknown_is_refused_as_any_other(
    house: Household, name: str, section: str, body: dict[str, Any]
) -> None:
    await house.refused(name, section, body)


@pytest.mark.parametrize(
    ("section", "body"),
    [
        ("capacity", FINDING),
        ("referrals", {"about": "sem", "to": "ggz"}),
        ("considered_wishes", {"youth": "sem", "recipients": ["school"]}),
    ],
)
async def test_who_is_in_no_list_of_professionals_is_named_in_no_fact(
    house: Household, section: str, body: dict[str, Any]
) -> None:
    answer = await house.desk.post(section, body, by="professional:nieuw@team/youth-professional")
    assert answer.status == 201, answer.body
    [one] = await house.handed(section)
    assert "nieuw" not in one.source.values()
    [(_, told)] = await house.desk.events(answer.body["request_id"])
    assert told["actor"]["id"] == "nieuw"


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"field": "until", "on": "2026-11-24"}, 422, "on"),
        ({"field": "until", "on": "soon"}, 422, "on"),
        ({"field": "until", "on": "2026-12-01"}, 422, "until"),
        ({"field": "suspended_on", "on": "2026-12-01"}, 409, "suspended_on"),
        ({"field": "disputed", "on": "2026-12-01"}, 422, "on"),
        ({"field": "verified_on"}, 422, "field"),
        ({}, 422, "field"),
        ({"field": "until", "by": "anna"}, 422, "by"),
    ],
    ids=str,
)
async def test_an_end_that_cannot_be_is_refused_with_its_field(
    house: Household, body: dict[str, Any], status: int, path: str
) -> None:
    fact = await house.told("helper", "authority", {**GUARDIAN, "since": "2027-01-01"})
    assert await house.wrong("helper", f"authority/{fact}/close", body, status) == [path]


async def test_what_has_not_begun_ends_with_its_beginning(house: Household) -> None:
    fact = await house.told("helper", "authority", {**GUARDIAN, "since": "2027-01-01"})
    await house.told("helper", f"authority/{fact}/close", {"field": "until"})
    [one] = await house.handed("authority", id=fact)
    assert one.until == one.since


@pytest.mark.parametrize("way", ["confirm", "close"])
async def test_an_unknown_fact_costs_what_a_forbidden_one_costs(house: Household, way: str) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    fact = await house.told("helper", "authority", GUARDIAN)
    body = SEEN if way == "confirm" else {"field": "disputed"}
    event.listen(house.desk.engine.sync_engine, "before_cursor_execute", note)
    found = []
    for name in (fact, "nothing"):
        asked.clear()
        answer = await house.say("uncle", f"authority/{name}/{way}", body)
        assert answer.status == 403
        found.append(list(asked))
    assert [len(each) for each in found] == [len(found[0])] * 2
    assert [each.split()[0] for each in found[0]] == [each.split()[0] for each in found[1]]


async def test_an_end_may_be_set_for_later(house: Household) -> None:
    await house.told("board", "orders/ots/close", {"on": "2026-12-01"})
    await house.told("board", "orders/ots/close", {"on": "2027-01-01"})
    assert [str(one.ended_on.date()) for one in await house.handed("orders", id="ots")] == ["2026-11-30"]


@pytest.mark.parametrize("section", CONFIRMS)
async def test_two_confirmations_at_once_are_one(either: Household, section: str) -> None:
    fact = await either.told(TOLD[section][0], section, TOLD[section][1])
    name, body = CONFIRMS[section]
    answers = await asyncio.gather(*(either.say(name, f"{section}/{fact}/confirm", body) for _ in range(3)))
    assert {each.status for each in answers} == {201}
    shown = [
        {key: value for key, value in each.body.items() if key not in {"receipt", "request_id"}} for each in answers
    ]
    assert shown[0] == shown[1] == shown[2]


async def test_a_confirmation_that_was_given_keeps_its_instant(house: Household) -> None:
    fact = await house.told("helper", "authority", GUARDIAN)
    for days in range(2):
        house.clock.at = AT + timedelta(days=days)
        await house.told("second helper", f"authority/{fact}/confirm", SEEN)
    [one] = await house.handed("authority", id=fact)
    assert one.verified_on == AT
    assert (await house.known("authority", fact)).word.given.keys() == {"verified_on"}


async def test_an_end_that_was_reached_keeps_its_instant(house: Household) -> None:
    for days in range(2):
        house.clock.at = AT + timedelta(days=days)
        await house.told("board", "orders/ots/close", {})
    assert [one.ended_on for one in await house.handed("orders", id="ots")] == [AT]


async def test_a_ring_of_organisations_confirms_no_fact_of_its_own(house: Household) -> None:
    # Each is a helper, each records what lets itself in, and each asks the next: only who is let in is stopped.
    ring = {"team": "helper", "ggz": "second helper", "school": "teacher who helps"}
    for organisation, name in ring.items():
        holder = {**GUARDIAN, "holder": organisation}
        fact = await house.told(name, "authority", holder)
        await house.refused(name, f"authority/{fact}/confirm", SEEN)
        other = await house.told(next(each for each in ring.values() if each != name), "authority", holder)
        await house.refused(name, f"authority/{other}/confirm", SEEN)


@pytest.mark.parametrize("section", CONFIRMS)
async def test_whose_word_it_was_is_kept_with_what_was_shown(either: Household, section: str) -> None:
    fact = await either.told(TOLD[section][0], section, TOLD[section][1])
    name, body = CONFIRMS[section]
    answer = await either.say(name, f"{section}/{fact}/confirm", body)
    [(entry, told)] = await either.desk.events(answer.body["request_id"])
    assert (told["detail"]["fact"], entry.leaf_json["outcome"]) == (fact, "ok")
    assert told["detail"].get("evidence", {}) == body.get("evidence", {})
    word = (await either.known(section, fact)).word
    given = body.get("field", next(iter(word.given), "accepted_by"))
    assert given in word.given or "linde" in (word.partners or {})
    assert word.evidence.get(given, {}) == body.get("evidence", {})


async def test_what_was_shown_for_an_assisted_consent_is_kept_beside_it(either: Household) -> None:
    fact = await either.told("teacher who helps", "consents", {**YES, **ASSISTED})
    await either.told("second helper", f"consents/{fact}/confirm", {"evidence": {"identity": "known-in-person"}})
    kept = {name: ASSISTED[name] for name in ("form", "identity", "text_sha256")}
    assert (await either.known("consents", fact)).word.evidence == {
        "recorded": kept,
        "identity_verified": {"identity": "known-in-person"},
    }


@pytest.mark.parametrize("name", ["oom\nconsent.given", "oom\x1b[2K", "oom\u2028", "oom\u202e"], ids=ascii)
async def test_an_id_that_could_forge_a_line_is_refused_with_its_field(either: Household, name: str) -> None:
    body = {"person": name, "of": "sem", "relation": "uncle"}
    assert await either.wrong("helper", "family", body) == ["person"]
    answer = await either.say("helper", "family", body)
    assert [each["message"] for each in answer.body["errors"]] == ["an id holds printable characters only"]
