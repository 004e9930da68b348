"""Python cannot forbid to make a proof; these tests can."""

import ast
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
FLOORS = ("schemas", "consent", "adapters", "audit", "gateway")
MAKERS = {
    "Permit": {"gateway/flow/asking.py", "adapters/testing.py"},
    "Release": {"gateway/flow/release.py"},
    "Receipt": {"audit/store.py"},
    "Outgoing": {"gateway/exchange.py"},
}


@cache
def calls_made() -> dict[str, set[str]]:
    """Return, for every name that is called anywhere, the files in which it is, by whatever path it is reached."""
    found: dict[str, set[str]] = {}
    for path in (each for floor in FLOORS for each in (HOUSE / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                reached = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                found.setdefault(reached, set()).add(str(path.relative_to(HOUSE)))
    return found


def calls(name: str) -> set[str]:
    return calls_made().get(name, set())


@pytest.mark.parametrize("name", MAKERS)
def test_only_its_maker_makes_a_proof(name: str) -> None:
    assert calls(name) <= MAKERS[name]


@pytest.mark.parametrize("name", MAKERS)
def test_every_proof_is_made_somewhere(name: str) -> None:
    assert calls(name) & MAKERS[name]
