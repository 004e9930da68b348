import pytest

from adapters.contract import RecordSource
from adapters.memory import MemorySource
from adapters.testing import RecordSourceContract
from schemas.permits import Permit
from schemas.plan import Element, Goal, Handling, Need, Source
from schemas.words import Category
from tests.adapters import make


def _elements() -> list[Element]:
    source = Source(organisation="noord", system="dossier", record="1", version=None, retrieved_at=make.NOW)
    handling = Handling(created_on="2026-01-01")
    return [
        Goal(
            id="doel",
            about=("moeder", "sem"),
            category=Category.GOALS,
            regime=None,
            source=source,
            handling=handling,
            text="rust in huis",
        ),
        Need(id="zorg", about=("sem",), category=Category.HEALTH, regime=None, source=source, handling=handling),
    ]


class TestMemorySource(RecordSourceContract):
    @pytest.fixture
    def source(self) -> RecordSource:
        return MemorySource("noord", "dossier", make.BSN, _elements())

    @pytest.fixture
    def permit(self) -> Permit:
        return make.permit()

    async def test_an_element_keeps_its_own_id(self, source: RecordSource, permit: Permit) -> None:
        mapped = source.map(await source.fetch(permit), permit)
        assert {each.id for each in mapped.elements} == {"doel", "zorg"}
