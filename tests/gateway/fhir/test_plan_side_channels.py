"""Whatever a FHIR client asks, the whole answer is the same with and without what is hidden from him."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
import pytest_asyncio

from gateway.api.fhir.door import PATH
from schemas.words import Category
from tests.gateway.fhir.plan_door import (
    FHIR,
    FORM,
    OPERATION,
    SEARCH,
    asked,
    body_of,
    masked,
    parameters,
    query,
    status_of,
)
from tests.gateway.running import PERSON, Running, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import world

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.served]

SEEN = [element("e1"), element("e2", text="tweede")]
HIDDEN = [
    element("h1", text="verborgen", good_care_veto=True),
    element("h2", text="verborgen", about=("moeder", "sem")),
    element("h3", text="verborgen", regime=None),
    element("h4", text="verborgen", category=Category.APPOINTMENTS, restricted=True, good_care_veto=True),
]
HIDDEN_ELSEWHERE = [element("h5", "school-1", text="verborgen", category=Category.SCHOOL, good_care_veto=True)]


@dataclass
class Family:
    """A gateway, and what the two holders have."""

    gateway: Running
    ggz: Telling
    school: Telling

    def has(self, *, seen: bool, hidden: bool) -> None:
        self.ggz.elements = [*(SEEN if seen else ()), *(HIDDEN if hidden else ())]
        self.school.elements = HIDDEN_ELSEWHERE if hidden else ()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def family(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Family]:
    ggz, school = Telling("ggz-west"), Telling("school-1")
    async with running(world(), tmp_path_factory.mktemp("gateway"), change=instead(ggz, school)) as gateway:
        yield Family(gateway, ggz, school)


@dataclass(frozen=True)
class Way:
    """One way to ask. `person` in its path and body stands for the one who is asked about."""

    method: str
    path: str
    body: bytes = b""
    kind: str = FHIR
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    async def ask(self, gateway: Running, person: str = "sem", who: str = "anna") -> bytes:
        path, body = self.path.replace("PERSON", person), self.body.replace(b"PERSON", person.encode())
        return await gateway.raw(who, self.method, path, body, self.kind, **self.headers)


def search(**more: str) -> Way:
    """Search with parameters more, which are refused."""
    return Way("GET", f"{SEARCH}?{query('PERSON', **more)}", status=422)


def conditional(**headers: str) -> Way:
    return Way("GET", f"{SEARCH}?{query('PERSON')}", headers=headers)


BATCH = json.dumps(
    {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": f"CarePlan?{query('PERSON')}"}}],
    }
).encode()
OPERATION_ASKED = Way("POST", OPERATION, parameters(*asked("PERSON")))
SEARCH_BODY = f"subject.identifier={PERSON}|PERSON&purpose=coordinate-plan&category=all".encode()

WAYS: dict[str, Way] = {
    "the operation": OPERATION_ASKED,
    "the operation for a hidden record": Way(
        "POST",
        OPERATION,
        parameters(*asked("PERSON"), {"name": "record", "valueString": "e1"}, {"name": "record", "valueString": "h1"}),
    ),
    "the operation by GET": Way("GET", OPERATION, status=405),
    "the operation of one plan": Way("POST", f"{SEARCH}/plan/$family-plan", parameters(*asked("PERSON")), status=404),
    "the search": conditional(),
    "the search in a body": Way("POST", f"{SEARCH}/_search", SEARCH_BODY, FORM),
    "the search that is lenient": Way(
        "GET",
        f"{SEARCH}?{query('PERSON', _include='CarePlan:goal')}",
        headers={"Prefer": "handling=lenient"},
        status=422,
    ),
    "total": search(_total="accurate"),
    "a total that is none": search(_total="none"),
    "a page of one": replace(search(_count="1"), status=200),
    "a page of none": search(_count="0"),
    "the second page": search(_offset="1"),
    "the next page": search(page="2"),
    "summary=count": search(_summary="count"),
    "summary=true": search(_summary="true"),
    "elements": search(_elements="goal"),
    "include": search(_include="CarePlan:goal"),
    "include of all": search(_include="*"),
    "include again": search(**{"_include:iterate": "Goal:patient"}),
    "revinclude": search(_revinclude="Provenance:target"),
    "has": search(**{"_has:Provenance:target:agent": "ggz-west"}),
    "chained": search(**{"goal.description": "verborgen"}),
    "chained by type": search(**{"activity-reference:Task.status": "completed"}),
    "sort": search(_sort="-date"),
    "a filter": search(_filter="category eq health"),
    "text": search(_content="verborgen"),
    "an id": search(_id="h1"),
    "last updated": search(_lastUpdated="gt2020-01-01"),
    "a tag": search(_tag="urn:schakel:fhir:category|health"),
    "a modifier": search(**{"category:not": "goals"}),
    "what is missing": search(**{"goal:missing": "false"}),
    "history of all": Way("GET", f"{SEARCH}/_history", status=404),
    "history of one": Way("GET", f"{SEARCH}/h1/_history", status=404),
    "a version": Way("GET", f"{SEARCH}/h1/_history/1", status=404),
    "history of the server": Way("GET", f"{PATH}/_history", status=404),
    "a read": Way("GET", f"{SEARCH}/h1", status=404),
    "a read of another type": Way("GET", f"{PATH}/Goal/h1", status=404),
    "a search of another type": Way("GET", f"{PATH}/Goal?subject=Patient/PERSON", status=404),
    "everything of a patient": Way("GET", f"{PATH}/Patient/PERSON/$everything", status=404),
    "a compartment": Way("GET", f"{PATH}/Patient/PERSON/CarePlan", status=404),
    "a search of all types": Way("GET", f"{PATH}?_type=CarePlan&subject=Patient/PERSON", status=404),
    "unless it is as it was": conditional(If_None_Match='W/"1"'),
    "unless it is there": conditional(If_None_Match="*"),
    "if it is as it was": conditional(If_Match='W/"1"'),
    "if it changed": conditional(If_Modified_Since="Thu, 26 Nov 2026 10:00:00 GMT"),
    "if it did not change": conditional(If_Unmodified_Since="Mon, 01 Jan 2024 10:00:00 GMT"),
    "a part": conditional(Range="bytes=0-10"),
    "a conditional create": Way("POST", SEARCH, b"{}", headers={"If-None-Exist": "subject=Patient/sem"}, status=405),
    "a conditional delete": Way("DELETE", f"{SEARCH}?{query('PERSON')}", status=405),
    "headers only": Way("HEAD", f"{SEARCH}?{query('PERSON')}", status=405),
    "a batch": Way("POST", PATH, BATCH, status=404),
    "a batch with a slash": Way("POST", f"{PATH}/", BATCH, status=404),
    "GraphQL": Way("POST", f"{PATH}/$graphql", b'{"query":"{CarePlanList{id}}"}', "application/json", status=404),
    "XML": replace(conditional(Accept="application/fhir+xml"), status=406),
}


each_way = pytest.mark.parametrize("way", WAYS.values(), ids=[name.replace(" ", "-") for name in WAYS])


@each_way
async def test_the_whole_answer_is_the_same_with_and_without_hidden_records(family: Family, way: Way) -> None:
    family.has(seen=True, hidden=False)
    without = await way.ask(family.gateway)
    family.has(seen=True, hidden=True)
    with_them = await way.ask(family.gateway)
    assert status_of(without) == way.status, without
    assert masked(with_them) == masked(without)
    assert b"verborgen" not in with_them


@each_way
async def test_nothing_looks_the_same_whether_there_is_something_and_whoever_it_is(family: Family, way: Way) -> None:
    family.has(seen=False, hidden=False)
    nothing = await way.ask(family.gateway)
    family.has(seen=False, hidden=True)
    assert masked(await way.ask(family.gateway)) == masked(nothing)
    assert masked(await way.ask(family.gateway, "niemand")) == masked(nothing)
    assert status_of(nothing) != 200


@pytest.mark.parametrize("who", ["piet", "officer:team-noord", "moeder", "sem"])
async def test_whom_nothing_is_released_to_is_told_the_same_whoever_he_is(family: Family, who: str) -> None:
    family.has(seen=True, hidden=True)
    for way in (OPERATION_ASKED, conditional()):
        nobody = masked(await way.ask(family.gateway, "niemand"))
        assert masked(await way.ask(family.gateway, who=who)) == nobody
        assert status_of(nobody) == 403


async def test_what_is_hidden_was_there_and_was_decided_on(family: Family) -> None:
    family.has(seen=True, hidden=True)
    request_id = body_of(await OPERATION_ASKED.ask(family.gateway))["id"]
    told = await family.gateway.call("officer", "GET", f"/api/v1/decisions/{request_id}")
    decided = json.loads(told.body)["decision"]["elements"]
    assert {name for name, each in decided.items() if each["result"] != "release"} == {"h1", "h2", "h3", "h4", "h5"}


async def test_the_comparison_would_see_one_element_more(family: Family) -> None:
    family.has(seen=True, hidden=False)
    before = masked(await OPERATION_ASKED.ask(family.gateway))
    family.ggz.elements = [*SEEN, element("e3")]
    assert masked(await OPERATION_ASKED.ask(family.gateway)) != before
