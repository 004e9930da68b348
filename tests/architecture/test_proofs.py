"""Python cannot forbid to make a proof; these tests can."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
FLOORS = ("schemas", "consent", "adapters", "audit", "gateway")
MAKERS = {
    "Permit": {"gateway/asking.py", "adapters/testing.py"},
    "Release": {"gateway/release.py"},
    "Receipt": {"audit/store.py"},
    "Outgoing": {"gateway/exchange.py"},
}


def sources() -> Iterator[Path]:
    for floor in FLOORS:
        yield from (HOUSE / floor).rglob("*.py")


def calls(name: str) -> set[str]:
    """Return the files in which `name` is called, by whatever path it is reached."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                reached = called.id if isinstance(called, ast.Name) else getattr(called, "attr", None)
                if reached == name:
                    found.add(str(path.relative_to(HOUSE)))
    return found


@pytest.mark.parametrize("name", MAKERS)
def test_only_its_maker_makes_a_proof(name: str) -> None:
    assert calls(name) <= MAKERS[name]


@pytest.mark.parametrize("name", MAKERS)
def test_every_proof_is_made_somewhere(name: str) -> None:
    assert calls(name) & MAKERS[name]
