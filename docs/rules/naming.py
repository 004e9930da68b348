"""Which tests name a number or a reason, read off their source.

To name is not to reach; that each number is reached is held by `tests/consent/law/test_rule_numbers.py`, which stands
with each. The others are where a reader finds more examples.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from consent.explanation.numbered import NUMBERS
from consent.law.numbers import Standing
from schemas.words import Reason

TESTS: Final = Path(__file__).resolve().parents[2] / "tests"
PROOF: Final = "consent/law/test_rule_numbers.py"
"""The test that runs every example."""
_CORE: Final = "consent/"
_NOT_THE_CORE: Final = "consent/explanation/"
_OUTSIDE: Final = {
    str(Reason.LOG_UNAVAILABLE),
    *(n for n, row in NUMBERS.items() if row.standing is Standing.AT_THE_DOOR),
}
"""What no decision of the core can carry."""
_NUMBER: Final = re.compile(r"(?<![\w-])(?:LB|G|CV|OB|NB)-[0-9A-Z]+(?:\([0-9a-z]+\))?(?![\w-])")
_REASON: Final = re.compile(rf"\b(?:{'|'.join(Reason)})\b")
_CODE: Final = re.compile(r"[a-z]+(?:-[a-z]+)+")
_AS_PROBLEM: Final = {reason.lower().replace("_", "-"): str(reason) for reason in Reason}
"""A reason that the gateway answers over the wire, as the code of a problem."""


@dataclass(frozen=True, slots=True, order=True)
class Test:
    """A test, or one case of it. Their order: those of the core first, then those that are most about each number."""

    elsewhere: bool
    named: int
    """How many numbers and reasons it names: the fewer, the more it is about each."""
    path: str
    name: str


def named_by(number: str) -> list[Test]:
    """Return the tests that name a number or reason: those of the core, else those of the gateway.

    Of what the gateway keeps to outside a decision, those that name its reason.
    """
    row = NUMBERS.get(number)
    names = _REASON.findall(row.says.en) if row is not None and row.standing is Standing.AT_THE_DOOR else [number]
    found = [test for name in names for test in _by_number().get(name, [])]
    of_the_core = [test for test in found if not test.elsewhere]
    return of_the_core if of_the_core or number not in _OUTSIDE else found


@cache
def _by_number() -> Mapping[str, list[Test]]:
    """Return for each number and reason the tests that name it, in their order."""
    found: dict[str, list[Test]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        name = path.relative_to(TESTS).as_posix()
        if name == PROOF:
            continue
        elsewhere = not name.startswith(_CORE) or name.startswith(_NOT_THE_CORE)
        for test, numbers in _tests(ast.parse(path.read_text(encoding="utf-8"))):
            for number in numbers:
                found.setdefault(number, []).append(Test(elsewhere, len(numbers), name, test))
    return {number: sorted(tests) for number, tests in found.items()}


def _tests(module: ast.Module) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each test of a module with what it names; of one that is run for a table, each case by itself."""
    tables = {name: node for name, node in _assigned(module) if isinstance(node, ast.Dict)}
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    checks = {
        node.name: _numbers(node) for node in functions if any(isinstance(one, ast.Assert) for one in ast.walk(node))
    }
    for node in functions:
        if not node.name.startswith("test_"):
            continue
        checked = (checks[name] for name in _names(node.body) & checks.keys())
        yield node.name, _numbers(node).union(*checked)
        for table in _names(node.decorator_list) & tables.keys():
            for key, value in zip(tables[table].keys, tables[table].values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield f"{node.name}[{key.value}]", _numbers(value)


def _assigned(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _names(nodes: Sequence[ast.AST]) -> set[str]:
    return {one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)}


def _numbers(node: ast.AST) -> frozenset[str]:
    found: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str | bytes):
            found |= _named_in(one.value if isinstance(one.value, str) else one.value.decode(errors="replace"))
        elif isinstance(one, ast.Attribute) and one.attr in Reason.__members__:
            found.add(one.attr)
    return frozenset(found)


def _named_in(text: str) -> set[str]:
    problems = {_AS_PROBLEM[code] for code in _CODE.findall(text) if code in _AS_PROBLEM}
    return {*_NUMBER.findall(text), *_REASON.findall(text), *problems}
