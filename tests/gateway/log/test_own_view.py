"""`GET /api/v1/me/access-log`, asked over HTTP: a person reads who looked, and that he read is on record."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from audit.events import Event, EventOutcome, Field, Kind
from audit.read import events_about, opened
from audit.told import Told, told
from consent.facts import assemble
from consent.known.family import Gathered, Versions
from consent.known.registered import EMPTY
from consent.naming import PERSON_SYSTEM
from consent.world.entries import entry
from gateway.api.log.own import PATH, _asked
from gateway.api.problems import Problem
from gateway.database.engine import write_transaction
from gateway.identity.builtin_provider import Login
from gateway.identity.caller import Caller
from gateway.log import own_view
from gateway.log.own_view import OwnView
from gateway.sandbox.credentials import Someone
from gateway.sandbox.loading import load_world
from schemas.calendar import parse_moment
from tests.consent.make import ORGANISATIONS, authority, consent, refusal, world
from tests.consent.make import read as read_world
from tests.gateway.running import Running, running

YES = [consent("sem"), consent("moeder"), consent("vader")]
LOOKED = "Iemand van team (jeugdprofessional) las iets over jou. Het ging over doelen."
YOU_LOOKED = "Jij keek zelf in deze lijst."


@asynccontextmanager
async def family(folder: Path, *, age: int = 13, **more: Any) -> AsyncIterator[Running]:
    """Run a gateway round Sem, of whom both parents have authority; all three said yes to `team`."""
    parents = [authority("moeder"), authority("vader")]
    async with running(world(age=age, authority=parents, consents=YES), folder, **more) as one:
        yield one


async def read(one: Running, who: str, query: str = "") -> dict[str, Any]:
    answer = await one.call(f"person:{who}", "GET", f"{PATH}{query}")
    assert answer.status == 200, answer.body
    found: dict[str, Any] = json.loads(answer.body)
    return found


def texts(found: Mapping[str, Any]) -> list[str]:
    return [line["text"]["nl"] for day in found["days"] for line in day["lines"]]


async def events(one: Running, person: str) -> list[Told]:
    committer = one.gateway.exchange.committer
    await committer.gather(PERSON_SYSTEM, person, also=frozenset())
    async with committer.engine.connect() as connection:
        return [told(each, opened(committer.sealer, each)) for each in await events_about(connection, person)]


async def wrote(one: Running, at: datetime, **more: Any) -> None:
    """Have anna look at sem's facts at another time."""
    actor = {"form": "professional", "id": "anna", "organisation": "team", "role": "youth-professional"}
    committer = one.gateway.exchange.committer
    await committer.gather(PERSON_SYSTEM, "sem", also=frozenset())
    event = Event(
        kind=Kind.LOG_READ,
        outcome=EventOutcome.OK,
        organisation="team",
        person="sem",
        fields={Field.ACTOR: actor, Field.DETAIL: {"read": "facts", **more}},
    )
    async with write_transaction(committer.engine) as connection:
        await replace(committer.log, now=lambda: at).append(connection, event)


async def test_a_youth_reads_who_looked_who_wanted_to_and_that_he_read_himself(tmp_path: Path) -> None:
    async with family(tmp_path) as one:
        assert (await one.ask("professional:anna", "sem", "coordinate-plan")).status == 200
        assert (await one.ask("professional:juf", "sem", "school-support")).status == 403
        first, second = await read(one, "sem"), await read(one, "sem")
        tried, looked = texts(first)
        assert tried == "Iemand van school (leraar) wilde iets over jou lezen. Er is niets gegeven."
        assert looked == f"{LOOKED} Dat mocht, want jij zei ja op 1 februari 2026."
        assert texts(second) == [YOU_LOOKED, tried, looked]
        assert first["reads_as"] == "himself"
        assert first["complete_to"]["text"]["nl"].startswith("Deze lijst is bij tot ")
        assert [each.kind for each in await events(one, "sem")].count(Kind.LOG_READ) == 2
        emergency = await read(one, "sem", "?emergency=true")
        assert texts(emergency) == []
        assert "Hier staat nog niets." in emergency["message"]["nl"]
        assert texts(await read(one, "sem", "?organisation=school")) == [tried]


async def test_a_youth_reads_who_confirmed_a_fact_about_him(tmp_path: Path) -> None:
    helps = {"id": "h", "kind": "help", "about": "sem", "organisations": ["team"], "since": "2026-01-01"}
    together = {"kind": "joint-help", "about": "sem", "organisations": ["team", "zorg"]}
    async with running(world(involvements=[helps]), tmp_path) as one:
        told = await one.call("anna", "POST", "/api/v1/facts/involvements", together)
        path = f"/api/v1/facts/involvements/{json.loads(told.body)['id']}/confirm"
        assert (await one.call("zoe", "POST", path, {"field": "accepted_by"})).status == 201
        confirmed, written = texts(await read(one, "sem"))
        assert confirmed == "Iemand van zorg (jeugdprofessional) keek iets na over welke hulp er is."
        assert written.startswith("Iemand van team (jeugdprofessional) schreef")


