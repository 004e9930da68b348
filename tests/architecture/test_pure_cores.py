"""The import contract of the pure cores holds for every module that is not named here, and none reads a clock."""

import ast
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
STORES = {
    "consent.store",
    "audit.durability",  # asks the database what it keeps
    "audit.embedded",  # writes events and tree in one go
    "audit.export",  # writes files
    "audit.grow",  # reads and writes the tree's nodes
    "audit.heads",  # reads and writes signed heads
    "audit.proving",  # reads the tree
    "audit.published",  # reads its tiles
    "audit.read",
    "audit.finding.search",  # reads and writes the index
    "audit.sequence",  # reads and writes the order of events
    "audit.sequencer",  # the worker
    "audit.store",
    "audit.tables",
    "audit.finding.table",
    "audit.verifying.folder",  # reads an export
    "audit.verifying.database",
    "audit.verifying.entries",
    "audit.verifying.heads",
    "audit.verifying.nodes",
    "audit.verifying.receipts",  # reads an export
}
"""Rooms and modules beside the cores, that do I/O."""

CLOCKS = {"now", "today", "utcnow", "monotonic", "perf_counter"}


def pure() -> set[str]:
    contracts = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [found] = [each for each in contracts if each["name"].startswith("Pure cores")]
    return set(found["source_modules"])


def modules(floor: str) -> dict[str, Path]:
    found = {}
    for path in (HOUSE / floor).rglob("*.py"):
        name = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
        if path.stem != "__init__":
            found[name] = path
    return found


def is_pure(module: str) -> bool:
    return within(module, pure())


def is_store(module: str) -> bool:
    return within(module, STORES)


def within(module: str, rooms: set[str]) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in rooms)


@pytest.mark.parametrize("floor", ["consent", "audit", "schemas"])
def test_every_module_is_a_pure_core_or_said_to_be_a_store(floor: str) -> None:
    assert {name for name in modules(floor) if is_pure(name) == is_store(name)} == set()


def test_every_module_that_is_named_is_there() -> None:
    known = {name for floor in ("consent", "audit", "schemas", "adapters") for name in modules(floor)}
    packages = {name.rpartition(".")[0] for name in known}
    assert (pure() | STORES) - known - packages == set()


@pytest.mark.parametrize("floor", ["consent", "audit", "schemas"])
def test_no_pure_core_reads_a_clock(floor: str) -> None:
    reading = {
        name
        for name, path in modules(floor).items()
        if name not in STORES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    }
    assert reading == set()
