"""No row of the facts contract's table stands there without an attack on it that is named for it."""

import ast
from pathlib import Path

from tests.gateway.facts.attacks.the_table import rows_of

HERE = Path(__file__).resolve().parent


def attacks() -> set[str]:
    """Return the names of all attacks, without their `test_`."""
    trees = (ast.parse(each.read_text(encoding="utf-8")) for each in HERE.glob("test_of_*.py"))
    return {
        one.name.removeprefix("test_")
        for tree in trees
        for one in tree.body
        if isinstance(one, ast.AsyncFunctionDef) and one.name.startswith("test_")
    }


def names(attack: str, fact: str) -> bool:
    return f"_{fact}_" in f"_{attack}_"


def test_every_row_of_the_table_has_an_attack_that_is_named_for_it(shared: Path) -> None:
    found = attacks()
    for row in rows_of(shared):
        # Whole names in front, so that `help` is not had by `joint_help`.
        of_row = [each for each in found if any(each.startswith(f"{fact}_") for fact in row.facts)]
        lacking = [fact for fact in row.facts if not any(names(each, fact) for each in of_row)]
        assert lacking == []


def test_the_table_is_read_as_it_stands(shared: Path) -> None:
    first = [row.facts[0] for row in rows_of(shared)]
    assert (len(first), first[0], first[3], first[-1]) == (18, "organisation", "foster_parent", "record")