async def test_a_youth_reads_who_wrote_about_his_family_and_not_that_contact_is_denied(tmp_path: Path) -> None:
    helps = {"id": "h", "kind": "help", "about": "sem", "organisations": ["team"], "since": "2026-01-01"}
    async with running(world(involvements=[helps]), tmp_path) as one:

        async def relates(name: str, relation: str, **more: Any) -> None:
            told = {"person": name, "of": "sem", "relation": relation, **more}
            answer = await one.call("anna", "POST", "/api/v1/facts/family", told)
            assert answer.status == 201, answer.body

        await relates("zus", "sibling", lives_with=True)
        found = await read(one, "sem")
        assert texts(found) == ["Iemand van team (jeugdprofessional) schreef iets op over de familie."]
        english = found["days"][0]["lines"][0]["text"]["en"]
        assert english == "Somebody from team (youth professional) wrote something down about the family."
        await relates("vader", "parent", contact_denied=True)
        assert texts(await read(one, "sem")) == [YOU_LOOKED, *texts(found)]
        assert "familie" not in str(await read(one, "zus"))


async def test_what_the_father_does_changes_no_byte_of_what_the_mother_reads(tmp_path: Path) -> None:
    async with family(tmp_path) as one:
        await one.ask("professional:anna", "sem", "coordinate-plan")
        before = await read(one, "moeder", "?person=sem&organisation=team")
        assert len(texts(before)) == 1
        withdrawn = await one.call("person:vader", "POST", "/api/v1/facts/consents/c-vader/close", {})
        assert withdrawn.status == 201
        await one.ask("person:vader", "sem", "exercise-authority")
        await read(one, "vader", "?person=sem")
        await one.ask("professional:anna", "sem", "coordinate-plan")  # in vain now
        after = await read(one, "moeder", "?person=sem&organisation=team")
        assert json.dumps(after["days"]) == json.dumps(before["days"])
        everything = texts(await read(one, "moeder", "?person=sem"))
        assert everything == [YOU_LOOKED, *texts(before)]


async def test_under_twelve_a_parent_reads_and_the_child_does_not(tmp_path: Path) -> None:
    async with family(tmp_path, age=7) as one:
        await one.ask("professional:anna", "sem", "coordinate-plan")
        found = await read(one, "moeder", "?person=sem")
        assert found["reads_as"] == "parent"
        assert [each.startswith("Iemand van team") for each in texts(found)] == [True]
        assert (await one.call("person:sem", "GET", PATH)).status == 403


@pytest.mark.parametrize("holders", [("moeder",), ("moeder", "vader")])
async def test_under_twelve_a_refused_attempt_after_her_own_yes_tells_a_mother_of_no_other_no(
    tmp_path: Path, holders: tuple[str, ...]
) -> None:
    parents = [authority(each) for each in holders]
    no = [refusal("vader")]
    async with running(world(age=7, authority=parents, consents=YES, refusals=no), tmp_path) as one:
        answer = await one.ask("professional:anna", "sem", "coordinate-plan")
        assert (answer.status == 403) == ("vader" in holders)
        assert (await one.ask("professional:juf", "sem", "school-support")).status == 403
        found = [each for each in texts(await read(one, "moeder", "?person=sem")) if "wilde" in each]
        assert len(found) == (1 if holders == ("moeder",) else 0)


async def test_what_was_released_of_a_mother_in_the_plan_of_her_son_stands_in_her_log(tmp_path: Path) -> None:
    hers = {"id": "r2", "holder": "ggz", "about": ["moeder"], "category": "goals", "regime": "jeugdwet"}
    value = world(authority=[authority("moeder"), authority("vader")])
    value["consents"] = [*YES, {**consent("moeder"), "id": "c-zelf", "about": "moeder", "on": "2026-02-03"}]
    value["records"] = [*value["records"], {**hers, "created_on": "2026-02-10"}]
    async with running(value, tmp_path) as one:
        assert (await one.ask("professional:anna", "sem", "coordinate-plan")).status == 200
        assert texts(await read(one, "moeder")) == [f"{LOOKED} Dat mocht, want jij zei ja op 3 februari 2026."]
        assert texts(await read(one, "vader")) == []


async def test_a_parent_reads_in_his_own_log_what_he_chose_himself(tmp_path: Path) -> None:
    async with family(tmp_path) as one:
        await one.call("person:moeder", "POST", "/api/v1/facts/consents/c-moeder/close", {})
        assert texts(await read(one, "moeder")) == ["Jij nam je ja terug. Dat delen is gestopt."]
        assert texts(await read(one, "vader")) == []


