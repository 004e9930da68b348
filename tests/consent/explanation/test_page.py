"""The page on explanations is fresh: its worlds are the files, and its texts are what the files give."""

from pathlib import Path

import pytest

from consent.world.file import read_world
from gateway.commands.decide import run_scenarios
from gateway.simulator.deciding import decided, explained, told

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = DOCS / "explanation" / "why-a-decision.md"
EXAMPLES = ("withdrawn", "order-ended", "brother")
TO_THE_CLIENT = ("withdrawn", "brother")


def example(name: str) -> Path:
    return DOCS / "examples" / f"explain-{name}.yaml"


def fenced(language: str = "") -> list[str]:
    """Return the blocks of the page between fences, those of one language."""
    parts = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    return [part.removeprefix(f"{language}\n").rstrip("\n") for part in parts if part.startswith(f"{language}\n")]


def test_the_worlds_on_the_page_are_the_files() -> None:
    assert fenced("yaml") == [example(name).read_text(encoding="utf-8").rstrip("\n") for name in EXAMPLES]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_officers_texts_on_the_page_are_what_the_files_give(name: str) -> None:
    answer = told(read_world(example(name).read_bytes()), explained)
    assert isinstance(answer, dict)
    assert answer["explanation"]["officer"]["en"] in fenced()


@pytest.mark.parametrize("name", TO_THE_CLIENT)
def test_the_clients_texts_on_the_page_are_what_the_files_give(name: str) -> None:
    answer = told(read_world(example(name).read_bytes()), explained)
    assert isinstance(answer, dict)
    assert answer["explanation"]["client"]["nl"] in fenced()


def test_the_page_quotes_nothing_else() -> None:
    assert len(fenced()) == 1 + len(EXAMPLES) + len(TO_THE_CLIENT)


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_decides_as_it_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_scenarios([str(example(name))]) == 0
    assert capsys.readouterr().out == "1 passed, 0 failed\n"


def test_an_explanation_changes_nothing_else_in_the_answer() -> None:
    world = read_world(example("brother").read_bytes())
    answer = told(world, explained)
    assert isinstance(answer, dict)
    assert {key: value for key, value in answer.items() if key != "explanation"} == told(world, decided)
