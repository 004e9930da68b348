# ruff: noqa: S101, D102  # these are tests: they assert, and a test's name is its sentence
"""What every source must do, as tests: subclass `RemoteSourceContract` and give it your source.

    class TestMySource(RemoteSourceContract):
        @pytest.fixture
        def source(self) -> RecordSource: ...

Not imported by the gateway: it needs pytest, and pytest-asyncio in its mode `auto`.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from adapters.contract import Mapped, RecordSource, SourceSilentError
from schemas.permits import Permit
from schemas.plan import Element, Goal
from schemas.words import Category


async def ask(source: RecordSource, permit: Permit) -> Mapped:
    """Fetch and map, as the gateway does."""
    return source.map(await source.fetch(permit), permit)


class RecordSourceContract:
    """The contract of `adapters.contract.RecordSource`. Two fixtures to give; the tests then stand by themselves.

    A fixture that is not given raises NotImplementedError, so a test class that forgot one fails and is not skipped:
    no default could stand for somebody's record system, and an abstract class cannot be collected by pytest.
    """

    @pytest.fixture
    def source(self) -> RecordSource:
        """Return a source that knows the persons of `permit` and gives at least one element about them."""
        raise NotImplementedError  # the class that tests a source gives it; where it forgot, its tests fail

    @pytest.fixture
    def permit(self) -> Permit:
        """Return leave to ask `source` about at least one person and one category that it holds."""
        raise NotImplementedError  # the class that tests a source gives it; where it forgot, its tests fail

    @pytest.fixture(autouse=True)
    async def _closing(self, source: RecordSource) -> AsyncIterator[None]:
        yield
        await source.close()

    async def test_it_says_whose_it_is(self, source: RecordSource) -> None:
        assert source.organisation
        assert source.system
        assert source.identifier_system

    async def test_it_gives_elements_with_their_source(self, source: RecordSource, permit: Permit) -> None:
        mapped = await ask(source, permit)
        assert mapped.elements
        for element in mapped.elements:
            assert (element.source.organisation, element.source.system) == (source.organisation, source.system)
            assert element.source.retrieved_at.tzinfo is not None

    async def test_ids_are_unique_and_stay_the_same(self, source: RecordSource, permit: Permit) -> None:
        first = [each.id for each in (await ask(source, permit)).elements]
        second = [each.id for each in (await ask(source, permit)).elements]
        assert len(set(first)) == len(first)
        assert set(first) == set(second)

    async def test_an_id_holds_no_number_of_a_person(self, source: RecordSource, permit: Permit) -> None:
        mapped = await ask(source, permit)
        numbers = set(permit.family.values())
        assert not [each.id for each in mapped.elements if any(number in each.id for number in numbers)]

    async def test_every_element_is_about_known_persons(self, source: RecordSource, permit: Permit) -> None:
        for element in (await ask(source, permit)).elements:
            assert element.about == tuple(sorted(set(element.about)))
            assert element.about
            assert set(element.about) <= permit.family.keys()

    async def test_every_element_was_asked_for(self, source: RecordSource, permit: Permit) -> None:
        for element in (await ask(source, permit)).elements:
            assert any(element.category in permit.categories.get(person, ()) for person in element.about)

    async def test_links_lead_to_goals_that_are_there(self, source: RecordSource, permit: Permit) -> None:
        elements = (await ask(source, permit)).elements
        goals = {each.id for each in elements if isinstance(each, Goal)}
        assert all(goals.issuperset(each.goals) for each in elements)

    async def test_who_may_be_asked_about_nobody_gets_nothing(self, source: RecordSource, permit: Permit) -> None:
        assert not (await ask(source, replace(permit, identifiers={}))).elements

    async def test_who_may_ask_no_category_gets_nothing(self, source: RecordSource, permit: Permit) -> None:
        assert not (await ask(source, replace(permit, categories={}))).elements

    async def test_one_category_less_gives_none_of_it(self, source: RecordSource, permit: Permit) -> None:
        for category in {each.category for each in (await ask(source, permit)).elements}:
            less = {person: held - {category} for person, held in permit.categories.items()}
            elements = (await ask(source, replace(permit, categories=less))).elements
            assert category not in {each.category for each in elements}

    async def test_a_person_who_is_not_known_is_in_no_element(self, source: RecordSource, permit: Permit) -> None:
        for person in permit.family:
            family = {known: number for known, number in permit.family.items() if known != person}
            elements = (await ask(source, replace(permit, family=family))).elements
            assert person not in {about for each in elements for about in each.about}

    async def test_somebody_else_gets_nothing(self, source: RecordSource, permit: Permit) -> None:
        other = {"somebody-else": "000000000"}
        everything = frozenset[Category]().union(*permit.categories.values())
        stranger = replace(permit, identifiers=other, family=other, categories={"somebody-else": everything})
        assert not (await ask(source, stranger)).elements

    async def test_mapping_gives_the_same_each_time(self, source: RecordSource, permit: Permit) -> None:
        records = await source.fetch(permit)
        assert source.map(records, permit) == source.map(records, permit)

    async def test_no_records_are_no_elements(self, source: RecordSource, permit: Permit) -> None:
        assert not source.map([], permit).elements

    async def test_no_value_is_shown_beside_the_plan(self, source: RecordSource, permit: Permit) -> None:
        records = await source.fetch(permit)
        mapped = source.map(records, replace(permit, family={}))
        shown = [repr(mapped.leftovers), *(repr(each) for each in records if each.id not in permit.family.values())]
        for value in (*permit.family.values(), *_texts(source.map(records, permit).elements)):
            assert not any(value in each for each in shown)

    async def test_it_may_be_closed_twice(self, source: RecordSource, permit: Permit) -> None:
        await source.fetch(permit)
        await source.close()
        await source.close()


class RemoteSourceContract(RecordSourceContract):
    """The same for a source that can fail to answer: one more fixture to give."""

    @pytest.fixture
    def silent(self) -> RecordSource:
        """Return the same source where its system cannot be reached."""
        raise NotImplementedError  # the class that tests a source gives it; where it forgot, its tests fail

    async def test_silence_is_said_as_silence(self, silent: RecordSource, permit: Permit) -> None:
        with pytest.raises(SourceSilentError) as caught:
            await silent.fetch(permit)
        await silent.close()
        assert not any(number in str(caught.value) for number in permit.family.values())

    async def test_silence_is_said_also_where_nobody_is_asked_about(self, silent: RecordSource, permit: Permit) -> None:
        with pytest.raises(SourceSilentError):
            await silent.fetch(replace(permit, identifiers={}))
        await silent.close()


def _texts(elements: tuple[Element, ...]) -> Iterator[str]:
    return (each.text for each in elements if each.text is not None)