@pytest.mark.parametrize("age", [16])
async def test_who_may_not_read_gets_what_everybody_gets_and_is_on_record(tmp_path: Path, age: int) -> None:
    async with family(tmp_path, age=age) as one:
        tried = [
            ("person:moeder", "?person=sem"),
            ("person:moeder", "?person=nobody"),
            ("person:luus", "?person=sem"),
            ("professional:anna", "?person=sem"),
            ("professional:anna", ""),
            ("officer", "?person=sem"),
        ]
        answers = [await one.call(who, "GET", f"{PATH}{query}") for who, query in tried]
        assert {each.status for each in answers} == {403}
        bodies = [{key: each for key, each in json.loads(one.body).items() if key != "request_id"} for one in answers]
        assert all(each == bodies[0] for each in bodies)
        refused = [each for each in await events(one, "sem") if each.kind is Kind.LOG_READ]
        assert [each.outcome for each in refused] == [EventOutcome.DENY] * 4
        assert texts(await read(one, "sem")) == [
            "De privacy officer van Schakel wilde in deze lijst kijken. Dat mocht niet.",
            "Iemand van team (jeugdprofessional) wilde in deze lijst kijken. Dat mocht niet.",
        ]


@pytest.mark.parametrize(
    "query",
    [
        "?before=2026-13-01",
        "?before=20260131",
        "?before=2026-W05-6",
        "?before=",
        "?emergency=ja",
        "?person=",
        "?organisation=" + "x" * 65,
        "?what=1",
        "?person=a&person=b",
    ],
)
def test_a_wrong_query_is_told_with_its_field(query: str) -> None:
    request = Request({"type": "http", "query_string": query[1:].encode(), "headers": []})
    with pytest.raises(Problem) as raised:
        _asked(request, "sem")
    assert [each.path for each in raised.value.errors] == [query[1:].partition("=")[0]]


async def test_pages_are_whole_days_and_hold_every_line_once(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_view, "LINES", 2)
    monkeypatch.setattr(own_view, "_AT_ONCE", 3)
    midnight = parse_moment("2026-02-20")
    async with family(tmp_path, database_url=database_url) as one:
        for hours in (-49, -25, -24, -1, 0, 1, 2, 24):
            await wrote(one, midnight + timedelta(hours=hours))
        days, query = [], "?organisation=team"
        for _ in range(4):
            page = await read(one, "sem", query)
            days.append([(each["day"], each["lines"][0]["count"]) for each in page["days"]])
            if page["next"] is None:
                break
            query = f"?organisation=team&before={page['next']}"
        assert days == [
            [("2026-02-21", 1), ("2026-02-20", 3)],
            [("2026-02-19", 2)],
            [("2026-02-18", 1), ("2026-02-17", 1)],
        ]


async def test_what_is_told_later_is_no_page_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_view, "LINES", 1)
    async with family(tmp_path) as one:
        await wrote(one, parse_moment("2026-02-19"))
        await wrote(one, parse_moment("2026-02-10"), told_from="2026-03-03")
        page = await read(one, "sem")
        assert [each["day"] for each in page["days"]] == ["2026-02-19"]
        assert page["next"] is None


async def test_a_right_that_ends_while_the_log_is_read_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with family(tmp_path) as one:
        await one.ask("professional:anna", "sem", "coordinate-plan")
        paged = OwnView._page
        told = {"person": "moeder", "of": "sem", "relation": "parent", "contact_denied": True}
        denied = entry("family", told, "family")

        async def and_meanwhile(self: OwnView, *given: Any) -> Any:
            found = await paged(self, *given)
            committer = one.gateway.exchange.committer
            async with write_transaction(committer.engine) as connection:
                await load_world(connection, committer.facts, assemble({"family": [denied]}))
            return found

        monkeypatch.setattr(OwnView, "_page", and_meanwhile)
        assert (await one.call("person:moeder", "GET", f"{PATH}?person=sem")).status == 403


async def test_a_weak_login_reads_nothing(tmp_path: Path) -> None:
    async with family(tmp_path) as one:
        sem = Someone(organisation="person", login=Login(form="person", id="sem", trusted=False))
        people = replace(one.credentials, people=(sem, *one.credentials.people))
        weak = Running(one.gateway, people, one.url, one.session, one.app)
        assert (await weak.call("person:sem", "GET", PATH)).status == 403


@pytest.mark.parametrize(("members", "may"), [(("sem", "moeder"), True), (("sem",), False)])
def test_who_belongs_to_another_family_reads_nothing_whatever_a_fact_says(members: tuple[str, ...], may: bool) -> None:  # noqa: FBT001 - a parameter of the table
    facts = read_world(world(age=7, authority=[authority("moeder")])).facts
    at = parse_moment("2026-03-02T10:00:00+01:00")
    versions = Versions(tuple((each, 1) for each in members), 1)
    gathered = Gathered("sem", at, facts, versions, EMPTY.footing(frozenset()), {}, {})
    caller = Caller(
        form="person",
        id="moeder",
        organisation="person",
        role=None,
        trusted=True,
        officer_of=None,
        client_id="c",
        acr=None,
    )
    assert (own_view._reading(caller, gathered, at) is not None) == may


async def test_where_the_reading_cannot_be_kept_nothing_is_read(tmp_path: Path) -> None:
    async with family(tmp_path) as one:
        await read(one, "sem")
        one.gateway.exchange.committer.health.broken = True
        assert (await one.call("person:sem", "GET", PATH)).status == 503


def test_the_example_has_the_organisations_that_it_speaks_of() -> None:
    assert {"team", "school"} <= set(ORGANISATIONS)
