"""Every step of the story through the real doors, mappings and decision; only our own HTTP and the log are left out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.configure import source_from
from adapters.contract import RecordSource
from consent.decide import prepare
from consent.decision import Decision
from consent.facts import Facts
from consent.request import Request
from consent.world.file import world_of
from gateway.demo import family
from gateway.demo.days import BASE_DAY
from gateway.demo.institutions import Institutions, running
from gateway.flow.asking import Asking, ask
from gateway.flow.fetching import Gleaned, fetch, glean
from gateway.flow.records import record_of
from schemas.permits import Permit
from schemas.plan import Contact, Element
from schemas.words import Category, Result

SUMMER = date(2027, 7, 1)
STEPS = [each.id for each in family.story(today=BASE_DAY)]
KEY = bytes(32)
ELEMENTS = Path(__file__).with_name("elements.yaml")


@dataclass(frozen=True)
class Played:
    """What came of one step."""

    step: family.Step
    asking: Asking
    gleaned: Gleaned
    decision: Decision
    heard: list[dict[str, Any]]

    def texts(self, *results: Result) -> Counter[tuple[str, str]]:
        return Counter(
            (element.source.organisation, label(element))
            for id_, element in self.gleaned.elements.items()
            if id_ in self.decision.elements and self.decision.elements[id_].result in results
        )


def label(element: Element) -> str:
    return element.text or (isinstance(element, Contact) and element.name) or ""


@pytest.fixture(scope="module", params=[BASE_DAY, SUMMER], ids=["base-day", "summer"])
def today(request: pytest.FixtureRequest) -> date:
    day: date = request.param
    return day


@pytest.fixture(scope="module")
def institutions(today: date, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Institutions]:
    with running(tmp_path_factory.mktemp("institutions"), today=today) as found:
        yield found


def sources_of(institutions: Institutions) -> dict[str, list[RecordSource]]:
    sources = [source_from(each) for each in institutions.sources_config()]
    return {each.organisation: [each] for each in sources}


def world_at(step: family.Step, today: date) -> tuple[Facts, Request]:
    """Return the facts as they stand at `step`, everything of the steps before it included, and its request."""
    world = family.facts(today=today)
    story = family.story(today=today)
    for each in story[: [one.id for one in story].index(step.id) + 1]:
        for section, entries in each.facts.items():
            world[section] = [*world[section], *entries]
        if each.withdraw:
            given = [one for one in world["consents"] if one["id"] == each.withdraw["consent"]]
            given[0]["withdrawn_on"] = str(today)
    request = {"at": f"{today}T12:00:00+00:00", **step.request}
    found = world_of({**world, "request": request})
    return found.facts, found.requests[0]


async def play(step: family.Step, today: date, institutions: Institutions) -> Played:
    facts, request = world_at(step, today)
    sources = sources_of(institutions)
    case = prepare(request, facts, request.at)
    asking = ask(
        case,
        request,
        request_id="r",
        sources=sources,
        identifiers=family.identifiers(),
        family=[each.id for each in facts.persons],
    )
    before = len(institutions.de_linde.heard())
    gleaned = glean(await fetch(asking.permits, sources), KEY, numbers=())
    for source in (each for found in sources.values() for each in found):
        await source.close()
    decision = case.decide([record_of(each) for each in gleaned.elements.values()])
    return Played(step, asking, gleaned, decision, institutions.de_linde.heard()[before:])


@pytest.fixture
async def played(request: pytest.FixtureRequest, today: date, institutions: Institutions) -> Played:
    [step] = [each for each in family.story(today=today) if each.id == request.param]
    return await play(step, today, institutions)


def flat(by_holder: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((holder, text) for holder, texts in by_holder.items() for text in texts)


async def test_the_doors_and_mappings_make_exactly_these_elements(institutions: Institutions) -> None:
    expected = yaml.load(ELEMENTS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  (texts only)
    for organisation, [source] in sources_of(institutions).items():
        known = family.identifiers()[source.identifier_system]
        everything = {person: frozenset(Category) for person in known}
        permit = Permit(
            request_id="r",
            holder=organisation,
            system=source.system,
            categories=everything,
            identifiers=known,
            family=known,
        )
        mapped = source.map(await source.fetch(permit), permit)
        await source.close()
        found = [
            {
                "kind": each.kind,
                "category": str(each.category),
                "about": list(each.about),
                "regime": str(each.regime or "unknown"),
                "text": label(each),
            }
            for each in mapped.elements
        ]
        assert sorted(found, key=repr) == sorted(expected[organisation], key=repr)


@pytest.mark.parametrize("played", STEPS, indirect=True)
async def test_what_comes_is_what_the_story_says(played: Played) -> None:
    assert played.gleaned.failures == {}
    assert played.texts(Result.RELEASE) == flat(dict(played.step.released))


@pytest.mark.parametrize("played", STEPS, indirect=True)
async def test_what_does_not_come_is_what_the_story_says_with_its_reason(played: Played) -> None:
    expected = {
        (holder, text): reason for holder, texts in played.step.withheld.items() for text, reason in texts.items()
    }
    found = {
        (element.source.organisation, label(element)): str(played.decision.elements[id_].reason)
        for id_, element in played.gleaned.elements.items()
        if played.decision.elements[id_].result is not Result.RELEASE
    }
    assert found == expected


@pytest.mark.parametrize("played", STEPS, indirect=True)
async def test_who_is_not_asked_is_what_the_story_says_with_the_reason(played: Played) -> None:
    assert list(played.asking.holders) == played.step.sources
    not_asked = played.asking.not_asked.items()
    found = {(holder, str(category)): str(each.reason) for (holder, category), each in not_asked}
    expected = {
        (holder, category): reason for holder, why in played.step.unasked.items() for category, reason in why.items()
    }
    assert {place: found.get(place) for place in expected} == expected


@pytest.mark.parametrize("played", ["team", "school", "aunt"], indirect=True)
async def test_the_clinic_is_not_even_asked_about_the_mother_whom_it_treats(played: Played) -> None:
    asked = {client for each in played.heard for client in each["clients"]}
    assert "L-20417" in asked
    assert "L-18852" not in asked


@pytest.mark.parametrize("played", ["old-order", "withdrawn"], indirect=True)
async def test_where_nothing_may_come_no_source_hears_a_question(played: Played) -> None:
    assert played.asking.permits == ()
    assert played.heard == []
