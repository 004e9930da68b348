"""`make mutants` changes everything that decides, and nothing else."""

import ast
from pathlib import Path

from tests.mutants.changes import changed, mutants_of
from tests.mutants.run import MODULES
from tests.mutants.trial import TESTS

ROOT = Path(__file__).resolve().parents[2]
VALUES = {"consent", "consent.answers", "consent.decision", "consent.entry", "consent.law"}
VALUES |= {"consent.request", "schemas", "schemas.canonical_json", "schemas.words"}
"""What a decision reads and writes: shapes without a rule in them."""


def path_of(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imported_by(module: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path_of(module).read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in {"consent", "schemas"}:
            inner = {f"{node.module}.{name.name}" for name in node.names}
            found |= {one for one in inner if path_of(one).exists()} or {node.module}
    return found


def all_that_decides() -> set[str]:
    found, new = set[str](), {"consent.decide"}
    while new:
        found |= new
        new = {other for module in new for other in imported_by(module)} - found
    return found


def test_whatever_decides_is_changed() -> None:
    assert all_that_decides() - VALUES == set(MODULES)


def test_every_test_that_it_runs_is_there() -> None:
    assert [test for tests in TESTS for test in tests if not (ROOT / test).exists()] == []


def test_each_change_changes_something_and_leaves_code_behind() -> None:
    source = path_of("consent.ends").read_text()
    mutants = mutants_of("consent.ends", source)
    trees = {ast.unparse(changed(mutant, {"consent.ends": source})) for mutant in mutants}
    assert ast.unparse(ast.parse(source)) not in trees
    assert len(trees) > len(mutants) * 0.9
    for mutant in mutants:
        compile(changed(mutant, {"consent.ends": source}), "consent.ends", "exec")
